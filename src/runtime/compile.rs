//! Compiles where waiting harms nobody.

use crate::compiler::{Compiled, Compiler, Rejected, Source};
use fhirc_grammar::{Diagnostic, Span};
use std::panic::resume_unwind;

/// Compiles a search; where a terminology server may have to be waited for, on a thread of its own: a thread of an
/// asynchronous runtime must not wait. Else handing over to another thread would take longer than compiling.
///
/// # Errors
/// As for [`Compiler::compile`].
///
/// # Panics
/// If compilation does.
pub async fn compile(compiler: &Compiler, query: impl Into<Source>) -> Result<Compiled, Rejected> {
    let query: Source = query.into();
    if !compiler.options().terminology.waits() {
        return compiler.compile_observed(query, &mut |_| {});
    }
    let compiler = compiler.clone();
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
