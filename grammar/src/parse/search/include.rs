//! The value of `_include` and `_revinclude`. FHIR R4 3.1.1.5.4.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt};
use nom::sequence::preceded;

use super::key::{Input, Parsed, owned};
use crate::diagnostic::Diagnostic;
use crate::error::ValueError;
use crate::lex::search::KeyToken;
use crate::lex::tokens;
use crate::parse::{Sink, Tokens, token};
use crate::span::Spanned;
use crate::tree::search::{Include, Value};

/// The path of an `_include` or `_revinclude`.
///
/// # Errors
/// What keeps the value from being a path.
pub fn parse_include(value: &Value) -> Result<Spanned<Include>, Vec<Diagnostic>> {
    let (text, sink) = (&value.raw, Sink::default());
    let read = tokens(text, 0..text.text().len());
    if let Some(comma) = read.iter().find(|token| token.text == ",") {
        return Err(vec![ValueError::IncludeList.at(comma.span)]);
    }
    match include(Tokens::new(&read, text, &sink)) {
        Ok((rest, include)) if rest.is_empty() => Ok(Spanned::new(include, value.span)),
        _ => Err(vec![ValueError::NotAnInclude { text: text.text() }.at(value.span)]),
    }
}

/// `include = "*" | word ":" ( "*" | word ) [ ":" word ]` (search.ebnf)
fn include(input: Input<'_>) -> Parsed<'_, Include> {
    if let Ok((rest, _)) = token(KeyToken::Star)(input) {
        return Ok((rest, Include::All));
    }
    let (rest, source) = token(KeyToken::Word)(input)?;
    let (rest, _) = token(KeyToken::Colon)(rest)?;
    let parameter = map(token(KeyToken::Word), |word| Some(owned(word)));
    let (rest, parameter) = alt((map(token(KeyToken::Star), |_| None), parameter)).parse(rest)?;
    let (rest, target) = opt(preceded(token(KeyToken::Colon), token(KeyToken::Word))).parse(rest)?;
    Ok((rest, Include::Of { source: owned(source), parameter, target: target.map(owned) }))
}
