//! What stands before the `?`.

use nom::combinator::opt;
use nom::multi::separated_list1;
use nom::sequence::{preceded, terminated};
use nom::{Err, Parser};

use super::url::{Input, Parsed};
use crate::decode::{Plus, decode};
use crate::error::UrlError;
use crate::lex::url::UrlToken;
use crate::parse::{Fault, token};
use crate::span::{Span, Spanned};
use crate::tree::search::Path;

type Segment = Spanned<String>;

/// The path up to the `?` or the end; nothing if it is wrong, which has been reported.
pub(super) fn path(input: Input<'_>) -> (Input<'_>, Option<Path>) {
    let (rest, before) = input.split(|kind| kind == UrlToken::Question);
    let stray = |kind| matches!(kind, UrlToken::Equals | UrlToken::Ampersand);
    if let Some(stray) = before.tokens().iter().find(|token| stray(token.kind)) {
        before.sink.report(UrlError::NoQuestionMark.at(stray.span));
        return (rest, None);
    }
    let mut all = preceded(opt(token(UrlToken::Slash)), opt(terminated(segments, opt(token(UrlToken::Slash)))));
    let path = match all.parse(before) {
        Ok((left, segments)) if left.is_empty() => {
            let segments: Option<Vec<Segment>> = segments.unwrap_or_default().into_iter().collect();
            segments.and_then(|segments| meaning(segments, before))
        }
        _ => not_a_search(before, None),
    };
    (rest, path)
}

/// `path = segment *( "/" segment ) [ "/" ]` (search.ebnf)
fn segments(input: Input<'_>) -> Parsed<'_, Vec<Option<Segment>>> {
    separated_list1(token(UrlToken::Slash), segment).parse(input)
}

/// `segment = <one or more characters or escapes without "/" and "?">` (search.ebnf)
fn segment(input: Input<'_>) -> Parsed<'_, Option<Segment>> {
    let (rest, segment) = input.split(|kind| kind == UrlToken::Slash);
    if segment.is_empty() {
        return Err(Err::Error(Fault::NoMatch));
    }
    let text = decode(segment.tokens(), segment.place().start, Plus::Literal, input.sink);
    Ok((rest, text.map(|text| Spanned::new(text.text().to_owned(), segment.whole().span))))
}

/// The path that the segments make.
fn meaning(mut segments: Vec<Segment>, input: Input<'_>) -> Option<Path> {
    if segments.last().is_some_and(|last| last.node == "_search") {
        segments.pop();
    }
    match segments.as_slice() {
        [] => Some(Path::System),
        [ty] if !is_operation(ty) => Some(Path::Type(type_name(ty, input)?)),
        [ty, id, member] if !is_operation(member) => {
            let (ty, id) = (type_name(ty, input), id_of(id, input));
            let member = if member.node == "*" { Some(None) } else { type_name(member, input).map(Some) };
            Some(Path::Compartment { ty: ty?, id: id?, member: member? })
        }
        [ty, id] if ty.node.starts_with(|c: char| c.is_ascii_uppercase()) && is_id(&id.node) => {
            not_a_search(input, Some(&format!("{}?_id={}", ty.node, id.node)))
        }
        _ => not_a_search(input, None),
    }
}

fn not_a_search(path: Input<'_>, instead: Option<&str>) -> Option<Path> {
    let whole = path.whole();
    path.sink.report(UrlError::NotASearch { path: whole.node, instead }.at(whole.span));
    None
}

/// `$everything`, `_history`
fn is_operation(segment: &Segment) -> bool {
    segment.node.starts_with(['$', '_'])
}

fn type_name(segment: &Segment, input: Input<'_>) -> Option<Segment> {
    let is_type = !segment.node.is_empty() && segment.node.bytes().all(|byte| byte.is_ascii_alphabetic());
    check(is_type, segment, input, |text, span| UrlError::NotAType { text }.at(span))
}

fn id_of(segment: &Segment, input: Input<'_>) -> Option<Segment> {
    check(is_id(&segment.node), segment, input, |text, span| UrlError::NotAnId { text }.at(span))
}

/// FHIR R4 2.24.0.1, `id`.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn check(
    fits: bool,
    segment: &Segment,
    input: Input<'_>,
    wrong: impl Fn(&str, Span) -> crate::Diagnostic,
) -> Option<Segment> {
    if !fits {
        input.sink.report(wrong(&segment.node, segment.span));
    }
    fits.then(|| segment.clone())
}
