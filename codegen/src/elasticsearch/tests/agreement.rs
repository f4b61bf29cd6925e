//! The requests give what the naive evaluation gives, as well as the capabilities promise.

use super::engine::Index;
use crate::algebra::{
    Access, Atom, Edge, Exactness, Names, Node, On, Set, SetId, Sets, SlotId, Source, Test, Universe,
};
use crate::capability::{Answer, Capabilities, Question};
use crate::elasticsearch::clause::{Direction, Field, Key, Sort, Track};
use crate::elasticsearch::gather::is_gathered;
use crate::elasticsearch::{LINKS, Target, link_of, names_of, row_of, rows_field, search};
use crate::program::{After, Query, Take, Yield};
use crate::rows::{Base, Col, ColName, RowKind, Value};
use crate::testing::queries::{Joins, arena, node, order, root, rows, ways};
use crate::testing::world::{CANONICAL, KEYS, OWN_URL, OWN_VERSION, TYPES, World, world};
use crate::testing::{exhaustive, model};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn page(sets: Sets, root: SetId) -> Query {
    Query::new(sets, root, Yield::Page)
}

/// The position after a hit, as a driver reads it.
fn after(keys: &[Key], sort: &[Field<Sort>]) -> After {
    let key = |(key, Field(_, sort)): (&Key, &Field<Sort>)| match (key, sort.order) {
        (Key::Int(i64::MAX), Direction::Asc) | (Key::Int(i64::MIN), Direction::Desc) => None,
        (Key::Int(int), _) => Some(Value::Int(*int)),
        (Key::Text(text), _) => Some(Value::Text(text.clone())),
        (Key::Missing(_), _) => None,
    };
    let (ord, keys) = keys.split_last().unwrap();
    let Key::Int(ord) = ord else { panic!("the last key is a number") };
    After { keys: keys.iter().zip(sort).map(key).collect(), ord: *ord }
}

/// The sizes of the requests that follow one another while each tells as many hits as it asks for.
fn sizes(limit: Option<u32>, most: usize) -> Vec<u32> {
    let mut sets = Sets::default();
    let root = sets.push(node(Set::All(Universe(TYPES.to_vec())), Access::Drive));
    let take = limit.map(|n| Take { n, after: None });
    let body = search(&Query { take, ..page(sets, root) }).unwrap();
    let world = World { resources: Vec::new(), found: Vec::new(), texts: Vec::new(), links: Vec::new() };
    let mut requests = body.fill(&Index::of(&world));
    let mut sizes = Vec::new();
    while let Some(now) = requests.filter(|_| sizes.len() < most) {
        let size = now.body().size;
        sizes.push(size);
        let last = vec![Key::Int(i64::from(size))];
        assert_eq!(now.clone().after(size.saturating_sub(1), last.clone()), None, "there are no more");
        requests = now.after(size, last.clone());
        assert!(requests.iter().all(|next| next.body().search_after == last));
    }
    sizes
}

#[test]
fn more_hits_than_one_request_tells_are_told_by_several() {
    assert_eq!(sizes(Some(21), 9), [21]);
    assert_eq!(sizes(Some(10_000), 9), [10_000]);
    assert_eq!(sizes(Some(20_021), 9), [10_000, 10_000, 21]);
    assert_eq!(sizes(None, 3), [10_000, 10_000, 10_000]);
}

#[test]
fn every_comparison_with_every_value() {
    let world = exhaustive::world();
    let index = Index::of(&world);
    for query in exhaustive::queries() {
        let members = model::members(&world, &query.sets, query.root);
        let Set::Rows { kind, test, .. } = &query.root_node().unwrap().set else { panic!("no rows") };
        if Target.row(*kind, test) != Answer::Exact {
            assert!(search(&query).is_err(), "{test:?}");
            continue;
        }
        let body = search(&query).unwrap();
        let hits: BTreeSet<i64> = index.hits(&body).into_iter().map(|(ord, _)| ord).collect();
        assert_eq!(hits, members, "{:?}: {:?}", query.root_node().unwrap().set, body.query);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_test_of_rows_is_answered_as_promised(world in world(), set in rows()) {
        let Set::Rows { kind, test, .. } = &set else { panic!("{set:?}") };
        let answer = Target.row(*kind, test);
        let mut sets = Sets::default();
        let all = sets.push(node(Set::All(Universe(TYPES.to_vec())), Access::Drive));
        let exact = if answer == Answer::Exact { Exactness::Exact } else { Exactness::Over };
        let rows = sets.push(Node { exact, ..node(set.clone(), Access::Probe) });
        let root = sets.push(node(Set::And(vec![all, rows]), Access::Drive));
        let expected = model::members(&world, &sets, root);
        let found = search(&page(sets, root));
        if answer == Answer::No {
            prop_assert!(found.is_err());
            return Ok(());
        }
        let body = found.unwrap();
        let hits: BTreeSet<i64> = Index::of(&world).hits(&body).into_iter().map(|(ord, _)| ord).collect();
        match answer {
            Answer::Exact => prop_assert_eq!(hits, expected, "{:?}", body.query),
            _ => prop_assert!(hits.is_superset(&expected), "{:?}", body.query),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn links_lead_to_what_they_call(world in world()) {
        let names = Names { url: OWN_URL, version: OWN_VERSION };
        let link = [ColName::Url, ColName::Version].map(Col::first).to_vec();
        let referring = Set::Rows {
            key: CANONICAL,
            kind: RowKind::One(Base::Url),
            universe: Universe(TYPES.to_vec()),
            test: Test::Atom(Atom::In(link, Source::Slot(SlotId(2)))),
        };
        let index = Index::of(&world);
        for set in [Set::Named { names, slot: SlotId(2) }, referring] {
            let mut sets = Sets::default();
            let root = sets.push(node(set, Access::Drive));
            let members = model::members(&world, &sets, root);
            let body = search(&page(sets, root)).unwrap();
            let hits: BTreeSet<i64> = index.hits(&body).into_iter().map(|(ord, _)| ord).collect();
            prop_assert_eq!(hits, members, "{:?}", body.query);
        }
    }

    #[test]
    fn what_is_told_of_a_resource_is_what_links_call_it(world in world()) {
        let names = Names { url: OWN_URL, version: OWN_VERSION };
        let index = Index::of(&world);
        let edge = Edge { key: CANONICAL, on: On::UrlVersion { url: OWN_URL, version: OWN_VERSION } };
        let mut pairs = BTreeSet::new();
        for source in index.live() {
            let links: Vec<_> =
                index.texts(source, LINKS).into_iter().filter_map(|value| link_of(CANONICAL, value)).collect();
            for target in index.live() {
                let called = names_of(names, |field| index.texts(target, field).into_iter());
                if links.iter().any(|link| called.contains(link)) {
                    pairs.insert((source, target));
                }
            }
        }
        prop_assert_eq!(pairs, model::pairs(&world, edge));
    }

    #[test]
    fn rows_are_told_as_they_were_written(world in world()) {
        let index = Index::of(&world);
        for r in world.resources.iter().filter(|r| r.has_rows()) {
            for (key, kind) in KEYS.into_iter().filter(|(_, kind)| Target.answer(Question::Told(*kind)) == Answer::Exact) {
                let field = rows_field(kind);
                let told = index.texts(r.ord, &field).into_iter().filter_map(|value| row_of(key, kind, value));
                let told: BTreeSet<Vec<Value>> = told.collect();
                let written = r.rows.iter().filter(|row| row.key == key).map(|row| row.values.clone());
                prop_assert_eq!(told, written.collect::<BTreeSet<_>>());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_the_members_in_order(
        world in world(), tree in root(Joins::None), ways in ways(), order in order(), n in 1u32..5
    ) {
        let (sets, root) = arena(&tree, &ways);
        let order: Vec<_> = order.into_iter().filter(|key| !is_gathered(std::slice::from_ref(key))).collect();
        let members = model::members(&world, &sets, root);
        let mut query = Query { order: order.clone(), ..page(sets, root) };
        // What Elasticsearch does not answer exactly is refused, since the plan does not refine it.
        let Ok(body) = search(&query) else { return Ok(()) };
        let index = Index::of(&world);
        let expected = model::sorted(&world, &members, &order);
        let all: Vec<i64> = index.hits(&body).into_iter().map(|(ord, _)| ord).collect();
        prop_assert_eq!(&all, &expected);
        let mut paged = Vec::new();
        query.take = Some(Take { n, after: None });
        loop {
            let body = search(&query).unwrap();
            let hits = index.hits(&body);
            paged.extend(hits.iter().map(|(ord, _)| *ord));
            let Some((_, keys)) = hits.last() else { break };
            query.take = Some(Take { n, after: Some(after(keys, &body.sort)) });
        }
        prop_assert_eq!(paged, expected);
        query.take = None;
        query.yields = Yield::Count;
        prop_assert_eq!(search(&query).unwrap().track_total_hits, Track::All(true));
    }
}
