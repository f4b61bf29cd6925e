//! Reading versions of resources.

use super::current::body;
use super::inner;
use super::record::DELETE;
use crate::definitions::Registry;
use crate::stores::number::type_inside;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Method, StoreError, Stored};
use fhirc_codegen::ord::type_of;
use fhirc_codegen::rows::TypeCode;
use rusqlite::{Connection, OptionalExtension, Row, params};

const CURRENT: &str = "SELECT r.ord, r.id, r.version, r.updated, iif(r.deleted, 'DELETE', 'PUT'), b.body \
    FROM resource r LEFT JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord WHERE r.tenant = ?1 AND r.ord = ?2";

const OLD: &str = "SELECT r.ord, r.id, h.version, h.updated, h.method, h.body FROM history h \
    CROSS JOIN resource r ON r.tenant = h.tenant AND r.ord = h.ord WHERE h.tenant = ?1 AND h.ord = ?2";

/// The live ones of these resources, in the order asked for; those inside others as they stand there.
pub(super) fn bodies(
    connection: &Connection,
    tenant: Tenant,
    registry: &Registry,
    ords: &[i64],
) -> Result<Vec<Stored>, StoreError> {
    let mut found = Vec::with_capacity(ords.len());
    for &ord in ords {
        let stored = match type_inside(ord, registry) {
            Some(ty) => inner::by_ord(connection, tenant, registry, (ty, ord))?,
            None => by_ord(connection, tenant, ord)?,
        };
        found.extend(stored.filter(|stored| stored.method == Method::Put));
    }
    Ok(found)
}

/// The current version of a resource, be it a deletion.
pub(super) fn read(
    connection: &Connection,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
) -> Result<Option<Stored>, StoreError> {
    match ord(connection, tenant, ty, id)? {
        Some(ord) => by_ord(connection, tenant, ord),
        None => Ok(None),
    }
}

/// All versions of a resource, the current one first.
pub(super) fn history(
    connection: &Connection,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
) -> Result<Vec<Stored>, StoreError> {
    let Some(ord) = ord(connection, tenant, ty, id)? else { return Ok(Vec::new()) };
    let mut versions: Vec<Stored> = by_ord(connection, tenant, ord)?.into_iter().collect();
    let old = || {
        let mut select = connection.prepare_cached(&format!("{OLD} ORDER BY h.version DESC"))?;
        select.query_map(params![tenant.0, ord], stored)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    versions.extend(old().map_err(StoreError::database("reading the history"))?);
    Ok(versions)
}

/// These versions, each by the number of its resource and its own: those that are there and no deletions, of resources
/// that are live.
pub(super) fn versions(
    connection: &Connection,
    tenant: Tenant,
    of: &[(i64, i64)],
) -> Result<Vec<LiveVersion>, StoreError> {
    let mut found = Vec::with_capacity(of.len());
    for &(ord, version) in of {
        let current: Option<i64> = connection
            .prepare_cached("SELECT version FROM resource WHERE tenant = ? AND ord = ? AND deleted = 0")
            .and_then(|mut select| select.query_row(params![tenant.0, ord], |row| row.get(0)).optional())
            .map_err(StoreError::database("looking up a resource"))?;
        let Some(current) = current.map(|current| current == version) else { continue };
        let stored = if current { by_ord(connection, tenant, ord)? } else { old(connection, tenant, ord, version)? };
        let put = stored.filter(|stored| stored.method == Method::Put);
        found.extend(put.map(|stored| LiveVersion { stored, current }));
    }
    Ok(found)
}

/// One version of a resource.
pub(super) fn read_version(
    connection: &Connection,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
    version: i64,
) -> Result<Option<Stored>, StoreError> {
    let Some(ord) = ord(connection, tenant, ty, id)? else { return Ok(None) };
    let current = by_ord(connection, tenant, ord)?;
    if current.as_ref().is_none_or(|current| current.version == version) {
        return Ok(current);
    }
    old(connection, tenant, ord, version)
}

/// A version that is not the current one.
fn old(connection: &Connection, tenant: Tenant, ord: i64, version: i64) -> Result<Option<Stored>, StoreError> {
    connection
        .prepare_cached(&format!("{OLD} AND h.version = ?3"))
        .and_then(|mut select| select.query_row(params![tenant.0, ord, version], stored).optional())
        .map_err(StoreError::database("reading a version"))
}

fn ord(connection: &Connection, tenant: Tenant, ty: TypeCode, id: &str) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached("SELECT ord FROM resource_id WHERE tenant = ? AND type = ? AND id = ?")
        .and_then(|mut select| select.query_row(params![tenant.0, ty.0, id], |row| row.get(0)).optional())
        .map_err(StoreError::database("looking up a resource"))
}

pub(super) fn by_ord(connection: &Connection, tenant: Tenant, ord: i64) -> Result<Option<Stored>, StoreError> {
    connection
        .prepare_cached(CURRENT)
        .and_then(|mut select| select.query_row(params![tenant.0, ord], stored).optional())
        .map_err(StoreError::database("reading a resource"))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let ord = row.get(0)?;
    let method = row.get_ref(4)?.as_str()?;
    Ok(Stored {
        ord,
        ty: type_of(ord),
        id: row.get(1)?,
        version: row.get(2)?,
        updated: row.get(3)?,
        method: if method == DELETE { Method::Delete } else { Method::Put },
        body: body(row, 5)?.unwrap_or_default(),
        container: None,
    })
}
