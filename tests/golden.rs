//! Golden files: every stage of every query of the corpus.

#[cfg(test)]
mod corpus;

use fhirc::codegen::algebra::{Access, Edge, End, Set};
use fhirc::codegen::program::Strategy;
use fhirc::codegen::rows::{KeyId, RowKind, TypeCode, Value};
use fhirc::codegen::stats::{Counted, Empty, Stats};
use fhirc::compiler::{Compiler, Representation};
use fhirc::explain::{TARGETS, explain};
use fhirc::{ir, plan};
use std::fmt::Write;

fn compiler() -> Compiler {
    Compiler::r4(corpus::options("http://example.org/fhir"))
}

/// One golden file per query, in a folder per stage.
fn golden(stage: &str, name: &str, query: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => format!("../snapshots/{stage}"),
        prepend_module_to_snapshot => false,
        description => query,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = corpus::queries().into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn searches() {
    let compiler = compiler();
    for (name, query) in corpus::queries() {
        let compiled = compiler.compile(query).unwrap_or_else(|rejected| panic!("{query}\n{rejected}"));
        let mut text = ir::print(&compiled.search, compiler.registry());
        for warning in &compiled.warnings {
            writeln!(text, "{}", fhirc::grammar::render(query, warning)).unwrap();
        }
        golden("ir", name, query, &text);
    }
}

#[test]
fn plans() {
    let compiler = compiler();
    for (name, query) in corpus::queries() {
        let mut text = String::new();
        let mut observe = |stage: Representation<'_>| match stage {
            Representation::Built(built) => text = format!("built\n{}", plan::print(built, compiler.registry())),
            Representation::Passed(pass, plan) => {
                write!(text, "{pass}\n{}", plan::print(plan, compiler.registry())).unwrap();
            }
            _ => {}
        };
        compiler.compile_observed(query, &mut observe).unwrap();
        golden("plan", name, query, &text);
    }
}

/// Steps and queries of each target, planned without statistics.
#[test]
fn targets() {
    let compiler = compiler();
    for (name, query) in corpus::queries() {
        let (sections, outcome) = explain(&compiler, query, &TARGETS, &Empty);
        outcome.unwrap();
        for target in TARGETS {
            let of_target = sections.iter().filter(|section| section.target == Some(target));
            let text = of_target.map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n");
            golden(target.name(), name, query, &text);
        }
    }
}

/// A large store, that counts what is asked for.
struct Large;

impl Stats for Large {
    fn rows(&self, _key: KeyId) -> Option<u64> {
        Some(1_000_000)
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn counted(&self, rows: &Set) -> Option<Counted> {
        let Set::Rows { kind: RowKind::One(_), .. } = rows else { return None };
        let rows = format!("{rows:?}");
        Some(match () {
            () if rows.contains("nobody") => Counted::Exactly(0),
            () if rows.contains("everybody") => Counted::About(900_000),
            () if rows.contains("welby") => Counted::Exactly(100),
            () => Counted::About(8_000),
        })
    }

    fn keeping(&self) -> u32 {
        25
    }

    fn passing(&self) -> Option<u32> {
        Some(10)
    }

    fn resources(&self, _ty: TypeCode) -> u64 {
        1_000_000
    }

    fn fan_out(&self, _edge: Edge, end: End) -> Option<u64> {
        Some(if end == End::Source { 2 } else { 5 })
    }
}

/// Plans of a large store, where they compute far sides of links once, or sweep over rows.
#[test]
fn large_stores() {
    let compiler = compiler();
    let registry = compiler.registry();
    for (name, query) in corpus::queries() {
        let plan = compiler.compile(query).unwrap().plan;
        let chosen = plan::choose(&plan, plan::Context { registry, stats: &Large });
        if chosen.graph.nodes().any(|node| matches!(node.access, Access::Set { .. })) {
            golden("sets", name, query, &plan::print(&chosen, registry));
        } else if chosen.page.strategy == Strategy::Sweep {
            golden("sweeps", name, query, &plan::print(&chosen, registry));
        }
    }
}
