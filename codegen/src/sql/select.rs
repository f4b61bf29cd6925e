//! A `SELECT` under construction.
//!
//! sea-query writes the conditions of a select from a copy of them, and those of every select inside from copies of that
//! copy: half the time of writing a chain of three links. Its other form of conditions, a list joined by `AND` and `OR`,
//! is written as it stands, but brackets a list of several wrongly. So conditions are kept here as one expression, and
//! handed on as a list of one.

use super::binds::NOTHING;
use super::constant::always;
use sea_query::{
    DynIden, Expr, ExprTrait, FunctionCall, IntoColumnRef, IntoIden, IntoTableRef, JoinType, LogicalChainOper, Order,
    SelectStatement, SubQueryStatement, TableRef, UnionType, WithClause,
};
use std::mem;

/// A `SELECT`, whose conditions sea-query does not see before it is done.
#[derive(Clone, Debug, Default)]
pub struct Select {
    statement: SelectStatement,
    conditions: Option<Expr>,
    has_table: bool,
}

#[expect(clippy::wrong_self_convention, reason = "the names are those of sea-query")]
impl Select {
    pub(super) fn new() -> Select {
        Select::default()
    }

    /// Whether it reads from a table.
    pub(super) fn has_table(&self) -> bool {
        self.has_table
    }

    /// The statement, complete.
    pub(super) fn done(mut self) -> SelectStatement {
        if let Some(conditions) = self.conditions.take() {
            self.statement.and_or_where(LogicalChainOper::And(conditions));
        }
        self.statement
    }

    pub(super) fn take(&mut self) -> Select {
        mem::take(self)
    }

    pub(super) fn and_where(&mut self, condition: Expr) -> &mut Select {
        self.conditions = Some(match self.conditions.take() {
            Some(before) => before.and(condition),
            None => condition,
        });
        self
    }

    /// Puts a condition before all others. Of several bounds of one column SQLite enters an index by the first.
    pub(super) fn where_first(&mut self, condition: Expr) -> &mut Select {
        let behind = self.conditions.take();
        self.and_where(condition);
        if let Some(behind) = behind {
            self.and_where(behind);
        }
        self
    }

    pub(super) fn expr(&mut self, expr: Expr) -> &mut Select {
        self.statement.expr(expr);
        self
    }

    pub(super) fn exprs(&mut self, exprs: impl IntoIterator<Item = Expr>) -> &mut Select {
        self.statement.exprs(exprs);
        self
    }

    pub(super) fn expr_as(&mut self, expr: Expr, name: impl IntoIden) -> &mut Select {
        self.statement.expr_as(expr, name);
        self
    }

    pub(super) fn column(&mut self, column: impl IntoColumnRef) -> &mut Select {
        self.statement.column(column);
        self
    }

    pub(super) fn distinct(&mut self) -> &mut Select {
        self.statement.distinct();
        self
    }

    pub(super) fn from(&mut self, table: impl IntoTableRef) -> &mut Select {
        self.has_table = true;
        self.statement.from(table);
        self
    }

    pub(super) fn from_subquery(&mut self, select: Select, name: DynIden) -> &mut Select {
        self.has_table = true;
        self.statement.from_subquery(select.done(), name);
        self
    }

    pub(super) fn from_function(&mut self, function: FunctionCall, name: impl IntoIden) -> &mut Select {
        self.has_table = true;
        self.statement.from_function(function, name);
        self
    }

    pub(super) fn cross_join(&mut self, table: TableRef) -> &mut Select {
        self.statement.cross_join(table);
        self
    }

    /// Joined anew to each row of what stands before, which its conditions may name.
    pub(super) fn join_lateral(&mut self, select: Select, alias: &DynIden) -> &mut Select {
        self.statement.join_lateral(JoinType::InnerJoin, select.done(), alias.clone(), always());
        self
    }

    pub(super) fn union(&mut self, how: UnionType, select: Select) -> &mut Select {
        self.statement.union(how, select.done());
        self
    }

    pub(super) fn order_by_expr(&mut self, expr: Expr, order: Order) -> &mut Select {
        self.statement.order_by_expr(expr, order);
        self
    }

    pub(super) fn limit(&mut self, limit: u64) -> &mut Select {
        self.statement.limit(limit);
        self
    }

    /// Passes over no row: for PostgreSQL, a select that stays a select of its own.
    pub(super) fn offset_nothing(&mut self) -> &mut Select {
        self.statement.offset(NOTHING);
        self
    }

    pub(super) fn with_cte(&mut self, tables: WithClause) -> &mut Select {
        self.statement.with_cte(tables);
        self
    }
}

impl From<Select> for SubQueryStatement {
    fn from(select: Select) -> Self {
        select.done().into()
    }
}

/// The only value of a select.
impl From<Select> for Expr {
    fn from(select: Select) -> Self {
        select.done().into()
    }
}
