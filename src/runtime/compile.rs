//! Compiles where waiting harms nobody.

use crate::compiler::{Compiled, Compiler, Rejected, Source};
use fhirc_grammar::{Diagnostic, Span};
use std::panic::resume_unwind;

/// Compiles a search on a thread of its own: a terminology server may have to be waited for, and a thread of an
/// asynchronous runtime must not wait.
///
/// # Errors
/// As for [`Compiler::compile`].
///
/// # Panics
/// If compilation does.
pub async fn compile(compiler: &Compiler, query: impl Into<Source>) -> Result<Compiled, Rejected> {
    let (compiler, query) = (compiler.clone(), query.into());
    let source = query.clone();
    let task = tokio::task::spawn_blocking(move || compiler.compile_observed(query, &mut |_| {}));
    match task.await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The runtime is being shut down: nobody waits for the answer.
            Err(_) => {
                let given_up = Diagnostic::error("given-up", Span::empty(0), "the search was given up before it ran");
                Err(Rejected { query: source, diagnostics: vec![given_up] })
            }
        },
    }
}
