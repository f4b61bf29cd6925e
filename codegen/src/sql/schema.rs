//! The schema, generated from the row kinds: one description for every SQL dialect, for queries and for writes.

use super::abridged;
use super::dialect::Dialect;
use crate::names::{stem, stored};
use crate::rows::{Base, Col, ColName, ColType, RowKind, kinds};

/// The type of a stored column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// 64-bit integer.
    Int,
    /// UTF-8, compared byte by byte.
    Text,
    /// Bytes.
    Blob,
}

/// A stored column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: SqlType,
    /// Whether it may be null: only the body of a deletion in the history is.
    pub nullable: bool,
}

/// A table; rows lie in the order of its primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, those of the primary key first.
    pub columns: Vec<Column>,
    /// How many of the columns are the primary key.
    pub key: usize,
    /// A column that is unique besides.
    pub unique: Option<&'static str>,
    /// Whether its rows hold whole resources.
    pub bulky: bool,
    /// Whether it holds index rows.
    pub of_rows: bool,
}

impl Table {
    /// The columns of the primary key, in order.
    pub fn primary_key(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().take(self.key)
    }

    /// The statement that creates it.
    pub fn ddl<D: Dialect>(&self) -> String {
        let mut parts: Vec<String> = self.columns.iter().map(column::<D>).collect();
        if !(D::HEAPS && self.of_rows) {
            let key: Vec<&str> = self.primary_key().map(|column| column.name.as_str()).collect();
            parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
        }
        let options = if self.bulky { D::BULKY_TABLE_OPTIONS } else { D::TABLE_OPTIONS };
        parts.extend(self.unique.map(|name| format!("UNIQUE ({name})")));
        format!("CREATE TABLE IF NOT EXISTS {} (\n  {}\n){}", self.name, parts.join(",\n  "), options)
    }
}

fn column<D: Dialect>(column: &Column) -> String {
    let null = if column.nullable { "" } else { " NOT NULL" };
    format!("{} {}{null}", column.name, D::type_name(column.ty))
}

/// Every table.
pub fn tables() -> Vec<Table> {
    let rows = kinds().flat_map(row_tables).map(|(_, table)| table);
    fixed().into_iter().chain(rows).collect()
}

/// The whole texts that the rows of a tenant hold in an abridged form, where a dialect abridges, and how many rows do.
pub fn abridged_texts() -> Table {
    table_of(abridged::TABLE, 2, vec![int("tenant"), text("text"), text("whole"), int("uses")])
}

/// An order in which the rows of a kind lie: each is a table of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The first columns, an interval by its start: "who has this value".
    Value,
    /// The end of an interval: "who reaches beyond this".
    End,
    /// The resource: "does this one have a row".
    Source,
}

/// The tables of the rows of a kind.
pub fn row_tables(kind: RowKind) -> impl Iterator<Item = (By, Table)> {
    let tables = [(By::Value, by_value(kind)), (By::End, by_end(kind)), (By::Source, by_source(kind))];
    tables.into_iter().filter_map(|(by, table)| Some((by, table?)))
}

/// The rows of a kind in the order of their values. The rows of one value lie in the order of the resources, which is
/// the order of pages. `Id` and `Updated` have no rows.
pub fn by_value(kind: RowKind) -> Option<Table> {
    let is_kept = match kind {
        RowKind::Id | RowKind::Updated => false,
        // They are asked of elements at hand alone; those that refer are sought when what they refer to arrives.
        RowKind::Part(base) => base == Base::Ref,
        _ => true,
    };
    if !is_kept {
        return None;
    }
    let first = sought(kind).into_iter().flat_map(|col| physical(kind, col).into_iter().next());
    Some(by_columns(kind, "v", first.collect()))
}

/// The rows of intervals in the order of their ends, those of one code together where they stand beside one. Without
/// them, whoever reaches beyond a point could only be found among all, and pages in descending order had no walk.
pub fn by_end(kind: RowKind) -> Option<Table> {
    if matches!(kind, RowKind::Id | RowKind::Updated) || kind.is_of_element() {
        return None;
    }
    let is_interval = |col: &Col| matches!(col.name.ty(), ColType::Instants | ColType::Cuts);
    let sought = sought(kind);
    let (last, before) = sought.split_last()?;
    // Of two intervals one can be bounded at its end, the other at its start: no order is right for both.
    if !is_interval(last) || before.iter().any(is_interval) {
        return None;
    }
    let before = before.iter().flat_map(|col| physical(kind, *col).into_iter().next());
    let first = before.chain(physical(kind, *last).into_iter().next_back()).collect();
    Some(by_columns(kind, "e", first))
}

/// The rows of a kind in the order of some columns, then of the resources, then of what else they hold.
fn by_columns(kind: RowKind, suffix: &str, first: Vec<Column>) -> Table {
    let others = kind.columns().into_iter().flat_map(|col| physical(kind, col)).filter(|c| !first.contains(c));
    let others: Vec<Column> = others.collect();
    // A reference is looked up without knowing its key ("who refers to this"), so its target stands before the key.
    let columns = match kind {
        RowKind::One(Base::Ref) => [vec![int("tenant")], first, vec![int("key"), int("ord")], others].concat(),
        _ => [vec![int("tenant"), int("key")], first, vec![int("ord")], others].concat(),
    };
    table(format!("{}_{suffix}", stem(kind)), columns)
}

/// The rows of a kind in the order of the resources that they belong to: answers "does this resource have a row".
pub fn by_source(kind: RowKind) -> Option<Table> {
    // A presence row has no column besides key and resource, so by value is already a lookup by resource. So it is for a
    // word, which is only ever asked for whole, and for an element, of which the part that is asked for stands before it.
    if matches!(kind, RowKind::Id | RowKind::Updated | RowKind::Present | RowKind::Element | RowKind::One(Base::Word)) {
        return None;
    }
    let head = [int("tenant"), int("ord"), int("key")];
    let columns = head.into_iter().chain(kind.columns().into_iter().flat_map(|col| physical(kind, col))).collect();
    Some(table(format!("{}_s", stem(kind)), columns))
}

/// Where the rows of one resource are found: by source, or by value where there is no such table.
pub(super) fn of_resource(kind: RowKind) -> Option<Table> {
    by_source(kind).or_else(|| by_value(kind))
}

/// The first column of each part: rows by value are sought by these. Which element it is, nobody knows beforehand.
pub(super) fn sought(kind: RowKind) -> Vec<Col> {
    let mut columns = kind.columns();
    if kind.is_part() {
        columns.retain(|col| !matches!(col.name, ColName::Element | ColName::Part));
    }
    let first = |col: &Col| columns.iter().find(|other| other.part == col.part) == Some(col);
    columns.iter().copied().filter(first).collect()
}

/// The stored columns of a column: two for an interval, three for a point.
pub fn physical(kind: RowKind, col: Col) -> Vec<Column> {
    let ty = match col.name.ty() {
        ColType::Int | ColType::System | ColType::Rid | ColType::Instants | ColType::Point => SqlType::Int,
        ColType::Bytes | ColType::Cuts => SqlType::Text,
    };
    stored(kind, col).into_iter().map(|name| Column { name, ty, nullable: false }).collect()
}

fn fixed() -> [Table; 13] {
    [
        table_of("meta", 1, vec![text("name"), text("value")]),
        Table { unique: Some("name"), ..table_of("tenant", 1, vec![int("id"), text("name")]) },
        // The names of the resource types, as references are written and sorted.
        Table { unique: Some("name"), ..table_of("type", 1, vec![int("id"), text("name")]) },
        // Number 0 stands for "no system" and has no row.
        Table { unique: Some("url"), ..table_of("system", 1, vec![int("id"), text("url")]) },
        table_of(
            "resource",
            2,
            vec![int("tenant"), int("ord"), int("type"), text("id"), int("version"), int("updated"), int("deleted")],
        ),
        table_of("resource_id", 3, vec![int("tenant"), int("type"), text("id"), int("ord"), int("live")]),
        // Stubs by number: what is referred to and has not arrived has no record that tells its id.
        table_of("stub", 2, vec![int("tenant"), int("ord"), text("id")]),
        // How far stubs and contained resources of a type are numbered: a number is never given twice.
        table_of("inner_number", 2, vec![int("tenant"), int("type"), int("next")]),
        // How far rows of new keys are made for the resources that were there before: up to `done`, of those up to `last`.
        table_of("build", 3, vec![int("build"), int("type"), int("tenant"), int("done"), int("last")]),
        // Rows per key; live resources per type under the negative number of the type.
        table_of("stat", 2, vec![int("tenant"), int("key"), int("rows")]),
        table_of("resource_updated", 3, vec![int("tenant"), int("updated"), int("ord")]),
        Table { bulky: true, ..table_of("body", 2, vec![int("tenant"), int("ord"), blob("body")]) },
        Table {
            bulky: true,
            ..table_of(
                "history",
                3,
                vec![
                    int("tenant"),
                    int("ord"),
                    int("version"),
                    int("updated"),
                    text("method"),
                    Column { nullable: true, ..blob("body") },
                ],
            )
        },
    ]
}

/// A table of rows: every column is part of what makes a row, so all are the key.
fn table(name: String, columns: Vec<Column>) -> Table {
    Table { name, key: columns.len(), columns, unique: None, bulky: false, of_rows: true }
}

fn table_of(name: &str, key: usize, columns: Vec<Column>) -> Table {
    Table { name: name.to_owned(), columns, key, unique: None, bulky: false, of_rows: false }
}

fn int(name: &str) -> Column {
    Column { name: name.to_owned(), ty: SqlType::Int, nullable: false }
}

fn text(name: &str) -> Column {
    Column { name: name.to_owned(), ty: SqlType::Text, nullable: false }
}

fn blob(name: &str) -> Column {
    Column { name: name.to_owned(), ty: SqlType::Blob, nullable: false }
}
