//! Names, types, indices and literals.

use super::{Input, Parsed};
use crate::error::PathError;
use crate::escape::{BadString, unescape};
use crate::lex::Token;
use crate::lex::path::PathToken;
use crate::parse::{fail, token};
use crate::span::Spanned;
use crate::tree::path::{Literal, PathExpr, PathNode};

/// `word = <an ASCII letter or "_", then any number of letters, digits and "_">` (path.ebnf)
pub(super) fn name(input: Input<'_>) -> Parsed<'_, Token<'_, PathToken>> {
    let Some((rest, token)) = input.next() else {
        return Err(fail(PathError::NoName { text: "" }.at(input.place())));
    };
    let text = token.text;
    let error = match token.kind {
        PathToken::Word => return Ok((rest, token)),
        PathToken::Environment | PathToken::Special => PathError::Variable { text },
        PathToken::Delimited => PathError::DelimitedName { text },
        PathToken::Operator => PathError::Operator { text },
        PathToken::OpenString => PathError::OpenString,
        PathToken::String | PathToken::Integer | PathToken::Decimal | PathToken::Instant => PathError::Literal { text },
        _ => PathError::NoName { text },
    };
    Err(fail(error.at(token.span)))
}

/// `type = [ "FHIR" "." ] word` (path.ebnf)
pub(super) fn type_name(input: Input<'_>) -> Parsed<'_, Spanned<String>> {
    let (rest, first) = type_word(input)?;
    match token(PathToken::Dot)(rest) {
        Ok((rest, _)) if first.text == "FHIR" => type_word(rest).map(|(rest, word)| (rest, owned(word))),
        _ => Ok((rest, owned(first))),
    }
}

fn type_word(input: Input<'_>) -> Parsed<'_, Token<'_, PathToken>> {
    match input.next() {
        Some((rest, token)) if token.kind == PathToken::Word => Ok((rest, token)),
        other => Err(fail(PathError::NoType { text: other.map_or("", |(_, token)| token.text) }.at(input.place()))),
    }
}

fn owned(token: Token<'_, PathToken>) -> Spanned<String> {
    Spanned::new(token.text.to_owned(), token.span)
}

/// `"[" integer "]"` behind `left`
pub(super) fn index(input: Input<'_>, left: PathNode) -> Parsed<'_, PathNode> {
    let (inner, open) = token(PathToken::OpenBracket)(input)?;
    let no_index = || fail(PathError::NoIndex { text: inner.peek().map_or("", |token| token.text) }.at(inner.place()));
    let (rest, digits) = token(PathToken::Integer)(inner).map_err(|_| no_index())?;
    let number: u32 = digits.text.parse().map_err(|_| no_index())?;
    let (rest, close) =
        token(PathToken::CloseBracket)(rest).map_err(|_| fail(PathError::Unclosed { open: '[' }.at(open.span)))?;
    let span = left.span.to(close.span);
    Ok((rest, Spanned::new(PathExpr::Index(Box::new(left), number), span)))
}

/// `literal = string | "true" | "false" | number` (path.ebnf)
pub(super) fn literal(input: Input<'_>) -> Parsed<'_, Spanned<Literal>> {
    let Some((rest, token)) = input.next() else {
        return Err(fail(PathError::NoLiteral { text: "" }.at(input.place())));
    };
    let literal = match (token.kind, token.text) {
        (PathToken::Word, "true") => Literal::Bool(true),
        (PathToken::Word, "false") => Literal::Bool(false),
        (PathToken::Integer | PathToken::Decimal, digits) => Literal::Number(digits.to_owned()),
        (PathToken::String, _) => Literal::String(unquote(input, token)?),
        (PathToken::OpenString, _) => return Err(fail(PathError::OpenString.at(token.span))),
        (_, text) => return Err(fail(PathError::NoLiteral { text }.at(token.span))),
    };
    Ok((rest, Spanned::new(literal, token.span)))
}

/// The string that `function` takes.
pub(super) fn string<'t>(input: Input<'t>, function: Token<'t, PathToken>) -> Parsed<'t, String> {
    match input.next() {
        Some((rest, token)) if token.kind == PathToken::String => Ok((rest, unquote(input, token)?)),
        Some((_, token)) if token.kind == PathToken::OpenString => Err(fail(PathError::OpenString.at(token.span))),
        _ => Err(fail(PathError::NoString { function: function.text }.at(input.place()))),
    }
}

/// `string = <a FHIRPath string in single quotes>` (path.ebnf)
fn unquote(input: Input<'_>, token: Token<'_, PathToken>) -> Result<String, nom::Err<crate::parse::Fault>> {
    unescape(token.text, '\'', &['"', '`']).map_err(|bad| {
        let Some(BadString::Escape(range) | BadString::Control(range)) = bad.into_iter().next() else {
            return fail(PathError::OpenString.at(token.span));
        };
        let span = input.span_of(token.at + range.start..token.at + range.end);
        fail(PathError::StringEscape { text: token.text.get(range).unwrap_or_default() }.at(span))
    })
}
