//! Writing index rows: sorted per table.

use super::layout::{Layout, RowTable};
use super::number::Numbers;
use crate::stores::StoreError;
use crate::stores::packed::{Column, Packed};
use fhirc_codegen::rows::RowKind;
use fhirc_codegen::sql::schema::By;
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

impl Cell<'_> {
    /// A number that is in the order of cells of one column, or equal.
    fn beginning(&self) -> u64 {
        match self {
            // From the least to the greatest, without a sign.
            Cell::Int(n) => n.cast_unsigned() ^ (1 << 63),
            Cell::Text(text) => {
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
                u64::from_be_bytes(bytes)
            }
        }
    }
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
    /// With room for the rows of these resources: what grows as it goes takes up to three times the memory meanwhile.
    pub(super) fn new(layout: &'a Layout, of: impl Iterator<Item = &'a Packed>) -> Tables<'a> {
        let mut room: BTreeMap<RowKind, usize> = BTreeMap::new();
        for (kind, cells) in of.flat_map(Packed::kinds) {
            // The key and the resource.
            *room.entry(kind).or_default() += 2 + cells;
        }
        Tables { layout, cells: room.into_iter().map(|(kind, cells)| (kind, Vec::with_capacity(cells))).collect() }
    }

    /// Takes the rows of the resource `ord`; references and code systems become numbers.
    pub(super) fn add(&mut self, ord: i64, rows: &'a Packed, numbers: &mut Numbers<'a, '_>) -> Result<(), StoreError> {
        for (key, kind, columns) in rows.rows() {
            let cells = self.cells.entry(kind).or_default();
            let width = cells.len() + self.layout.width(kind);
            cells.extend([Cell::Int(i64::from(key.0)), Cell::Int(ord)]);
            for column in columns {
                cells.push(match column {
                    Column::Int(n) => Cell::Int(n),
                    Column::Text(text) => Cell::Text(text),
                    Column::System(None) => Cell::Int(0),
                    Column::System(Some(url)) => Cell::Int(numbers.system(url)?),
                    Column::Rid(ty, id) => Cell::Int(numbers.resource(ty, id)?),
                });
            }
            if cells.len() != width {
                return Err(StoreError::Corrupt { what: format!("a row of {kind:?} has not the columns of its kind") });
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
                rows = sorted(table, rows);
            }
            Some((table, rows))
        })
    }
}

/// Rows in the order of a table, most of which the beginnings of their first two columns decide.
fn sorted<'c, 'a>(table: &RowTable, rows: Vec<&'c [Cell<'a>]>) -> Vec<&'c [Cell<'a>]> {
    let columns: Vec<usize> = table.cells().collect();
    let begin = |row: &[Cell<'_>], position: usize| {
        columns.get(position).and_then(|n| row.get(*n)).map(Cell::beginning).unwrap_or_default()
    };
    let mut keyed: Vec<([u64; 2], &'c [Cell<'a>])> =
        rows.into_iter().map(|row| ([begin(row, 0), begin(row, 1)], row)).collect();
    let rest = |row: &'c [Cell<'a>]| columns.iter().map(move |n| row.get(*n));
    keyed.sort_unstable_by(|(a, one), (b, other)| a.cmp(b).then_with(|| rest(one).cmp(rest(other))));
    keyed.into_iter().map(|(_, row)| row).collect()
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
