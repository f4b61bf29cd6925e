//! The right side of a condition.

use nom::Input as _;

use super::{Input, Parsed, blanks, closes};
use crate::error::OperandError;
use crate::escape::{BadString, unescape};
use crate::lex::Token;
use crate::lex::filter::{FilterToken, Quote};
use crate::parse::fail;
use crate::span::Spanned;
use crate::tree::filter::{FilterValue, FilterValueKind};

/// `value = string | bare` (filter.ebnf), the blank before it included
pub(super) fn value(input: Input<'_>) -> Parsed<'_, FilterValue> {
    let start = blanks(input);
    match start.next() {
        Some((rest, token)) => match token.kind {
            FilterToken::Quoted(Quote::Closed) => string(rest, token),
            FilterToken::Quoted(Quote::Open) => Err(fail(OperandError::OpenString.at(token.span))),
            _ => bare(start, input),
        },
        None => bare(start, input),
    }
}

/// `string = <a JSON string in double quotes>` (filter.ebnf)
fn string<'t>(rest: Input<'t>, token: Token<'t, FilterToken>) -> Parsed<'t, FilterValue> {
    let (_, glued) = rest.split(|kind| kind == FilterToken::Blank || closes(kind));
    if !glued.is_empty() {
        return Err(fail(OperandError::TextAfterString.at(glued.whole().span)));
    }
    let bad = match unescape(token.text, '"', &[]) {
        Ok(text) => return Ok((rest, FilterValue { kind: FilterValueKind::String(text), span: token.span })),
        Err(bad) => bad,
    };
    let mut wrong = bad.into_iter().map(|bad| {
        let (BadString::Escape(range) | BadString::Control(range)) = &bad;
        let span = rest.span_of(token.at + range.start..token.at + range.end);
        let text = token.text.get(range.clone()).unwrap_or_default();
        match bad {
            BadString::Escape(_) => OperandError::StringEscape { text }.at(span),
            BadString::Control(_) => OperandError::ControlCharacter { text }.at(span),
        }
    });
    let first = wrong.next().unwrap_or_else(|| OperandError::OpenString.at(token.span));
    wrong.for_each(|diagnostic| rest.sink.report(diagnostic));
    Err(fail(first))
}

/// `bare = <one or more characters without blanks, ")" and "]"; the first is no quotation mark>` (filter.ebnf)
fn bare<'t>(start: Input<'t>, operator: Input<'t>) -> Parsed<'t, FilterValue> {
    let (rest, run) = start.split(|kind| kind == FilterToken::Blank || closes(kind));
    let Spanned { node: text, span } = run.whole();
    if text.is_empty() {
        return Err(fail(OperandError::NoValue.at(operator.before())));
    }
    if text.starts_with('\'') {
        let quoted = single_quoted(start).unwrap_or_else(|| run.whole());
        return Err(fail(OperandError::SingleQuotes { text: quoted.node }.at(quoted.span)));
    }
    Ok((rest, FilterValue { kind: FilterValueKind::Bare(text.to_owned()), span }))
}

/// The text from one single quotation mark to the next.
fn single_quoted(start: Input<'_>) -> Option<Spanned<&str>> {
    let (rest, first) = start.next()?;
    if first.text.len() > 1 && first.text.ends_with('\'') {
        return Some(start.up_to(rest).whole());
    }
    let length = rest.tokens().iter().position(|token| token.text.contains('\''))?;
    Some(start.take(length + 2).whole())
}
