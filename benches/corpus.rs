//! How long each stage of the compiler takes, over all queries of the corpus: `cargo bench --bench corpus`.
//!
//! `-- --once` compiles each query a few times without a clock, for `scripts/instructions`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot run says so by stopping")]

mod stages;
#[path = "stages/table.rs"]
mod table;

use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::Instant;

/// How often each stage runs; the median counts.
const RUNS: usize = 51;

/// How often each query is compiled under a counter of instructions.
const ONCE: usize = 4;

fn main() {
    if std::env::args().any(|argument| argument == "--once") {
        return once();
    }
    table::print("microseconds", &|stage| {
        let mut times = [0.0; RUNS];
        for time in &mut times {
            let begin = Instant::now();
            stage();
            *time = begin.elapsed().as_secs_f64() * 1e6;
        }
        times.sort_by(f64::total_cmp);
        times[RUNS / 2]
    });
}

/// Every stage of every query: a profiler sees the functions of `Stages`. Prints how often each ran.
fn once() {
    let (stages, queries) = (stages::Stages::new(), stages::corpus());
    for (_, query) in &queries {
        for _ in 0..ONCE {
            black_box(stages.lower(&stages.made(query).program));
            black_box(stages.whole(query));
        }
    }
    let _ = writeln!(stdout(), "{}", queries.len() * ONCE);
}
