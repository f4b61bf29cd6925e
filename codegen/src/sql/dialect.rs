//! Where the databases differ: small questions.

use super::binds::Writer;
use super::schema::SqlType;
use super::select::Select;
use sea_query::{Asterisk, DynIden, Expr, ExprTrait, FunctionCall, SelectStatement};
use std::fmt;

/// A SQL dialect.
pub trait Dialect: fmt::Debug {
    /// What follows the column list of a table.
    const TABLE_OPTIONS: &'static str;
    /// The same for a table whose rows hold whole resources.
    const BULKY_TABLE_OPTIONS: &'static str;
    /// Whether tables lie in no order: then those of index rows have indexes beside them, see [`super::indexes`].
    const HEAPS: bool;
    /// The most parameters of a statement.
    const MOST_PARAMETERS: usize;
    /// Whether rows hold long texts in an abridged form: see [`super::abridged()`].
    const ABRIDGES: bool;
    /// Whether an index is entered by all members of a set at once, sorted and each once, rather than joined to them.
    const ENTERS_BY_SETS: bool;
    /// See [`keeping`](crate::capability::Capabilities::keeping).
    const KEEPING: u32;
    /// See [`passing`](crate::capability::Capabilities::passing).
    const PASSING: u32;
    /// The sign before the number of a parameter.
    const PARAMETER: char;

    /// The name of a column type. Texts compare byte by byte.
    fn type_name(ty: SqlType) -> &'static str;

    /// Writes the statement.
    fn write(select: &SelectStatement, writer: &mut Writer);

    /// The text `column` ends with `tail`.
    fn ends(column: Expr, tail: Expr) -> Expr;

    /// The text `column` contains `part`.
    fn has(column: Expr, part: Expr) -> Expr;

    /// The select has a row. It is asked for the row at hand, when that row is: where the conditions stand, the planner
    /// has put them.
    fn exists(select: Select) -> Expr;

    /// All conditions hold. Those that ask other tables are tested in this order.
    fn all(conds: Vec<Expr>) -> Expr;

    /// Joins a table, the rows of which are found by these conditions for each row of what stands before it.
    fn join(select: &mut Select, table: &'static str, alias: &DynIden, found: impl IntoIterator<Item = Expr>);

    /// `expr` is one of the numbers that the select finds, which are few and do not depend on the row at hand.
    fn one_of_these(expr: Expr, select: Select) -> Expr;

    /// The number `ord` is in the column `ord` of a table that was computed once. Neither is ever null. `entered`: it
    /// is the key of the table that is gone through, which may as well be entered by these numbers.
    fn member(ord: Expr, table: &DynIden, entered: bool) -> Expr;

    /// What a table holds of rows with one column `ord`, of which only is asked how many there are and whether a number is
    /// among them.
    fn kept(rows: Select) -> Select {
        rows
    }

    /// How many rows such a table holds.
    fn kept_rows(table: &DynIden) -> Expr {
        Expr::from(Select::new().expr(Expr::col(Asterisk).count()).from(table.clone()).take())
    }

    /// The number is among them.
    fn is_kept(ord: Expr, table: &DynIden) -> Expr {
        Self::member(ord, table, false)
    }

    /// The column as a value to be tested, by which no index is entered.
    fn tested(column: Expr, ty: SqlType) -> Expr;

    /// A parameter whose type the database could not infer from where it stands.
    fn typed(value: Expr, ty: SqlType) -> Expr;

    /// `expr` is an element of a list parameter.
    fn element(expr: Expr, list: Expr, ty: SqlType) -> Expr;

    /// The elements of a list parameter as a table, and the name of its column when the table is called `alias`.
    fn elements(list: Expr, ty: SqlType, alias: &str) -> (FunctionCall, String);
}
