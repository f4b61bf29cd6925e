//! What must hold of the store, whatever is written.

mod behaviour;
mod changes;
mod changing;
mod concurrency;
mod consistency;
mod difference;
mod group;
mod inside;
mod opening;
mod random;

use super::{Place, SqliteStore};
use crate::definitions::Registry;
use crate::stores::{Clock, StoreSettings, Write, WriteOutcome};
use crate::tenant::TenantContext;
use crate::values::Instant;
use fhirc_codegen::algebra::{Access, Estimate, Exactness, Node, Place as At, Scope, Set, Sets, Span, Universe};
use fhirc_codegen::program::{self, Query, Yield};
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// 2020-01-01T00:00:00Z
const NOW: Instant = Instant(1_577_836_800_000_000);

fn settings() -> StoreSettings {
    let registry = Arc::new(Registry::r4().clone());
    StoreSettings { create: true, clock: Clock::Fixed(NOW), ..StoreSettings::new(registry) }
}

async fn memory() -> SqliteStore {
    SqliteStore::open(Place::Memory, settings()).await.unwrap()
}

/// A directory of its own that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("fhirc-store-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn ty(name: &str) -> TypeCode {
    TypeCode(Registry::r4().resource_type(name).unwrap().code())
}

fn tenant() -> TenantContext {
    TenantContext::default()
}

/// A put as a server does it.
fn put(body: Json) -> Write {
    write(body, false)
}

/// A put as a load does it.
fn load(body: Json) -> Write {
    write(body, true)
}

fn write(body: Json, keep_updated: bool) -> Write {
    let (name, id) = (body["resourceType"].as_str().unwrap().to_owned(), body["id"].as_str().unwrap().to_owned());
    Write::Put { ty: ty(&name), id, body, keep_updated }
}

fn delete(name: &str, id: &str) -> Write {
    Write::Delete { ty: ty(name), id: id.to_owned() }
}

fn patient(id: &str, family: &str) -> Json {
    json!({"resourceType": "Patient", "id": id, "active": true, "name": [{"family": family}]})
}

fn observation(id: &str, subject: &str) -> Json {
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": subject}, "valueQuantity": {"value": 72, "unit": "/min"}
    })
}

async fn one(store: &SqliteStore, write: Write) -> WriteOutcome {
    store.write(&tenant(), vec![write]).await.unwrap()[0]
}

fn node(set: Set) -> Node {
    Node {
        set,
        span: Span::default(),
        scope: Scope::default(),
        exact: Exactness::Exact,
        est: Estimate::default(),
        place: At::default(),
        access: Access::Drive,
    }
}

/// A query for all members of a set.
fn query(set: Set, yields: Yield) -> Query {
    let mut sets = Sets::default();
    let root = sets.push(node(set));
    Query {
        sets,
        root,
        yields,
        order: Vec::new(),
        strategy: program::Strategy::SetFirst,
        take: None,
        visits: None,
        once: Vec::new(),
    }
}

fn all(name: &str) -> Set {
    Set::All(Universe(vec![ty(name)]))
}

async fn count(store: &SqliteStore, tenant: &TenantContext, name: &str) -> i64 {
    let query = query(all(name), Yield::Count);
    store.run(tenant, &query, &crate::stores::Slots::new(), 0).await.unwrap()[0].ord
}
