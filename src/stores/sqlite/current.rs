//! The current version of a resource, as writes need it.

use crate::stores::StoreError;
use crate::stores::body::unpacked;
use crate::stores::number::Identity;
use crate::stores::tenants::Tenant;
use crate::stores::version::Current;
use fhirc_codegen::rows::TypeCode;
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// What a write needs to know of the resource it writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base {
    pub(super) identity: Identity,
    /// The current version, if there ever was one.
    pub(super) version: Option<i64>,
    /// When it was made.
    pub(super) updated: Option<i64>,
}

const SELECT_BASE: &str = "SELECT i.ord, r.version, r.updated FROM resource_id i \
    LEFT JOIN resource r ON r.tenant = i.tenant AND r.ord = i.ord \
    WHERE i.tenant = ?1 AND i.type = ?2 AND i.id = ?3";

/// What is known of a resource, without its body.
pub(super) fn base(connection: &Connection, tenant: Tenant, ty: TypeCode, id: &str) -> Result<Base, StoreError> {
    let read =
        |row: &Row<'_>| Ok(Base { identity: Identity::of(row.get(0)?), version: row.get(1)?, updated: row.get(2)? });
    let base = connection
        .prepare_cached(SELECT_BASE)
        .and_then(|mut select| select.query_row(params![tenant.0, ty.0, id], read).optional())
        .map_err(StoreError::database("looking up a resource"))?;
    Ok(base.unwrap_or(Base { identity: Identity::Unknown, version: None, updated: None }))
}

const SELECT: &str = "SELECT r.version, r.updated, b.body FROM resource_id i \
    CROSS JOIN resource r ON r.tenant = i.tenant AND r.ord = i.ord \
    LEFT JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord \
    WHERE i.tenant = ?1 AND i.type = ?2 AND i.id = ?3";

/// The current version of a resource, deleted ones included; `None` if it never existed.
pub(super) fn current(
    connection: &Connection,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
) -> Result<Option<Current>, StoreError> {
    connection
        .prepare_cached(SELECT)
        .and_then(|mut select| select.query_row(params![tenant.0, ty.0, id], read).optional())
        .map_err(StoreError::database("reading the current version"))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Current> {
    Ok(Current { version: row.get(0)?, updated: row.get(1)?, body: body(row, 2)? })
}

/// A stored body, null for a deletion.
pub(super) fn body(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    let bytes = row.get_ref(column)?.as_blob_or_null()?;
    Ok(bytes.map(unpacked).transpose().map_err(FromSqlError::other)?)
}
