//! Errors of SQLite as errors of the store.

use crate::stores::StoreError;
use rusqlite::Error;
use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, OperationInterrupted};

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
