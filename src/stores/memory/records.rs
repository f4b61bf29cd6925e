//! What one tenant has: every version of every resource, by the order of creation.

use super::Live;
use crate::stores::ord::{PER_TYPE, first_ord};
use crate::stores::version::{Current, Item, Outcome};
use crate::stores::{Change, Method, Stored, WriteOutcome};
use fhirc_codegen::rows::TypeCode;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The resources of one tenant.
#[derive(Debug, Default)]
pub(super) struct Records {
    records: BTreeMap<i64, Record>,
    ords: BTreeMap<(TypeCode, String), i64>,
    /// Every version that contains other resources, in the order of the writes.
    containers: Vec<Live>,
}

/// One resource.
#[derive(Debug)]
struct Record {
    /// All versions, the current one last.
    versions: Vec<Stored>,
    /// The body of the current version; `None` if that is a deletion.
    json: Option<Arc<Json>>,
}

impl Records {
    /// All versions of all resources.
    pub(super) fn all(&self) -> impl Iterator<Item = &Stored> {
        self.records.values().flat_map(|record| &record.versions)
    }

    /// The live resources, in the order of creation.
    pub(super) fn live(&self) -> impl Iterator<Item = Live> {
        self.records.values().filter_map(|record| {
            let (stored, json) = (record.versions.last()?, Arc::clone(record.json.as_ref()?));
            Some(Live { ord: stored.ord, ty: stored.ty, id: stored.id.clone(), updated: stored.updated, json })
        })
    }

    /// Every version that contains other resources, in the order of the writes.
    pub(super) fn containers(&self) -> &[Live] {
        &self.containers
    }

    /// The current version of a resource that is live.
    pub(super) fn body(&self, ord: i64) -> Option<&Stored> {
        self.records.get(&ord)?.versions.last().filter(|stored| stored.method == Method::Put)
    }

    /// All versions of a resource, the current one last.
    pub(super) fn versions(&self, ty: TypeCode, id: &str) -> &[Stored] {
        let record = self.ord(ty, id).and_then(|ord| self.records.get(&ord));
        record.map(|record| record.versions.as_slice()).unwrap_or_default()
    }

    /// The current version as writes need it.
    pub(super) fn current(&self, ty: TypeCode, id: &str) -> Option<Current> {
        let stored = self.versions(ty, id).last()?;
        let body = (stored.method == Method::Put).then(|| stored.body.clone());
        Some(Current { version: stored.version, updated: stored.updated, body })
    }

    /// Makes the version of a write the current one; `json` is its body.
    pub(super) fn write(&mut self, item: Item, json: Option<Arc<Json>>) -> WriteOutcome {
        let Item { ty, id, result, .. } = item;
        let ord = match (self.ord(ty, &id), result.change) {
            (Some(ord), _) => ord,
            (None, Change::Absent) => 0,
            (None, _) => self.create(ty, &id),
        };
        let Outcome { change, version, updated, body, .. } = result;
        let method = match change {
            Change::Created | Change::Updated => Some(Method::Put),
            Change::Deleted => Some(Method::Delete),
            Change::Unchanged | Change::Absent => None,
        };
        if let Some(method) = method {
            let body = body.unwrap_or_default();
            if let Some(json) = json.as_ref().filter(|json| json.get("contained").is_some()) {
                self.containers.push(Live { ord, ty, id: id.clone(), updated, json: Arc::clone(json) });
            }
            let record = self.records.entry(ord).or_insert(Record { versions: Vec::new(), json: None });
            record.versions.push(Stored { ord, ty, id, version, updated, method, body, container: None });
            record.json = json;
        }
        WriteOutcome { change, ord, version }
    }

    fn ord(&self, ty: TypeCode, id: &str) -> Option<i64> {
        self.ords.get(&(ty, id.to_owned())).copied()
    }

    /// Numbers of a type follow the order of creation. No memory holds as many as there are numbers.
    fn create(&mut self, ty: TypeCode, id: &str) -> i64 {
        let first = first_ord(ty);
        let last = self.records.range(first..first + PER_TYPE).next_back();
        let next = last.map_or(first, |(last, _)| last + 1);
        self.ords.insert((ty, id.to_owned()), next);
        next
    }
}
