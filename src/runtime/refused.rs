//! What a store refuses when it comes to run it is underlined as what it refuses beforehand.

use crate::compiler::Compiled;
use crate::plan::Refusal;
use crate::runtime::ExecuteError;
use crate::stores::StoreError;
use fhirc_codegen::algebra::Span;
use fhirc_codegen::capability::Question;

/// The refusal of a search, with its text.
pub(super) fn refused(error: ExecuteError, search: &Compiled) -> ExecuteError {
    match error {
        ExecuteError::Store(StoreError::Refused { what, span }) => {
            let span = shortest(search.query.as_str(), what, span);
            let diagnostics = vec![Refusal { what, span }.diagnostic("this store")];
            ExecuteError::Refused { query: search.query.clone(), diagnostics }
        }
        other => other,
    }
}

/// Where a text holds what a store does not take, that piece alone.
fn shortest(query: &str, what: Question, span: Span) -> Span {
    let part = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
    let part = part.and_then(|(start, end)| query.get(start..end)).unwrap_or_default();
    let spelled = ["%00", "\\u0000", "\0"].into_iter().filter(|_| what == Question::Zero);
    let found = spelled.filter_map(|zero| Some((part.find(zero)?, zero.len()))).min();
    let found = found.and_then(|(at, length)| Some((u32::try_from(at).ok()?, u32::try_from(length).ok()?)));
    found.map_or(span, |(at, length)| Span { start: span.start + at, end: span.start + at + length })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_not_taken_is_underlined_alone() {
        for (query, start, piece) in [
            ("Patient?gender=male&name=a%00b,x", 0, "%00"),
            ("Patient?_filter=name eq \"a\\u0000b\"", 16, "\\u0000"),
            ("Patient?name=a", 8, "name=a"),
        ] {
            let span = Span { start, end: u32::try_from(query.len()).unwrap() };
            let Span { start, end } = shortest(query, Question::Zero, span);
            assert_eq!(query.get(start as usize..end as usize), Some(piece), "{query}");
            assert_eq!(shortest(query, Question::Size, span), span);
        }
    }
}
