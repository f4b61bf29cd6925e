//! Tenants in SQLite.

use crate::stores::StoreError;
use crate::stores::tenants::{NOBODY, Tenant, Tenants};
use crate::tenant::TenantContext;
use rusqlite::{Connection, OptionalExtension};

/// The number to read with.
pub(super) fn to_read(
    tenants: &Tenants,
    connection: &Connection,
    tenant: &TenantContext,
) -> Result<Tenant, StoreError> {
    if let Some(known) = tenants.known(tenant) {
        return Ok(known);
    }
    let found = find(connection, tenant).map_err(StoreError::database("looking up the tenant"))?;
    Ok(tenants.found(tenant, found))
}

/// The number to write with. Not remembered here: the transaction may fail.
pub(super) fn to_write(
    tenants: &Tenants,
    connection: &Connection,
    tenant: &TenantContext,
) -> Result<Tenant, StoreError> {
    let known = to_read(tenants, connection, tenant)?;
    if known != NOBODY {
        return Ok(known);
    }
    let insert = "INSERT INTO tenant (id, name) SELECT coalesce(max(id), 0) + 1, ? FROM tenant RETURNING id";
    connection
        .query_row(insert, [tenant.name()], |row| row.get(0).map(Tenant))
        .map_err(StoreError::database("noting the tenant"))
}

fn find(connection: &Connection, tenant: &TenantContext) -> rusqlite::Result<Option<Tenant>> {
    let mut select = connection.prepare_cached("SELECT id FROM tenant WHERE name = ?")?;
    select.query_row([tenant.name()], |row| row.get(0).map(Tenant)).optional()
}

/// The numbers of all tenants, in their order.
pub(super) fn numbers(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    connection.prepare("SELECT id FROM tenant ORDER BY id")?.query_map([], |row| row.get(0))?.collect()
}

/// The names of all tenants, in byte order.
pub(super) fn names(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let names = || {
        let mut select = connection.prepare("SELECT name FROM tenant ORDER BY name")?;
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
    };
    names().map_err(StoreError::database("listing tenants"))
}
