//! The CodeSystems and ValueSets of a store, read before searches are compiled.

use crate::compiler::{Compiler, Options, Rejected};
use crate::runtime::{ExecuteError, Page, Request, execute};
use crate::stores::Store;
use crate::tenant::TenantContext;
use crate::terminology::StoredTerminology;

/// The terminology of a tenant, as it stands now. A CodeSystem or ValueSet that is written later is not part of it.
///
/// # Errors
/// The store fails.
pub async fn terminology(store: &Store, tenant: &TenantContext) -> Result<StoredTerminology, ExecuteError> {
    let options = Options { default_count: 100, ..Options::default() };
    let compiler = Compiler::new(store.registry(), options);
    let mut terminology = StoredTerminology::default();
    for query in ["CodeSystem", "ValueSet"] {
        read(store, tenant, &compiler, query, &mut terminology).await?;
    }
    Ok(terminology)
}

/// Adds all matches of a search, page by page.
async fn read(
    store: &Store,
    tenant: &TenantContext,
    compiler: &Compiler,
    query: &str,
    terminology: &mut StoredTerminology,
) -> Result<(), ExecuteError> {
    let refused = |Rejected { query, diagnostics }| ExecuteError::Refused { query, diagnostics };
    let search = compiler.compile(query).map_err(refused)?;
    let mut request = Request { tenant: tenant.clone(), cursor: None };
    loop {
        let Page { matches, next, .. } = execute(store, &search, &request, None).await?;
        matches.iter().for_each(|found| terminology.add(&found.body));
        match next {
            Some(_) => request.cursor = next,
            None => return Ok(()),
        }
    }
}
