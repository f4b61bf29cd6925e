//! What goes into a store and what comes out: writes, stored versions, tuples, slots.

use fhirc_codegen::algebra::SlotId;
use fhirc_codegen::rows::{TypeCode, Value};
#[cfg(feature = "stores")]
use fhirc_codegen::stats::Found;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One change of one resource.
#[derive(Clone, Debug)]
pub enum Write {
    /// Creates the resource or a new version of it.
    Put {
        /// Its type.
        ty: TypeCode,
        /// Its logical id.
        id: String,
        /// The resource. `meta.versionId` is replaced by the store's own counter.
        body: Json,
        /// Loading: `meta.lastUpdated` is kept where it is given, and an unchanged body makes no new version.
        /// Otherwise the store's clock gives `meta.lastUpdated`, and every put makes a version.
        keep_updated: bool,
    },
    /// Deletes the resource. Its `ord` and its history stay.
    Delete {
        /// Its type.
        ty: TypeCode,
        /// Its logical id.
        id: String,
    },
}

impl Write {
    /// The type and id of the resource.
    pub fn identity(&self) -> (TypeCode, &str) {
        match self {
            Write::Put { ty, id, .. } | Write::Delete { ty, id } => (*ty, id),
        }
    }
}

/// What became of one [`Write`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOutcome {
    /// What was done.
    pub change: Change,
    /// The number of the resource; 0 if there was nothing to delete.
    pub ord: i64,
    /// Its version now; 0 if there was nothing to delete.
    pub version: i64,
}

/// What was done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// It is new, or live again after a deletion.
    Created,
    /// It has a new version.
    Updated,
    /// It already had this content.
    Unchanged,
    /// It is no longer live.
    Deleted,
    /// There was nothing to delete.
    Absent,
}

/// One version of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The number of the resource.
    pub ord: i64,
    /// Its type.
    pub ty: TypeCode,
    /// Its logical id.
    pub id: String,
    /// The version, counted from 1 per resource.
    pub version: i64,
    /// When the version was made: microseconds since 1970 UTC.
    pub updated: i64,
    /// What made the version.
    pub method: Method,
    /// The resource as JSON with its `meta`; empty if the version is a deletion.
    pub body: String,
    /// Where the resource stands, if it is no resource of its own: its id is unique there only, version and time are
    /// those of its container.
    pub container: Option<Container>,
}

/// A resource that contains another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Its type.
    pub ty: TypeCode,
    /// Its logical id.
    pub id: String,
}

/// A version of a resource that is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveVersion {
    /// The version.
    pub stored: Stored,
    /// Whether it is the current one.
    pub current: bool,
}

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// The resource was created or updated.
    Put,
    /// The resource was deleted.
    Delete,
}

/// One member of a set that a query found. Which fields are filled depends on the query's `Yield`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Tuple {
    /// `Page`: the number of the resource. `Count`: how many members there are. `Rid`, `Targets`: the number too.
    /// `Versions`: that of what is referred to.
    pub ord: i64,
    /// `Page`: a value per sort key, `None` where the resource has none. `Rid`, `Targets`: the identity. `Versions`: the
    /// key of the reference, and the version that it names.
    pub keys: Vec<Option<Value>>,
}

#[cfg(feature = "stores")]
impl Tuple {
    /// What a rough count says.
    pub(crate) fn counted(&self) -> Found {
        let last = match self.keys.first() {
            Some(Some(Value::Int(last))) => Some(*last),
            _ => None,
        };
        Found { rows: u64::try_from(self.ord).unwrap_or_default(), last }
    }
}

/// The tuples that earlier steps found, by slot.
pub type Slots = BTreeMap<SlotId, Vec<Tuple>>;
