//! Numbers of tenants: the first column of every key.

use crate::stores::StoreError;
use crate::tenant::TenantContext;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The number of a tenant in one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tenant(pub(super) i64);

/// A tenant that nothing was ever written for: no row has its number.
const NOBODY: Tenant = Tenant(0);

/// Numbers that were looked up. Tenants are never renumbered.
#[derive(Debug, Default)]
pub(super) struct Tenants(Mutex<BTreeMap<TenantContext, Tenant>>);

impl Tenants {
    /// The number to read with. Reading on behalf of a tenant does not create it: it has nothing.
    pub(super) fn to_read(&self, connection: &Connection, tenant: &TenantContext) -> Result<Tenant, StoreError> {
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(tenant) {
            return Ok(*known);
        }
        let found = find(connection, tenant).map_err(StoreError::database("looking up the tenant"))?;
        if let Some(found) = found {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), found);
        }
        Ok(found.unwrap_or(NOBODY))
    }

    /// The number to write with. Not remembered here: the transaction may fail.
    pub(super) fn to_write(&self, connection: &Connection, tenant: &TenantContext) -> Result<Tenant, StoreError> {
        let known = self.to_read(connection, tenant)?;
        if known != NOBODY {
            return Ok(known);
        }
        let insert = "INSERT INTO tenant (id, name) SELECT coalesce(max(id), 0) + 1, ? FROM tenant RETURNING id";
        connection
            .query_row(insert, [tenant.name()], |row| row.get(0).map(Tenant))
            .map_err(StoreError::database("noting the tenant"))
    }
}

fn find(connection: &Connection, tenant: &TenantContext) -> rusqlite::Result<Option<Tenant>> {
    let mut select = connection.prepare_cached("SELECT id FROM tenant WHERE name = ?")?;
    select.query_row([tenant.name()], |row| row.get(0).map(Tenant)).optional()
}

/// The names of all tenants, in byte order.
pub(super) fn names(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let names = || {
        let mut select = connection.prepare("SELECT name FROM tenant ORDER BY name")?;
        select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()
    };
    names().map_err(StoreError::database("listing tenants"))
}
