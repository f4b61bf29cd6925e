//! How often each stage of the compiler allocates, over all queries of the corpus: `cargo bench --bench allocations`.
//! Apart from `corpus`, since counting takes time.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark that cannot run says so by stopping")]

mod stages;
#[path = "stages/table.rs"]
mod table;

fn main() {
    table::print("allocations", &|stage| {
        // What is made once in the life of a process is made before.
        stage();
        allocation_counter::measure(stage).count_total as f64
    });
}
