//! What is not answered is refused by name, at the node it stands in.

use super::{Unsupported, lower};
use crate::algebra::{
    Access, Atom, Edge, End, Estimate, Exactness, ExpansionId, Node, On, Place, Rel, Scope, Set, SetId, Sets, SlotId,
    Source, Span, Test, Universe,
};
use crate::capability::{Compare, Join, Question};
use crate::program::{After, Dir, OrderBy, OrderKey, OrderSource, Query, Strategy, Take, Yield};
use crate::rows::{Base, Col, ColName, KeyId, Point, RowKind, Tuple, TypeCode, Value};
use crate::{elasticsearch, sql};

const TOKEN: RowKind = RowKind::One(Base::Token);
const WORD: RowKind = RowKind::One(Base::Word);
const SPAN: Span = Span { start: 3, end: 7 };

fn node(set: Set) -> Node {
    let (scope, est, place) = (Scope::default(), Estimate::default(), Place::default());
    Node { set, span: SPAN, scope, exact: Exactness::Exact, est, place, access: Access::Drive }
}

fn all() -> Set {
    Set::All(Universe(vec![TypeCode(1)]))
}

fn rows(kind: RowKind, test: Test) -> Set {
    Set::Rows { key: KeyId(1), kind, universe: Universe(vec![TypeCode(1)]), test }
}

/// A query whose root is the last of the sets.
fn query(sets: Vec<Set>) -> Query {
    let mut arena = Sets::default();
    let last = sets.into_iter().map(|set| arena.push(node(set))).last();
    Query::new(arena, last.unwrap(), Yield::Page)
}

fn sqlite(query: &Query) -> Result<(), Unsupported> {
    lower(sql::Target::<sql::Sqlite>::new(), query).map(|_| ())
}

fn elastic(query: &Query) -> Result<(), Unsupported> {
    lower(elasticsearch::Target, query).map(|_| ())
}

fn refused(query: &Query, what: Question) {
    let root = query.root;
    assert_eq!(sqlite(query), Err(Unsupported { node: root, span: SPAN, what }));
}

fn code() -> Col {
    Col::first(ColName::Code)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn a_guard_that_nobody_intersected_is_refused() {
    let mut sets = Sets::default();
    sets.push(node(all()));
    let root = sets.push(Node { scope: Scope { guard: Some(SetId(0)) }, ..node(all()) });
    refused(&Query { sets, root, ..query(vec![all()]) }, Question::Guard);
}

#[test]
fn a_choice_at_run_time_is_refused() {
    let measure = Strategy::Measure {
        node: SetId(0),
        cap: 100,
        few: Box::new(Strategy::SetFirst),
        many: Box::new(Strategy::Walk),
    };
    refused(&Query { strategy: measure, ..query(vec![all()]) }, Question::Measure);
}

#[test]
fn values_of_another_type_and_unknown_columns_are_refused() {
    let wrong = [
        Atom::Eq(code(), Value::Int(1)),
        Atom::Eq(Col::first(ColName::Url), text("a")),
        Atom::Eq(Col { part: 1, name: ColName::Code }, text("a")),
        Atom::In(vec![code(), Col::first(ColName::System)], Source::Values(vec![vec![text("a")]])),
        Atom::In(Vec::new(), Source::Values(vec![Vec::new()])),
        Atom::Starts(Col::first(ColName::System), "a".to_owned()),
        Atom::Range(code(), Rel::Within, Value::Instants(0, 1)),
        Atom::NotIn(vec![code(), Col::first(ColName::Exact)], Source::Slot(SlotId(0))),
    ];
    for atom in wrong {
        refused(&query(vec![rows(TOKEN, Test::Atom(atom))]), Question::Typing(TOKEN));
    }
}

#[test]
fn expansions_are_refused() {
    let atom = Atom::In(vec![code()], Source::Expansion(ExpansionId(0)));
    refused(&query(vec![rows(TOKEN, Test::Atom(atom))]), Question::Row(TOKEN, ColName::Code, Compare::Expansion));
}

#[test]
fn alternatives_are_bounded_and_lists_are_not_alternatives() {
    let any = |n: i32| Test::Any((0..n).map(|n| Test::Atom(Atom::Eq(code(), text(&n.to_string())))).collect());
    refused(&query(vec![rows(TOKEN, Test::All(vec![any(21), any(20)]))]), Question::Alternatives);
    assert_eq!(sqlite(&query(vec![rows(TOKEN, Test::All(vec![any(20), any(20)]))])), Ok(()));
    let values = Source::Values((0..5_000).map(|n| vec![text(&n.to_string())]).collect());
    assert_eq!(sqlite(&query(vec![rows(TOKEN, Test::Atom(Atom::In(vec![code()], values)))])), Ok(()));
}

/// Pairs are parameters each, and a statement has room for so many: refused where most of them are.
#[test]
fn parameters_are_bounded() {
    let columns = vec![code(), Col::first(ColName::Exact)];
    let pairs = |n: usize| (0..n).map(|n| vec![text(&format!("a{n}")), text(&format!("b{n}"))]).collect();
    let among = |n| rows(TOKEN, Test::Atom(Atom::In(columns.clone(), Source::Values(pairs(n)))));
    let of = |n| query(vec![among(n), among(3), Set::And(vec![SetId(0), SetId(1)])]);
    let refused = Unsupported { node: SetId(0), span: SPAN, what: Question::Parameters };
    assert!(sql::sql::<sql::Sqlite>(&of(16_000)).is_ok());
    assert_eq!(sql::sql::<sql::Sqlite>(&of(17_000)), Err(refused));
    assert!(sql::sql::<sql::Postgres>(&of(17_000)).is_ok());
    assert_eq!(sql::sql::<sql::Postgres>(&of(33_000)), Err(refused));
    assert_eq!(refused.to_string(), "the store cannot answer: more values than one statement can have");
}

#[test]
fn children_are_bounded() {
    let wide = |n| query(vec![all(), Set::Or(vec![SetId(0); n])]);
    assert_eq!(sqlite(&wide(400)), Ok(()));
    refused(&wide(401), Question::Alternatives);
}

#[test]
fn depth_is_bounded() {
    let chain = |n: u32| {
        let mut sets = vec![all()];
        sets.extend((0..n).map(|n| Set::And(vec![SetId(n)])));
        query(sets)
    };
    assert_eq!(sqlite(&chain(19)), Ok(()));
    assert_eq!(sqlite(&chain(20)).map_err(|refused| refused.what), Err(Question::Depth));
}

#[test]
fn children_that_do_not_stand_before_their_parent_are_refused() {
    refused(&query(vec![Set::Or(vec![SetId(0)])]), Question::Dangling);
    refused(&query(vec![Set::Or(vec![SetId(7)])]), Question::Dangling);
}

#[test]
fn a_position_has_a_value_of_its_type_for_every_key() {
    let by = |kind| vec![OrderKey::own(OrderBy::Rows { keys: vec![KeyId(1)], kind }, Dir::Asc)];
    let at = |kind, keys| {
        let take = Some(Take { n: 1, after: Some(After { keys, ord: 0 }) });
        Query { order: by(kind), take, ..query(vec![all()]) }
    };
    let time = RowKind::One(Base::Time);
    refused(&at(WORD, Vec::new()), Question::Cursor);
    refused(&at(WORD, vec![Some(Value::Int(1))]), Question::Cursor);
    refused(&at(time, vec![Some(text("a"))]), Question::Cursor);
    assert_eq!(sqlite(&at(time, vec![Some(Value::Int(1))])), Ok(()));
    assert_eq!(sqlite(&at(WORD, vec![None])), Ok(()));
}

#[test]
fn what_has_no_one_order_does_not_sort() {
    let own = |kind| vec![OrderKey::own(OrderBy::Rows { keys: vec![KeyId(1)], kind }, Dir::Asc)];
    let sorted = |order| Query { order, ..query(vec![all()]) };
    let parts = RowKind::Tuple(Tuple::RefToken);
    refused(&sorted(own(parts)), Question::OrderRows(parts));
    let points = RowKind::One(Base::Point);
    refused(&sorted(own(points)), Question::OrderRows(points));
    let references = RowKind::One(Base::Ref);
    assert_eq!(sqlite(&sorted(own(references))), Ok(()));
    assert!(elastic(&sorted(own(references))).is_ok());
    let edge = Edge { key: KeyId(2), on: On::Rid };
    let creation = OrderSource { via: vec![edge.into()], by: OrderBy::Ord };
    refused(&sorted(vec![OrderKey { from: vec![creation], dir: Dir::Asc }]), Question::OrderOrdVia);
    // Numbers and texts together.
    let mixed = [own(WORD), own(RowKind::One(Base::Time))].concat().into_iter().flat_map(|key| key.from).collect();
    refused(&sorted(vec![OrderKey { from: mixed, dir: Dir::Asc }]), Question::OrderTogether);
}

/// Squares of greater distances would not fit 64 bits.
#[test]
fn points_and_radii_are_bounded() {
    let kind = RowKind::One(Base::Point);
    let near = |z, radius| {
        let atom = Atom::Near(Col::first(ColName::Place), Point { z, x: 0, y: 0 }, radius);
        query(vec![rows(kind, Test::Atom(atom))])
    };
    assert_eq!(sqlite(&near(-Point::LIMIT, 2 * Point::LIMIT)), Ok(()));
    for (z, radius) in [(Point::LIMIT + 1, 1), (i64::MIN, 1), (0, -1), (0, 2 * Point::LIMIT + 1), (0, i64::MAX)] {
        refused(&near(z, radius), Question::Typing(kind));
    }
}

/// Elasticsearch finds the box around a sphere, which is too much.
#[test]
fn a_distance_is_refused_by_name_where_nothing_refines_it() {
    let kind = RowKind::One(Base::Point);
    let atom = Atom::Near(Col::first(ColName::Place), Point { z: 0, x: 0, y: 0 }, 1);
    let refused = elastic(&query(vec![rows(kind, Test::Atom(atom))])).unwrap_err();
    assert_eq!(refused.to_string(), "the store cannot answer: point place: near");
}

/// As a set of its own, below another one, and where it was to be computed once.
#[test]
fn elasticsearch_refuses_closures_where_they_stand() {
    let edge = Edge { key: KeyId(2), on: On::Rid };
    let closure = Set::Closure { edge, from: End::Source, seed: SetId(0) };
    let refused = Err(Unsupported { node: SetId(1), span: SPAN, what: Question::Closure });
    assert_eq!(elastic(&query(vec![all(), closure.clone()])), refused);
    assert_eq!(elastic(&query(vec![all(), closure.clone(), Set::And(vec![SetId(0), SetId(1)])])), refused);
    let mut built = query(vec![all()]);
    built.sets.push(Node { access: Access::Build, ..node(closure) });
    built.root = built.sets.push(node(Set::And(vec![SetId(0), SetId(1)])));
    assert_eq!(elastic(&built), refused);
}

#[test]
fn elasticsearch_refuses_joins_by_name() {
    let edge = Edge { key: KeyId(2), on: On::Rid };
    let via = query(vec![all(), Set::Via { edge, from: End::Source, far: SetId(0) }]);
    assert_eq!(elastic(&via).map_err(|refused| refused.what), Err(Question::Via(Join::Rid, End::Source)));
}

/// A superset may stand where the plan refines it, and nowhere below a difference.
#[test]
fn too_much_is_answered_only_where_it_is_refined() {
    let columns = vec![code(), Col::first(ColName::System)];
    let pair = vec![text("a"), Value::System(None)];
    let over = rows(TOKEN, Test::Atom(Atom::NotIn(columns, Source::Values(vec![pair]))));
    let of = |exact, parent: Option<Set>| {
        let mut sets = Sets::default();
        sets.push(node(all()));
        let mut root = sets.push(Node { exact, ..node(over.clone()) });
        if let Some(parent) = parent {
            root = sets.push(node(parent));
        }
        Query { sets, root, ..query(vec![all()]) }
    };
    let less = Set::Minus { from: SetId(0), less: SetId(1) };
    let system = Question::Row(TOKEN, ColName::System, Compare::NotIn);
    assert_eq!(elastic(&of(Exactness::Over, None)), Ok(()));
    assert!(elastic(&of(Exactness::Exact, None)).is_err());
    assert!(elastic(&of(Exactness::Over, Some(less))).is_err());
    assert_eq!(sqlite(&of(Exactness::Exact, None)), Ok(()));
    assert_eq!(system.to_string(), "token system: not-in");
}
