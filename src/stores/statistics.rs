//! Counts of a store that the planner asks for.

use fhirc_codegen::algebra::{Edge, End};
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use fhirc_codegen::stats::Stats;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Counts of one tenant, as they were when they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Live resources.
    pub(crate) resources: Arc<BTreeMap<TypeCode, u64>>,
    /// Index rows; nothing of a store without an index.
    pub(crate) rows: Option<Arc<BTreeMap<KeyId, u64>>>,
    /// Keys of which a resource has, or once had, several rows; nothing of a store that does not mark them.
    pub(crate) repeated: Option<Arc<BTreeSet<KeyId>>>,
    /// Keys of which a row is, or once was, abridged.
    pub(crate) abridged: Arc<BTreeSet<KeyId>>,
}

impl Statistics {
    /// Live resources of all types.
    pub(crate) fn live(&self) -> usize {
        self.resources.values().sum::<u64>().try_into().unwrap_or(usize::MAX)
    }
}

impl Stats for Statistics {
    fn rows(&self, key: KeyId) -> Option<u64> {
        self.rows.as_ref().map(|rows| rows.get(&key).copied().unwrap_or_default())
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        self.resources.get(&ty).copied().unwrap_or_default()
    }

    /// Counts are read with the data, or thrown away, as these marks are.
    fn exact(&self) -> bool {
        self.repeated.is_some()
    }

    fn once(&self, key: KeyId) -> bool {
        self.repeated.as_ref().is_some_and(|repeated| !repeated.contains(&key))
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.abridged.contains(&key)
    }

    /// Not known: how many resources stand at an end is not counted.
    fn fan_out(&self, _edge: Edge, _end: End) -> Option<u64> {
        None
    }
}
