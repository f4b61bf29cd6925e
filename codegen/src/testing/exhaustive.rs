//! Every comparison of texts and of intervals, with every value of a small alphabet: where the corners are.

use super::queries::node;
use super::world::{Resource, State, TEXTS, World};
use crate::algebra::{Access, Atom, Order, Rel, Set, Sets, Source, Test, Universe};
use crate::program::{Query, Yield};
use crate::rows::{Base, Col, ColName, KeyId, Point, Row, RowKind, TypeCode, Value};

const TYPE: TypeCode = TypeCode(1);
const WORD: (KeyId, RowKind) = (KeyId(1), RowKind::One(Base::Word));
const TIME: (KeyId, RowKind) = (KeyId(2), RowKind::One(Base::Time));
const POINT: (KeyId, RowKind) = (KeyId(4), RowKind::One(Base::Point));
const NUMBER: (KeyId, RowKind) = (KeyId(3), RowKind::One(Base::Number));

/// A resource for every text and every interval.
pub(crate) fn world() -> World {
    let words = TEXTS.iter().map(|text| (WORD, Value::Text((*text).to_owned())));
    let times = instants().into_iter().map(|value| (TIME, value));
    let numbers = cuts().into_iter().map(|value| (NUMBER, value));
    let points = points().into_iter().map(|point| (POINT, Value::Point(point)));
    let values = words.chain(times).chain(numbers).chain(points);
    let resource = |(n, ((key, kind), value)): (i64, _)| Resource {
        ty: TYPE,
        id: n.to_string(),
        ord: (1 << 39) + n,
        state: State::Live,
        updated: n % 7 - 3,
        rows: vec![Row { key, kind, values: vec![value] }],
    };
    World {
        resources: (0..).zip(values).map(resource).collect(),
        found: Vec::new(),
        texts: Vec::new(),
        links: Vec::new(),
    }
}

/// A query for every comparison with every value.
pub(crate) fn queries() -> Vec<Query> {
    let word = Col::first(ColName::Word);
    let texts = TEXTS.iter().flat_map(|text| {
        let (owned, value) = ((*text).to_owned(), || Value::Text((*text).to_owned()));
        let orders = [Order::Before, Order::UpTo, Order::After, Order::From];
        let values = || Source::Values(vec![vec![value()], vec![Value::Text("b".to_owned())]]);
        let mut atoms: Vec<Atom> = orders.into_iter().map(|order| Atom::Order(word, order, value())).collect();
        atoms.extend([Atom::Eq(word, value()), Atom::Ne(word, value())]);
        atoms.extend([Atom::In(vec![word], values()), Atom::NotIn(vec![word], values())]);
        atoms.extend([Atom::Starts(word, owned.clone()), Atom::Ends(word, owned.clone()), Atom::Has(word, owned)]);
        atoms.extend(pairs(text).into_iter().map(|words| Atom::Words(word, words)));
        atoms.into_iter().map(|atom| (WORD, atom))
    });
    let updated = (KeyId(0), RowKind::Updated);
    let times = instants().into_iter().flat_map(|value| {
        let column = Col::first(ColName::Time);
        ranges(column, value).into_iter().flat_map(move |atom| [(TIME, atom.clone()), (updated, atom)])
    });
    let numbers = cuts().into_iter().flat_map(|value| ranges(Col::first(ColName::Cuts), value));
    let numbers = numbers.map(|atom| (NUMBER, atom));
    let near = |(centre, radius)| (POINT, Atom::Near(Col::first(ColName::Place), centre, radius));
    let points = points().into_iter().flat_map(|centre| RADII.map(|radius| (centre, radius))).map(near);
    texts.chain(times).chain(numbers).chain(points).map(|(key, atom)| query(key, atom)).collect()
}

/// The word alone, and with each other one.
fn pairs(text: &str) -> Vec<Vec<String>> {
    let is_word = |text: &str| !text.is_empty() && !text.contains(' ');
    let others = TEXTS.iter().filter(|other| is_word(other) && **other != text);
    let pairs = others.map(|other| vec![text.to_owned(), (*other).to_owned()]);
    std::iter::once(vec![text.to_owned()]).chain(pairs).filter(|_| is_word(text)).collect()
}

fn ranges(column: Col, value: Value) -> Vec<Atom> {
    let rels = [Rel::Within, Rel::Meets, Rel::Same, Rel::Covers];
    rels.into_iter().map(|rel| Atom::Range(column, rel, value.clone())).collect()
}

fn instants() -> Vec<Value> {
    let ends = [i64::MIN, -1, 0, 1, 2, i64::MAX];
    let from = |lo: i64| ends.into_iter().filter(move |hi| lo < *hi).map(move |hi| Value::Instants(lo, hi));
    ends.into_iter().flat_map(from).collect()
}

/// Whole and between whole squares, and as far as it goes.
const RADII: [i64; 5] = [0, 1, 2, Point::LIMIT, 2 * Point::LIMIT];

/// The points of a small cube, and the corners of the largest.
fn points() -> Vec<Point> {
    let cube = |ends: [i64; 3]| {
        let pairs = ends.into_iter().flat_map(move |z| ends.map(|x| (z, x)));
        pairs.flat_map(move |(z, x)| ends.map(|y| Point { z, x, y }))
    };
    cube([-1, 0, 1]).chain(cube([-Point::LIMIT, 0, Point::LIMIT])).collect()
}

fn cuts() -> Vec<Value> {
    let ends = ["", "1", "10", "2"];
    let cuts = |lo: &'static str, hi: &str| Value::Cuts(lo.to_owned(), hi.to_owned());
    let from = |lo: &'static str| ends.into_iter().filter(move |hi| lo < *hi).map(move |hi| cuts(lo, hi));
    ends.into_iter().flat_map(from).collect()
}

fn query((key, kind): (KeyId, RowKind), atom: Atom) -> Query {
    let mut sets = Sets::default();
    let universe = Universe(vec![TYPE]);
    let root = sets.push(node(Set::Rows { key, kind, universe, test: Test::Atom(atom) }, Access::Drive));
    Query::new(sets, root, Yield::Page)
}
