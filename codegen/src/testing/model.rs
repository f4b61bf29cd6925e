//! The algebra, evaluated as its documentation reads.

use super::world::{OWN_URL, OWN_VERSION, Resource, State, World, type_name};
use crate::algebra::{Atom, Edge, Elements, End, On, Order, Rel, Set, SetId, Sets, Source, Test, Universe};
use crate::program::{Dir, OrderBy, OrderKey, OrderLink, OrderSource, Pairs};
use crate::rows::{Base, Col, ColName, ColType, ELEMENT, KeyId, Point, Row, RowKind, Value};
use std::cmp::Ordering;
use std::collections::BTreeSet;

pub(crate) type Members = BTreeSet<i64>;

pub(crate) fn members(world: &World, sets: &Sets, id: SetId) -> Members {
    let of = |id: SetId| members(world, sets, id);
    match &sets.get(id).unwrap().set {
        Set::All(universe) => having(world, |r| top_level(r, universe)),
        Set::None => Members::new(),
        Set::Rows { key, kind, universe, test } => {
            having(world, |r| rows(r, *key, *kind, universe).iter().any(|row| passes(world, row, test)))
        }
        Set::Elements { key, within, .. } => having(world, |r| {
            let is_there = |row: &&Row| row.values[0] == Value::Int(ELEMENT);
            let counted = of_elements(r, *key, RowKind::Element).into_iter().filter(is_there);
            counted.map(|row| &row.values[1]).any(|element| has_element(world, r, within, element))
        }),
        Set::And(children) => children.iter().map(|id| of(*id)).reduce(|a, b| &a & &b).unwrap_or_default(),
        Set::Or(children) => children.iter().flat_map(|id| of(*id)).collect(),
        Set::Minus { from, less } => &of(*from) - &of(*less),
        Set::Via { edge, from, far } => {
            let far = of(*far);
            step(&pairs(world, *edge), *from, &far)
        }
        Set::Slot(_) => world.found.iter().copied().collect(),
        Set::Named { .. } => {
            having(world, |r| world.links.iter().any(|link| is_called(r, &link.clone().map(Value::Text))))
        }
        Set::Closure { edge, from, seed } => closure(&pairs(world, *edge), *from, of(*seed)),
    }
}

/// The rows of a resource that are about its elements.
fn of_elements(r: &Resource, key: KeyId, kind: RowKind) -> Vec<&Row> {
    r.rows.iter().filter(|row| r.has_rows() && row.key == key && row.kind == kind).collect()
}

/// Whether an element of a resource is in the set.
fn has_element(world: &World, r: &Resource, within: &Elements, element: &Value) -> bool {
    match within {
        Elements::Rows { key, kind, test } => {
            let number = Col::first(ColName::Element);
            let is_of = |row: &Row| value(row, &number) == element && passes(world, row, test);
            of_elements(r, *key, *kind).into_iter().any(is_of)
        }
        Elements::And(parts) => parts.iter().all(|part| has_element(world, r, part, element)),
        Elements::Or(parts) => parts.iter().any(|part| has_element(world, r, part, element)),
        Elements::Not(inner) => !has_element(world, r, inner, element),
    }
}

fn value<'r>(row: &'r Row, col: &Col) -> &'r Value {
    &row.values[row.kind.columns().iter().position(|known| known == col).unwrap()]
}

/// The resources at end `from` of the links whose other end is in `far`.
fn step(pairs: &BTreeSet<(i64, i64)>, from: End, far: &Members) -> Members {
    match from {
        End::Source => pairs.iter().filter(|(_, target)| far.contains(target)).map(|pair| pair.0).collect(),
        End::Target => pairs.iter().filter(|(source, _)| far.contains(source)).map(|pair| pair.1).collect(),
    }
}

/// Steps until nothing new comes.
fn closure(pairs: &BTreeSet<(i64, i64)>, from: End, seed: Members) -> Members {
    let more = &seed | &step(pairs, from, &seed);
    if more == seed { seed } else { closure(pairs, from, more) }
}

fn having(world: &World, has: impl Fn(&Resource) -> bool) -> Members {
    world.resources.iter().filter(|r| has(r)).map(|r| r.ord).collect()
}

fn top_level(r: &Resource, universe: &Universe) -> bool {
    r.state == State::Live && universe.0.contains(&r.ty)
}

fn rows(r: &Resource, key: KeyId, kind: RowKind, universe: &Universe) -> Vec<Row> {
    let own = |value| vec![Row { key, kind, values: vec![value] }];
    match kind {
        RowKind::Id if top_level(r, universe) => own(Value::Text(r.id.clone())),
        RowKind::Updated if top_level(r, universe) => own(Value::Instants(r.updated, r.updated + 1)),
        RowKind::Id | RowKind::Updated => Vec::new(),
        _ if r.has_rows() => r.rows.iter().filter(|row| row.key == key).cloned().collect(),
        _ => Vec::new(),
    }
}

/// The links of an edge: source and target numbers.
pub(crate) fn pairs(world: &World, edge: Edge) -> BTreeSet<(i64, i64)> {
    let mut pairs = BTreeSet::new();
    let sources = world.resources.iter().filter(|r| r.has_rows());
    for (source, row) in sources.flat_map(|r| r.rows.iter().map(move |row| (r, row))) {
        if row.key == edge.key {
            pairs.extend(targets(world, edge.on, row).into_iter().map(|target| (source.ord, target)));
        }
    }
    pairs
}

fn targets(world: &World, on: On, link: &Row) -> Vec<i64> {
    let matching = |r: &&Resource| match on {
        On::Rid => link.values[0] == Value::Rid(r.ty, r.id.clone()),
        On::Unversioned => link.values == [Value::Rid(r.ty, r.id.clone()), Value::Text(String::new())],
        On::Url { .. } => has(r, OWN_URL, &link.values[0]),
        On::UrlVersion { .. } => is_called(r, &link.values),
    };
    world.resources.iter().filter(matching).map(|r| r.ord).collect()
}

fn has(r: &Resource, key: KeyId, value: &Value) -> bool {
    r.has_rows() && r.rows.iter().any(|row| row.key == key && written(row) == *value)
}

/// Whether a link that says this url and version leads to the resource.
fn is_called(r: &Resource, link: &[Value]) -> bool {
    has(r, OWN_URL, &link[0]) && (link[1] == Value::Text(String::new()) || has(r, OWN_VERSION, &link[1]))
}

/// The first column; of a token the code as written.
fn written(row: &Row) -> Value {
    match (row.key, row.values.last()) {
        (OWN_VERSION, Some(exact)) if *exact != Value::Text(String::new()) => exact.clone(),
        _ => row.values[0].clone(),
    }
}

pub(crate) fn passes(world: &World, row: &Row, test: &Test) -> bool {
    match test {
        Test::Atom(atom) => atom_holds(world, row, atom),
        Test::All(tests) => tests.iter().all(|test| passes(world, row, test)),
        Test::Any(tests) => tests.iter().any(|test| passes(world, row, test)),
    }
}

fn atom_holds(world: &World, row: &Row, atom: &Atom) -> bool {
    let value = |col: &Col| value(row, col);
    let text = |col: &Col| match value(col) {
        Value::Text(text) => text.as_str(),
        other => panic!("{other:?} is no text"),
    };
    let tuple = |cols: &[Col]| cols.iter().map(|col| value(col).clone()).collect::<Vec<_>>();
    match atom {
        Atom::Eq(col, other) => value(col) == other,
        Atom::Ne(col, other) => value(col) != other,
        Atom::In(cols, source) => among(world, &tuple(cols), source),
        Atom::NotIn(cols, source) => !among(world, &tuple(cols), source),
        Atom::Range(col, rel, other) => related(value(col), *rel, other),
        Atom::Order(col, order, Value::Text(other)) => match order {
            Order::Before => text(col) < other.as_str(),
            Order::UpTo => text(col) <= other.as_str(),
            Order::After => text(col) > other.as_str(),
            Order::From => text(col) >= other.as_str(),
        },
        Atom::Order(..) => panic!("an order of what is no text"),
        Atom::Starts(col, head) => text(col).starts_with(head.as_str()),
        Atom::Ends(col, tail) => text(col).ends_with(tail.as_str()),
        Atom::Has(col, part) => text(col).contains(part.as_str()),
        Atom::Near(col, centre, radius) => is_near(value(col), *centre, *radius),
        Atom::Words(col, words) => words.iter().all(|word| text(col).split(' ').any(|one| one == word)),
    }
}

fn is_near(stored: &Value, centre: Point, radius: i64) -> bool {
    let Value::Point(point) = stored else { panic!("no point: {stored:?}") };
    let square = |a: i64, b: i64| i128::from(a - b).pow(2);
    let squares = square(point.x, centre.x) + square(point.y, centre.y) + square(point.z, centre.z);
    squares <= i128::from(radius).pow(2)
}

fn among(world: &World, tuple: &[Value], source: &Source) -> bool {
    match (source, tuple) {
        (Source::Values(tuples), _) => tuples.iter().any(|other| other == tuple),
        (Source::Slot(_), [Value::Text(text)]) => world.texts.contains(text),
        (Source::Slot(_), [Value::Text(url), Value::Text(version)]) => {
            world.links.iter().any(|link| [url, version] == [&link[0], &link[1]])
        }
        (Source::Slot(_), [Value::Rid(ty, id)]) => {
            world.resources.iter().any(|r| r.ty == *ty && r.id == *id && world.found.contains(&r.ord))
        }
        other => panic!("not generated: {other:?}"),
    }
}

fn related(stored: &Value, rel: Rel, search: &Value) -> bool {
    match (stored, search) {
        (Value::Instants(a, b), Value::Instants(s, e)) => lie(rel, (a, b), (s, e)),
        (Value::Cuts(a, b), Value::Cuts(s, e)) => lie(rel, (a, b), (s, e)),
        other => panic!("no intervals: {other:?}"),
    }
}

fn lie<T: Ord>(rel: Rel, (a, b): (T, T), (s, e): (T, T)) -> bool {
    match rel {
        Rel::Within => s <= a && b <= e,
        Rel::Meets => a < e && s < b,
        Rel::Same => a == s && b == e,
        Rel::Covers => a <= s && e <= b,
        Rel::Differs => a != s || b != e,
    }
}

/// The members in the order of the keys.
pub(crate) fn sorted(world: &World, members: &Members, order: &[OrderKey]) -> Vec<i64> {
    let mut list: Vec<i64> = members.iter().copied().collect();
    list.sort_by(|a, b| compared(order, (*a, *b), &|ord, key| first_value(world, ord, key)));
    list
}

/// The members that have rows of such pairs, in the order of the second values of these instead of the first key's.
pub(crate) fn paired(world: &World, members: &Members, pairs: &Pairs, order: &[OrderKey]) -> Vec<i64> {
    let kind = RowKind::Tuple(pairs.shape);
    let second = kind.columns().iter().position(|col| col.part == 1).unwrap();
    let value = |ord: i64, dir: Dir| {
        let of = world.resources.iter().find(|r| r.ord == ord).unwrap();
        let rows = rows(of, pairs.key, kind, &Universe(Vec::new())).into_iter();
        let rows = rows.filter(|row| passes(world, row, &pairs.first));
        let values = rows.filter_map(|row| sort_value(world, &row.values[second], dir));
        match dir {
            Dir::Asc => values.min(),
            Dir::Desc => values.max(),
        }
    };
    let (first, others) = order.split_first().unwrap();
    let mut list: Vec<i64> = members.iter().copied().filter(|ord| value(*ord, first.dir).is_some()).collect();
    list.sort_by(|a, b| {
        let (one, other) = (value(*a, first.dir), value(*b, first.dir));
        // With no other key the numbers run in the direction of this one.
        let rest = compared(others, (*a, *b), &|ord, key| first_value(world, ord, key));
        let rest = if others.is_empty() { directed(rest, first.dir) } else { rest };
        missing_last(one, other, first.dir).then(rest)
    });
    list
}

fn compared(order: &[OrderKey], (a, b): (i64, i64), value: &dyn Fn(i64, &OrderKey) -> Option<Value>) -> Ordering {
    let keys = order.iter().map(|key| missing_last(value(a, key), value(b, key), key.dir));
    let last = order.last().map_or(Dir::Asc, |key| key.dir);
    keys.fold(Ordering::Equal, Ordering::then).then(directed(a.cmp(&b), last))
}

/// Those that have a value for the key.
pub(crate) fn with_value(world: &World, ords: &[i64], key: &OrderKey) -> Vec<i64> {
    ords.iter().copied().filter(|ord| first_value(world, *ord, key).is_some()).collect()
}

fn missing_last(a: Option<Value>, b: Option<Value>, dir: Dir) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => directed(a.cmp(&b), dir),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

fn directed(ordering: Ordering, dir: Dir) -> Ordering {
    match dir {
        Dir::Asc => ordering,
        Dir::Desc => ordering.reverse(),
    }
}

fn first_value(world: &World, ord: i64, key: &OrderKey) -> Option<Value> {
    let values = key.from.iter().flat_map(|source| values(world, ord, source, key.dir));
    match key.dir {
        Dir::Asc => values.min(),
        Dir::Desc => values.max(),
    }
}

fn values(world: &World, ord: i64, source: &OrderSource, dir: Dir) -> Vec<Value> {
    let mut holders = BTreeSet::from([ord]);
    for OrderLink { keys, on } in &source.via {
        let pairs = keys.iter().flat_map(|key| pairs(world, Edge { key: *key, on: *on }));
        holders = pairs.filter(|pair| holders.contains(&pair.0)).map(|pair| pair.1).collect();
    }
    let linked = !source.via.is_empty();
    let holders = world.resources.iter().filter(|r| r.has_rows() && holders.contains(&r.ord));
    holders.flat_map(|r| of_holder(world, r, linked, &source.by, dir)).collect()
}

fn of_holder(world: &World, r: &Resource, linked: bool, by: &OrderBy, dir: Dir) -> Vec<Value> {
    let own = |value, types: &Universe| if !linked || top_level(r, types) { vec![value] } else { Vec::new() };
    let (keys, kind) = match by {
        OrderBy::Updated(types) => return own(Value::Int(r.updated), types),
        OrderBy::Id(types) => return own(Value::Text(r.id.clone()), types),
        OrderBy::Ord => return vec![Value::Int(r.ord)],
        OrderBy::Rows { keys, kind } => (keys, *kind),
    };
    let is_rank = |row: &Row| row.kind.columns().get(1).map(|col| col.name) == Some(ColName::Rank);
    let first = |row: &Row| !is_rank(row) || [Value::Int(0), Value::Int(3)].contains(&row.values[1]);
    let texts = matches!(kind, RowKind::One(Base::Text | Base::Token));
    let rows = keys.iter().flat_map(|key| rows(r, *key, kind, &Universe(Vec::new())));
    let sorts = rows.filter(|row| first(row) && !(texts && row.values[0] == Value::Text(String::new())));
    sorts.filter_map(|row| sort_value(world, &row.values[0], dir)).collect()
}

fn sort_value(world: &World, value: &Value, dir: Dir) -> Option<Value> {
    Some(match (value, dir) {
        (Value::Rid(ty, id), _) => {
            let target = world.resources.iter().find(|r| r.ty == *ty && r.id == *id)?;
            let named = target.state != State::Contained;
            named.then(|| Value::Text(format!("{}/{id}", type_name(*ty))))?
        }
        (Value::Instants(lo, _), Dir::Asc) => Value::Int(*lo),
        (Value::Instants(_, hi), Dir::Desc) => Value::Int(*hi),
        (Value::Cuts(lo, _), Dir::Asc) => Value::Text(lo.clone()),
        (Value::Cuts(_, hi), Dir::Desc) => Value::Text(hi.clone()),
        (value, _) => value.clone(),
    })
}

/// Whether the type can be compared with what a slot of the world holds.
pub(crate) fn has_slot(ty: ColType) -> bool {
    matches!(ty, ColType::Bytes | ColType::Rid)
}
