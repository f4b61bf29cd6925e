//! What is wrong with a query is said with a stable code, on the exact piece that is wrong, all at once.

use fhirc::compiler::{Compiler, Options};
use fhirc::grammar::{Diagnostic, Severity, render};
use fhirc::ir::BaseUrl;
use fhirc::resolve::Handling;
use std::collections::BTreeSet;

/// A query of `tests/corpus/errors.txt` and what is wrong with it.
struct Entry {
    name: &'static str,
    /// `strict`, `lenient`, or `both` where they agree.
    handling: &'static str,
    query: &'static str,
    /// Characters in front of the query, on its line.
    indent: usize,
    /// The lines below it: an underline, a code, what stands beside the underline.
    expected: Vec<&'static str>,
}

impl Entry {
    fn handlings(&self) -> Vec<Handling> {
        match self.handling {
            "strict" => vec![Handling::Strict],
            "lenient" => vec![Handling::Lenient],
            "both" => vec![Handling::Strict, Handling::Lenient],
            other => panic!("{}: `{other}` is no handling", self.name),
        }
    }
}

fn corpus() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in include_str!("corpus/errors.txt").lines() {
        if line.starts_with(' ') {
            entries.last_mut().unwrap().expected.push(line);
        } else if !line.is_empty() && !line.starts_with('#') {
            let (name, rest) = line.split_once(' ').unwrap();
            let (handling, query) = rest.trim_start().split_once(' ').unwrap();
            let query = query.trim_start();
            let indent = line.chars().count() - query.chars().count();
            entries.push(Entry { name, handling, query, indent, expected: Vec::new() });
        }
    }
    entries
}

fn diagnostics(query: &str, handling: Handling) -> Vec<Diagnostic> {
    let now = Some(fhirc::values::Instant(1_700_000_000_000_000));
    let bases = vec![BaseUrl::new("http://example.org/fhir")];
    match Compiler::r4(Options { handling, now, bases, ..Options::default() }).compile(query) {
        Ok(compiled) => {
            assert!(!compiled.warnings.iter().any(Diagnostic::is_error), "{query}: an error among the warnings");
            compiled.warnings
        }
        Err(rejected) => {
            assert!(rejected.diagnostics.iter().any(Diagnostic::is_error), "{query}: rejected without an error");
            rejected.diagnostics
        }
    }
}

/// A diagnostic as the corpus shows it: `^` under each wrong character, `|` before the character where one is missing.
fn line(entry: &Entry, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.span;
    let (start, end) = (span.start as usize, span.end as usize);
    let before = entry.indent + entry.query[..start].chars().count();
    let marks = match entry.query[start..end].chars().count() {
        0 => "|".to_owned(),
        n => "^".repeat(n),
    };
    let warning = if diagnostic.severity == Severity::Warning { "warning " } else { "" };
    let beside = diagnostic.labels.iter().filter(|label| label.span == span).map(|label| format!(": {}", label.text));
    format!("{}{marks} {warning}{}{}", " ".repeat(before), diagnostic.code, beside.collect::<String>())
}

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
const RENDERED: [&str; 18] = [
    "type-typo",
    "path-foreign-base",
    "parameter-typo-strict",
    "parameter-typo-lenient",
    "parameter-ampersand",
    "modifier-typo",
    "modifier-wrong-type",
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
    "warnings-only",
];

#[test]
fn renderings() {
    let corpus = corpus();
    for name in RENDERED {
        let entry = corpus.iter().find(|entry| entry.name == name).unwrap();
        let handling = entry.handlings()[0];
        let text: String = diagnostics(entry.query, handling).iter().map(|d| render(entry.query, d)).collect();
        insta::with_settings!({
            snapshot_path => "../snapshots/errors",
            prepend_module_to_snapshot => false,
            description => entry.query,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(name, text);
        });
    }
}
