//! A search string as a whole: base, path, parameters.

use nom::combinator::{map, opt};
use nom::multi::separated_list1;
use nom::sequence::preceded;
use nom::{Err, Parser};

use super::base::base_length;
use super::key::parse_key;
use super::path::path;
use crate::decode::{Decoded, Plus, decode};
use crate::diagnostic::Diagnostic;
use crate::error::UrlError;
use crate::lex::tokens;
use crate::lex::url::UrlToken;
use crate::limits::{MAX_PARAMETERS, MAX_SEARCH_BYTES};
use crate::parse::{Fault, Sink, Tokens, token};
use crate::span::Span;
use crate::tree::search::{Param, Path, Search, Value};

pub(super) type Input<'t> = Tokens<'t, UrlToken>;
pub(super) type Parsed<'t, T> = crate::parse::Parsed<'t, UrlToken, T>;

/// Parses a search string of at most [`MAX_SEARCH_BYTES`]: see [`parse_search_within`].
pub fn parse_search(text: &str, bases: &[&str]) -> (Option<Search>, Vec<Diagnostic>) {
    parse_search_within(text, bases, MAX_SEARCH_BYTES)
}

/// Parses a search string as people paste it: with or without one of the server's `bases` in front, percent-encoded or
/// not, blanks around it. FHIR R4 3.1.1.1.
///
/// The tree holds what could be understood, so that a caller can look for further problems in it; it is absent when
/// the path was not understood. If any of the diagnostics is an error the search must not run.
pub fn parse_search_within(text: &str, bases: &[&str], max_bytes: usize) -> (Option<Search>, Vec<Diagnostic>) {
    let sink = Sink::default();
    let search = within(text, max_bytes, &sink).and_then(|()| {
        let source = Decoded::plain(text);
        let start = text.len() - text.trim_start().len();
        let end = text.trim_end().len().max(start);
        let base = base_length(text.get(start..end)?, start, bases);
        let skipped = base.as_ref().map_or_else(|foreign| foreign.length, |length| *length);
        let read = tokens(&source, start + skipped..end);
        let (path, params) = search(Tokens::new(&read, &source, &sink));
        match base {
            Ok(_) => Some(Search { path: path?, params }),
            Err(foreign) => {
                sink.report(foreign.diagnostic);
                None
            }
        }
    });
    (search, sink.into_sorted())
}

fn within(text: &str, max_bytes: usize, sink: &Sink) -> Option<()> {
    let limit = max_bytes.min(u32::MAX as usize);
    if text.len() <= limit {
        return Some(());
    }
    let boundary = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let beyond = Span::from_offsets(boundary..text.len());
    sink.report(UrlError::TextTooLong { bytes: text.len(), limit }.at(beyond));
    None
}

/// `search = [ "/" ] [ path ] [ "?" parameters ]` (search.ebnf)
fn search(input: Input<'_>) -> (Option<Path>, Vec<Param>) {
    let (rest, path) = path(input);
    let params = match token(UrlToken::Question)(rest) {
        Ok((rest, _)) => all_parameters(rest),
        Err(_) => Vec::new(),
    };
    (path, params)
}

fn all_parameters(input: Input<'_>) -> Vec<Param> {
    let params: Vec<Param> = parameters(input).map(|(_, params)| params).unwrap_or_default();
    if let Some(beyond) = params.get(MAX_PARAMETERS) {
        input.sink.report(UrlError::TooManyParameters { limit: MAX_PARAMETERS }.at(beyond.span));
    }
    params
}

/// `parameters = [ parameter ] *( "&" [ parameter ] )` (search.ebnf)
fn parameters(input: Input<'_>) -> Parsed<'_, Vec<Param>> {
    let list = separated_list1(token(UrlToken::Ampersand), map(opt(parameter), Option::flatten));
    map(list, |params| params.into_iter().flatten().collect()).parse(input)
}

/// `parameter = encoded "=" [ encoded ]` (search.ebnf); nothing if it is wrong, which has been reported
fn parameter(input: Input<'_>) -> Parsed<'_, Option<Param>> {
    let (rest, left) = input.split(|kind| matches!(kind, UrlToken::Ampersand | UrlToken::Equals));
    if left.is_empty() && rest.peek().is_none_or(|next| next.kind == UrlToken::Ampersand) {
        return Err(Err::Error(Fault::NoMatch));
    }
    let Ok((rest, right)) = preceded(token(UrlToken::Equals), right).parse(rest) else {
        let whole = left.whole();
        input.sink.report(UrlError::NoEquals { text: whole.node }.at(whole.span));
        return Ok((rest, None));
    };
    let key = decode(left.tokens(), left.place().start, Plus::Blank, input.sink).and_then(|text| {
        let key = parse_key(&text, 0..text.text().len());
        key.map_err(|diagnostic| input.sink.report(diagnostic)).ok()
    });
    let value = decode(right.tokens(), right.place().start, Plus::Blank, input.sink);
    let span = input.place().to(rest.before());
    let param = key.zip(value).map(|(key, raw)| Param { key, value: Value { span: right.whole().span, raw }, span });
    Ok((rest, param))
}

/// Everything up to the next `&`, perhaps nothing.
fn right(input: Input<'_>) -> Parsed<'_, Input<'_>> {
    Ok(input.split(|kind| kind == UrlToken::Ampersand))
}
