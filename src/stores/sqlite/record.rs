//! The record of a resource: identity, current version, body, history.

use super::commit::Home;
use crate::stores::Change;
use crate::stores::body::packed;
use crate::stores::tenants::Tenant;
use crate::stores::version::Item;
use rusqlite::{Connection, params};

/// Methods in the history.
pub(super) const PUT: &str = "PUT";
/// See [`PUT`].
pub(super) const DELETE: &str = "DELETE";

/// Makes the version of a write the current one.
pub(super) fn write(connection: &Connection, tenant: Tenant, item: &Item, home: Home) -> rusqlite::Result<()> {
    let record = Record { connection, tenant: tenant.0, item, home };
    match (item.result.change, home.before) {
        (Change::Unchanged | Change::Absent, _) => Ok(()),
        (Change::Created, None) => {
            record.insert()?;
            record.insert_body()?;
            record.enter()?;
            record.identify(true)
        }
        // Live again after a deletion, which becomes part of the history.
        (Change::Created, Some(_)) => {
            record.archive()?;
            record.update()?;
            record.insert_body()?;
            record.enter()?;
            record.identify(true)
        }
        (Change::Updated, before) => {
            record.archive()?;
            record.leave(before)?;
            record.update()?;
            record.update_body()?;
            record.enter()
        }
        (Change::Deleted, before) => {
            record.archive()?;
            record.leave(before)?;
            record.update()?;
            record.drop_body()?;
            record.identify(false)
        }
    }
}

struct Record<'a> {
    connection: &'a Connection,
    tenant: i64,
    item: &'a Item,
    home: Home,
}

impl Record<'_> {
    fn insert(&self) -> rusqlite::Result<()> {
        let Record { connection, tenant, item, home } = self;
        let insert =
            "INSERT INTO resource (tenant, ord, type, id, version, updated, deleted) VALUES (?, ?, ?, ?, ?, ?, 0)";
        let (version, updated) = (item.result.version, item.result.updated);
        connection.prepare_cached(insert)?.execute(params![tenant, home.ord, item.ty.0, item.id, version, updated])?;
        Ok(())
    }

    fn update(&self) -> rusqlite::Result<()> {
        let Record { connection, tenant, item, home } = self;
        let update = "UPDATE resource SET version = ?3, updated = ?4, deleted = ?5 WHERE tenant = ?1 AND ord = ?2";
        let (version, updated) = (item.result.version, item.result.updated);
        let deleted = item.result.change == Change::Deleted;
        connection.prepare_cached(update)?.execute(params![tenant, home.ord, version, updated, deleted])?;
        Ok(())
    }

    /// Puts the version that is current until now into the history.
    fn archive(&self) -> rusqlite::Result<()> {
        let archive = "INSERT INTO history (tenant, ord, version, updated, method, body) \
            SELECT r.tenant, r.ord, r.version, r.updated, iif(r.deleted, ?3, ?4), b.body FROM resource r \
            LEFT JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord WHERE r.tenant = ?1 AND r.ord = ?2";
        let Record { connection, tenant, home, .. } = self;
        connection.prepare_cached(archive)?.execute(params![tenant, home.ord, DELETE, PUT])?;
        Ok(())
    }

    fn insert_body(&self) -> rusqlite::Result<()> {
        self.body("INSERT INTO body (tenant, ord, body) VALUES (?1, ?2, ?3)")
    }

    fn update_body(&self) -> rusqlite::Result<()> {
        self.body("UPDATE body SET body = ?3 WHERE tenant = ?1 AND ord = ?2")
    }

    fn body(&self, write: &str) -> rusqlite::Result<()> {
        let Record { connection, tenant, item, home } = self;
        let body = packed(item.result.body.as_deref().unwrap_or_default());
        connection.prepare_cached(write)?.execute(params![tenant, home.ord, body])?;
        Ok(())
    }

    /// The version counts among the live ones.
    fn enter(&self) -> rusqlite::Result<()> {
        let Record { connection, tenant, item, home } = self;
        connection
            .prepare_cached("INSERT INTO resource_updated (tenant, updated, ord) VALUES (?, ?, ?)")?
            .execute(params![tenant, item.result.updated, home.ord])?;
        Ok(())
    }

    /// The version before no longer counts among the live ones.
    fn leave(&self, before: Option<i64>) -> rusqlite::Result<()> {
        let Record { connection, tenant, home, .. } = self;
        connection
            .prepare_cached("DELETE FROM resource_updated WHERE tenant = ? AND updated = ? AND ord = ?")?
            .execute(params![tenant, before, home.ord])?;
        Ok(())
    }

    fn drop_body(&self) -> rusqlite::Result<()> {
        let Record { connection, tenant, home, .. } = self;
        connection
            .prepare_cached("DELETE FROM body WHERE tenant = ? AND ord = ?")?
            .execute(params![tenant, home.ord])?;
        Ok(())
    }

    fn identify(&self, live: bool) -> rusqlite::Result<()> {
        let Record { connection, tenant, item, home } = self;
        connection
            .prepare_cached("INSERT OR REPLACE INTO resource_id (tenant, type, id, ord, live) VALUES (?, ?, ?, ?, ?)")?
            .execute(params![tenant, item.ty.0, item.id, home.ord, live])?;
        Ok(())
    }
}
