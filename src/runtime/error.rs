//! Why a search could not run.

use crate::compiler::Source;
use crate::runtime::InvalidCursor;
use crate::stores::StoreError;
use fhirc_grammar::Diagnostic;
use std::fmt;

/// Why a search could not run.
#[derive(Debug)]
pub enum ExecuteError {
    /// The store cannot do what the query asks for.
    Refused {
        /// The text of the query.
        query: Source,
        /// What it cannot do, and where the query asks for it.
        diagnostics: Vec<Diagnostic>,
    },
    /// The definitions of the store are not those that the search was compiled under, and the difference matters to it.
    /// Compiled again, it may be right.
    Outdated {
        /// The text of the query.
        query: Source,
        /// The parameters that have changed, and where the query asks for them.
        diagnostics: Vec<Diagnostic>,
    },
    /// The cursor is not of this search.
    Cursor(InvalidCursor),
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for ExecuteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExecuteError::Refused { query, diagnostics } | ExecuteError::Outdated { query, diagnostics } => {
                diagnostics.iter().try_for_each(|diagnostic| f.write_str(&query.render(diagnostic)))
            }
            ExecuteError::Cursor(error) => error.fmt(f),
            ExecuteError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ExecuteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ExecuteError::Refused { .. } | ExecuteError::Outdated { .. } => None,
            ExecuteError::Cursor(error) => Some(error),
            ExecuteError::Store(error) => Some(error),
        }
    }
}

impl From<StoreError> for ExecuteError {
    fn from(error: StoreError) -> Self {
        ExecuteError::Store(error)
    }
}

impl From<InvalidCursor> for ExecuteError {
    fn from(error: InvalidCursor) -> Self {
        ExecuteError::Cursor(error)
    }
}
