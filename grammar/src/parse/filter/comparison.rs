//! One condition: path, operator, value.

use super::path::path;
use super::value::value;
use super::{Input, Parsed, blanks, closes};
use crate::error::FilterError;
use crate::lex::filter::FilterToken;
use crate::parse::fail;
use crate::span::Spanned;
use crate::tree::filter::{Filter, FilterOp, Node};

/// `comparison = path blank operator blank value` (filter.ebnf)
pub(super) fn comparison(input: Input<'_>) -> Parsed<'_, Option<Node>> {
    if input.peek().is_none_or(|next| closes(next.kind)) {
        return Err(fail(FilterError::NoCondition.at(input.before())));
    }
    let (rest, path) = path(input)?;
    let (rest, op) = operator(rest, input)?;
    let (rest, value) = value(rest)?;
    let compare = |path| {
        let span = input.place().to(value.span);
        Spanned::new(Filter::Compare { path, op, value }, span)
    };
    Ok((rest, path.map(compare)))
}

/// The operator behind the path that begins at `start`.
fn operator<'t>(input: Input<'t>, start: Input<'t>) -> Parsed<'t, Spanned<FilterOp>> {
    let path = start.up_to(input).whole();
    // A letter that only looks like one of ASCII's ends a word, which nobody sees.
    if let Some(next) = input.peek().filter(|next| next.kind == FilterToken::Other && !next.text.is_ascii()) {
        return Err(fail(FilterError::NameCharacter { text: next.text }.at(next.span)));
    }
    let (rest, word) = blanks(input).split(|kind| kind == FilterToken::Blank || closes(kind));
    let Spanned { node: text, span } = word.whole();
    if let Some(op) = FilterOp::from_word(text).filter(|_| input.peek().is_some_and(|t| t.kind == FilterToken::Blank)) {
        return Ok((rest, Spanned::new(op, span)));
    }
    let lower = FilterOp::from_word(&text.to_ascii_lowercase()).map(FilterOp::word);
    Err(fail(match (path.node, text) {
        (_, "") => FilterError::NoOperator { path: path.node }.at(path.span),
        ("not", _) => FilterError::BareNot.at(path.span),
        ("NOT" | "Not", _) => FilterError::WordCase { text: path.node, lower: "not" }.at(path.span),
        _ => match lower {
            Some(lower) if lower != text => FilterError::WordCase { text, lower }.at(span),
            _ => FilterError::UnknownOperator { text }.at(span),
        },
    }))
}
