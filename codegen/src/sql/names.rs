//! Names in statements, each made once in the life of a process: a statement names its tables and columns a hundred times.

use super::schema::{self, physical, sought};
use crate::rows::{Col, RowKind, kinds};
use sea_query::{DynIden, IntoIden};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What tables are called in a statement, before their number.
const STEMS: [&str; 13] = ["t", "r", "e", "m", "u", "l", "k", "i", "p", "v", "y", "n", "x"];

/// The numbers that most statements get along with.
const NUMBERS: u32 = 64;

/// The names of what holds the rows of a kind.
#[derive(Debug)]
pub(super) struct Names {
    /// The table in the order of the values.
    by_value: Option<String>,
    /// The table in the order of the resources.
    of_resource: Option<String>,
    /// The table in the order of the ends of intervals.
    by_end: Option<String>,
    /// The columns that rows are sought by.
    pub(super) sought: Vec<Col>,
    columns: Vec<(Col, Vec<String>)>,
}

static KINDS: LazyLock<HashMap<RowKind, Names>> =
    LazyLock::new(|| kinds().map(|kind| (kind, Names::of(kind))).collect());

static ALIASES: LazyLock<HashMap<&'static str, Vec<String>>> =
    LazyLock::new(|| STEMS.iter().map(|stem| (*stem, (0..NUMBERS).map(|n| format!("{stem}{n}")).collect())).collect());

/// The names of a kind.
pub(super) fn names(kind: RowKind) -> Option<&'static Names> {
    KINDS.get(&kind)
}

/// The table of a kind in the order of the values.
pub(super) fn by_value(kind: RowKind) -> Option<&'static str> {
    names(kind)?.by_value.as_deref()
}

/// The table of a kind in the order of the resources.
pub(super) fn of_resource(kind: RowKind) -> Option<&'static str> {
    names(kind)?.of_resource.as_deref()
}

/// The table of a kind in the order of the ends of its intervals.
pub(super) fn by_end(kind: RowKind) -> Option<&'static str> {
    names(kind)?.by_end.as_deref()
}

/// The stored columns of a column.
pub(super) fn columns(kind: RowKind, col: Col) -> &'static [String] {
    let known = names(kind).and_then(|names| names.columns.iter().find(|(known, _)| *known == col));
    known.map(|(_, names)| names.as_slice()).unwrap_or_default()
}

/// The name of the `number`th table of a statement.
pub(super) fn alias(stem: &'static str, number: u32) -> DynIden {
    match ALIASES.get(stem).and_then(|names| names.get(number as usize)) {
        Some(name) => name.as_str().into_iden(),
        None => format!("{stem}{number}").into_iden(),
    }
}

impl Names {
    fn of(kind: RowKind) -> Names {
        let stored = |col| (col, physical(kind, col).into_iter().map(|column| column.name).collect());
        Names {
            by_value: schema::by_value(kind).map(|table| table.name),
            of_resource: schema::of_resource(kind).map(|table| table.name),
            by_end: schema::by_end(kind).map(|table| table.name),
            sought: sought(kind),
            columns: kind.columns().into_iter().map(stored).collect(),
        }
    }
}
