//! Resources that hold the very texts that are asked for, and stores that hold the resources.

use crate::notation::expand;
use fhirc::codegen::rows::TypeCode;
use fhirc::definitions::Registry;
use fhirc::stores::{Store, StoreError, StoreSettings, Write};
use fhirc::tenant::TenantContext;
use serde_json::{Value, json};
use std::sync::Arc;

/// A store with the resources of `data.txt`.
pub(crate) async fn store(url: &str) -> Store {
    let settings = StoreSettings { create: true, ..StoreSettings::new(Arc::new(Registry::r4().clone())) };
    let store = Store::open(&url.parse().unwrap(), settings).await.unwrap();
    let tenant = TenantContext::default();
    let (zero, plain): (Vec<Value>, Vec<Value>) =
        resources().into_iter().partition(|body| body.to_string().contains("\\u0000"));
    store.write(&tenant, plain.into_iter().map(put).collect()).await.unwrap();
    for body in zero {
        match store.write(&tenant, vec![put(body)]).await {
            // PostgreSQL has no such texts, and says so.
            Err(StoreError::Limit { what }) if url.starts_with("postgres") => assert!(what.contains("U+0000")),
            written => drop(written.unwrap()),
        }
    }
    store
}

fn put(body: Value) -> Write {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let ty = TypeCode(Registry::r4().resource_type(&text("resourceType")).unwrap().code());
    Write::Put { ty, id: text("id"), keep_updated: true, body }
}

/// A line is an id and a text, which is the family name and an identifier of a Patient of that id; or a resource.
pub(crate) fn resources() -> Vec<Value> {
    let lines = include_str!("data.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(resource).collect()
}

fn resource(line: &str) -> Value {
    if line.starts_with('{') {
        return serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let (id, text) = line.split_once(' ').unwrap();
    let text = expand(text.trim_start());
    json!({
        "resourceType": "Patient", "id": id, "meta": { "lastUpdated": "2024-01-01T00:00:00Z" },
        "identifier": [{ "system": "http://x.org/id", "value": text }], "name": [{ "family": text }]
    })
}
