//! What SQLite's errors mean.

use crate::stores::StoreError;
use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, OperationInterrupted};

/// How SQLite says that a statement is larger than it takes: it has no code for that.
const LIMITS: [&str; 7] = [
    "nested too deep",
    "Expression tree is too large",
    "too many terms in",
    "too many columns in",
    "variable number must be between",
    "tables in a join",
    "parser stack overflow",
];

/// Whether SQLite does not take a statement for its size.
pub(super) fn is_too_large(error: &rusqlite::Error) -> bool {
    let (rusqlite::Error::SqlInputError { msg, .. } | rusqlite::Error::SqliteFailure(_, Some(msg))) = error else {
        return false;
    };
    LIMITS.iter().any(|limit| msg.contains(limit))
}

impl StoreError {
    /// Turns an error of SQLite into one of the store.
    pub(crate) fn database(doing: &'static str) -> impl FnOnce(rusqlite::Error) -> StoreError {
        move |error| match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => StoreError::Busy,
            Some(OperationInterrupted) => StoreError::Cancelled,
            _ => StoreError::Failed { doing, source: Box::new(error) },
        }
    }
}
