//! PostgreSQL.

use super::binds::Writer;
use super::constant::number;
use super::dialect::Dialect;
use super::schema::SqlType;
use super::select::Select;
use sea_query::{DynIden, Expr, ExprTrait, Func, FunctionCall, IntoIden, PostgresQueryBuilder, SelectStatement};

/// PostgreSQL 13 or later. Texts are `COLLATE "C"`: the database's own collation decides no answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Postgres;

impl Dialect for Postgres {
    const TABLE_OPTIONS: &'static str = "";
    const BULKY_TABLE_OPTIONS: &'static str = "";
    const MOST_PARAMETERS: usize = 65_535;
    const PARAMETER: char = '$';

    fn type_name(ty: SqlType) -> &'static str {
        match ty {
            SqlType::Int => "bigint",
            SqlType::Text => "text COLLATE \"C\"",
            SqlType::Blob => "bytea",
        }
    }

    fn write(select: &SelectStatement, writer: &mut Writer) {
        select.build_collect_into(PostgresQueryBuilder, writer);
    }

    fn ends(column: Expr, tail: Expr) -> Expr {
        let tail = Self::typed(tail, SqlType::Text);
        let length = Func::cust("char_length").arg(tail.clone());
        Expr::from(Func::cust("right").arg(column).arg(length)).eq(tail)
    }

    fn has(column: Expr, part: Expr) -> Expr {
        let part = Self::typed(part, SqlType::Text);
        Expr::from(Func::cust("strpos").arg(column).arg(part)).gt(number(0))
    }

    fn member(ord: Expr, table: &DynIden, _: bool) -> Expr {
        // Not `IN`: as `EXISTS` it is planned as a join, also when it is negated.
        let found = Expr::col((table.clone(), "ord".into_iden())).eq(ord);
        Expr::exists(Select::new().expr(number(1)).from(table.clone()).and_where(found).take().done())
    }

    fn tested(column: Expr, _: SqlType) -> Expr {
        column
    }

    fn typed(value: Expr, ty: SqlType) -> Expr {
        value.cast_as(match ty {
            SqlType::Int => "bigint",
            SqlType::Text => "text",
            SqlType::Blob => "bytea",
        })
    }

    fn element(expr: Expr, list: Expr, ty: SqlType) -> Expr {
        expr.eq(Func::cust("any").arg(array(list, ty)))
    }

    fn elements(list: Expr, ty: SqlType, alias: &str) -> (FunctionCall, String) {
        (Func::cust("unnest").arg(array(list, ty)), alias.to_owned())
    }
}

fn array(list: Expr, ty: SqlType) -> Expr {
    list.cast_as(match ty {
        SqlType::Int => "bigint[]",
        SqlType::Text => "text[]",
        SqlType::Blob => "bytea[]",
    })
}
