//! The left side of a condition.

use nom::branch::alt;
use nom::combinator::{map, verify};
use nom::multi::many0;
use nom::sequence::terminated;
use nom::{Err, Parser};

use super::{Input, Parsed, enclosed};
use crate::error::FilterError;
use crate::lex::Token;
use crate::lex::filter::FilterToken;
use crate::limits::MAX_STEPS;
use crate::parse::{Fault, fail, token};
use crate::span::Spanned;
use crate::tree::filter::{FilterLink, FilterPath};
use crate::tree::search::{Has, Name};

/// `path = *( link ) name` (filter.ebnf)
pub(super) fn path(input: Input<'_>) -> Parsed<'_, Option<FilterPath>> {
    let (rest, links) = many0(link).parse(input)?;
    let (rest, end) = name(rest)?;
    let span = input.up_to(rest).whole().span;
    let steps = links.len() + 1;
    if steps > MAX_STEPS {
        return Err(fail(FilterError::ChainTooDeep { steps, limit: MAX_STEPS }.at(span)));
    }
    let links: Option<Vec<FilterLink>> = links.into_iter().collect();
    Ok((rest, links.map(|links| FilterPath { links, end, span })))
}

/// `link = has ":" | element "." | name "."` (filter.ebnf)
fn link(input: Input<'_>) -> Parsed<'_, Option<FilterLink>> {
    // By the next tokens, not by `alt`: an element recurses.
    if input.skip().peek().is_some_and(|second| second.kind == FilterToken::OpenBracket) {
        return element(input);
    }
    let has = map(has, |has| Some(FilterLink::Has(has)));
    let forward = map(terminated(name, token(FilterToken::Dot)), |name| Some(FilterLink::Forward(name)));
    alt((has, forward)).parse(input)
}

/// `has = "_has" ":" word ":" word` (filter.ebnf), and the `":"` that follows it
fn has<'t>(input: Input<'t>) -> Parsed<'t, Has> {
    let (rest, keyword) = verify(token(FilterToken::Word), |word: &Token<'_, _>| word.text == "_has").parse(input)?;
    let part = |input: Input<'t>, kind| token(kind)(input).map_err(|_| incomplete_has(input, keyword));
    let (rest, _) = part(rest, FilterToken::Colon)?;
    let (rest, ty) = part(rest, FilterToken::Word)?;
    let (rest, _) = part(rest, FilterToken::Colon)?;
    let (rest, reference) = part(rest, FilterToken::Word)?;
    let (rest, _) = part(rest, FilterToken::Colon)?;
    part(rest, FilterToken::Word)?;
    Ok((rest, Has { ty: owned(ty), reference: owned(reference), span: keyword.span.to(reference.span) }))
}

fn incomplete_has(at: Input<'_>, keyword: Token<'_, FilterToken>) -> Err<Fault> {
    fail(FilterError::IncompleteHas.at(keyword.span.to(at.before())))
}

/// `element = word "[" filter "]"` (filter.ebnf), and the `"."` that follows it
fn element(input: Input<'_>) -> Parsed<'_, Option<FilterLink>> {
    let (rest, name) = token(FilterToken::Word)(input)?;
    let (rest, open) = token(FilterToken::OpenBracket)(rest)?;
    let (rest, (filter, close)) = enclosed(input, rest, open, FilterToken::CloseBracket)?;
    let (rest, _) = token(FilterToken::Dot)(rest).map_err(|_| fail(FilterError::NoPathAfterBracket.at(close)))?;
    let link = |filter| FilterLink::Element { name: owned(name), filter: Box::new(filter) };
    Ok((rest, filter.map(link)))
}

/// `name = word [ ":" word ]` (filter.ebnf)
fn name(input: Input<'_>) -> Parsed<'_, Name> {
    let (rest, name) = word(input)?;
    let Ok((rest, _)) = token(FilterToken::Colon)(rest) else {
        return Ok((rest, Name { name, modifier: None }));
    };
    let (rest, modifier) =
        token(FilterToken::Word)(rest).map_err(|_| fail(FilterError::NoModifier.at(rest.before())))?;
    match token(FilterToken::Colon)(rest) {
        Ok((_, second)) => Err(fail(FilterError::SecondModifier { name: &name.node }.at(second.span))),
        Err(_) => Ok((rest, Name { name, modifier: Some(owned(modifier)) })),
    }
}

/// `word = <an ASCII letter or "_", then any number of letters, digits, "_" and "-">` (filter.ebnf)
fn word(input: Input<'_>) -> Parsed<'_, Spanned<String>> {
    match input.next() {
        Some((rest, token)) if token.kind == FilterToken::Word => Ok((rest, owned(token))),
        Some((_, token)) if token.kind != FilterToken::Blank => {
            Err(fail(FilterError::NoName { text: token.text }.at(token.span)))
        }
        _ => Err(fail(FilterError::NoName { text: "" }.at(input.before()))),
    }
}

fn owned(token: Token<'_, FilterToken>) -> Spanned<String> {
    Spanned::new(token.text.to_owned(), token.span)
}
