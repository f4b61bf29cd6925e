//! What the members of a set certainly are: their types, where they stand, the order in which they lie.

use crate::keys::{self, Level};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Atom, End, Set, SetId, Test, Universe};
use fhirc_codegen::rows::{KeyId, RowKind, TypeCode};

/// Some types of resources: a bit for each code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Types([u128; 2]);

impl Types {
    fn one(TypeCode(code): TypeCode) -> Types {
        let bit = 1 << (code % 128);
        Types(if code < 128 { [bit, 0] } else { [0, bit] })
    }

    /// The types in both.
    pub(super) fn and(self, Types([low, high]): Types) -> Types {
        Types([self.0[0] & low, self.0[1] & high])
    }

    /// The types in either.
    pub(super) fn or(self, Types([low, high]): Types) -> Types {
        Types([self.0[0] | low, self.0[1] | high])
    }

    pub(super) fn is_empty(self) -> bool {
        self == Types::default()
    }

    /// Whether each is one of the universe.
    pub(super) fn within(self, universe: &Universe) -> bool {
        self.and(Types::from(universe)) == self
    }

    /// Each, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = TypeCode> {
        let half = |mut bits: u128, first: u8| {
            std::iter::from_fn(move || {
                // Below 128, or there is none left.
                let next = u8::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0)?;
                bits &= bits - 1;
                Some(TypeCode(first + next))
            })
        };
        let [low, high] = self.0;
        half(low, 0).chain(half(high, 128))
    }

    /// As a universe, in order.
    pub(super) fn universe(self) -> Universe {
        Universe(self.iter().collect())
    }
}

impl FromIterator<TypeCode> for Types {
    fn from_iter<I: IntoIterator<Item = TypeCode>>(types: I) -> Types {
        types.into_iter().map(Types::one).fold(Types::default(), Types::or)
    }
}

impl From<&Universe> for Types {
    fn from(Universe(types): &Universe) -> Types {
        types.iter().copied().collect()
    }
}

/// The types of a set whose members are all live resources of known types; `None` where that is not certain: the
/// target of a reference may be gone.
pub(super) fn implied(graph: &Graph, id: SetId) -> Option<Types> {
    match graph.set(id) {
        Set::None => Some(Types::default()),
        Set::All(universe) | Set::Rows { universe, .. } | Set::Elements { universe, .. } => Some(universe.into()),
        Set::And(children) => children.iter().filter_map(|&child| implied(graph, child)).reduce(Types::and),
        Set::Or(children) => {
            children.iter().try_fold(Types::default(), |types, &child| Some(types.or(implied(graph, child)?)))
        }
        Set::Minus { from, .. } => implied(graph, *from),
        Set::Via { edge, from: End::Source, .. } => Some(Types::one(key_type(edge.key))),
        Set::Closure { edge, from: End::Source, seed } => {
            implied(graph, *seed).map(|types| types.or(Types::one(key_type(edge.key))))
        }
        Set::Via { from: End::Target, .. } | Set::Closure { from: End::Target, .. } => None,
        Set::Slot(_) | Set::Named { .. } => None,
    }
}

/// Whether the members certainly stand inside other resources. A junction holds those of one type, as built.
pub(super) fn is_inside(graph: &Graph, id: SetId) -> bool {
    match graph.set(id) {
        // The row that stands for all is implied by the others, not the other way round.
        Set::Rows { kind: RowKind::Id | RowKind::Updated, .. } => false,
        Set::Rows { key, .. } | Set::Elements { key, .. } => keys::level(*key) == Level::Contained,
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
        Set::Rows { key, .. } | Set::Elements { key, .. } => keys::level(*key) == Level::Top,
        Set::Via { edge, from: End::Source, .. } => keys::level(edge.key) == Level::Top,
        Set::And(children) => children.iter().any(|&child| is_top(graph, child)),
        Set::Or(children) => children.iter().all(|&child| is_top(graph, child)),
        Set::Minus { from, .. } => is_top(graph, *from),
        Set::Via { from: End::Target, .. } | Set::Closure { .. } | Set::Slot(_) | Set::Named { .. } => false,
    }
}

/// The resource type that a key belongs to.
pub(super) fn key_type(key: KeyId) -> TypeCode {
    crate::keys::type_code(key)
}

/// The types in either, in order.
pub(super) fn union(a: &Universe, b: &Universe) -> Universe {
    let mut types = [a.0.as_slice(), b.0.as_slice()].concat();
    types.sort_unstable();
    types.dedup();
    Universe(types)
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
