//! What SQLite's errors mean.

use crate::stores::StoreError;
use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, OperationInterrupted};

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
