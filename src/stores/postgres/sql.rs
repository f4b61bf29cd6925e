//! Statements that are prepared once per connection.
//!
//! A statement over a list looks up each element: `unnest(…) AS w JOIN LATERAL (SELECT … WHERE … = w.… OFFSET 0)`. As a
//! join its sides might be swapped, and would be in a table that was empty when the statement was planned: for each
//! element, all of the table was gone through. What it changes, or takes out, it finds in the same way, and names by its
//! place (`ctid`), which stays as it is while the lock of the tenant is held.

use crate::stores::StoreError;
use deadpool_postgres::GenericClient;
use tokio_postgres::types::{FromSql, ToSql};
use tokio_postgres::{Error, Row};

/// What a row holds in a column. Somebody may have damaged the tables.
///
/// # Errors
/// It is not of the type that is asked for.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| StoreError::Corrupt { what: error.to_string() })
}

/// Values of the parameters of a statement.
pub(super) type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

/// All rows of a statement.
pub(super) async fn rows(client: &impl GenericClient, text: &str, params: Params<'_>) -> Result<Vec<Row>, Error> {
    let statement = client.prepare_cached(text).await?;
    client.query(&statement, params).await
}

/// The row of a statement that finds one at most.
pub(super) async fn row(client: &impl GenericClient, text: &str, params: Params<'_>) -> Result<Option<Row>, Error> {
    let statement = client.prepare_cached(text).await?;
    client.query_opt(&statement, params).await
}

/// Runs a statement that changes rows; how many.
pub(super) async fn execute(client: &impl GenericClient, text: &str, params: Params<'_>) -> Result<u64, Error> {
    let statement = client.prepare_cached(text).await?;
    client.execute(&statement, params).await
}
