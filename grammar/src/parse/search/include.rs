//! The value of `_include` and `_revinclude`. FHIR R4 3.1.1.5.4.

use nom::Err;

use super::key::{Input, Parsed, owned, word};
use crate::diagnostic::Diagnostic;
use crate::error::ValueError;
use crate::lex::search::KeyToken;
use crate::lex::tokens;
use crate::parse::{Fault, Sink, Tokens, fail, token};
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
        Err(Err::Failure(Fault::Wrong(diagnostic) | Fault::Fatal(diagnostic))) => Err(vec![*diagnostic]),
        _ => Err(vec![ValueError::IncompleteInclude.at(value.span)]),
    }
}

/// `include = "*" | word ":" ( "*" | word ) [ ":" word ]` (search.ebnf)
fn include(input: Input<'_>) -> Parsed<'_, Include> {
    if let Ok((rest, _)) = token(KeyToken::Star)(input) {
        return Ok((rest, Include::All));
    }
    let incomplete = |_| fail(ValueError::IncompleteInclude.at(input.whole().span));
    let (rest, source) = word(input)?;
    let (rest, _) = token(KeyToken::Colon)(rest).map_err(incomplete)?;
    let (rest, parameter) = match token(KeyToken::Star)(rest) {
        Ok((rest, _)) => (rest, None),
        Err(_) => token(KeyToken::Word)(rest).map(|(rest, word)| (rest, Some(owned(word)))).map_err(incomplete)?,
    };
    let Ok((rest, _)) = token(KeyToken::Colon)(rest) else {
        return Ok((rest, Include::Of { source, parameter, target: None }));
    };
    let (rest, target) = token(KeyToken::Word)(rest).map_err(incomplete)?;
    Ok((rest, Include::Of { source, parameter, target: Some(owned(target)) }))
}
