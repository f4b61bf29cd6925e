//! What stands in tables, for the tests of drivers that have such.

/// A value that stands in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Int(i64),
    Text(String),
    /// What was a body, unpacked.
    Body(String),
    Null,
}

impl Cell {
    pub(super) fn int(&self) -> i64 {
        let Cell::Int(n) = self else { panic!("{self:?}") };
        *n
    }

    pub(super) fn text(&self) -> &str {
        let (Cell::Text(text) | Cell::Body(text)) = self else { panic!("{self:?}") };
        text
    }
}

/// What a statement found: the names of its columns, and its rows.
pub(super) type Found = (Vec<String>, Vec<Vec<Cell>>);
