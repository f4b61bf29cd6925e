//! Stages of the compiler on a few queries, and extraction of index rows, one number each: `cargo bench --bench compile`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run says so by stopping")]

mod stages;

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use fhirc::definitions::{Registry, ResourceType};
use fhirc::generate::{self, generate};
use fhirc::index::{ExtractSettings, Extractor};
use fhirc::values::Zone;
use serde_json::Value as Json;
use stages::{CHAIN, Stages, corpus};
use std::sync::LazyLock;

/// Queries that stand for others.
const QUERIES: [(&str, &str); 4] = [
    ("token", "Observation?code=http://loinc.org|85354-9"),
    ("chain-3-filter", CHAIN),
    ("chain", "Observation?subject:Patient.name=smith&_sort=-date&_count=10"),
    ("untyped-chain", "Observation?subject.name=smith"),
];

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

static STAGES: LazyLock<Stages> = LazyLock::new(Stages::new);

/// Resources of 20 generated patients.
static RESOURCES: LazyLock<Vec<(ResourceType, String, Json)>> = LazyLock::new(|| {
    let made = generate(generate::Settings { patients: 20, seed: 1 });
    let read = |resource: generate::Resource| {
        let ty = Registry::r4().resource_type(resource.ty).unwrap();
        let body = serde_json::from_str(&resource.json).unwrap();
        (ty, resource.json, body)
    };
    made.map(read).collect()
});

fn main() {
    divan::main();
}

fn names() -> impl Iterator<Item = &'static str> {
    QUERIES.into_iter().map(|(name, _)| name)
}

fn query(name: &str) -> &'static str {
    QUERIES.into_iter().find(|(known, _)| *known == name).unwrap().1
}

#[divan::bench(args = names())]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench(|| STAGES.parse(black_box(query(name))));
}

#[divan::bench(args = names())]
fn resolve(bencher: Bencher<'_, '_>, name: &str) {
    let made = STAGES.made(query(name));
    bencher.bench(|| STAGES.resolve(black_box(&made.tree)));
}

#[divan::bench(args = names())]
fn plan(bencher: Bencher<'_, '_>, name: &str) {
    let made = STAGES.made(query(name));
    bencher.bench(|| STAGES.plan(black_box(&made.search)));
}

#[divan::bench(args = names())]
fn choose(bencher: Bencher<'_, '_>, name: &str) {
    let made = STAGES.made(query(name));
    bencher.bench(|| STAGES.choose(black_box(&made.plan)));
}

#[divan::bench(args = names())]
fn split(bencher: Bencher<'_, '_>, name: &str) {
    let made = STAGES.made(query(name));
    bencher.bench(|| STAGES.split(black_box(&made.chosen)));
}

#[divan::bench(args = names())]
fn lower(bencher: Bencher<'_, '_>, name: &str) {
    let made = STAGES.made(query(name));
    bencher.bench(|| STAGES.lower(black_box(&made.program)));
}

#[divan::bench(args = names())]
fn whole(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench(|| STAGES.whole(black_box(query(name))));
}

/// All queries of the corpus.
#[divan::bench]
fn whole_corpus(bencher: Bencher<'_, '_>) {
    let queries = corpus();
    let all = || queries.iter().for_each(|(_, query)| drop(black_box(STAGES.whole(query))));
    bencher.counter(ItemsCount::new(queries.len())).bench(all);
}

/// Index rows of resources, with and without reading their text.
mod extraction {
    use super::*;

    static EXTRACTOR: LazyLock<Extractor> =
        LazyLock::new(|| Extractor::new(Registry::r4(), ExtractSettings::new(Zone::UTC, [])));

    #[divan::bench(args = generate::types())]
    fn of(bencher: Bencher<'_, '_>, ty: &str) {
        let wanted = Registry::r4().resource_type(ty).unwrap();
        let bodies: Vec<_> = RESOURCES.iter().filter(|(ty, ..)| *ty == wanted).map(|(_, _, body)| body).collect();
        let all = || bodies.iter().for_each(|body| drop(black_box(EXTRACTOR.extract(wanted, body))));
        bencher.counter(ItemsCount::new(bodies.len())).bench(all);
    }

    #[divan::bench]
    fn of_all_from_text(bencher: Bencher<'_, '_>) {
        let one = |(ty, text, _): &(ResourceType, String, Json)| {
            let body: Json = serde_json::from_str(text).unwrap();
            drop(black_box(EXTRACTOR.extract(*ty, &body)));
        };
        bencher.counter(ItemsCount::new(RESOURCES.len())).bench(|| RESOURCES.iter().for_each(one));
    }
}
