//! Errors of SQLite as errors of the store.

use crate::stores::StoreError;
use rusqlite::Error;
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
            _ => StoreError::Failed { doing, source: Box::new(without_statement(error)) },
        }
    }
}

/// What SQLite says of a statement, without the statement: it is long, and tells whoever searches nothing.
fn without_statement(error: Error) -> Error {
    match error {
        Error::SqlInputError { error, msg, .. } => Error::SqliteFailure(error, Some(msg)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_statement_is_shown() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let error = connection.prepare("SELECT secret FROM nowhere").map_err(StoreError::database("running a query"));
        let said = error.map(|_| ()).unwrap_err();
        assert_eq!(said.to_string(), "running a query failed: no such table: nowhere");
        assert!(!format!("{said:?}").contains("SELECT"));
    }
}
