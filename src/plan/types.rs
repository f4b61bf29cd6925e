//! What the members of a set certainly are: their types, where they stand, the order in which they lie.

use crate::keys::{self, Level};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Atom, End, Set, SetId, Test, Universe};
use fhirc_codegen::rows::{KeyId, RowKind, TypeCode};

/// The types of a set whose members are all live resources of known types; `None` where that is not certain: the
/// target of a reference may be gone.
pub(super) fn implied(graph: &Graph, id: SetId) -> Option<Universe> {
    match graph.set(id) {
        Set::None => Some(Universe(Vec::new())),
        Set::All(universe) | Set::Rows { universe, .. } => Some(universe.clone()),
        Set::And(children) => children.iter().filter_map(|&child| implied(graph, child)).reduce(|a, b| common(&a, &b)),
        Set::Or(children) => {
            let all: Option<Vec<_>> = children.iter().map(|&child| implied(graph, child)).collect();
            Some(all?.into_iter().fold(Universe(Vec::new()), |a, b| union(&a, &b)))
        }
        Set::Minus { from, .. } => implied(graph, *from),
        Set::Via { edge, from: End::Source, .. } => Some(Universe(vec![key_type(edge.key)])),
        Set::Closure { edge, from: End::Source, seed } => {
            implied(graph, *seed).map(|types| union(&types, &Universe(vec![key_type(edge.key)])))
        }
        Set::Via { from: End::Target, .. } | Set::Closure { from: End::Target, .. } | Set::Slot(_) => None,
    }
}

/// Whether the members certainly stand inside other resources. A junction holds those of one type, as built.
pub(super) fn is_inside(graph: &Graph, id: SetId) -> bool {
    match graph.set(id) {
        // The row that stands for all is implied by the others, not the other way round.
        Set::Rows { kind: RowKind::Id | RowKind::Updated, .. } => false,
        Set::Rows { key, .. } => keys::level(*key) == Level::Contained,
        Set::Via { edge, from: End::Source, .. } => keys::level(edge.key) == Level::Contained,
        Set::And(children) => children.iter().any(|&child| is_inside(graph, child)),
        Set::Or(children) => children.iter().all(|&child| is_inside(graph, child)),
        Set::Minus { from, .. } => is_inside(graph, *from),
        _ => false,
    }
}

/// Whether the members certainly are resources of their own, which a universe holds.
pub(super) fn is_top(graph: &Graph, id: SetId) -> bool {
    match graph.set(id) {
        Set::All(_) | Set::None => true,
        Set::Rows { kind: RowKind::Id | RowKind::Updated, .. } => true,
        Set::Rows { key, .. } => keys::level(*key) == Level::Top,
        Set::Via { edge, from: End::Source, .. } => keys::level(edge.key) == Level::Top,
        Set::And(children) => children.iter().any(|&child| is_top(graph, child)),
        Set::Or(children) => children.iter().all(|&child| is_top(graph, child)),
        Set::Minus { from, .. } => is_top(graph, *from),
        Set::Via { from: End::Target, .. } | Set::Closure { .. } | Set::Slot(_) => false,
    }
}

/// The resource type that a key belongs to.
pub(super) fn key_type(key: KeyId) -> TypeCode {
    crate::keys::type_code(key)
}

/// The types in both.
pub(super) fn common(a: &Universe, b: &Universe) -> Universe {
    Universe(a.0.iter().copied().filter(|ty| b.0.contains(ty)).collect())
}

/// The types in either, in order.
pub(super) fn union(a: &Universe, b: &Universe) -> Universe {
    let mut types = [a.0.as_slice(), b.0.as_slice()].concat();
    types.sort_unstable();
    types.dedup();
    Universe(types)
}

/// Whether every type of `a` is one of `b`.
pub(super) fn within(a: &Universe, b: &Universe) -> bool {
    a.0.iter().all(|ty| b.0.contains(ty))
}

/// Whether a set is the rows of one value of a key: those lie in the order of the resources.
pub(super) fn in_page_order(set: &Set) -> bool {
    let Set::Rows { kind, test, .. } = set else { return false };
    let sought = kind.columns().first().copied();
    let is_sought = |atom: &Atom| matches!(atom, Atom::Eq(col, _) if Some(*col) == sought);
    matches!(kind, RowKind::One(_) | RowKind::Present)
        && match test {
            Test::Atom(atom) => is_sought(atom),
            // An alternative inside makes two runs of it.
            Test::All(tests) => {
                tests.iter().all(|test| matches!(test, Test::Atom(_)))
                    && (sought.is_none()
                        || tests.iter().any(|test| matches!(test, Test::Atom(atom) if is_sought(atom))))
            }
            Test::Any(_) => false,
        }
}
