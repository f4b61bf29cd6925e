//! Counts in SQLite.

use crate::stores::tally::{CHANGES, Remembered, Tally};
use crate::stores::tenants::Tenant;
use crate::stores::{Statistics, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

/// Writes down how the counts of a tenant have changed.
pub(super) fn store(tally: &Tally, connection: &Connection, tenant: Tenant) -> Result<(), StoreError> {
    let store = || {
        let mut upsert = connection.prepare_cached(
            "INSERT INTO stat (tenant, key, rows) VALUES (?1, ?2, ?3) \
             ON CONFLICT (tenant, key) DO UPDATE SET rows = rows + excluded.rows",
        )?;
        let mut mark = connection
            .prepare_cached("INSERT INTO stat (tenant, key, rows) VALUES (?1, ?2, 1) ON CONFLICT DO NOTHING")?;
        let mut changed = false;
        for key in tally.marks() {
            changed |= mark.execute(params![tenant.0, key])? > 0;
        }
        for (key, change) in tally.changes() {
            upsert.execute(params![tenant.0, key, change])?;
            changed = true;
        }
        if changed {
            upsert.execute(params![tenant.0, CHANGES, 1])?;
        }
        Ok(())
    };
    store().map_err(StoreError::database("keeping counts"))
}

/// The counts of a tenant as they are now.
pub(super) fn statistics(
    remembered: &Remembered,
    connection: &Connection,
    tenant: Tenant,
) -> Result<Statistics, StoreError> {
    let now = changes(connection, tenant).map_err(StoreError::database("reading counts"))?;
    if let Some(known) = remembered.at(tenant, now) {
        return Ok(known);
    }
    let read = read(connection, tenant)?;
    remembered.remember(tenant, now, &read);
    Ok(read)
}

/// How often the counts of a tenant have changed.
fn changes(connection: &Connection, tenant: Tenant) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached("SELECT rows FROM stat WHERE tenant = ? AND key = ?")?;
    Ok(select.query_row(params![tenant.0, CHANGES], |row| row.get(0)).optional()?.unwrap_or_default())
}

fn read(connection: &Connection, tenant: Tenant) -> Result<Statistics, StoreError> {
    let read = || {
        let mut select = connection.prepare_cached("SELECT key, rows FROM stat WHERE tenant = ?")?;
        let counts = select.query_map([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        counts.collect::<rusqlite::Result<Vec<(i64, i64)>>>()
    };
    Statistics::of(read().map_err(StoreError::database("reading counts"))?)
}
