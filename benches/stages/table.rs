//! A table of what each stage costs over the corpus.

use crate::stages::{CHAIN, Made, Stages, corpus};
use std::hint::black_box;
use std::io::{Write, stdout};

/// The stages, in order; the last is all of them.
const STAGES: [&str; 7] = ["parse", "resolve", "plan", "choose", "split", "lower", "whole"];

/// What each stage of one query costs.
type Costs = [f64; STAGES.len()];

/// Prints what `cost` says of each stage of each query: the middle, the worst, and those who are.
pub(crate) fn print(unit: &str, cost: &dyn Fn(&mut dyn FnMut()) -> f64) {
    let stages = Stages::new();
    let mut lines: Vec<(&str, Costs)> =
        corpus().into_iter().map(|(name, query)| (name, costs(&stages, query, cost))).collect();
    line(&format!("{unit}, {} queries", lines.len()), STAGES.map(str::to_owned));
    line("---", STAGES.map(|_| "---:".to_owned()));
    for (name, percent) in [("median", 50), ("95 of 100", 95), ("most", 100)] {
        row(name, &at(&lines, percent));
    }
    row("three links and a `_filter`", &costs(&stages, CHAIN, cost));
    lines.sort_by(|(_, a), (_, b)| b.last().partial_cmp(&a.last()).unwrap());
    lines.iter().take(10).for_each(|(name, costs)| row(&format!("`{name}`"), costs));
}

fn costs(stages: &Stages, query: &str, cost: &dyn Fn(&mut dyn FnMut()) -> f64) -> Costs {
    let Made { tree, search, plan, chosen, program } = stages.made(query);
    let mut parts: [&mut dyn FnMut(); STAGES.len()] = [
        &mut || drop(black_box(stages.parse(query))),
        &mut || drop(black_box(stages.resolve(&tree))),
        &mut || drop(black_box(stages.plan(&search))),
        &mut || drop(black_box(stages.choose(&plan))),
        &mut || drop(black_box(stages.split(&chosen))),
        &mut || drop(black_box(stages.lower(&program))),
        &mut || drop(black_box(stages.whole(query))),
    ];
    parts.each_mut().map(|part| cost(*part))
}

/// What `percent` of the queries do not exceed, for each stage by itself: a row need not be one query's.
fn at(lines: &[(&str, Costs)], percent: usize) -> Costs {
    let place = (lines.len() * percent).div_ceil(100).saturating_sub(1);
    std::array::from_fn(|stage| {
        let mut values: Vec<f64> = lines.iter().map(|(_, costs)| costs[stage]).collect();
        values.sort_by(f64::total_cmp);
        values[place]
    })
}

fn row(name: &str, costs: &Costs) {
    let shown = |cost: &f64| if cost.fract() == 0.0 { format!("{cost}") } else { format!("{cost:.1}") };
    line(name, costs.each_ref().map(shown));
}

fn line(first: &str, cells: [String; STAGES.len()]) {
    // Who reads may have seen enough.
    let _ = writeln!(stdout(), "| {first} | {} |", cells.join(" | "));
}
