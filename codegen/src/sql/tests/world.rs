//! Generated resources and rows. Alphabets are tiny, so that rows of different resources collide all the time.

use crate::rows::{Base, ColType, KeyId, Row, RowKind, Tuple, TypeCode, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

/// The keys of the world and what their rows hold.
pub(super) const KEYS: [(KeyId, RowKind); 15] = [
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
];
pub(super) const REF: KeyId = KeyId(3);
pub(super) const CANONICAL: KeyId = KeyId(5);
pub(super) const OWN_URL: KeyId = KeyId(14);
pub(super) const OWN_VERSION: KeyId = KeyId(15);

pub(super) const TYPES: [TypeCode; 3] = [TypeCode(1), TypeCode(2), TypeCode(9)];

/// What became of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Live,
    Deleted,
    /// Referred to, but not arrived.
    Stub,
    /// Inside another resource.
    Contained,
}

#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) ty: TypeCode,
    pub(super) id: String,
    pub(super) ord: i64,
    pub(super) state: State,
    pub(super) updated: i64,
    pub(super) rows: Vec<Row>,
}

impl Resource {
    pub(super) fn has_rows(&self) -> bool {
        matches!(self.state, State::Live | State::Contained)
    }
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) resources: Vec<Resource>,
    /// What slot 0 holds: resources, by number.
    pub(super) found: Vec<i64>,
    /// What slot 1 holds: texts.
    pub(super) texts: Vec<String>,
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let state = prop_oneof![
        6 => Just(State::Live), 1 => Just(State::Deleted), 1 => Just(State::Stub), 1 => Just(State::Contained)
    ];
    let resource = (select(TYPES.to_vec()), state, -3i64..4, vec(row(), 2..16));
    let found = vec(any::<prop::sample::Index>(), 0..5);
    (vec(resource, 1..25), found, vec(text(), 0..3)).prop_map(|(list, found, texts)| {
        let mut resources: Vec<Resource> = list.into_iter().enumerate().map(|(n, parts)| numbered(n, parts)).collect();
        resources.extend(stubs(&resources));
        let found = found.iter().map(|index| index.get(&resources).ord).collect();
        World { resources, found, texts }
    })
}

fn numbered(n: usize, (ty, state, updated, rows): (TypeCode, State, i64, Vec<Row>)) -> Resource {
    let flag = match state {
        State::Live | State::Deleted => 0,
        State::Stub => 1 << 37,
        State::Contained => 1 << 38,
    };
    let ord = (i64::from(ty.0) << 39) + flag + i64::try_from(n).unwrap();
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
    prop_oneof![2 => select(KEYS.to_vec()), 1 => select(links)].prop_flat_map(|(key, kind)| {
        let values: Vec<_> = kind.columns().iter().map(|col| value(col.name.ty()).boxed()).collect();
        values.prop_map(move |values| Row { key, kind, values })
    })
}

pub(super) fn text() -> impl Strategy<Value = String> {
    select(vec!["", "a", "ab", "ann", "anna", "b", "ba", "Ünï", "a%", "a_b"]).prop_map(str::to_owned)
}

/// A value of a column of this type, as rows and as tests have them.
pub(super) fn value(ty: ColType) -> BoxedStrategy<Value> {
    match ty {
        ColType::Int => (0i64..3).prop_map(Value::Int).boxed(),
        ColType::Bytes => text().prop_map(Value::Text).boxed(),
        ColType::System => {
            let url = select(vec![None, Some("s1"), Some("s2"), Some("s3")]);
            url.prop_map(|url| Value::System(url.map(str::to_owned))).boxed()
        }
        ColType::Rid => (select(TYPES.to_vec()), 0..12u8).prop_map(|(ty, id)| Value::Rid(ty, id.to_string())).boxed(),
        ColType::Instants => {
            let end = || prop_oneof![8 => -4i64..5, 1 => Just(i64::MIN), 1 => Just(i64::MAX)];
            (end(), end()).prop_filter_map("empty", |(a, b)| (a < b).then_some(Value::Instants(a, b))).boxed()
        }
        ColType::Cuts => {
            let end = || select(vec!["1", "2", "20", "3", "4", "41"]);
            let cuts = (end(), end());
            cuts.prop_filter_map("empty", |(a, b)| (a < b).then(|| Value::Cuts(a.to_owned(), b.to_owned()))).boxed()
        }
    }
}
