//! Writing index rows: one after the other, in the order of each table.

use crate::stores::StoreError;
use crate::stores::layout::{RowTable, Statements};
use crate::stores::rows::{Cell, OfKind, Tables};
use fhirc_codegen::sql::schema::Table;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};
use std::fmt::Write;
use std::sync::mpsc::sync_channel;
use std::thread::scope;

/// Cells from which on another thread sorts those of the next kind while those of one are written.
const MANY: usize = 4_000;

/// The statements that write a table, one row each. Statements of several rows do not pay in process: 2.6 million rows
/// took 15.8 s of processor time with one row, 15.9 with 128 parameters, 16.9 with 1,024.
pub(super) fn statements(table: &Table) -> Statements {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    Statements { insert: insert(&table.name, &columns), delete: delete(&table.name, &columns) }
}

fn insert(table: &str, columns: &[&str]) -> String {
    let values = vec!["?"; columns.len()].join(", ");
    format!("INSERT INTO {table} ({}) VALUES ({values})", columns.join(", "))
}

fn delete(table: &str, columns: &[&str]) -> String {
    let mut text = format!("DELETE FROM {table} WHERE ");
    for (position, column) in columns.iter().enumerate() {
        let and = if position == 0 { "" } else { " AND " };
        // Writing into a string cannot fail.
        let _ = write!(text, "{and}{column} = ?");
    }
    text
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Int(n) => ValueRef::Integer(*n),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Inserts all rows.
pub(super) fn insert_all(tables: &Tables<'_>, connection: &Connection, tenant: i64) -> Result<(), StoreError> {
    each(tables, connection, tenant, |table| &table.statements.insert)
}

/// Deletes all rows.
pub(super) fn delete_all(tables: &Tables<'_>, connection: &Connection, tenant: i64) -> Result<(), StoreError> {
    each(tables, connection, tenant, |table| &table.statements.delete)
}

/// Runs a statement of each table for each of its rows.
fn each<'a>(
    tables: &Tables<'a>,
    connection: &Connection,
    tenant: i64,
    statement: impl Fn(&RowTable) -> &str,
) -> Result<(), StoreError> {
    let write = |kind: Result<OfKind<'a>, StoreError>| {
        for (table, rows) in kind?.tables() {
            let written = connection
                .prepare_cached(statement(table))
                .and_then(|mut statement| write(&mut statement, table, tenant, rows));
            written.map_err(StoreError::database("writing index rows"))?;
        }
        Ok(())
    };
    if tables.size() < MANY {
        return tables.sorted().try_for_each(write);
    }
    scope(|scope| {
        // Handed over, none waits: only what is being written and what is being sorted take memory.
        let (sender, sorted) = sync_channel(0);
        // It ends when all is sorted, or when nobody takes it any more.
        scope.spawn(move || tables.sorted().try_for_each(|kind| sender.send(kind)));
        sorted.into_iter().try_for_each(write)
    })
}

fn write<'r>(
    statement: &mut Statement<'_>,
    table: &RowTable,
    tenant: i64,
    rows: impl Iterator<Item = &'r [Cell<'r>]>,
) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, tenant)?;
    let mut before: &[Cell<'_>] = &[];
    for row in rows {
        for (position, n) in table.cells().enumerate() {
            // What is bound stays bound: neighbours have most values in common.
            if row.get(n) != before.get(n) {
                statement.raw_bind_parameter(position + 2, row.get(n))?;
            }
        }
        statement.raw_execute()?;
        before = row;
    }
    Ok(())
}
