//! Productions of `filter.ebnf`: how conditions are combined.

mod comparison;
mod path;
mod value;

use nom::branch::alt;
use nom::combinator::opt;
use nom::multi::many0;
use nom::{Err, Parser};

use crate::decode::Decoded;
use crate::diagnostic::Diagnostic;
use crate::error::FilterError;
use crate::lex::filter::FilterToken;
use crate::lex::{Token, tokens};
use crate::limits::MAX_FILTER_DEPTH;
use crate::parse::{Fault, Sink, Tokens, token};
use crate::span::{Span, Spanned};
use crate::tree::filter::{Filter, Logic, LogicTail, Node};

pub(super) type Input<'t> = Tokens<'t, FilterToken>;
/// What a production returns; one that holds a wrong condition, which has been reported, returns no tree.
pub(super) type Parsed<'t, T> = crate::parse::Parsed<'t, FilterToken, T>;

/// Parses a `_filter` expression. The tree is absent if anything is wrong: a filter that lost a condition would mean
/// something else. FHIR R4 3.1.3.
pub fn parse_filter(text: &Decoded) -> (Option<Node>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let read = tokens(text, 0..text.text().len());
    let node = whole(Tokens::new(&read, text, &sink));
    let found = sink.into_sorted();
    (node.filter(|_| found.is_empty()), found)
}

fn whole(input: Input<'_>) -> Option<Node> {
    match filter(input) {
        Ok((rest, node)) => match rest.peek() {
            None => node,
            Some(close) => {
                input.sink.report(FilterError::StrayClose { text: close.text }.at(close.span));
                None
            }
        },
        Err(Err::Failure(Fault::Wrong(diagnostic) | Fault::Fatal(diagnostic))) => {
            input.sink.report(*diagnostic);
            None
        }
        Err(_) => None,
    }
}

/// `filter = operand *( blank logic blank operand )` (filter.ebnf), blanks around it
pub(super) fn filter(input: Input<'_>) -> Parsed<'_, Option<Node>> {
    let (rest, first) = operand(blanks(input))?;
    let (rest, tail) = many0(alt((tail, stray))).parse(blanks(rest))?;
    Ok((rest, join(first, tail)))
}

fn join(first: Option<Node>, tail: Vec<Option<LogicTail>>) -> Option<Node> {
    let (first, tail) = (first?, tail.into_iter().collect::<Option<Vec<_>>>()?);
    let Some(last) = tail.last() else { return Some(first) };
    let span = first.span.to(last.right.span);
    Some(Spanned::new(Filter::Logic { first: Box::new(first), tail }, span))
}

fn tail(input: Input<'_>) -> Parsed<'_, Option<LogicTail>> {
    let (rest, op) = logic(input)?;
    let (rest, right) = operand(blanks(rest))?;
    Ok((blanks(rest), right.map(|right| LogicTail { op, right })))
}

/// `logic = "and" | "or"` (filter.ebnf)
fn logic(input: Input<'_>) -> Parsed<'_, Spanned<Logic>> {
    let (rest, word) = token(FilterToken::Word)(input)?;
    let op = match word.text {
        "and" => Logic::And,
        "or" => Logic::Or,
        _ => return Err(Err::Error(Fault::NoMatch)),
    };
    Ok((rest, Spanned::new(op, word.span)))
}

/// Something other than `and`, `or` or a closing bracket behind an operand.
fn stray(input: Input<'_>) -> Parsed<'_, Option<LogicTail>> {
    let Some(next) = input.peek().filter(|next| !closes(next.kind)) else {
        return Err(Err::Error(Fault::NoMatch));
    };
    let (rest, word) = input.split(|kind| kind == FilterToken::Blank || closes(kind));
    let text = word.whole().node;
    let error = match text {
        "AND" | "And" => FilterError::WordCase { text, lower: "and" },
        "OR" | "Or" => FilterError::WordCase { text, lower: "or" },
        _ => FilterError::NoLogic { text },
    };
    input.sink.report(error.at(word.whole().span));
    let after_word = matches!(error, FilterError::WordCase { .. }).then_some(rest);
    match after_word {
        Some(rest) => operand(blanks(rest)).map(|(rest, _)| (blanks(rest), None)),
        None => Ok((skip(rest, next), None)),
    }
}

/// `operand = negation | group | comparison` (filter.ebnf); a wrong comparison is reported and skipped
fn operand(input: Input<'_>) -> Parsed<'_, Option<Node>> {
    // Chosen by the next tokens, not by trying one after the other: this recurses, and `alt` takes much stack.
    let parsed = match input.peek() {
        Some(word) if word.text == "not" && begins_group(blanks(input.skip())) => negation(input, word.span),
        _ if begins_group(input) => group(input),
        _ => comparison::comparison(input),
    };
    match parsed {
        Err(Err::Failure(Fault::Wrong(diagnostic))) => {
            input.sink.report(*diagnostic);
            let rest = input.next().filter(|(_, first)| !closes(first.kind)).map(|(rest, first)| skip(rest, first));
            Ok((rest.unwrap_or(input), None))
        }
        other => other,
    }
}

fn begins_group(input: Input<'_>) -> bool {
    input.peek().is_some_and(|next| next.kind == FilterToken::Open)
}

/// `negation = "not" group` (filter.ebnf)
fn negation(input: Input<'_>, word: Span) -> Parsed<'_, Option<Node>> {
    let (rest, inner) = group(blanks(input.skip()))?;
    let not = |inner: Node| {
        let span = word.to(inner.span);
        Spanned::new(Filter::Not(Box::new(inner)), span)
    };
    Ok((rest, inner.map(not)))
}

/// `group = "(" filter ")"` (filter.ebnf)
fn group(input: Input<'_>) -> Parsed<'_, Option<Node>> {
    let (rest, open) = token(FilterToken::Open)(input)?;
    let (rest, (node, close)) = enclosed(input, rest, open, FilterToken::Close)?;
    Ok((rest, node.map(|node| Spanned::new(node.node, open.span.to(close)))))
}

/// A filter up to the bracket that closes `open`, and the place of that bracket.
pub(super) fn enclosed<'t>(
    outer: Input<'t>,
    inner: Input<'t>,
    open: Token<'t, FilterToken>,
    close: FilterToken,
) -> Parsed<'t, (Option<Node>, Span)> {
    if outer.depth >= MAX_FILTER_DEPTH {
        return Err(fatal(FilterError::TooDeep { limit: MAX_FILTER_DEPTH }.at(open.span)));
    }
    let (rest, node) = filter(inner.deeper())?;
    match rest.next() {
        Some((rest, token)) if token.kind == close => Ok((rest.as_deep_as(outer), (node, token.span))),
        Some((_, token)) => Err(fatal(FilterError::StrayClose { text: token.text }.at(token.span))),
        None if close == FilterToken::Close => Err(fatal(FilterError::OpenGroup.at(open.span))),
        None => Err(fatal(FilterError::OpenElement.at(open.span))),
    }
}

/// What follows can't be understood either.
fn fatal(diagnostic: Diagnostic) -> Err<Fault> {
    Err::Failure(Fault::Fatal(Box::new(diagnostic)))
}

pub(super) fn blanks(input: Input<'_>) -> Input<'_> {
    match opt(token(FilterToken::Blank)).parse(input) {
        Ok((rest, _)) => rest,
        Err(_) => input,
    }
}

pub(super) fn closes(kind: FilterToken) -> bool {
    matches!(kind, FilterToken::Close | FilterToken::CloseBracket)
}

/// The place behind a wrong condition that begins with `first`: before the next `and`, `or` or bracket that closes
/// more than was opened in the condition.
fn skip<'t>(after: Input<'t>, first: Token<'t, FilterToken>) -> Input<'t> {
    let (mut open, mut glued, mut rest) = (usize::from(opens(first.kind)), true, after);
    while let Some((next, token)) = rest.next() {
        match token.kind {
            kind if opens(kind) => open += 1,
            kind if closes(kind) => match open.checked_sub(1) {
                Some(fewer) => open = fewer,
                None => return rest,
            },
            FilterToken::Word if open == 0 && !glued && matches!(token.text, "and" | "or") => return rest,
            _ => {}
        }
        glued = token.kind != FilterToken::Blank;
        rest = next;
    }
    rest
}

fn opens(kind: FilterToken) -> bool {
    matches!(kind, FilterToken::Open | FilterToken::OpenBracket)
}
