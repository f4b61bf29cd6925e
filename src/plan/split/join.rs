//! Joins as steps: what the far side tells, and what stands at the near end of links to it.

use fhirc_codegen::algebra::{Atom, Edge, End, On, Set, SlotId, Source, Test, Universe};
use fhirc_codegen::program::Yield;
use fhirc_codegen::rows::{Base, Col, ColName, RowKind, Value};

/// What the far side of a join is asked for, whose result stands at end `from`: what links to it say, or what its links
/// say.
pub(super) fn asked(edge: Edge, from: End) -> Yield {
    match (from, edge.on.names()) {
        (End::Source, Some(names)) => Yield::Names(names),
        (End::Source, None) => Yield::Rid,
        (End::Target, _) => Yield::Targets(edge),
    }
}

/// What stands at end `from` of the links whose far side has told that into a slot.
pub(super) fn joined(edge: Edge, from: End, slot: SlotId) -> Set {
    match (from, edge.on.names()) {
        (End::Source, _) => referring(edge, slot),
        (End::Target, Some(names)) => Set::Named { names, slot },
        (End::Target, None) => Set::Slot(slot),
    }
}

/// What refers over an edge to what a slot holds.
fn referring(edge: Edge, slot: SlotId) -> Set {
    let within = |names: &[ColName]| {
        let columns = names.iter().map(|name| Col::first(*name)).collect();
        Test::Atom(Atom::In(columns, Source::Slot(slot)))
    };
    let unversioned = || Test::Atom(Atom::Eq(Col::first(ColName::Version), Value::Text(String::new())));
    let (base, test) = match edge.on {
        On::Rid => (Base::Ref, within(&[ColName::Target])),
        On::Unversioned => (Base::Ref, Test::All(vec![within(&[ColName::Target]), unversioned()])),
        On::Url { .. } => (Base::Url, within(&[ColName::Url])),
        On::UrlVersion { .. } => (Base::Url, within(&[ColName::Url, ColName::Version])),
    };
    let universe = Universe(vec![crate::keys::type_code(edge.key)]);
    Set::Rows { key: edge.key, kind: RowKind::One(base), universe, test }
}
