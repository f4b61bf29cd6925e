//! Tables of index rows that a load leaves for its end, as the database says: see [`super::bulk`].

use super::Shared;
use crate::stores::StoreError;
use crate::stores::layout::{Layout, RowTable};
use fhirc_codegen::sql::schema::{By, row_tables};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

/// The name under which the database keeps the names of the tables, until the last of them is made.
const MARK: &str = "deferred";

/// The tables that have no rows yet, and take none.
#[derive(Debug, Default)]
pub(super) struct Deferred(BTreeSet<String>);

/// Whether all tables have their rows, for good: they are deferred in an empty store alone.
#[derive(Debug, Default)]
pub(super) struct Complete(AtomicBool);

impl Deferred {
    /// Their names.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses to go on where there are any.
    pub(super) fn refuse_any(&self) -> Result<(), StoreError> {
        if self.is_none() { Ok(()) } else { Err(StoreError::Loading) }
    }
}

impl Shared {
    /// The tables that are deferred in this transaction, which has written nothing yet.
    pub(super) fn deferred(&self, connection: &Connection) -> Result<Deferred, StoreError> {
        if self.complete.0.load(Ordering::Relaxed) {
            return Ok(Deferred::default());
        }
        let deferred = marked(connection)?;
        if deferred.is_none() && !is_empty(connection)? {
            self.complete.0.store(true, Ordering::Relaxed);
        }
        Ok(deferred)
    }
}

/// Whether there never was a resource.
pub(super) fn is_empty(connection: &Connection) -> Result<bool, StoreError> {
    let any = || connection.prepare_cached("SELECT 1 FROM resource LIMIT 1")?.exists([]);
    any().map(|any| !any).map_err(StoreError::database("looking for resources"))
}

/// What the database says.
pub(super) fn marked(connection: &Connection) -> Result<Deferred, StoreError> {
    let read = || {
        let mut select = connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
        select.query_row([MARK], |row| row.get::<_, String>(0)).optional()
    };
    let names = read().map_err(StoreError::database("reading what a load has deferred"))?.unwrap_or_default();
    Ok(Deferred(names.split_whitespace().map(str::to_owned).collect()))
}

/// Defers all tables whose rows lie in another one too, in the order of the resources. Those that lead to what a resource
/// refers to stay: they are read when the resource arrives.
pub(super) fn defer(connection: &Connection, layout: &Layout) -> Result<(), StoreError> {
    let tables: Vec<&str> =
        layout.tables.iter().filter(|table| may_wait(layout, table)).map(|table| &*table.name).collect();
    connection
        .execute("INSERT INTO meta (name, value) VALUES (?, ?)", [MARK, &tables.join(" ")])
        .map(drop)
        .map_err(StoreError::database("deferring tables"))
}

fn may_wait(layout: &Layout, table: &RowTable) -> bool {
    table.by != By::Source && table.target.is_none() && source(layout, table).is_some()
}

/// The table that has the rows of another in the order of the resources.
fn source<'l>(layout: &'l Layout, table: &RowTable) -> Option<&'l RowTable> {
    layout.tables.iter().find(|other| other.kind == table.kind && other.by == By::Source)
}

/// A deferred table.
#[derive(Debug)]
pub(super) struct Waiting {
    name: String,
    /// Fills it with the rows of a tenant, in its order.
    pub(super) fill: String,
}

impl Deferred {
    /// The table that is made next.
    pub(super) fn first(&self, layout: &Layout) -> Result<Option<Waiting>, StoreError> {
        let Some(name) = self.0.first() else { return Ok(None) };
        let table = layout.tables.iter().find(|table| table.name == *name);
        let fill = table.and_then(|table| fill(layout, table));
        let fill = fill.ok_or_else(|| StoreError::Corrupt { what: format!("a table `{name}` is deferred") })?;
        Ok(Some(Waiting { name: name.clone(), fill }))
    }

    /// Says that a table is made.
    pub(super) fn made(&self, table: &Waiting, connection: &Connection) -> Result<(), StoreError> {
        let others: Vec<&str> = self.tables().filter(|other| *other != table.name).collect();
        let said = match others.as_slice() {
            [] => connection.execute("DELETE FROM meta WHERE name = ?", [MARK]),
            others => connection.execute("UPDATE meta SET value = ?2 WHERE name = ?1", [MARK, &others.join(" ")]),
        };
        said.map(drop).map_err(StoreError::database("sorting what was loaded"))
    }
}

fn fill(layout: &Layout, table: &RowTable) -> Option<String> {
    let (_, described) = row_tables(table.kind).find(|(by, _)| *by == table.by)?;
    let columns: Vec<&str> = described.columns.iter().map(|column| column.name.as_str()).collect();
    // The tenant, by which they are selected, stands first.
    let (columns, order) = (columns.join(", "), columns.get(1..)?.join(", "));
    let (name, source) = (&table.name, &source(layout, table)?.name);
    Some(format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM {source} WHERE tenant = ? ORDER BY {order}"))
}
