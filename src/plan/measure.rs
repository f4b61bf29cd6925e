//! What is counted before a plan is chosen: rows of values, up to a bound. That tells a value that three resources have
//! from one that half of them have, which no average over a parameter can.

use crate::plan::Plan;
use crate::plan::types::in_page_order;
use fhirc_codegen::algebra::{Access, Atom, Node, Rel, Set, Sets, Source, Test};
use fhirc_codegen::capability::{Answer, Capabilities};
use fhirc_codegen::program::{Query, Strategy, Take, Yield};
use fhirc_codegen::rows::{Col, RowKind, Value};
use fhirc_codegen::stats::{Counted, Stats};

/// The least and the greatest bound of a count.
const BOUNDS: (u64, u64) = (500, 5_000);

/// The most sets that are counted for one search.
const MOST: usize = 8;

/// The sets whose size decides how the plan runs, each with the query that counts it. None where nothing is to be
/// chosen: one set of rows that lie in page order.
pub fn questions(plan: &Plan, stats: &dyn Stats, store: &dyn Capabilities) -> Vec<(Set, Query)> {
    let reachable = plan.graph.reachable(&[plan.page.set]);
    let sets: Vec<&Set> = reachable.iter().map(|id| plan.graph.set(*id)).collect();
    if sets.len() < 2 && plan.page.order.is_empty() && sets.iter().all(|set| in_page_order(set)) {
        return Vec::new();
    }
    let countable = sets.into_iter().filter(|set| is_sought(set) && answers(store, set));
    countable.take(MOST).map(|set| (set.clone(), count(set, plan.page.take, stats))).collect()
}

/// What a count up to the bound of its query says.
pub fn counted(query: &Query, found: u64) -> Counted {
    match &query.take {
        Some(take) if found >= u64::from(take.n) => Counted::AtLeast(found),
        _ => Counted::Exactly(found),
    }
}

fn count(set: &Set, page: u32, stats: &dyn Stats) -> Query {
    let mut sets = Sets::default();
    let node = Node {
        set: set.clone(),
        span: Default::default(),
        scope: Default::default(),
        exact: Default::default(),
        est: Default::default(),
        place: Default::default(),
        access: Access::Drive,
    };
    let root = sets.push(node);
    let take = Some(Take { n: bound(set, page, stats), after: None });
    Query { sets, root, yields: Yield::Count, order: Vec::new(), strategy: Strategy::SetFirst, take }
}

/// Where going through the universe for a page costs as much as computing the set: `m` members of `n` resources are
/// met after `page · n / m` steps, which is `m` where `m² = page · n`.
fn bound(set: &Set, page: u32, stats: &dyn Stats) -> u32 {
    let Set::Rows { universe, .. } = set else { return 0 };
    let resources: u64 = universe.0.iter().map(|ty| stats.resources(*ty)).sum();
    let (least, greatest) = BOUNDS;
    let balance = resources.saturating_mul(u64::from(page.max(1))).isqrt();
    u32::try_from(balance.clamp(least, greatest)).unwrap_or(u32::MAX)
}

/// Whether the rows are found by seeking, so that counting looks at few others.
fn is_sought(set: &Set) -> bool {
    let Set::Rows { kind, test, .. } = set else { return false };
    match (kind, kind.columns().first()) {
        // Who has an id is one, and presence is what the store counts already.
        (RowKind::Id | RowKind::Present, _) | (_, None) => false,
        (_, Some(first)) => seeks(*first, test),
    }
}

fn seeks(first: Col, test: &Test) -> bool {
    match test {
        Test::All(tests) => tests.iter().any(|test| seeks(first, test)),
        Test::Any(tests) => tests.iter().all(|test| seeks(first, test)),
        Test::Atom(Atom::Eq(col, _) | Atom::Starts(col, _) | Atom::Order(col, ..)) => *col == first,
        Test::Atom(Atom::In(cols, Source::Values(_))) => cols.first() == Some(&first),
        // Intervals lie in the order of their starts.
        Test::Atom(Atom::Range(col, Rel::Within | Rel::Same, value)) => *col == first && !begins_open(value),
        Test::Atom(_) => false,
    }
}

fn begins_open(value: &Value) -> bool {
    match value {
        Value::Instants(start, _) => *start == i64::MIN,
        Value::Cuts(start, _) => start.is_empty(),
        _ => true,
    }
}

fn answers(store: &dyn Capabilities, set: &Set) -> bool {
    matches!(set, Set::Rows { kind, test, .. } if store.row(*kind, test) == Answer::Exact)
}
