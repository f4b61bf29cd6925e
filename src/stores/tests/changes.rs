//! Definitions for tests that change them, and what must hold of a store whose definitions have changed.

use super::consistency::{check, image};
use super::*;
use crate::compiler::{Compiled, Compiler, Options};
use crate::definitions::{SearchParam, from_resource};
use crate::reference::{Reference, Resource};
use crate::resolve::Handling;
use crate::runtime::{ExecuteError, Request, execute};
use crate::stores::{Store, Watch};
use std::cell;

/// URLs of definitions that tests add, change and retire.
pub(super) fn url(name: &str) -> String {
    format!("http://example.org/{name}")
}

/// A SearchParameter.
pub(super) fn param(name: &str, base: &str, code: &str, ty: &str, expression: &str) -> SearchParam {
    let url = if name.starts_with("http") { name.to_owned() } else { url(name) };
    let resource = json!({
        "resourceType": "SearchParameter", "status": "active", "url": url, "code": code, "base": [base], "type": ty,
        "expression": expression,
    });
    from_resource(&resource).unwrap()
}

/// A composite of Observation.
pub(super) fn composite(name: &str, code: &str, parts: [(&str, &str); 2]) -> SearchParam {
    let parts = parts.map(|(definition, expression)| json!({"definition": definition, "expression": expression}));
    let resource = json!({
        "resourceType": "SearchParameter", "status": "active", "url": url(name), "code": code, "base": ["Observation"],
        "type": "composite", "expression": "Observation", "component": parts,
    });
    from_resource(&resource).unwrap()
}

/// A store that searches run on.
pub(super) async fn store() -> Store {
    wrap(memory().await)
}

/// Stops after some batches.
pub(super) struct Steps(cell::Cell<u32>);

impl Steps {
    pub(super) fn new(steps: u32) -> Steps {
        Steps(cell::Cell::new(steps))
    }
}

impl Watch for Steps {
    fn stop(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left == 0
    }
}

pub(super) fn compile(store: &Store, query: &str) -> Result<Compiled, Vec<&'static str>> {
    let options = Options { handling: Handling::Strict, default_count: 1_000, now: Some(NOW), ..Options::default() };
    let compiled = Compiler::new(store.registry(), options).compile(query);
    compiled.map_err(|rejected| rejected.diagnostics.iter().map(|diagnostic| diagnostic.code).collect())
}

/// The ids that a compiled search finds now.
pub(super) async fn found(
    store: &Store,
    tenant: &TenantContext,
    search: &Compiled,
) -> Result<Vec<String>, ExecuteError> {
    let request = Request { tenant: tenant.clone(), cursor: None };
    let page = execute(store, search, &request, None).await?;
    let name = |ty: TypeCode| {
        let ty = search.registry.resource_type_of_code(ty.0).unwrap();
        search.registry.type_name(ty)
    };
    Ok(page.matches.iter().map(|found| format!("{}/{}", name(found.ty), found.id)).collect())
}

/// The ids that a query finds.
pub(super) async fn search(store: &Store, query: &str) -> Result<Vec<String>, Vec<&'static str>> {
    let compiled = compile(store, query)?;
    match found(store, &tenant(), &compiled).await {
        Ok(found) => Ok(found),
        Err(ExecuteError::Outdated { diagnostics, .. }) => Err(diagnostics.iter().map(|d| d.code).collect()),
        Err(error) => panic!("{error}"),
    }
}

/// What the search means over the stored bodies, by the reference evaluator and the definitions it was compiled under.
pub(super) async fn meant(store: &Store, tenant: &TenantContext, search: &Compiled) -> Vec<String> {
    let registry = &search.registry;
    let resources = (0..).zip(bodies(store, tenant).await).map(|(ord, (ty, json))| {
        let (ty, id) = (registry.resource_type_of_code(ty.0).unwrap(), json["id"].as_str().unwrap().to_owned());
        Resource { ty, id, version: 1, ord, last_updated: None, json: Arc::new(json) }
    });
    let answer = Reference::new(registry, resources.collect()).search(&search.search);
    answer.matches.iter().map(|(ty, id)| format!("{}/{id}", registry.type_name(*ty))).collect()
}

/// The live bodies, in the order of creation.
pub(super) async fn bodies(store: &Store, tenant: &TenantContext) -> Vec<(TypeCode, Json)> {
    let select = "SELECT type, body FROM resource JOIN body USING (tenant, ord) WHERE tenant = $1 ORDER BY ord";
    let found = look(unwrap(store), tenant, vec![select.to_owned()]).await;
    let read =
        |row: &Vec<Cell>| (TypeCode(u8::try_from(row[0].int()).unwrap()), serde_json::from_str(row[1].text()).unwrap());
    found[0].1.iter().map(read).collect()
}

/// Rows, counts and records are what the bodies say under the definitions of the store.
pub(super) async fn consistent(store: &Store, tenants: &[TenantContext]) {
    for tenant in tenants {
        check(unwrap(store), tenant).await;
    }
}

/// After all builds, every table is as that of a store that had these definitions from the start.
pub(super) async fn as_if_from_the_start(store: &Store, tenants: &[TenantContext]) {
    let fresh = self::store().await;
    let registry = store.registry();
    assert!(registry.builds().is_empty() && registry.retired().is_empty());
    let (release, added) = (registry.release(), registry.added().iter().map(|param| (**param).clone()).collect());
    let defined = fresh.define(added).await.unwrap();
    assert!(!defined.to_build);
    for definition in release.definitions().filter(|known| registry.definitions().all(|now| now.url != known.url)) {
        fresh.retire(vec![definition.url.clone()]).await.unwrap();
    }
    fresh.reindex(&mut ()).await.unwrap();
    for tenant in tenants {
        let writes = bodies(store, tenant).await.into_iter().map(|(_, body)| write(body, true)).collect();
        fresh.write(tenant, writes).await.unwrap();
        assert_eq!(image(unwrap(store), tenant).await, image(unwrap(&fresh), tenant).await);
    }
}
