//! Whether a search still means what it meant when it was compiled.

use crate::compiler::Compiled;
use crate::definitions::{ParamId, Registry};
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
    outdated(search, diagnostics)
}

/// The parameters that an answer to the search depends on.
pub(super) fn params(search: &Compiled) -> BTreeSet<ParamId> {
    search.search.params().into_iter().chain(search.search.included_by()).map(|(param, _)| param).collect()
}

/// The rows of all parameters of the search are complete, but for those that are `lacking`.
///
/// # Errors
/// There are such: the answer was put together of a part of the rows.
pub(super) fn complete(search: &Compiled, lacking: &BTreeSet<ParamId>) -> Result<(), ExecuteError> {
    let registry = &search.registry;
    let named = search.search.params().into_iter().chain(search.search.included_by());
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for (param, span) in named.filter(|(param, _)| lacking.contains(param)) {
        let (code, ty) = (&registry.definition(param).code, registry.type_name(param.ty()));
        let message = format!("the index of `{code}` of `{ty}` is being built");
        let help = "a resource was written by somebody who did not know of it; `fhirc reindex` indexes what is left";
        diagnostics.push(Diagnostic::error("being-built", span, message).help(help));
    }
    outdated(search, diagnostics)
}

fn outdated(search: &Compiled, diagnostics: Vec<Diagnostic>) -> Result<(), ExecuteError> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(ExecuteError::Outdated { query: search.query.clone(), diagnostics })
}
