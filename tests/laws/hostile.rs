//! No text makes the compiler panic, and what it says of a text it underlines in that text.

use crate::{compiler, corpus, generated};
use fhirc::codegen::program::Op;
use fhirc::codegen::sql::{Dialect, Postgres, Sqlite, Target, sql};
use fhirc::codegen::stats::Empty;
use fhirc::compiler::{Compiled, Compiler, Representation};
use fhirc::definitions::Registry;
use fhirc::plan::{self, Context, Plan};
use fhirc::resolve::Handling;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;

static COMPILERS: LazyLock<[Compiler; 2]> = LazyLock::new(|| [compiler(Handling::Lenient), compiler(Handling::Strict)]);

/// Compiles a text both ways, shows what is said of it, and lowers what it means.
fn compile(text: &str) {
    for compiler in &*COMPILERS {
        let diagnostics = match compiler.compile(text) {
            Ok(Compiled { plan, warnings, .. }) => {
                lower(&plan);
                warnings
            }
            Err(rejected) => {
                assert!(!rejected.to_string().is_empty());
                rejected.diagnostics
            }
        };
        for span in diagnostics.iter().flat_map(|d| d.labels.iter().map(|label| label.span).chain([d.span])) {
            assert!(span.text(text).is_some(), "{span:?} lies outside {text:?}");
        }
    }
}

fn lower(plan: &Plan) {
    let chosen = plan::choose(plan, Context { registry: Registry::r4(), stats: &Empty });
    lower_to::<Sqlite>(&chosen);
    lower_to::<Postgres>(&chosen);
}

/// A plan is lowered, or refused by name where it is cut into steps.
fn lower_to<D: Dialect>(plan: &Plan) {
    let Ok(program) = plan::split(plan, &Target::<D>::new()) else { return };
    for step in &program.steps {
        let Op::Query { query, .. } = &step.op else { continue };
        assert!(!sql::<D>(query).unwrap_or_else(|refusal| panic!("{refusal:?}")).text.is_empty());
    }
}

#[test]
fn every_plan_of_the_corpus_is_lowered_after_each_pass() {
    for (_, query) in corpus::queries() {
        let mut observe = |stage: Representation<'_>| match stage {
            Representation::Built(plan) | Representation::Passed(_, plan) => lower(plan),
            _ => {}
        };
        COMPILERS[0].compile_observed(query, &mut observe).unwrap();
    }
}

/// Pieces that mean something in a search.
const PIECES: [&str; 42] = [
    "Patient",
    "Observation",
    "?",
    "&",
    "=",
    ":",
    ".",
    ",",
    "$",
    "|",
    "\\",
    "%",
    "%2",
    "%2C",
    "/",
    "_has",
    "_filter",
    "_sort",
    "_include",
    "_count",
    "_type",
    "name",
    "subject",
    "date",
    "value-quantity",
    "code-value-quantity",
    "missing",
    "not",
    "(",
    ")",
    "[",
    "]",
    "\"",
    " ",
    " and ",
    " eq ",
    "ge",
    "-",
    "2024-02-30",
    "1e999999999",
    "true",
    "é",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat())
}

/// A query of the corpus or a generated one.
fn good() -> impl Strategy<Value = String> {
    let corpus: Vec<String> = corpus::queries().into_iter().map(|(_, query)| query.to_owned()).collect();
    prop_oneof![select(corpus), generated::query()]
}

/// A change of a text: what stands between two places is replaced.
fn mutated() -> impl Strategy<Value = String> {
    let with = prop_oneof![select(&PIECES[..]).prop_map(str::to_owned), any::<char>().prop_map(String::from)];
    let change = (any::<Index>(), 0..6usize, prop::option::of(with));
    (good(), prop::collection::vec(change, 1..4)).prop_map(|(mut text, changes)| {
        for (place, length, with) in changes {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let first = place.index(ends.len());
            let last = (first + length).min(ends.len() - 1);
            text.replace_range(ends[first]..ends[last], &with.unwrap_or_default());
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        compile(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_words(text in pieces()) {
        compile(&text);
        compile(&format!("Observation?{text}"));
        compile(&format!("Patient?_filter={text}"));
    }

    #[test]
    fn any_value(name in select(&["date", "value-quantity", "code", "subject", "code-value-quantity", "_id"][..]), value in ".{0,30}") {
        compile(&format!("Observation?{name}={value}"));
        compile(&format!("Observation?_filter={name} eq {value}"));
    }

    #[test]
    fn any_mutation_of_a_good_query(text in mutated()) {
        compile(&text);
    }
}
