//! What stands beside the tables of index rows, for dialects whose tables lie in no order: indexes.
//!
//! Each order of rows is a table, so that a statement names the index that answers it by the table that it reads. The
//! index holds every column: rows are read out of it alone, and none stands twice.

use super::schema::{Column, Table, physical, row_tables};
use crate::ord::STUB;
use crate::rows::{ColName, RowKind, kinds};

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// The statement that makes it, unless it is there.
    pub ddl: String,
    /// Whether it may be missing while many rows come: what it answers is answered slowly then, and never wrongly.
    pub may_wait: bool,
}

/// The indexes of all tables of index rows.
pub fn indexes() -> Vec<Index> {
    kinds().flat_map(|kind| row_tables(kind).flat_map(move |(_, table)| of_table(kind, &table))).collect()
}

fn of_table(kind: RowKind, table: &Table) -> Vec<Index> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let order = index(table, "key", ("UNIQUE ", &columns.join(", "), ""));
    // The rows that point at a resource that has not arrived, which are few: they are looked for whenever one arrives.
    let targets = kind.columns().into_iter().filter(|col| col.name == ColName::Target);
    let stubs = targets.flat_map(|col| physical(kind, col)).map(|target| {
        let within = format!(" WHERE {}", of_stub(&target.name));
        Index { may_wait: false, ..index(table, "stub", ("", &format!("tenant, {}", target.name), &within)) }
    });
    [order].into_iter().chain(stubs).collect()
}

fn index(table: &Table, suffix: &str, (unique, columns, within): (&str, &str, &str)) -> Index {
    let (name, table) = (format!("{}_{suffix}", table.name), table.name.clone());
    let ddl = format!("CREATE {unique}INDEX IF NOT EXISTS {name} ON {table} ({columns}){within}");
    Index { name, table, ddl, may_wait: true }
}

/// The statement that keeps statistics of index rows short. They describe all parameters together, so that no statement
/// leaves anything to them (see [`super::POSTGRES_SESSION`]); taking them is all that they cost.
pub fn few_statistics(table: &Table) -> Option<String> {
    let column = |column: &Column| format!("ALTER {} SET STATISTICS {STATISTICS}", column.name);
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    table.of_rows.then(|| format!("ALTER TABLE {} {}", table.name, columns.join(", ")))
}

/// Values of a column that are noted, of 300 rows for each; 100 is usual.
const STATISTICS: usize = 10;

/// The number in the column is that of a resource that has not arrived.
pub fn of_stub(column: &str) -> String {
    format!("({column} & {STUB}) <> 0")
}
