//! Resources, writes and queries of the tests that every driver passes.

use super::Subject;
use crate::definitions::Registry;
use crate::stores::{Clock, StoreSettings, Write, WriteOutcome};
use crate::tenant::TenantContext;
use crate::values::Instant;
use fhirc_codegen::algebra::{Access, Estimate, Exactness, Node, Place as At, Scope, Set, Sets, Span, Universe};
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// 2020-01-01T00:00:00Z
pub(super) const NOW: Instant = Instant(1_577_836_800_000_000);

pub(super) fn settings() -> StoreSettings {
    let registry = Arc::new(Registry::r4().clone());
    StoreSettings { create: true, clock: Clock::Fixed(NOW), ..StoreSettings::new(registry) }
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(super) fn ty(name: &str) -> TypeCode {
    TypeCode(Registry::r4().resource_type(name).unwrap().code())
}

pub(super) fn tenant() -> TenantContext {
    TenantContext::default()
}

/// A put as a server does it.
pub(super) fn put(body: Json) -> Write {
    write(body, false)
}

/// A put as a load does it.
pub(super) fn load(body: Json) -> Write {
    write(body, true)
}

pub(super) fn write(body: Json, keep_updated: bool) -> Write {
    let (name, id) = (body["resourceType"].as_str().unwrap().to_owned(), body["id"].as_str().unwrap().to_owned());
    Write::Put { ty: ty(&name), id, body, keep_updated }
}

pub(super) fn delete(name: &str, id: &str) -> Write {
    Write::Delete { ty: ty(name), id: id.to_owned() }
}

pub(super) fn patient(id: &str, family: &str) -> Json {
    json!({"resourceType": "Patient", "id": id, "active": true, "name": [{"family": family}]})
}

pub(super) fn observation(id: &str, subject: &str) -> Json {
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": subject}, "valueQuantity": {"value": 72, "unit": "/min"}
    })
}

pub(super) async fn one(store: &Subject, write: Write) -> WriteOutcome {
    store.write(&tenant(), vec![write]).await.unwrap()[0]
}

pub(super) fn node(set: Set) -> Node {
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
pub(super) fn query(set: Set, yields: Yield) -> Query {
    let mut sets = Sets::default();
    let root = sets.push(node(set));
    Query::new(sets, root, yields)
}

pub(super) fn all(name: &str) -> Set {
    Set::All(Universe(vec![ty(name)]))
}

pub(super) async fn count(store: &Subject, tenant: &TenantContext, name: &str) -> i64 {
    let query = query(all(name), Yield::Count);
    store.run(tenant, &query, &crate::stores::Slots::new(), 0).await.unwrap()[0].ord
}
