//! Sets of elements: what holds of one of several inside a resource.

use super::Test;
use crate::rows::{KeyId, RowKind};

/// A set of the elements that rows of one key count, resource by resource. Keys that count the same elements may stand in
/// one set: an element is told by its resource and its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Elements {
    /// Elements with at least one row of `key` that passes `test`.
    Rows {
        /// Which rows.
        key: KeyId,
        /// What the rows hold: a kind that names an element.
        kind: RowKind,
        /// The test of one row.
        test: Test,
    },
    /// Intersection; of nothing: all elements.
    And(Vec<Elements>),
    /// Union.
    Or(Vec<Elements>),
    /// The other elements.
    Not(Box<Elements>),
}

impl Elements {
    /// The keys of the rows that it looks at.
    pub fn keys(&self) -> Vec<KeyId> {
        match self {
            Elements::Rows { key, .. } => vec![*key],
            Elements::And(parts) | Elements::Or(parts) => parts.iter().flat_map(Elements::keys).collect(),
            Elements::Not(inner) => inner.keys(),
        }
    }
}
