//! What one tenant has: every version of every resource, by the order of creation.

use super::Live;
use crate::stores::version::{Current, Item, Outcome};
use crate::stores::{Change, LiveVersion, Method, Stored, WriteOutcome};
use fhirc_codegen::ord::{end_ord, first_ord};
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
    versions: Vec<Arc<Stored>>,
    /// The body of the current version; `None` if that is a deletion.
    json: Option<Arc<Json>>,
}

impl Records {
    /// All versions of all resources.
    pub(super) fn all(&self) -> impl Iterator<Item = &Stored> {
        self.records.values().flat_map(|record| record.versions.iter().map(Arc::as_ref))
    }

    /// The live resources, in the order of creation.
    pub(super) fn live(&self) -> impl Iterator<Item = Live> {
        self.records.values().filter_map(|record| {
            Some(Live { stored: Arc::clone(record.versions.last()?), json: Arc::clone(record.json.as_ref()?) })
        })
    }

    /// Every version that contains other resources, in the order of the writes.
    pub(super) fn containers(&self) -> &[Live] {
        &self.containers
    }

    /// The current version of a resource that is live.
    pub(super) fn body(&self, ord: i64) -> Option<&Stored> {
        self.records.get(&ord)?.versions.last().map(Arc::as_ref).filter(|stored| stored.method == Method::Put)
    }

    /// A version that is no deletion, of a resource that is live.
    pub(super) fn version(&self, ord: i64, version: i64) -> Option<LiveVersion> {
        let current = self.body(ord)?.version == version;
        let stored = self.records.get(&ord)?.versions.iter().find(|stored| stored.version == version)?;
        let stored = Stored::clone(stored);
        (stored.method == Method::Put).then_some(LiveVersion { stored, current })
    }

    /// The versions that are no deletions, of resources that are live, but for the current ones.
    pub(super) fn earlier(&self) -> impl Iterator<Item = &Arc<Stored>> {
        let live = self.records.values().filter(|record| record.json.is_some());
        let earlier = live.flat_map(|record| record.versions.iter().rev().skip(1));
        earlier.filter(|stored| stored.method == Method::Put)
    }

    /// All versions of a resource, the current one last.
    pub(super) fn versions(&self, ty: TypeCode, id: &str) -> &[Arc<Stored>] {
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
            let body = body.as_deref().unwrap_or_default().to_owned();
            let stored = Arc::new(Stored { ord, ty, id, version, updated, method, body, container: None });
            if let Some(json) = json.as_ref().filter(|json| json.get("contained").is_some()) {
                self.containers.push(Live { stored: Arc::clone(&stored), json: Arc::clone(json) });
            }
            let record = self.records.entry(ord).or_insert(Record { versions: Vec::new(), json: None });
            record.versions.push(stored);
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
        let last = self.records.range(first..end_ord(ty)).next_back();
        let next = last.map_or(first, |(last, _)| last + 1);
        self.ords.insert((ty, id.to_owned()), next);
        next
    }
}
