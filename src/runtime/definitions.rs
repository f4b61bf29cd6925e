//! Whether a search still means what it meant when it was compiled.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::runtime::ExecuteError;
use fhirc_grammar::Diagnostic;
use std::collections::BTreeSet;

/// All parameters of the search answer in a store with these definitions as they were compiled.
///
/// # Errors
/// Some parameter has been changed or retired since, or was never one of this store.
pub(super) fn check(registry: &Registry, search: &Compiled) -> Result<(), ExecuteError> {
    let compiled = &search.registry;
    let mut seen = BTreeSet::new();
    let mut diagnostics = Vec::new();
    for (param, span) in search.search.params().into_iter().chain(search.search.included_by()) {
        if !seen.insert(param) || registry.answers(param, compiled) {
            continue;
        }
        let (code, ty) = (&compiled.definition(param).code, compiled.type_name(param.ty()));
        let message = format!("`{code}` of `{ty}` is not defined any more as it was when this search was compiled");
        diagnostics.push(Diagnostic::error("other-definitions", span, message).help("compile the search again"));
    }
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(ExecuteError::Outdated { query: search.query.clone(), diagnostics })
}
