//! What a planner asks about the data. Numbers are estimates, which choose a plan and never an answer.

use crate::algebra::{Edge, End, Set};
use crate::rows::{KeyId, TypeCode, Value};

/// Counts that a store keeps; `None` where it keeps none.
pub trait Stats {
    /// Rows of a key.
    fn rows(&self, key: KeyId) -> Option<u64>;

    /// Rows of a key whose first column has this value, where the value is frequent enough to be counted.
    fn frequent(&self, key: KeyId, value: &Value) -> Option<u64>;

    /// Members of a set of rows that were counted for the query at hand, up to some bound.
    fn counted(&self, _rows: &Set) -> Option<Counted> {
        None
    }

    /// Whether the counts of rows are those of the data that the query then meets, so that "none" is none.
    fn exact(&self) -> bool {
        false
    }

    /// Whether no resource has more than one row of the key. Other than counts it decides answers: so a store may say it
    /// only of the data that the query then meets.
    fn once(&self, _key: KeyId) -> bool {
        false
    }

    /// Whether rows of the key may hold abridged texts, whose order is not theirs. It decides answers, as `once` does.
    fn abridged(&self, _key: KeyId) -> bool {
        false
    }

    /// See [`keeping`](crate::capability::Capabilities::keeping).
    fn keeping(&self) -> u32 {
        100
    }

    /// See [`passing`](crate::capability::Capabilities::passing).
    fn passing(&self) -> Option<u32> {
        None
    }

    /// Live resources of a type.
    fn resources(&self, ty: TypeCode) -> u64;

    /// Rows of the edge per resource at the given end, rounded up.
    fn fan_out(&self, edge: Edge, end: End) -> Option<u64>;
}

/// What a [rough count](crate::program::Yield::Rough) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Rows.
    pub rows: u64,
    /// The `ord` of the last resource among them.
    pub last: Option<i64>,
}

/// What a bounded count found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// So many members.
    Exactly(u64),
    /// At least so many: the count ended there.
    AtLeast(u64),
    /// About so many: what was counted up to its bound stood in so large a part of all resources.
    About(u64),
}

/// Knows nothing: every plan must be right without statistics.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl Stats for Empty {
    fn rows(&self, _key: KeyId) -> Option<u64> {
        None
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    /// A million: a type of unknown size is thought large, so that an index is preferred over going through it.
    fn resources(&self, _ty: TypeCode) -> u64 {
        1_000_000
    }

    fn fan_out(&self, _edge: Edge, _end: End) -> Option<u64> {
        None
    }
}
