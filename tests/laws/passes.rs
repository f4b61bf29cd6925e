//! The answer of a plan as built is the answer after each pass, and under every choice of the planner.

use crate::{compiler, corpus, generated, world};
use fhirc::codegen::algebra::{Access, Edge, End, Set};
use fhirc::codegen::program::{Op, Program, Query, StepId, Strategy};
use fhirc::codegen::rows::{KeyId, TypeCode, Value};
use fhirc::codegen::stats::{Counted, Empty, Stats};
use fhirc::definitions::Registry;
use fhirc::ir::{PredKind, Search};
use fhirc::plan::{self, Context, Plan};
use fhirc::resolve::Handling;
use fhirc::stores::{Slots, Store, Tuple};
use fhirc::tenant::TenantContext;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Runtime;

/// Everything is as frequent as this, among a million resources.
struct Uniform(u64);

impl Stats for Uniform {
    fn rows(&self, _key: KeyId) -> Option<u64> {
        Some(self.0)
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        Some(self.0)
    }

    fn resources(&self, _ty: TypeCode) -> u64 {
        1_000_000
    }

    fn fan_out(&self, _edge: Edge, _end: End) -> Option<u64> {
        Some(1)
    }
}

/// Whatever is asked for was counted, and many links lead away from one end: so far sides are computed once.
struct Counts(End);

impl Stats for Counts {
    fn rows(&self, _key: KeyId) -> Option<u64> {
        Some(1_000_000)
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn counted(&self, _rows: &Set) -> Option<Counted> {
        Some(Counted::About(20_000))
    }

    fn keeping(&self) -> u32 {
        25
    }

    fn passing(&self) -> Option<u32> {
        Some(1)
    }

    fn resources(&self, _ty: TypeCode) -> u64 {
        1_000_000
    }

    fn fan_out(&self, _edge: Edge, end: End) -> Option<u64> {
        Some(if end == self.0 { 100 } else { 1 })
    }
}

const RARE: Uniform = Uniform(1);
const EVERYWHERE: Uniform = Uniform(1_000_000);

/// As much as in [`EVERYWHERE`] of whatever there is at all, and what decides answers as it is.
pub(crate) struct Dense<'s>(pub(crate) &'s dyn Stats);

impl Stats for Dense<'_> {
    fn rows(&self, key: KeyId) -> Option<u64> {
        self.0.rows(key).and_then(|rows| if rows == 0 { Some(0) } else { EVERYWHERE.rows(key) })
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn exact(&self) -> bool {
        self.0.exact()
    }

    fn once(&self, key: KeyId) -> bool {
        self.0.once(key)
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.0.abridged(key)
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        EVERYWHERE.resources(ty)
    }

    fn fan_out(&self, edge: Edge, end: End) -> Option<u64> {
        EVERYWHERE.fan_out(edge, end)
    }
}

/// What a query means.
fn search(query: &str) -> Search {
    let compiled = compiler(Handling::Lenient).compile(query);
    compiled.unwrap_or_else(|rejected| panic!("{query}\n{rejected}")).search
}

/// The plan as it is built, and after each pass that changes it.
fn plans(search: &Search) -> Vec<(&'static str, Plan)> {
    let registry = Registry::r4();
    let built = plan::build(search, registry);
    let mut plans = vec![("as built", built.clone())];
    plan::optimize_observed(built, Context { registry, stats: &Empty }, &mut |pass, plan| {
        plans.push((pass.name, plan.clone()))
    });
    plans
}

/// The tuples of the roots: the page in order, the total, and of all includes together, of which a plan may leave out
/// those that have nothing to bring.
pub(crate) async fn answer(store: &Store, program: &Program) -> Vec<Vec<Tuple>> {
    let mut slots = Slots::new();
    let (mut answers, mut included, mut instead) = (Vec::new(), BTreeMap::new(), None);
    let roots = &program.roots;
    for (id, step) in (0..).map(StepId).zip(&program.steps) {
        let Op::Query { query, .. } = &step.op else { panic!("a step of another kind: {step:?}") };
        // Never given up: both ways have to give the page.
        let query = &Query { visits: None, ..query.clone() };
        let tuples = store.run(&TenantContext::default(), query, &slots, store.registry().epoch()).await.unwrap();
        if let Some(slot) = step.fills {
            slots.insert(slot, tuples.clone());
        }
        if roots.includes.iter().any(|include| include.step == id) {
            included.extend(tuples.into_iter().map(|tuple| (tuple.ord, tuple)));
        } else if roots.rest == Some(id) {
            let page: &mut Vec<Tuple> = answers.last_mut().unwrap();
            page.extend(tuples);
            page.truncate(query.take.as_ref().unwrap().n as usize);
        } else if roots.instead == Some(id) {
            instead = Some(tuples);
        } else {
            answers.push(tuples);
        }
    }
    if let Some(instead) = instead {
        assert_eq!(answers.first(), Some(&instead), "the page is the same where its walk is given up");
    }
    answers.push(included.into_values().collect());
    answers
}

/// What the law has seen, so that it is known to have been tried on something.
#[derive(Default)]
struct Seen {
    passes: BTreeSet<&'static str>,
    walked: usize,
    set_first: usize,
    swept: usize,
    by_value: usize,
    by_pair: usize,
    sets: usize,
    matched: usize,
}

/// The law for one search.
async fn holds(store: &Store, query: &str, search: &Search, seen: &mut Seen) -> Result<(), String> {
    let real = store.statistics(&TenantContext::default()).await.unwrap();
    let many = Dense(&real);
    let choices: [(&str, &dyn Stats); 7] = [
        ("no", &Empty),
        ("real", &real),
        ("rare", &RARE),
        ("dense", &EVERYWHERE),
        ("dense where any", &many),
        ("references", &Counts(End::Source)),
        ("referrers", &Counts(End::Target)),
    ];
    let mut expected = None;
    for (pass, plan) in plans(search) {
        seen.passes.insert(pass);
        for (statistics, stats) in choices {
            let chosen = plan::choose(&plan, Context { registry: Registry::r4(), stats });
            match chosen.page.strategy {
                Strategy::Walk => seen.walked += 1,
                Strategy::SetFirst => seen.set_first += 1,
                Strategy::Sweep => seen.swept += 1,
                Strategy::ByValue => seen.by_value += 1,
                Strategy::ByPair(_) => seen.by_pair += 1,
                Strategy::Measure { .. } => {}
            }
            seen.sets += usize::from(chosen.graph.nodes().any(|node| matches!(node.access, Access::Set { .. })));
            let program = plan::split(&chosen, store.capabilities().unwrap().as_ref());
            let program = program.unwrap_or_else(|refusals| panic!("{query}: {refusals:?}"));
            let found = answer(store, &program).await;
            let expected = expected.get_or_insert_with(|| found.clone());
            if found != *expected {
                let place = format!("{query}\n{pass}, {statistics} statistics");
                return Err(format!("{place}\nfound {found:?}\nas built {expected:?}"));
            }
        }
    }
    seen.matched += usize::from(expected.is_some_and(|roots| roots.iter().any(|tuples| !tuples.is_empty())));
    Ok(())
}

/// `subject.name=smith`, which is also followed to organizations: no text means this, and a pass has to see it.
fn astray() -> Search {
    let mut search = search("Observation?subject.name=smith");
    let [organization] = self::search("Organization?name=acme").branches.try_into().unwrap();
    match &mut search.branches[0].filter.kind {
        PredKind::Linked { ends, .. } => ends.push((organization.ty, organization.filter)),
        other => panic!("{other:?}"),
    }
    search
}

#[test]
fn the_answer_of_the_corpus_stays() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store("sqlite::memory:"));
    let mut seen = Seen::default();
    let corpus = corpus::queries();
    for (_, query) in &corpus {
        runtime.block_on(holds(&store, query, &search(query), &mut seen)).unwrap_or_else(|broken| panic!("{broken}"));
    }
    runtime
        .block_on(holds(&store, "a link that leads astray", &astray(), &mut seen))
        .unwrap_or_else(|broken| panic!("{broken}"));
    for pass in plan::PASSES {
        assert!(seen.passes.contains(pass.name), "no query is changed by {}", pass.name);
    }
    let Seen { walked, set_first, swept, by_value, by_pair, sets, matched, .. } = seen;
    let enough = walked > 50 && set_first > 50 && swept > 50 && by_value > 50 && by_pair > 0 && sets > 50;
    assert!(
        enough,
        "{walked} walked, {set_first} set first, {swept} swept, {by_value} by value, {by_pair} by pair, {sets} with far sets"
    );
    assert!(matched * 4 > corpus.len() * 3, "{matched} of {} queries match something", corpus.len());
}

#[test]
fn the_answer_of_generated_queries_stays() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store("sqlite::memory:"));
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&generated::query(), |query| {
        let (search, mut seen) = (search(&query), Seen::default());
        runtime.block_on(holds(&store, &query, &search, &mut seen)).map_err(TestCaseError::fail)
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}
