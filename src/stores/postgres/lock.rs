//! Locks of writers.
//!
//! Every transaction that writes takes advisory locks, always in this order, and holds them to its end:
//!
//! 1. *definitions*, shared with other writers, alone by whoever changes definitions or moves a build on: so the
//!    definitions that a transaction finds hold until it ends, and a build meets no half-written resource;
//! 2. *tenant*, alone: writers of one tenant follow each other. Versions, numbers, stubs and counts that one reads stay
//!    true while it writes, so that it neither overwrites what another has written nor gives a number twice;
//! 3. *systems*, alone, where a code system comes that was never seen: a number that all tenants share.
//!
//! Nobody waits for a lock that stands before one that it holds, so there is no deadlock; rows are locked only under
//! the lock of their tenant. Writers of different tenants write side by side. Statements behind a lock see what was
//! committed before it was given (`READ COMMITTED`). Readers take no lock.
//!
//! Beside these, for the session and not for a transaction, *loads*, by whoever lets indexes wait; and *index*, one for each
//! index, by whoever makes it, in a transaction that takes no other of these locks: see [`super::bulk`].
//!
//! The first part of a lock's name is the number of the table `meta`: stores in several schemas of one database do not meet.

use super::sql::{execute, get, row};
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use deadpool_postgres::{GenericClient, Transaction};

/// The second part of the name of the definitions' lock.
const DEFINITIONS: i32 = 0;
/// That of the systems' lock. Those of tenants are positive.
const SYSTEMS: i32 = -1;
/// That of the loads' lock.
const LOADS: i32 = -2;
/// That of the first index; the others follow below.
const INDEXES: i32 = -3;

/// How definitions are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// With other writers.
    Shared,
    /// Alone.
    Alone,
}

/// Holds the definitions as they are.
pub(super) async fn definitions(transaction: &Transaction<'_>, how: Hold) -> Result<(), StoreError> {
    let text = match how {
        Hold::Shared => "SELECT pg_advisory_xact_lock_shared('meta'::regclass::oid::int, $1)",
        Hold::Alone => ALONE,
    };
    take(transaction, text, DEFINITIONS).await
}

const ALONE: &str = "SELECT pg_advisory_xact_lock('meta'::regclass::oid::int, $1)";

/// Keeps other writers of a tenant away.
pub(super) async fn tenant(transaction: &Transaction<'_>, tenant: Tenant) -> Result<(), StoreError> {
    let number = i32::try_from(tenant.0).map_err(|_| StoreError::Limit { what: "no more tenants can be numbered" })?;
    take(transaction, ALONE, number).await
}

/// Keeps others from numbering code systems.
pub(super) async fn systems(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    take(transaction, ALONE, SYSTEMS).await
}

/// Keeps others from making an index.
pub(super) async fn index(transaction: &Transaction<'_>, number: usize) -> Result<(), StoreError> {
    take(transaction, ALONE, INDEXES - i32::try_from(number).unwrap_or_default()).await
}

/// Takes the lock of loads, if nobody has it. It is held until it is given back, or the connection breaks.
pub(super) async fn load(client: &impl GenericClient) -> Result<bool, StoreError> {
    let found = row(client, "SELECT pg_try_advisory_lock('meta'::regclass::oid::int, $1)", &[&LOADS]).await;
    let found = found.map_err(StoreError::postgres("beginning a load"))?;
    Ok(found.map(|row| get(&row, 0)).transpose()?.unwrap_or_default())
}

/// Gives it back.
pub(super) async fn end_load(client: &impl GenericClient) -> Result<(), StoreError> {
    let freed = execute(client, "SELECT pg_advisory_unlock('meta'::regclass::oid::int, $1)", &[&LOADS]).await;
    freed.map(drop).map_err(StoreError::postgres("ending a load"))
}

async fn take(transaction: &Transaction<'_>, text: &str, number: i32) -> Result<(), StoreError> {
    execute(transaction, text, &[&number]).await.map(drop).map_err(StoreError::postgres("waiting for other writers"))
}
