//! What is counted before a plan is chosen: rows of values, up to a bound. That tells a value that three resources have
//! from one that half of them have, which no average over a parameter can.

use crate::plan::Plan;
use crate::plan::pairs::{Pair, among};
use crate::plan::passes::Context;
use crate::plan::types::in_page_order;
use fhirc_codegen::algebra::{Access, Atom, End, Node, Rel, Set, SetId, Sets, Source, Span, Test};
use fhirc_codegen::capability::{Answer, Capabilities, Join, Question};
use fhirc_codegen::ord::first_ord;
use fhirc_codegen::program::{Query, Take, Yield};
use fhirc_codegen::rows::{Col, RowKind};
use fhirc_codegen::stats::{Counted, Found, Stats};

/// Rows of one value that are counted: how far they reach among the resources tells how many there are in all.
const SAMPLE: u64 = 256;

/// The least and the greatest bound of other counts: counting must not cost more than a wrong choice, which is given up.
const BOUNDS: (u64, u64) = (250, 1_000);

/// The part of the balance of two plans up to which is counted.
const PART: u64 = 4;

/// The most sets that are counted for one search.
const MOST: usize = 8;

/// The sets whose size decides how the plan runs, each with the queries that count it: one for each alternative of its
/// test, which are found in different places. None where nothing is to be chosen: one set of rows that lie in page
/// order.
pub fn questions(plan: &Plan, context: Context<'_>, store: &dyn Capabilities) -> Vec<(Set, Vec<Query>)> {
    let stats = context.stats;
    let reachable = plan.graph.reachable(&[plan.page.set]);
    let sets: Vec<&Set> = reachable.iter().map(|id| plan.graph.set(*id)).collect();
    if sets.len() < 2 && plan.page.order.is_empty() && sets.iter().all(|set| in_page_order(set)) {
        return Vec::new();
    }
    // Where joins are steps, all that is chosen is where they begin.
    let joins = store.answer(Question::Via(Join::Rid, End::Source)) == Answer::Exact;
    if !joins && !sets.iter().any(|set| has_sides(plan, set)) {
        return Vec::new();
    }
    let pairs = pairs(plan, &reachable, context);
    // Of values that are counted with the code beside them, those with others say nothing more.
    let told: Vec<SetId> = pairs.iter().map(|pair| pair.second).collect();
    let alone = reachable.iter().filter(|id| !told.contains(id)).map(|id| plan.graph.set(*id));
    let countable = pairs.iter().map(|pair| &pair.rows).chain(alone);
    let countable = countable.filter(|set| is_sought(set) && answers(store, set));
    let counts = |set: &Set| alternatives(set).iter().map(|part| count(part, plan.page.take, stats)).collect();
    countable.take(MOST).map(|set| (set.clone(), counts(set))).collect()
}

/// Conditions that rows of composites say together, where these may be asked instead.
fn pairs(plan: &Plan, reachable: &[SetId], context: Context<'_>) -> Vec<Pair> {
    if !context.stats.exact() {
        return Vec::new();
    }
    let pair = |id: &SetId| match plan.graph.set(*id) {
        Set::And(conditions) => among(&plan.graph, conditions, context.registry),
        _ => None,
    };
    reachable.iter().filter_map(pair).collect()
}

/// Whether a set is a join and something else, either of which may be the smaller one.
fn has_sides(plan: &Plan, set: &Set) -> bool {
    let Set::And(parts) = set else { return false };
    let any = |is: fn(&Set) -> bool| parts.iter().any(|part| is(plan.graph.set(*part)));
    any(|part| matches!(part, Set::Via { .. })) && any(|part| !matches!(part, Set::Via { .. } | Set::All(_)))
}

/// What counts up to the bounds of their queries say together; nothing if one of them was not answered.
pub fn counted<'q>(counts: impl IntoIterator<Item = (&'q Query, Option<Found>)>, stats: &dyn Stats) -> Option<Counted> {
    counts
        .into_iter()
        .try_fold(Counted::Exactly(0), |known, (query, found)| Some(together(known, one(query, found?, stats))))
}

fn one(query: &Query, Found { rows, last }: Found, stats: &dyn Stats) -> Counted {
    if query.take.as_ref().is_none_or(|take| rows < u64::from(take.n)) {
        return Counted::Exactly(rows);
    }
    let part = query.root_node().zip(last).and_then(|(node, last)| part(&node.set, last, stats));
    match part {
        // Saturates; what is counted is far below the limits of the type.
        Some(part) => Counted::About((rows as f64 / part) as u64),
        None => Counted::AtLeast(rows),
    }
}

/// Which part of the resources of its type stands up to this one, if rows of the set lie in the order of pages. That
/// resources were deleted makes it larger.
fn part(set: &Set, last: i64, stats: &dyn Stats) -> Option<f64> {
    let Set::Rows { universe, .. } = set else { return None };
    let ([ty], true) = (universe.0.as_slice(), in_page_order(set)) else { return None };
    let upto = u32::try_from(last - first_ord(*ty)).ok()?;
    let all = stats.resources(*ty) as f64;
    Some(f64::from(upto) / all).filter(|part| (f64::MIN_POSITIVE..1.0).contains(part))
}

fn together(a: Counted, b: Counted) -> Counted {
    match (a, b) {
        (Counted::Exactly(a), Counted::Exactly(b)) => Counted::Exactly(a + b),
        (Counted::About(a), Counted::About(b) | Counted::Exactly(b)) | (Counted::Exactly(a), Counted::About(b)) => {
            Counted::About(a + b)
        }
        (Counted::AtLeast(a), Counted::AtLeast(b) | Counted::About(b) | Counted::Exactly(b))
        | (Counted::About(a) | Counted::Exactly(a), Counted::AtLeast(b)) => Counted::AtLeast(a + b),
    }
}

/// The rows of each alternative of a test.
fn alternatives(set: &Set) -> Vec<Set> {
    match set {
        Set::Rows { key, kind, universe, test: Test::Any(tests) } => {
            let one =
                |test: &Test| Set::Rows { key: *key, kind: *kind, universe: universe.clone(), test: test.clone() };
            tests.iter().map(one).collect()
        }
        other => vec![other.clone()],
    }
}

fn count(set: &Set, page: u32, stats: &dyn Stats) -> Query {
    let mut sets = Sets::default();
    let root = sets.push(Node::new(set.clone(), Access::Drive, Span::default()));
    let n = bound(set, page, stats);
    // What is counted is sought, but other conditions on the row may pass over many: rows that only are passed over take
    // a quarter of what a store allows for one that is looked at.
    let (take, visits) = (Some(Take { n, after: None }), Some(u64::from(n)));
    let abridged = match set {
        Set::Rows { key, .. } if stats.abridged(*key) => vec![*key],
        _ => Vec::new(),
    };
    Query { take, visits, abridged, ..Query::new(sets, root, Yield::Rough) }
}

/// A part of the number at which going through the universe for a page costs as much as computing the set: `m` members
/// of `n` resources are met after `page · n / m` steps, which is `m` where `m² = page · n`.
fn bound(set: &Set, page: u32, stats: &dyn Stats) -> u32 {
    let Set::Rows { universe, .. } = set else { return 0 };
    if in_page_order(set) {
        return u32::try_from(SAMPLE).unwrap_or(u32::MAX);
    }
    let resources: u64 = universe.0.iter().map(|ty| stats.resources(*ty)).sum();
    let (least, greatest) = BOUNDS;
    let balance = resources.saturating_mul(u64::from(page.max(1))).isqrt();
    u32::try_from((balance / PART).clamp(least, greatest)).unwrap_or(u32::MAX)
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
        // Intervals lie in the order of their starts, and in that of their ends.
        Test::Atom(Atom::Range(col, Rel::Within | Rel::Same, _)) => *col == first,
        Test::Atom(Atom::Range(col, Rel::Meets, value)) => {
            *col == first && (value.is_open_below() || value.is_open_above())
        }
        Test::Atom(_) => false,
    }
}

fn answers(store: &dyn Capabilities, set: &Set) -> bool {
    matches!(set, Set::Rows { kind, test, .. } if store.row(*kind, test) == Answer::Exact)
}
