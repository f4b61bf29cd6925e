//! Writing index rows: sorted per table.

use super::layout::{From, Layout, RowTable};
use super::number::Numbers;
use crate::stores::StoreError;
use fhirc_codegen::rows::{Row, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql};

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

/// The rows of a batch, per table.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    layout: &'a Layout,
    /// Per table its rows, one after the other.
    cells: Vec<Vec<Cell<'a>>>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(layout: &'a Layout) -> Tables<'a> {
        Tables { layout, cells: layout.tables.iter().map(|_| Vec::new()).collect() }
    }

    /// Takes the rows of the resource `ord`; references and code systems become numbers.
    pub(super) fn add(&mut self, ord: i64, rows: &'a [Row], numbers: &mut Numbers<'a, '_>) -> Result<(), StoreError> {
        let mut values = Vec::new();
        for row in rows {
            values.clear();
            for value in &row.values {
                encode(value, numbers, &mut values)?;
            }
            for &position in self.layout.of(row.kind) {
                let (Some(table), Some(cells)) = (self.layout.tables.get(position), self.cells.get_mut(position))
                else {
                    continue;
                };
                for column in &table.columns {
                    cells.push(match *column {
                        From::Tenant => Cell::Int(numbers.tenant()),
                        From::Key => Cell::Int(i64::from(row.key.0)),
                        From::Ord => Cell::Int(ord),
                        From::Cell(n) => *values.get(n).ok_or_else(|| misshapen(row))?,
                    });
                }
            }
        }
        Ok(())
    }

    /// Inserts all rows.
    pub(super) fn insert(&self, connection: &Connection) -> Result<(), StoreError> {
        self.each(connection, |table| &table.insert)
    }

    /// Deletes all rows.
    pub(super) fn delete(&self, connection: &Connection) -> Result<(), StoreError> {
        self.each(connection, |table| &table.delete)
    }

    /// Runs a statement of each table for each of its rows, in the order of the primary key, which is the order of the
    /// columns: neighbours are written into one page while it is at hand.
    fn each(&self, connection: &Connection, statement: impl Fn(&RowTable) -> &str) -> Result<(), StoreError> {
        let write = |table: &RowTable, cells: &[Cell<'a>]| {
            let mut rows: Vec<&[Cell<'a>]> = cells.chunks_exact(table.columns.len()).collect();
            rows.sort_unstable();
            let mut statement = connection.prepare_cached(statement(table))?;
            rows.into_iter().try_for_each(|row| execute(&mut statement, row))
        };
        let mut tables = self.layout.tables.iter().zip(&self.cells).filter(|(_, cells)| !cells.is_empty());
        tables.try_for_each(|(table, cells)| write(table, cells)).map_err(StoreError::database("writing index rows"))
    }
}

fn execute(statement: &mut Statement<'_>, row: &[Cell<'_>]) -> rusqlite::Result<()> {
    for (position, cell) in row.iter().enumerate() {
        statement.raw_bind_parameter(position + 1, cell)?;
    }
    statement.raw_execute()?;
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
