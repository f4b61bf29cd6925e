//! Generated resources and rows. Alphabets are tiny, so that rows of different resources collide all the time.

use crate::ord::{CONTAINED, STUB, first_ord};
use crate::rows::{Base, ColType, KeyId, Point, Row, RowKind, Tuple, TypeCode, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeSet;

/// The keys of the world and what their rows hold.
pub(crate) const KEYS: [(KeyId, RowKind); 17] = [
    (KeyId(1), RowKind::One(Base::Token)),
    (KeyId(2), RowKind::One(Base::Text)),
    (KeyId(3), RowKind::One(Base::Ref)),
    (KeyId(4), RowKind::One(Base::RefText)),
    (KeyId(5), RowKind::One(Base::Url)),
    (KeyId(6), RowKind::One(Base::Time)),
    (KeyId(7), RowKind::One(Base::Number)),
    (KeyId(8), RowKind::One(Base::Quantity)),
    (KeyId(9), RowKind::One(Base::Word)),
    (KeyId(10), RowKind::Tuple(Tuple::TokenToken)),
    (KeyId(11), RowKind::Tuple(Tuple::TokenQuantity)),
    (KeyId(12), RowKind::Tuple(Tuple::RefToken)),
    (KeyId(13), RowKind::Present),
    (OWN_URL, RowKind::One(Base::Url)),
    (OWN_VERSION, RowKind::One(Base::Token)),
    (KeyId(16), RowKind::One(Base::Point)),
    (INSIDE_REF, RowKind::One(Base::Ref)),
];
/// The key that counts elements, and what rows of it say of them.
pub(crate) const ELEMENTS: KeyId = KeyId(18);
pub(crate) const OF_ELEMENTS: [RowKind; 6] = [
    RowKind::Element,
    RowKind::Part(Base::Token),
    RowKind::Part(Base::Text),
    RowKind::Part(Base::Ref),
    RowKind::Part(Base::Time),
    RowKind::Part(Base::Quantity),
];
pub(crate) const REF: KeyId = KeyId(3);
pub(crate) const CANONICAL: KeyId = KeyId(5);
pub(crate) const OWN_URL: KeyId = KeyId(14);
pub(crate) const OWN_VERSION: KeyId = KeyId(15);
/// The links of [`REF`] where resources inside others hold them.
pub(crate) const INSIDE_REF: KeyId = KeyId(17);

pub(crate) const TYPES: [TypeCode; 3] = [TypeCode(1), TypeCode(2), TypeCode(9)];

/// The name of a type: names do not run in the order of the numbers, and one begins like another.
pub(crate) fn type_name(ty: TypeCode) -> &'static str {
    match ty.0 {
        1 => "Bc",
        2 => "B",
        _ => "A",
    }
}

/// What became of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    Deleted,
    /// Referred to, but not arrived.
    Stub,
    /// Inside another resource.
    Contained,
}

#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) ty: TypeCode,
    pub(crate) id: String,
    pub(crate) ord: i64,
    pub(crate) state: State,
    pub(crate) updated: i64,
    pub(crate) rows: Vec<Row>,
}

impl Resource {
    pub(crate) fn has_rows(&self) -> bool {
        matches!(self.state, State::Live | State::Contained)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) resources: Vec<Resource>,
    /// What slot 0 holds: resources, by number.
    pub(crate) found: Vec<i64>,
    /// What slot 1 holds: texts.
    pub(crate) texts: Vec<String>,
    /// What slot 2 holds: links by name, of which the second text is a version.
    pub(crate) links: Vec<[String; 2]>,
}

impl World {
    /// The keys of which no resource has more than one row.
    pub(crate) fn once(&self) -> Vec<KeyId> {
        let several =
            |key: KeyId| self.resources.iter().any(|r| r.rows.iter().filter(|row| row.key == key).count() > 1);
        KEYS.into_iter().map(|(key, _)| key).filter(|key| !several(*key)).collect()
    }
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let state = prop_oneof![
        6 => Just(State::Live), 1 => Just(State::Deleted), 1 => Just(State::Stub), 1 => Just(State::Contained)
    ];
    let resource = (select(TYPES.to_vec()), state, -3i64..4, vec(row(), 2..16));
    let found = vec(any::<prop::sample::Index>(), 0..5);
    let once = subsequence(KEYS.to_vec(), 0..KEYS.len());
    let links = vec([text(), text()], 0..5);
    (vec(resource, 1..25), once, found, vec(text(), 0..3), links).prop_map(|(list, once, found, texts, links)| {
        let mut resources: Vec<Resource> = list.into_iter().enumerate().map(|(n, parts)| numbered(n, parts)).collect();
        let is_once = |key: KeyId| once.iter().any(|(once, _)| *once == key);
        resources.iter_mut().for_each(|r| r.rows.dedup_by(|one, other| one.key == other.key && is_once(one.key)));
        resources.extend(stubs(&resources));
        let found = found.iter().map(|index| index.get(&resources).ord).collect();
        World { resources, found, texts, links }
    })
}

fn numbered(n: usize, (ty, state, updated, rows): (TypeCode, State, i64, Vec<Row>)) -> Resource {
    let flag = match state {
        State::Live | State::Deleted => 0,
        State::Stub => STUB,
        State::Contained => CONTAINED,
    };
    let ord = first_ord(ty) + flag + i64::try_from(n).unwrap();
    // Ids do not run in the order of creation, and the same id exists in several types.
    let id = format!("{}", (n * 7) % 12 + n / 12 * 12);
    Resource { ty, id, ord, state, updated, rows: dedup(rows) }
}

/// What is referred to and not there.
fn stubs(resources: &[Resource]) -> Vec<Resource> {
    let known: BTreeSet<(TypeCode, String)> = resources.iter().map(|r| (r.ty, r.id.clone())).collect();
    let rids = resources.iter().flat_map(|r| &r.rows).flat_map(|row| &row.values).filter_map(|value| match value {
        Value::Rid(ty, id) => Some((*ty, id.clone())),
        _ => None,
    });
    let unknown: BTreeSet<_> = rids.filter(|rid| !known.contains(rid)).collect();
    let stub = |(n, (ty, id)): (usize, (TypeCode, String))| Resource {
        id,
        ..numbered(1000 + n, (ty, State::Stub, 0, Vec::new()))
    };
    unknown.into_iter().enumerate().map(stub).collect()
}

fn dedup(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort();
    rows.dedup();
    rows
}

fn row() -> impl Strategy<Value = Row> {
    let links: Vec<_> = KEYS.into_iter().filter(|(key, _)| [REF, CANONICAL, OWN_URL].contains(key)).collect();
    let of_elements = OF_ELEMENTS.map(|kind| (ELEMENTS, kind)).to_vec();
    let elements = vec![(ELEMENTS, RowKind::Element)];
    prop_oneof![4 => select(KEYS.to_vec()), 2 => select(links), 1 => select(of_elements), 1 => select(elements)]
        .prop_flat_map(|(key, kind)| {
            let values: Vec<_> = kind.columns().iter().map(|col| value(col.name.ty()).boxed()).collect();
            values.prop_map(move |values| Row { key, kind, values })
        })
}

/// Texts that begin, end and contain each other.
pub(crate) const TEXTS: [&str; 12] = ["", "a", "ab", "ann", "anna", "b", "ba", "Ünï", "a%", "a_b", "b a", "ab b a"];

/// Ends of intervals of texts, in order.
const CUTS: [&str; 6] = ["1", "2", "20", "3", "4", "41"];

pub(crate) fn text() -> impl Strategy<Value = String> {
    select(TEXTS.to_vec()).prop_map(str::to_owned)
}

/// A point of a small cube, or one of the farthest.
pub(crate) fn point() -> impl Strategy<Value = Point> {
    let far = select(vec![-Point::LIMIT, 0, Point::LIMIT]);
    let coordinate = prop_oneof![5 => -2i64..3, 1 => far];
    (coordinate.clone(), coordinate.clone(), coordinate).prop_map(|(x, y, z)| Point { z, x, y })
}

/// A value of a column of this type, as rows and as tests have them.
pub(crate) fn value(ty: ColType) -> BoxedStrategy<Value> {
    match ty {
        ColType::Int => (0i64..4).prop_map(Value::Int).boxed(),
        ColType::Bytes => text().prop_map(Value::Text).boxed(),
        ColType::System => {
            let url = select(vec![None, Some("s1"), Some("s2"), Some("s3")]);
            url.prop_map(|url| Value::System(url.map(str::to_owned))).boxed()
        }
        ColType::Rid => (select(TYPES.to_vec()), 0..12u8).prop_map(|(ty, id)| Value::Rid(ty, id.to_string())).boxed(),
        ColType::Instants => {
            let open = prop_oneof![6 => Just((false, false)), 1 => Just((true, false)), 1 => Just((false, true))];
            let interval = (-4i64..4, 1i64..5, open);
            interval
                .prop_map(|(start, length, (before, after))| {
                    let (lo, hi) = (if before { i64::MIN } else { start }, start + length);
                    Value::Instants(lo, if after { i64::MAX } else { hi })
                })
                .boxed()
        }
        ColType::Point => point().prop_map(Value::Point).boxed(),
        ColType::Cuts => {
            subsequence(CUTS.to_vec(), 2).prop_map(|ends| Value::Cuts(ends[0].to_owned(), ends[1].to_owned())).boxed()
        }
    }
}
