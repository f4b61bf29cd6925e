//! A form is the search whose URL has all its parameters: the same meaning, and the same problems at the same places.

use crate::{compiler, corpus};
use fhirc::grammar::Diagnostic;
use fhirc::resolve::Handling;

/// Every way to cut a search into a URL and a body.
fn cuts(query: &str) -> Vec<(&str, &str)> {
    let places = query.match_indices(['?', '&']).map(|(at, _)| at);
    let cut = places.filter_map(|at| Some((query.get(..at)?, query.get(at + 1..)?)));
    cut.filter(|(_, body)| !body.is_empty()).collect()
}

#[test]
fn urls_and_bodies_merge_as_repetition() {
    let (mut forms, mut plus) = (0, 0);
    for (name, query) in corpus::queries() {
        let compiler = compiler(Handling::Lenient);
        let whole = compiler.compile(query).unwrap();
        for (url, body) in cuts(query) {
            let form = compiler.compile_form(url, body).unwrap();
            assert_eq!(form.search, whole.search, "{name}: {url} and {body}");
            assert_eq!(form.warnings, whole.warnings, "{name}: {url} and {body}");
            forms += 1;
            // In a form a blank is written `+`.
            if body.contains(' ') {
                let form = compiler.compile_form(url, &body.replace(' ', "+")).unwrap();
                assert_eq!(form.search, whole.search, "{name}: {url} and {body}");
                plus += 1;
            }
        }
    }
    assert!(forms > 150 && plus > 10, "{forms} {plus}");
}

#[test]
fn problems_are_shown_in_the_text_that_has_them() {
    let compiler = compiler(Handling::Strict);
    let shown = |url: &str, body: &str| -> Vec<String> {
        let rejected = compiler.compile_form(url, body).unwrap_err();
        let errors = rejected.diagnostics.iter().filter(|told| Diagnostic::is_error(told));
        errors.map(|told| rejected.query.render(told).lines().skip(2).take(2).collect::<Vec<_>>().join("\n")).collect()
    };
    assert_eq!(
        shown("Patient/_search?birthdate=x&_count=5", "name=eve&brithdate=1980"),
        [
            "  | Patient/_search?birthdate=x&_count=5\n  |                           ^",
            "  | name=eve&brithdate=1980\n  |          ^^^^^^^^^ did you mean `birthdate`?",
        ]
    );
    let long = "name=eve".repeat(100_000);
    assert_eq!(compiler.compile("Patient?name=a").map(|_| ()), Ok(()));
    assert!(compiler.compile_form("Patient", &long).is_ok(), "a body may be longer than a URL");
    assert!(compiler.compile_form("Patient", &long.repeat(2)).is_err(), "but not of any length");
}
