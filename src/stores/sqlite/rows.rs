//! Writing index rows: sorted per table.

use super::layout::{Layout, RowTable};
use super::number::Numbers;
use crate::stores::StoreError;
use fhirc_codegen::rows::{Row, RowKind, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use std::thread::scope;

/// A stored value. Values of one column are of one variant, so that their order is the order of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell<'a> {
    Int(i64),
    Text(&'a str),
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Int(n) => ValueRef::Integer(*n),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// The rows of a batch, by kind.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    layout: &'a Layout,
    /// One row after the other: the key, the resource, the values.
    cells: BTreeMap<RowKind, Vec<Cell<'a>>>,
}

/// Rows from which on another thread sorts those of the next table while those of one are written.
const MANY: usize = 4_000;

impl<'a> Tables<'a> {
    pub(super) fn new(layout: &'a Layout) -> Tables<'a> {
        Tables { layout, cells: BTreeMap::new() }
    }

    /// Takes the rows of the resource `ord`; references and code systems become numbers.
    pub(super) fn add(&mut self, ord: i64, rows: &'a [Row], numbers: &mut Numbers<'a, '_>) -> Result<(), StoreError> {
        for row in rows {
            let cells = self.cells.entry(row.kind).or_default();
            let width = cells.len() + self.layout.width(row.kind);
            cells.extend([Cell::Int(i64::from(row.key.0)), Cell::Int(ord)]);
            for value in &row.values {
                encode(value, numbers, cells)?;
            }
            if cells.len() != width {
                return Err(misshapen(row));
            }
        }
        Ok(())
    }

    /// Inserts all rows.
    pub(super) fn insert(&self, connection: &Connection, tenant: i64) -> Result<(), StoreError> {
        self.each(connection, tenant, |table| &table.insert)
    }

    /// Deletes all rows.
    pub(super) fn delete(&self, connection: &Connection, tenant: i64) -> Result<(), StoreError> {
        self.each(connection, tenant, |table| &table.delete)
    }

    /// Runs a statement of each table for each of its rows.
    fn each(
        &self,
        connection: &Connection,
        tenant: i64,
        statement: impl Fn(&RowTable) -> &str,
    ) -> Result<(), StoreError> {
        let write = |(table, rows): (&RowTable, Vec<&[Cell<'a>]>)| {
            let mut statement = connection.prepare_cached(statement(table))?;
            write(&mut statement, table, tenant, &rows)
        };
        let written = if self.cells.values().map(Vec::len).sum::<usize>() < MANY {
            self.sorted().try_for_each(write)
        } else {
            scope(|scope| {
                let (sender, sorted) = sync_channel(1);
                // It ends when all is sorted, or when nobody takes it any more.
                scope.spawn(move || self.sorted().try_for_each(|table| sender.send(table)));
                sorted.into_iter().try_for_each(write)
            })
        };
        written.map_err(StoreError::database("writing index rows"))
    }

    /// The rows of each table, in its order: neighbours are written into one page while it is at hand.
    fn sorted(&self) -> impl Iterator<Item = (&'a RowTable, Vec<&[Cell<'a>]>)> {
        self.layout.tables.iter().filter_map(|table| {
            let cells = self.cells.get(&table.kind)?;
            let mut rows: Vec<&[Cell<'a>]> = cells.chunks_exact(self.layout.width(table.kind)).collect();
            // Those of a resource came together, in the order of the resources.
            if table.by != By::Source {
                rows.sort_unstable_by(|a, b| table.cells().map(|n| a.get(n)).cmp(table.cells().map(|n| b.get(n))));
            }
            Some((table, rows))
        })
    }
}

fn write(statement: &mut Statement<'_>, table: &RowTable, tenant: i64, rows: &[&[Cell<'_>]]) -> rusqlite::Result<()> {
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

fn encode<'a>(value: &'a Value, numbers: &mut Numbers<'a, '_>, cells: &mut Vec<Cell<'a>>) -> Result<(), StoreError> {
    match value {
        Value::Int(n) => cells.push(Cell::Int(*n)),
        Value::Text(text) => cells.push(Cell::Text(text)),
        Value::System(None) => cells.push(Cell::Int(0)),
        Value::System(Some(url)) => cells.push(Cell::Int(numbers.system(url)?)),
        Value::Rid(ty, id) => cells.push(Cell::Int(numbers.resource(*ty, id)?)),
        Value::Instants(start, end) => cells.extend([Cell::Int(*start), Cell::Int(*end)]),
        Value::Cuts(start, end) => cells.extend([Cell::Text(start), Cell::Text(end)]),
        Value::Point(point) => cells.extend(point.coordinates().map(Cell::Int)),
    }
    Ok(())
}

fn misshapen(row: &Row) -> StoreError {
    StoreError::Corrupt { what: format!("a row of {:?} has {} values", row.kind, row.values.len()) }
}
