//! Constants of the lowering itself, written into the statement; what comes from a query is a parameter.

use sea_query::{Expr, Value};

/// A number that the schema or the dialect fixes.
pub(super) fn number(value: i64) -> Expr {
    Expr::Constant(Value::BigInt(Some(value)))
}

/// The text that stands for "none" in a column.
pub(super) fn empty_text() -> Expr {
    Expr::Constant("".into())
}

/// One blank.
pub(super) fn blank_text() -> Expr {
    Expr::Constant(" ".into())
}

/// The condition that never holds.
pub(super) fn never() -> Expr {
    Expr::Constant(false.into())
}

/// The condition that always holds.
pub(super) fn always() -> Expr {
    Expr::Constant(true.into())
}
