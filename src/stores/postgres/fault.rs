//! Errors of PostgreSQL as errors of the store.

use crate::stores::StoreError;
use deadpool_postgres::PoolError;
use std::error::Error as _;
use std::io::ErrorKind;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

impl StoreError {
    /// Turns an error of PostgreSQL into one of the store.
    pub(super) fn postgres(doing: &'static str) -> impl FnOnce(Error) -> StoreError {
        move |error| of(doing, error)
    }
}

fn of(doing: &'static str, error: Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        return match error.is_closed() || is_broken(&error) {
            true => StoreError::Lost { doing },
            false => StoreError::Failed { doing, source: Box::new(error) },
        };
    };
    match said.code() {
        code if is_shutdown(code) => StoreError::Lost { doing },
        &SqlState::QUERY_CANCELED => StoreError::Cancelled,
        &SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::LOCK_NOT_AVAILABLE => {
            StoreError::Busy
        }
        // Texts of rows are abridged; what is left are the ids of contained resources.
        &SqlState::PROGRAM_LIMIT_EXCEEDED => {
            StoreError::Limit { what: "an id is longer than an index of PostgreSQL takes, some 2,600 bytes" }
        }
        &SqlState::CHARACTER_NOT_IN_REPERTOIRE => {
            StoreError::Limit { what: "PostgreSQL stores no text with a character U+0000" }
        }
        _ => StoreError::Failed { doing, source: in_words(said).into() },
    }
}

/// What the server says: its message alone, since details quote values of rows, and what can be done about it.
fn in_words(said: &DbError) -> String {
    let (message, code) = (said.message(), said.code());
    let hint = hint(code).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{message} ({}){hint}", code.code())
}

/// What those can do who are refused. The words of the server may be of any language, its codes are the same.
fn hint(code: &SqlState) -> Option<&'static str> {
    Some(match code {
        &SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "user and password stand in the URL of the store, and who may connect in `pg_hba.conf` of the server"
        }
        &SqlState::INVALID_CATALOG_NAME => "`CREATE DATABASE` makes it, or the URL of the store names another one",
        &SqlState::INSUFFICIENT_PRIVILEGE => {
            "who makes a store needs `GRANT CREATE ON DATABASE`, or a schema of their own; who uses one of somebody else \
             `GRANT USAGE ON SCHEMA` and `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA`"
        }
        &SqlState::TOO_MANY_CONNECTIONS => "`max_connections` of the server allows no more",
        &SqlState::READ_ONLY_SQL_TRANSACTION => "the server takes no writes: it may be a standby of another one",
        _ => return None,
    })
}

/// Whether the connection broke. What cannot be encoded or decoded is an error of input, not of the connection.
fn is_broken(error: &Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| !matches!(io.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData))
}

fn is_shutdown(code: &SqlState) -> bool {
    // A transaction that was idle, or open, for longer than the server allows ends its connection too.
    let ends = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
    ends.contains(code) || matches!(code.code(), "25P03" | "25P04" | "57P05")
}

/// Whether PostgreSQL does not take a statement for its size.
pub(super) fn is_too_large(error: &Error) -> bool {
    let too_large = [
        SqlState::PROGRAM_LIMIT_EXCEEDED,
        SqlState::STATEMENT_TOO_COMPLEX,
        SqlState::TOO_MANY_COLUMNS,
        SqlState::TOO_MANY_ARGUMENTS,
    ];
    error.code().is_some_and(|code| too_large.contains(code))
}

/// A server that nobody vouches for, and what can be done about it.
fn unknown(source: &(dyn std::error::Error + 'static)) -> Option<String> {
    let said = source.to_string();
    let hint = "`sslrootcert=PATH` in the URL of the store names the file of an authority that browsers do not know";
    said.contains("UnknownIssuer").then(|| format!("{said}; {hint}"))
}

const CONNECTING: &str = "connecting to PostgreSQL";

/// An error that meets whoever asks the server now, once more for another of them; nothing where it may be that of one
/// request.
pub(super) fn of_all(error: &StoreError) -> Option<StoreError> {
    match error {
        StoreError::Uncertain => Some(StoreError::Uncertain),
        StoreError::Lost { doing } => Some(StoreError::Lost { doing }),
        StoreError::Failed { doing: doing @ CONNECTING, source } => {
            Some(StoreError::Failed { doing, source: source.to_string().into() })
        }
        _ => None,
    }
}

/// No connection came about.
pub(super) fn unreachable(error: PoolError) -> StoreError {
    let why = match &error {
        PoolError::Backend(error) => match (error.as_db_error(), error.source()) {
            (Some(said), _) => in_words(said),
            (None, Some(source)) => unknown(source).unwrap_or_else(|| source.to_string()),
            (None, None) => error.to_string(),
        },
        PoolError::Timeout(_) => "it takes too long".to_owned(),
        PoolError::Closed => return StoreError::Closed,
        other => other.to_string(),
    };
    StoreError::Failed { doing: CONNECTING, source: why.into() }
}
