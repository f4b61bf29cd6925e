//! What is wrong with a query is said with a stable code, on the exact piece that is wrong, all at once.

#[cfg(test)]
mod entry;

use entry::{corpus, diagnostics, line};
use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::{Registry, from_resource};
use fhirc::grammar::render;
use fhirc::resolve::Handling;
use std::collections::BTreeSet;
use std::sync::Arc;

#[test]
fn the_wrong_piece_is_underlined() {
    let mut wrong = Vec::new();
    for entry in corpus() {
        for handling in entry.handlings() {
            let found: Vec<_> = diagnostics(entry.query, handling).iter().map(|d| line(&entry, d)).collect();
            if found != entry.expected {
                let (expected, found) = (entry.expected.join("\n"), found.join("\n"));
                wrong.push(format!(
                    "{}, {handling:?}\n{}{}\nexpected\n{expected}\nfound\n{found}\n",
                    entry.name,
                    " ".repeat(entry.indent),
                    entry.query
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_is_a_corpus_of_errors() {
    let corpus = corpus();
    let names: BTreeSet<_> = corpus.iter().map(|entry| entry.name).collect();
    assert_eq!(names.len(), corpus.len(), "a name stands twice");
    assert!(corpus.iter().all(|entry| !entry.expected.is_empty()), "an entry expects nothing");
    let several = corpus.iter().filter(|entry| entry.expected.len() > 1).count();
    assert!(corpus.len() >= 80 && several >= 10, "{} entries, {several} with several problems", corpus.len());
}

/// Entries whose whole rendering is kept: one of each way to say what is wrong.
const RENDERED: [&str; 24] = [
    "type-typo",
    "path-foreign-base",
    "parameter-typo-strict",
    "parameter-typo-lenient",
    "parameter-ampersand",
    "modifier-typo",
    "modifier-wrong-type",
    "modifier-exact-on-reference",
    "modifier-below-no-hierarchy",
    "modifier-below-wrong-type",
    "date-slashes",
    "date-prefix-symbols",
    "quantity-two-parts",
    "token-three-parts",
    "chain-end-nowhere",
    "chain-wrong-target",
    "has-incomplete",
    "filter-unknown-operator",
    "filter-three",
    "modifier-in",
    "near-usual-distance",
    "near-longitude-first",
    "warnings-only",
    "building-chain-end",
];

/// What a special parameter means, its author alone says.
#[test]
fn special_parameters_of_others_are_refused_by_name() {
    let published = serde_json::json!({
        "resourceType": "SearchParameter", "status": "active", "url": "http://example.org/SearchParameter/contains",
        "code": "contains", "base": ["Location"], "type": "special", "expression": "Location.position",
    });
    let (registry, problems) = Registry::r4().with_params(vec![from_resource(&published).unwrap()]);
    assert!(problems.is_empty(), "{problems:?}");
    let compiler = Compiler::new(Arc::new(registry), Options::default());
    for query in ["contains=1|2", "contains:missing=true", "_filter=contains pr true", "_filter=contains eq 1"] {
        let rejected = compiler.compile(&format!("Location?{query}")).unwrap_err();
        let codes: Vec<_> = rejected.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, ["not-supported"], "{query}");
    }
    assert_eq!(compiler.compile("Location?_sort=contains").unwrap_err().diagnostics[0].code, "unsortable");
}

#[test]
fn the_first_include_too_many_is_underlined() {
    let types: Vec<&str> = Registry::r4().types().map(|ty| Registry::r4().type_name(ty)).take(101).collect();
    let includes: Vec<String> = types.iter().map(|ty| format!("_include=Observation:focus:{ty}")).collect();
    let few = format!("Observation?{}", includes[..100].join("&"));
    assert!(diagnostics(&few, Handling::Strict).is_empty());
    // The same again is no other.
    assert!(diagnostics(&format!("{few}&{}", includes[0]), Handling::Strict).is_empty());
    let many = format!("{few}&{}", includes[100]);
    let found = diagnostics(&many, Handling::Lenient);
    let said: Vec<_> = found.iter().map(|told| (told.code, told.span.text(&many).unwrap())).collect();
    assert_eq!(said, [("too-many-includes", includes[100].as_str())]);
}

#[test]
fn renderings() {
    let corpus = corpus();
    for name in RENDERED {
        let entry = corpus.iter().find(|entry| entry.name == name).unwrap();
        let handling = entry.handlings()[0];
        let text: String = diagnostics(entry.query, handling).iter().map(|d| render(entry.query, d)).collect();
        insta::with_settings!({
            snapshot_path => "../../snapshots/errors",
            prepend_module_to_snapshot => false,
            description => entry.query,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, text);
        });
    }
}
