//! A program as text: its steps, each with its sets.

use crate::definitions::Registry;
use crate::plan::print::{Names, print_sets};
use fhirc_codegen::program::{Op, Program, Query, Step, StepId, Yield};
use std::fmt::{self, Write};

/// The steps of a program for people and golden files.
pub fn print_program(program: &Program, registry: &Registry) -> String {
    let mut out = String::new();
    for (n, step) in (0u32..).zip(&program.steps) {
        // Writing to a string does not fail.
        let _ = print_step(&mut out, program, StepId(n), step, registry);
    }
    out
}

fn print_step(out: &mut String, program: &Program, id: StepId, step: &Step, registry: &Registry) -> fmt::Result {
    write!(out, "step {}{}", id.0 + 1, role(program, id))?;
    if let Some(slot) = step.fills {
        write!(out, ", fills {slot:?}")?;
    }
    match &step.op {
        Op::Query { query, .. } => print_query(out, query, registry, 1),
        Op::Loop { body, until_empty, budget } => {
            writeln!(out, ": again, at most {budget} times, until {until_empty:?} holds nothing new")?;
            for step in body {
                let Op::Query { query, .. } = &step.op else { continue };
                write!(out, "  fills {until_empty:?}")?;
                print_query(out, query, registry, 2)?;
            }
            Ok(())
        }
        Op::Refine { candidates, by, bound, .. } => {
            writeln!(out, ": tested here, at most {bound} values: {}", Names { registry }.test(by))?;
            write!(out, "  candidates")?;
            print_query(out, candidates, registry, 2)
        }
        op => writeln!(out, ": {}", other(op)),
    }
}

fn print_query(out: &mut String, query: &Query, registry: &Registry, depth: usize) -> fmt::Result {
    let names = Names { registry };
    match &query.yields {
        Yield::Page => write!(out, ": page")?,
        Yield::Count => write!(out, ": count")?,
        Yield::Rough => write!(out, ": rough count")?,
        Yield::Rid => write!(out, ": identities")?,
        Yield::Versions(keys) => write!(out, ": versions by {}", names.keys(keys.iter().copied()))?,
        Yield::Targets(edge) => write!(out, ": targets of {}", names.key(edge.key))?,
        Yield::Names(of) => write!(out, ": names by {}", names.names(*of))?,
        Yield::Rows(key, _) => write!(out, ": rows of {}", names.key(*key))?,
    }
    if let Some(take) = &query.take {
        write!(out, ", at most {}", take.n)?;
    }
    for key in &query.order {
        write!(out, ", by {}", names.order_key(key))?;
    }
    write!(out, ", {}", names.strategy(&query.strategy))?;
    if let Some(visits) = query.visits {
        write!(out, ", given up after {visits} rows")?;
    }
    writeln!(out)?;
    out.push_str(&print_sets(&|id| query.sets.get(id), query.root, names, depth));
    Ok(())
}

fn role(program: &Program, id: StepId) -> &'static str {
    let roots = &program.roots;
    if roots.page == Some(id) {
        " (matches)"
    } else if roots.instead == Some(id) {
        " (matches, if that gave up)"
    } else if roots.rest == Some(id) {
        " (matches without a value)"
    } else if roots.total == Some(id) {
        " (total)"
    } else if roots.includes.iter().any(|include| include.step == id) {
        " (included)"
    } else if roots.versions.as_ref().is_some_and(|versions| versions.step == id) {
        " (included versions)"
    } else {
        ""
    }
}

fn other(op: &Op) -> &'static str {
    match op {
        Op::Query { .. } => "query",
        Op::Refine { .. } => "refine",
        Op::Merge(_) => "merge",
        Op::Sort { .. } => "sort",
        Op::Take { .. } => "take",
        Op::Count(_) => "count",
        Op::Fetch(_) => "fetch",
        Op::Loop { .. } => "loop",
        Op::Choose { .. } => "choose",
    }
}
