//! Every access, strategy and page size gives what the naive evaluation gives.

use super::database::Database;
use crate::algebra::{Access, Atom, Edge, End, On, Set, SetId, Sets, Source, Test, Universe};
use crate::program::{After, Dir, OrderBy, OrderKey, Query, Strategy, Take, Yield};
use crate::rows::{Base, KeyId, RowKind, Value};
use crate::sql::{Bind, Sqlite, sql};
use crate::testing::queries::{Joins, arena, node, order, pairs, root, ways};
use crate::testing::world::{CANONICAL, OWN_URL, OWN_VERSION, REF, State, TYPES, World, world};
use crate::testing::{exhaustive, model};
use proptest::prelude::*;
use proptest::sample::select;
use rusqlite::types::Value as Cell;
use std::collections::BTreeSet;

/// Two ways to produce the members of every query.
const STRATEGIES: [Strategy; 2] = [Strategy::Walk, Strategy::SetFirst];

fn query(sets: &Sets, root: SetId, yields: Yield, order: &[OrderKey], strategy: &Strategy) -> Query {
    Query { order: order.to_vec(), strategy: strategy.clone(), ..Query::new(sets.clone(), root, yields) }
}

/// The same, with what the world says of its keys.
fn known(world: &World, sets: &Sets, root: SetId, yields: Yield, order: &[OrderKey], strategy: &Strategy) -> Query {
    Query { once: world.once(), ..query(sets, root, yields, order, strategy) }
}

fn run(database: &Database<'_>, query: &Query) -> Vec<Vec<Cell>> {
    database.rows(&sql::<Sqlite>(query).unwrap())
}

fn ords(rows: &[Vec<Cell>]) -> Vec<i64> {
    rows.iter().map(|row| int(&row[0])).collect()
}

fn int(cell: &Cell) -> i64 {
    match cell {
        Cell::Integer(int) => *int,
        other => panic!("{other:?} is no integer"),
    }
}

/// The cursor after a row of a page.
fn after(row: &[Cell]) -> After {
    let key = |cell: &Cell| match cell {
        Cell::Null => None,
        Cell::Integer(int) => Some(Value::Int(*int)),
        Cell::Text(text) => Some(Value::Text(text.clone())),
        other => panic!("{other:?} is no sort value"),
    };
    After { keys: row[1..].iter().map(key).collect(), ord: int(&row[0]) }
}

/// All pages of `n`, one after the other.
fn pages(database: &Database<'_>, query: &Query, n: u32) -> Vec<i64> {
    let mut all = Vec::new();
    let mut position = None;
    loop {
        let page = Query { take: Some(Take { n, after: position }), ..query.clone() };
        let rows = run(database, &page);
        assert!(rows.len() <= n as usize);
        all.extend(ords(&rows));
        assert!(all.len() < 1000, "pages never end");
        let Some(last) = rows.last() else { return all };
        position = Some(after(last));
    }
}

/// `Type/id` of numbers, as statements tell them.
fn identities(world: &World, ords: impl IntoIterator<Item = i64>) -> Vec<Vec<Cell>> {
    let of = |ord| world.resources.iter().find(|r| r.ord == ord).unwrap();
    let cells = |ord: i64| vec![ord.into(), i64::from(of(ord).ty.0).into(), of(ord).id.clone().into()];
    ords.into_iter().map(cells).collect()
}

#[test]
fn every_comparison_with_every_value() {
    let world = exhaustive::world();
    let database = Database::of(&world);
    for query in exhaustive::queries() {
        for strategy in &STRATEGIES {
            let query = Query { strategy: strategy.clone(), ..query.clone() };
            let members = model::members(&world, &query.sets, query.root);
            let found: BTreeSet<i64> = ords(&run(&database, &query)).into_iter().collect();
            assert_eq!(found, members, "{:?}: {}", query.root_node().unwrap().set, sql::<Sqlite>(&query).unwrap().text);
        }
    }
}

/// As deep as lowering goes, with the joins that take most tables.
#[test]
fn the_deepest_joins_are_within_the_limits_of_the_database() {
    let world = exhaustive::world();
    let database = Database::of(&world);
    let edge = Edge { key: CANONICAL, on: On::UrlVersion { url: OWN_URL, version: OWN_VERSION } };
    for from in [End::Source, End::Target] {
        let mut sets = Sets::default();
        let mut root = sets.push(node(Set::All(Universe(TYPES.to_vec())), Access::Drive));
        for _ in 0..19 {
            root = sets.push(node(Set::Via { edge, from, far: root }, Access::Drive));
        }
        for strategy in &STRATEGIES {
            assert!(run(&database, &query(&sets, root, Yield::Page, &[], strategy)).is_empty());
            assert!(run(&database, &query(&sets, root, Yield::Rid, &[], strategy)).is_empty());
        }
    }
}

/// The test, of a list that is so long that it is one parameter: nothing has the values that are added.
fn longer(test: &Test) -> Option<Test> {
    let long = |tuples: &[Vec<Value>]| {
        let others = (0..400).map(|n| vec![Value::Text(format!("none-{n}"))]);
        Source::Values(tuples.iter().cloned().chain(others).collect())
    };
    match test {
        Test::Atom(Atom::In(cols, Source::Values(tuples))) => Some(Test::Atom(Atom::In(cols.clone(), long(tuples)))),
        Test::Atom(Atom::NotIn(cols, Source::Values(tuples))) => {
            Some(Test::Atom(Atom::NotIn(cols.clone(), long(tuples))))
        }
        _ => None,
    }
}

#[test]
fn a_long_list_of_texts_is_those_texts() {
    let world = exhaustive::world();
    let database = Database::of(&world);
    for short in exhaustive::queries() {
        let Some(Set::Rows { key, kind, universe, test }) = short.root_node().map(|node| node.set.clone()) else {
            panic!("no rows");
        };
        let Some(test) = longer(&test) else { continue };
        let mut sets = Sets::default();
        let root = sets.push(node(Set::Rows { key, kind, universe, test }, Access::Drive));
        let members = model::members(&world, &short.sets, short.root);
        for strategy in &STRATEGIES {
            let long = sql::<Sqlite>(&query(&sets, root, Yield::Page, &[], strategy)).unwrap();
            assert!(long.binds.iter().any(|bind| matches!(bind, Bind::TextList(_))), "{}", long.text);
            assert!(long.binds.len() < 10, "{} parameters", long.binds.len());
            assert_eq!(ords(&database.rows(&long)).into_iter().collect::<BTreeSet<_>>(), members, "{}", long.text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_way_gives_the_members_in_order(
        world in world(), tree in root(Joins::Some), order in order(), ways in prop::collection::vec(ways(), 3), n in 1u32..5
    ) {
        let database = Database::of(&world);
        for ways in &ways {
            let (sets, root) = arena(&tree, ways);
            let members = model::members(&world, &sets, root);
            let expected = model::sorted(&world, &members, &order);
            if order.first().is_some_and(|key| key.run().is_some()) {
                let page = known(&world, &sets, root, Yield::Page, &order, &Strategy::ByValue);
                let text = sql::<Sqlite>(&page).unwrap().text;
                let with_value: Vec<i64> = ords(&run(&database, &page));
                let valued = model::with_value(&world, &expected, &order[0]);
                prop_assert_eq!(&with_value, &valued, "{}", text);
                prop_assert_eq!(&pages(&database, &page, n), &valued, "pages of {}: {}", n, text);
                let missing: Vec<OrderKey> =
                    std::iter::once(order[0].missing()).chain(order[1..].iter().cloned()).collect();
                let rest: Vec<i64> = model::sorted(&world, &members, &missing);
                for strategy in &STRATEGIES {
                    let page = known(&world, &sets, root, Yield::Page, &missing, strategy);
                    prop_assert_eq!(&pages(&database, &page, n), &rest, "pages of {}", n);
                }
            }
            for strategy in &STRATEGIES {
                let page = known(&world, &sets, root, Yield::Page, &order, strategy);
                let text = sql::<Sqlite>(&page).unwrap().text;
                prop_assert_eq!(&ords(&run(&database, &page)), &expected, "{}", text);
                prop_assert_eq!(&pages(&database, &page, n), &expected, "pages of {}: {}", n, text);
            }
        }
    }

    #[test]
    fn along_pairs_come_those_that_have_them(
        world in world(), tree in root(Joins::Some), others in order(), ways in ways(), pairs in pairs(),
        dir in select(vec![Dir::Asc, Dir::Desc]), n in 1u32..5
    ) {
        let database = Database::of(&world);
        let (sets, root) = arena(&tree, &ways);
        let members = model::members(&world, &sets, root);
        let by = OrderBy::Rows { keys: vec![KeyId(8)], kind: RowKind::One(Base::Quantity) };
        let order: Vec<OrderKey> = std::iter::once(OrderKey::own(by, dir)).chain(others).collect();
        let expected = model::paired(&world, &members, &pairs, &order);
        let page = known(&world, &sets, root, Yield::Page, &order, &Strategy::ByPair(Box::new(pairs)));
        let text = sql::<Sqlite>(&page).unwrap().text;
        prop_assert_eq!(&ords(&run(&database, &page)), &expected, "{}", text);
        prop_assert_eq!(&pages(&database, &page, n), &expected, "pages of {}: {}", n, text);
    }

    #[test]
    fn counts_identities_and_targets_are_those_of_the_members(
        world in world(), tree in root(Joins::Some), order in order(), ways in ways(), n in 1u32..5
    ) {
        let database = Database::of(&world);
        let (sets, root) = arena(&tree, &ways);
        let members = model::members(&world, &sets, root);
        let sorted = model::sorted(&world, &members, &order);
        for strategy in &STRATEGIES {
            let count = known(&world, &sets, root, Yield::Count, &[], strategy);
            prop_assert_eq!(int(&run(&database, &count)[0][0]), members.len() as i64);
            let some = Query { take: Some(Take { n, after: None }), ..count };
            prop_assert_eq!(int(&run(&database, &some)[0][0]), members.len().min(n as usize) as i64);
            let rid = known(&world, &sets, root, Yield::Rid, &order, strategy);
            prop_assert_eq!(run(&database, &rid), identities(&world, sorted.clone()));
            let first = Query { take: Some(Take { n, after: None }), ..rid };
            prop_assert_eq!(run(&database, &first), identities(&world, sorted.iter().copied().take(n as usize)));
        }
    }

    #[test]
    fn targets_are_live_and_told_once(world in world(), tree in root(Joins::Some), ways in ways()) {
        let database = Database::of(&world);
        let (sets, root) = arena(&tree, &ways);
        let members = model::members(&world, &sets, root);
        let live = |ord: &i64| world.resources.iter().any(|r| r.ord == *ord && r.state == State::Live);
        let urls: BTreeSet<String> = world.resources.iter()
            .filter(|r| members.contains(&r.ord))
            .flat_map(|r| &r.rows)
            .filter(|row| row.key == CANONICAL)
            .map(|row| match &row.values[0] { Value::Text(url) => url.clone(), other => panic!("{other:?}") })
            .collect();
        for strategy in &STRATEGIES {
            let query = |edge| query(&sets, root, Yield::Targets(edge), &[], strategy);
            for edge in [On::Rid, On::Unversioned].map(|on| Edge { key: REF, on }) {
                let linked = model::pairs(&world, edge).into_iter().filter(|pair| members.contains(&pair.0));
                let targets: BTreeSet<i64> = linked.map(|pair| pair.1).filter(live).collect();
                prop_assert_eq!(run(&database, &query(edge)), identities(&world, targets));
            }
            let canonical = Edge { key: CANONICAL, on: On::Url { url: OWN_URL } };
            let told: Vec<Vec<Cell>> = urls.iter().map(|url| vec![url.clone().into()]).collect();
            prop_assert_eq!(run(&database, &query(canonical)), told);
        }
    }

    #[test]
    fn versions_are_those_that_references_name(world in world(), tree in root(Joins::Some), ways in ways()) {
        let database = Database::of(&world);
        let (sets, root) = arena(&tree, &ways);
        let members = model::members(&world, &sets, root);
        let named: BTreeSet<(i64, u32, String)> = world.resources.iter()
            .filter(|r| members.contains(&r.ord) && r.has_rows())
            .flat_map(|r| r.rows.iter().filter(|row| row.key == REF))
            .filter_map(|row| match row.values.as_slice() {
                [Value::Rid(ty, id), Value::Text(version)] if !version.is_empty() => {
                    let target = world.resources.iter().find(|r| r.ty == *ty && r.id == *id).unwrap();
                    Some((target.ord, row.key.0, version.clone()))
                }
                _ => None,
            })
            .collect();
        let told = |(ord, key, version): (i64, u32, String)| vec![ord.into(), i64::from(key).into(), version.into()];
        let told: Vec<Vec<Cell>> = named.into_iter().map(told).collect();
        for strategy in &STRATEGIES {
            let mut query = query(&sets, root, Yield::Versions(vec![REF, CANONICAL]), &[], strategy);
            prop_assert_eq!(&run(&database, &query), &told);
            query.take = Some(Take { n: 2, after: None });
            prop_assert_eq!(run(&database, &query), told.iter().take(2).cloned().collect::<Vec<_>>());
        }
    }
}
