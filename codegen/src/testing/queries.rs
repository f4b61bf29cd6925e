//! Generated sets, orders and ways to run them.

use super::model::has_slot;
use super::world::{
    CANONICAL, ELEMENTS, INSIDE_REF, KEYS, OF_ELEMENTS, OWN_URL, OWN_VERSION, REF, TYPES, point, text, value,
};
use crate::algebra::{
    Access, Atom, Edge, Elements, End, Estimate, Exactness, Node, On, Order, Place, Rel, Scope, Set, SetId, Sets,
    SlotId, Source, Span, Test, Universe,
};
use crate::program::{Dir, OrderBy, OrderKey, OrderLink, OrderSource, Pairs};
use crate::rows::{Base, Col, ColName, ColType, KeyId, Point, RowKind, Tuple, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A set as a tree; accesses are chosen when it becomes an arena, so that one tree runs in many ways.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Leaf(Set),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Minus(Box<Tree>, Box<Tree>),
    Via(Edge, End, Box<Tree>),
    Closure(Edge, End, Box<Tree>),
}

/// Whether a tree may have joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joins {
    None,
    Some,
}

/// A tree within a universe: as plans do, whatever may be dead is intersected with what lives.
pub(crate) fn root(joins: Joins) -> impl Strategy<Value = Tree> {
    (universe(), tree(joins), any::<bool>()).prop_map(|(universe, tree, within)| {
        let all = Tree::Leaf(Set::All(universe));
        if within { Tree::And(vec![all, tree]) } else { Tree::Minus(Box::new(all), Box::new(tree)) }
    })
}

fn tree(joins: Joins) -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        12 => rows().prop_map(Tree::Leaf),
        4 => elements().prop_map(Tree::Leaf),
        2 => universe().prop_map(|universe| Tree::Leaf(Set::All(universe))),
        1 => Just(Tree::Leaf(Set::Slot(SlotId(0)))),
        1 => Just(Tree::Leaf(Set::None)),
    ];
    leaf.prop_recursive(4, 12, 3, move |inner| {
        let edge =
            (select(vec![Base::Ref, Base::Url]), any::<bool>()).prop_map(|(base, versioned)| edge(base, versioned));
        prop_oneof![
            2 => vec(inner.clone(), 0..3).prop_map(Tree::And),
            3 => vec(inner.clone(), 0..4).prop_map(Tree::Or),
            2 => (inner.clone(), inner.clone()).prop_map(|(from, less)| Tree::Minus(Box::new(from), Box::new(less))),
            if joins == Joins::Some { 3 } else { 0 } => (edge.clone(), end(), inner.clone()).prop_map(|(edge, end, far)| {
                Tree::Via(edge, end, Box::new(far))
            }),
            if joins == Joins::Some { 2 } else { 0 } => (edge, end(), inner).prop_map(|(edge, end, seed)| {
                Tree::Closure(edge, end, Box::new(seed))
            }),
        ]
    })
}

fn edge(base: Base, versioned: bool) -> Edge {
    match (base, versioned) {
        (Base::Ref, true) => Edge { key: REF, on: On::Rid },
        (Base::Ref, false) => Edge { key: REF, on: On::Unversioned },
        (_, false) => Edge { key: CANONICAL, on: On::Url { url: OWN_URL } },
        (_, true) => Edge { key: CANONICAL, on: On::UrlVersion { url: OWN_URL, version: OWN_VERSION } },
    }
}

fn end() -> impl Strategy<Value = End> {
    select(vec![End::Source, End::Target])
}

fn universe() -> impl Strategy<Value = Universe> {
    prop_oneof![Just(TYPES.to_vec()), vec(select(TYPES.to_vec()), 0..3), select(TYPES.to_vec()).prop_map(|ty| vec![ty])]
        .prop_map(Universe)
}

/// One test of rows.
pub(crate) fn rows() -> impl Strategy<Value = Set> {
    let own = [(KeyId(0), RowKind::Id), (KeyId(0), RowKind::Updated)];
    let kinds: Vec<_> = KEYS.into_iter().chain(own).collect();
    (select(kinds), universe()).prop_flat_map(|((key, kind), universe)| {
        test(kind).prop_map(move |test| Set::Rows { key, kind, universe: universe.clone(), test })
    })
}

/// Resources by what holds of one element.
fn elements() -> impl Strategy<Value = Set> {
    let rows = select(OF_ELEMENTS.to_vec())
        .prop_flat_map(|kind| test(kind).prop_map(move |test| Elements::Rows { key: ELEMENTS, kind, test }));
    let within = rows.prop_recursive(3, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Elements::And),
            vec(inner.clone(), 0..3).prop_map(Elements::Or),
            inner.prop_map(|inner| Elements::Not(Box::new(inner))),
        ]
    });
    within.prop_map(|within| Set::Elements { key: ELEMENTS, universe: Universe(TYPES.to_vec()), within })
}

fn test(kind: RowKind) -> BoxedStrategy<Test> {
    let columns = kind.columns();
    if columns.is_empty() {
        return select(vec![Test::TRUE, Test::FALSE]).boxed();
    }
    let single = select(columns.clone()).prop_flat_map(atom);
    let tuples = tuple_of(&columns);
    let leaf = prop_oneof![5 => single, 1 => tuples].prop_map(Test::Atom);
    leaf.prop_recursive(2, 5, 3, |inner| {
        prop_oneof![vec(inner.clone(), 0..3).prop_map(Test::All), vec(inner, 0..4).prop_map(Test::Any)]
    })
    .boxed()
}

/// A column of the row among values, or a pair of columns among pairs.
fn tuple_of(columns: &[Col]) -> BoxedStrategy<Atom> {
    let plain = |col: &&Col| !matches!(col.name.ty(), ColType::Instants | ColType::Cuts | ColType::Point);
    let plain: Vec<Col> = columns.iter().filter(plain).copied().collect();
    if plain.is_empty() {
        return atom(columns[0]).boxed();
    }
    let widths = 1..=plain.len().min(2);
    let cols = (Just(plain).prop_shuffle(), widths).prop_map(|(cols, width)| cols[..width].to_vec());
    let among = cols.prop_flat_map(|cols| {
        let tuple: Vec<_> = cols.iter().map(|col| asked(col.name.ty())).collect();
        (Just(cols), vec(tuple, 0..4), any::<bool>())
    });
    among
        .prop_map(|(cols, tuples, within)| {
            let source = Source::Values(tuples);
            if within { Atom::In(cols, source) } else { Atom::NotIn(cols, source) }
        })
        .boxed()
}

fn asked(ty: ColType) -> BoxedStrategy<Value> {
    match ty {
        ColType::System => prop_oneof![4 => value(ty), 1 => Just(Value::System(Some("unknown".into())))].boxed(),
        ty => value(ty),
    }
}

fn atom(col: Col) -> BoxedStrategy<Atom> {
    let ty = col.name.ty();
    if matches!(ty, ColType::Instants | ColType::Cuts) {
        let rel = select(vec![Rel::Within, Rel::Meets, Rel::Same, Rel::Covers, Rel::Differs]);
        return (rel, value(ty)).prop_map(move |(rel, value)| Atom::Range(col, rel, value)).boxed();
    }
    if ty == ColType::Point {
        let radius = prop_oneof![5 => 0i64..4, 1 => Just(2 * Point::LIMIT)];
        return (point(), radius).prop_map(move |(centre, radius)| Atom::Near(col, centre, radius)).boxed();
    }
    let eq = asked(ty).prop_map(move |value| Atom::Eq(col, value)).boxed();
    let ne = asked(ty).prop_map(move |value| Atom::Ne(col, value)).boxed();
    let mut all = vec![eq.clone(), eq, ne];
    if has_slot(ty) {
        let slot = SlotId(u32::from(ty == ColType::Bytes));
        all.push(Just(Atom::In(vec![col], Source::Slot(slot))).boxed());
        all.push(Just(Atom::NotIn(vec![col], Source::Slot(slot))).boxed());
    }
    if ty == ColType::Bytes {
        let order = select(vec![Order::Before, Order::UpTo, Order::After, Order::From]);
        all.push((order, value(ty)).prop_map(move |(order, value)| Atom::Order(col, order, value)).boxed());
        all.push(text().prop_map(move |text| Atom::Starts(col, text)).boxed());
        all.push(text().prop_map(move |text| Atom::Ends(col, text)).boxed());
        all.push(text().prop_map(move |text| Atom::Has(col, text)).boxed());
        let words = proptest::collection::btree_set("[a-c]{1,2}", 1..4);
        all.push(words.prop_map(move |words| Atom::Words(col, words.into_iter().collect())).boxed());
    }
    proptest::strategy::Union::new(all).boxed()
}

pub(crate) fn order() -> impl Strategy<Value = Vec<OrderKey>> {
    vec(order_key(), 0..3)
}

/// Pairs of a code, with a system or not, and a quantity.
pub(crate) fn pairs() -> impl Strategy<Value = Pairs> {
    (asked(ColType::Bytes), prop::option::of(asked(ColType::System))).prop_map(|(code, system)| {
        let code = Atom::Eq(Col::first(ColName::Code), code);
        let system = system.map(|system| Atom::Eq(Col::first(ColName::System), system));
        let first = Test::All(std::iter::once(code).chain(system).map(Test::Atom).collect());
        Pairs { key: KeyId(11), shape: Tuple::TokenQuantity, first }
    })
}

/// A key whose values are the resource's own, mostly; numbers all, or texts all.
fn order_key() -> impl Strategy<Value = OrderKey> {
    let one = source().prop_map(|source| vec![source]);
    let from = prop_oneof![6 => one, 3 => vec(source(), 2..4), 1 => Just(Vec::new())];
    (from, select(vec![Dir::Asc, Dir::Desc])).prop_map(|(mut from, dir)| {
        let numeric = from.first().is_some_and(|source| source.by.is_numeric());
        from.retain(|source| source.by.is_numeric() == numeric);
        OrderKey { from, dir }
    })
}

fn source() -> impl Strategy<Value = OrderSource> {
    // Now and then a link under one more key: of those that contained resources hold, or another url.
    let joins = select(vec![(Base::Ref, false), (Base::Url, false), (Base::Url, true)]);
    let link = (joins, prop::bool::weighted(0.3)).prop_map(|((base, versioned), more)| {
        let mut link = OrderLink::from(edge(base, versioned));
        link.keys.extend(more.then_some(if base == Base::Ref { INSIDE_REF } else { OWN_URL }));
        link
    });
    let via = prop_oneof![4 => Just(Vec::new()), 2 => vec(link, 1..3)];
    let sortable = |kind: &RowKind| !matches!(kind, RowKind::One(Base::Point) | RowKind::Tuple(_) | RowKind::Present);
    let rows: Vec<OrderBy> = KEYS
        .into_iter()
        .filter(|(_, kind)| sortable(kind))
        .map(|(key, kind)| {
            // Now and then another key of the same kind.
            let more = KEYS.into_iter().filter(|(other, same)| *same == kind && *other > key).map(|(key, _)| key);
            OrderBy::Rows { keys: std::iter::once(key).chain(more).collect(), kind }
        })
        .collect();
    let own = prop_oneof![
        2 => universe().prop_map(OrderBy::Updated), 1 => universe().prop_map(OrderBy::Id), 1 => Just(OrderBy::Ord)
    ];
    // The order of creation of what links lead to is refused.
    let plain = |source: &OrderSource| source.by != OrderBy::Ord || source.via.is_empty();
    let any = (via, prop_oneof![1 => own, 2 => select(rows)]).prop_map(|(via, by)| OrderSource { via, by });
    any.prop_map(move |source| if plain(&source) { source } else { OrderSource { via: Vec::new(), ..source } })
}

/// Which access each node gets, in order; used again from the start when they run out.
pub(crate) fn ways() -> impl Strategy<Value = Vec<Index>> {
    vec(any::<Index>(), 1..12)
}

/// The tree as an arena.
pub(crate) fn arena(tree: &Tree, ways: &[Index]) -> (Sets, SetId) {
    let mut arena = Arena { sets: Sets::default(), ways, next: 0 };
    let root = arena.add(tree, Access::Drive);
    (arena.sets, root)
}

struct Arena<'w> {
    sets: Sets,
    ways: &'w [Index],
    next: usize,
}

impl Arena<'_> {
    fn choose(&mut self, of: usize) -> usize {
        self.next += 1;
        self.ways[self.next % self.ways.len()].index(of)
    }

    fn add(&mut self, tree: &Tree, access: Access) -> SetId {
        let set = match tree {
            Tree::Leaf(set) => set.clone(),
            Tree::And(children) => {
                let driver = if children.is_empty() { 0 } else { self.choose(children.len()) };
                let of = |(n, child)| {
                    let access = if n == driver { self.driver() } else { self.probe() };
                    self.add(child, access)
                };
                Set::And(children.iter().enumerate().map(of).collect())
            }
            Tree::Or(children) => Set::Or(children.iter().map(|child| self.add_probe(child)).collect()),
            Tree::Minus(from, less) => Set::Minus { from: self.add_probe(from), less: self.add_probe(less) },
            Tree::Via(edge, from, far) => Set::Via { edge: *edge, from: *from, far: self.add_probe(far) },
            Tree::Closure(edge, from, seed) => Set::Closure { edge: *edge, from: *from, seed: self.add_probe(seed) },
        };
        self.sets.push(node(set, access))
    }

    fn add_probe(&mut self, tree: &Tree) -> SetId {
        let access = self.probe();
        self.add(tree, access)
    }

    fn driver(&mut self) -> Access {
        [Access::Drive, Access::Walk][self.choose(2)]
    }

    fn probe(&mut self) -> Access {
        let most = [0, 1, 2, 1_000][self.choose(4)];
        [Access::Probe, Access::Probe, Access::Build, Access::Set { most }, Access::Set { most }][self.choose(5)]
    }
}

pub(crate) fn node(set: Set, access: Access) -> Node {
    Node {
        set,
        span: Span::default(),
        scope: Scope::default(),
        exact: Exactness::Exact,
        est: Estimate::default(),
        place: Place::default(),
        access,
    }
}
