//! Definitions for tests that change them, and searches that are compared with what they mean.

use super::kept::bodies;
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
