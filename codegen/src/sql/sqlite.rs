//! SQLite.

use super::binds::Writer;
use super::constant::{empty_text, number};
use super::dialect::Dialect;
use super::junction::conjunction;
use super::links::aliased;
use super::schema::SqlType;
use super::select::Select;
use sea_query::{BinOper, DynIden, Expr, ExprTrait, Func, FunctionCall, SelectStatement, SqliteQueryBuilder};

/// SQLite 3.38 or later. Every join order is pinned with `CROSS JOIN`, every table with its primary key alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sqlite;

impl Dialect for Sqlite {
    const TABLE_OPTIONS: &'static str = " STRICT, WITHOUT ROWID";
    // In a key order SQLite puts what is longer than a quarter of a page into overflow pages, which half of every
    // resource leaves half empty: 26.8 MB of resources took 43.5 MB so, and 31.6 in a heap.
    const BULKY_TABLE_OPTIONS: &'static str = " STRICT";
    const HEAPS: bool = false;
    const MOST_PARAMETERS: usize = 32_766;
    const ABRIDGES: bool = false;
    // It makes a table of the set first, and is no faster.
    const ENTERS_BY_SETS: bool = false;
    // 0.28 µs of 0.35: it makes a table of the rows, and an index of that.
    const KEEPING: u32 = 80;
    // 0.06 µs of 0.35.
    const PASSING: u32 = 20;
    const PARAMETER: char = '?';

    fn type_name(ty: SqlType) -> &'static str {
        match ty {
            SqlType::Int => "INTEGER",
            SqlType::Text => "TEXT",
            SqlType::Blob => "BLOB",
        }
    }

    fn write(select: &SelectStatement, writer: &mut Writer) {
        select.build_collect_into(SqliteQueryBuilder, writer);
    }

    fn ends(column: Expr, tail: Expr) -> Expr {
        // As bytes: `length` of a text stops at a zero character, and a suffix of UTF-8 is a suffix of its bytes.
        // A tail longer than the text takes the whole text, which is shorter than the tail and differs.
        let bytes = |text: Expr| text.cast_as("blob");
        let length = |text: Expr| Expr::from(Func::cust("length").arg(bytes(text)));
        let start = length(column.clone()).sub(length(tail.clone())).add(number(1));
        Expr::from(Func::cust("substr").arg(bytes(column)).arg(start)).eq(bytes(tail))
    }

    fn has(column: Expr, part: Expr) -> Expr {
        Expr::from(Func::cust("instr").arg(column).arg(part)).gt(number(0))
    }

    fn exists(select: Select) -> Expr {
        Expr::exists(select.done())
    }

    fn all(conds: Vec<Expr>) -> Expr {
        conjunction(conds)
    }

    fn join(select: &mut Select, table: &'static str, alias: &DynIden, found: impl IntoIterator<Item = Expr>) {
        select.cross_join(aliased(table, alias));
        found.into_iter().for_each(|condition| {
            select.and_where(condition);
        });
    }

    fn one_of_these(expr: Expr, select: Select) -> Expr {
        expr.in_subquery(select.done())
    }

    fn member(ord: Expr, table: &DynIden, entered: bool) -> Expr {
        // Not `EXISTS`: SQLite scans the table for every resource then; for `IN` it builds an index, once. With a bare
        // column it may seek each of the numbers in turn instead, for every resource: 40,000 numbers tested for as many
        // resources took minutes so, and 0.3 s this way.
        let ord = if entered { ord } else { ord.add(number(0)) };
        ord.in_subquery(Select::new().column("ord").from(table.clone()).take().done())
    }

    fn tested(column: Expr, ty: SqlType) -> Expr {
        match ty {
            SqlType::Int => column.add(number(0)),
            SqlType::Text | SqlType::Blob => column.binary(BinOper::Custom("||"), empty_text()),
        }
    }

    fn typed(value: Expr, _: SqlType) -> Expr {
        value
    }

    fn element(expr: Expr, list: Expr, ty: SqlType) -> Expr {
        let (table, column) = Self::elements(list, ty, "list");
        expr.in_subquery(Select::new().column(column).from_function(table, "list").take().done())
    }

    fn elements(list: Expr, _: SqlType, _: &str) -> (FunctionCall, String) {
        (Func::cust("json_each").arg(list), "value".to_owned())
    }
}
