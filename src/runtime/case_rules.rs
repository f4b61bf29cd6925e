//! What stored CodeSystems say of their codes, read before searches are compiled.

use crate::compiler::{Compiler, Options};
use crate::resolve::CaseRules;
use crate::runtime::{ExecuteError, Page, Request, execute};
use crate::stores::Store;
use crate::tenant::TenantContext;
use serde::Deserialize;
use std::sync::Arc;

/// The part of a CodeSystem that says whether case counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeSystem {
    url: Option<String>,
    case_sensitive: Option<bool>,
}

/// The case rules of all CodeSystems of a tenant. One that does not say leaves the question open (decision 58).
///
/// # Errors
/// The store fails.
pub async fn case_rules(store: &Store, tenant: &TenantContext) -> Result<CaseRules, ExecuteError> {
    let options = Options { default_count: 100, ..Options::default() };
    let compiler = Compiler::new(Arc::clone(store.registry()), options);
    let mut rules = CaseRules::new();
    let Ok(search) = compiler.compile("CodeSystem") else { return Ok(rules) };
    let mut request = Request { tenant: tenant.clone(), cursor: None };
    loop {
        let Page { matches, next, .. } = execute(store, &search, &request, None).await?;
        for found in matches {
            // A stored body is JSON; one that has another shape says nothing of case.
            let Ok(CodeSystem { url: Some(url), case_sensitive: Some(rule) }) = serde_json::from_str(&found.body)
            else {
                continue;
            };
            rules.insert(url, rule);
        }
        match next {
            Some(_) => request.cursor = next,
            None => return Ok(rules),
        }
    }
}
