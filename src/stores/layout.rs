//! Where index rows lie: the statements that write each table, generated from the one schema description.

use fhirc_codegen::rows::{ColName, RowKind, stored_kinds};
use fhirc_codegen::sql::schema::{By, Table, physical, row_tables};
use std::collections::BTreeMap;

/// Cells of a row before its values: key and resource.
pub(super) const BEFORE_VALUES: usize = 2;

/// All tables of index rows.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) tables: Vec<RowTable>,
    widths: BTreeMap<RowKind, usize>,
}

/// One table of index rows, and the statements that write it.
#[derive(Debug)]
pub(super) struct RowTable {
    pub(super) name: String,
    pub(super) kind: RowKind,
    /// The order of its rows.
    pub(super) by: By,
    /// Where each column comes from, in the order of the columns.
    pub(super) columns: Vec<From>,
    /// The statements of the driver that write it.
    pub(super) statements: Statements,
    /// The column that holds the number of a referenced resource, if there is one.
    pub(super) target: Option<String>,
}

/// The statements of a driver that write a table.
#[derive(Debug)]
pub(super) struct Statements {
    /// Takes in rows.
    pub(super) insert: String,
    /// Takes rows out.
    pub(super) delete: String,
}

/// Where the value of a stored column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum From {
    Tenant,
    Key,
    Ord,
    /// The value at this position of the row, an interval counted twice, a point three times.
    Cell(usize),
}

impl Layout {
    /// All tables, with the statements that the driver makes of each.
    pub(super) fn new(statements: impl Fn(&Table) -> Statements) -> Layout {
        let mut layout = Layout { tables: Vec::new(), widths: BTreeMap::new() };
        for kind in stored_kinds() {
            let values = kind.columns().into_iter().flat_map(|col| physical(kind, col)).count();
            layout.widths.insert(kind, BEFORE_VALUES + values);
            for (by, table) in row_tables(kind) {
                layout.tables.push(RowTable::new((kind, by), &table, statements(&table)));
            }
        }
        layout
    }

    /// How many cells a row of a kind has: key, resource, values.
    pub(super) fn width(&self, kind: RowKind) -> usize {
        self.widths.get(&kind).copied().unwrap_or(BEFORE_VALUES)
    }

    /// The positions of the tables that [`Layout::finds`] finds rows in.
    pub(super) fn finding(&self) -> impl Iterator<Item = usize> {
        (0..self.tables.len()).filter(|&n| self.finds(n).is_some())
    }

    /// The table at this position, if rows of a key are found in it: every row stands in one such table, and in others.
    pub(super) fn finds(&self, position: usize) -> Option<&RowTable> {
        let table = self.tables.get(position)?;
        let by_key = |table: &RowTable| table.columns.get(1) == Some(&From::Key);
        let by_value = self.tables.iter().find(|other| other.kind == table.kind && other.by == By::Value);
        // References lie by target, not by key: they are found by going through the resources.
        let finds = if by_value.is_some_and(by_key) { By::Value } else { By::Source };
        (table.by == finds).then_some(table)
    }

    /// The tables whose rows refer to resources by number.
    pub(super) fn with_targets(&self) -> impl Iterator<Item = (&RowTable, &str)> {
        self.tables.iter().filter_map(|table| Some((table, table.target.as_deref()?)))
    }
}

impl RowTable {
    /// Which cell of a row stands in each column behind the tenant.
    pub(super) fn cells(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().filter_map(|from| match from {
            From::Tenant => None,
            From::Key => Some(0),
            From::Ord => Some(1),
            From::Cell(n) => Some(BEFORE_VALUES + n),
        })
    }

    fn new((kind, by): (RowKind, By), table: &Table, statements: Statements) -> RowTable {
        let cells: Vec<String> =
            kind.columns().into_iter().flat_map(|col| physical(kind, col)).map(|column| column.name).collect();
        let from = |name: &str| match name {
            "tenant" => From::Tenant,
            "key" => From::Key,
            "ord" => From::Ord,
            name => From::Cell(cells.iter().position(|cell| cell == name).unwrap_or(usize::MAX)),
        };
        let target = kind.columns().into_iter().find(|col| col.name == ColName::Target);
        RowTable {
            name: table.name.clone(),
            kind,
            by,
            columns: table.columns.iter().map(|column| from(&column.name)).collect(),
            statements,
            target: target.and_then(|col| physical(kind, col).into_iter().next()).map(|column| column.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stored_column_has_a_source() {
        for table in &Layout::new(|_| Statements { insert: String::new(), delete: String::new() }).tables {
            let width = table.kind.columns().into_iter().flat_map(|col| physical(table.kind, col)).count();
            for column in &table.columns {
                assert!(!matches!(column, From::Cell(n) if *n >= width), "{}: {column:?}", table.name);
            }
            for wanted in [From::Tenant, From::Key, From::Ord] {
                assert!(table.columns.contains(&wanted), "{}: {wanted:?}", table.name);
            }
        }
    }

    #[test]
    fn references_stand_in_the_first_part_alone() {
        for kind in stored_kinds() {
            let targets = kind.columns().into_iter().filter(|col| col.name == ColName::Target);
            assert!(targets.into_iter().all(|col| col.part == 0), "{kind:?}: renumbering seeks by the first part");
        }
    }
}
