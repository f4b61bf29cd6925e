//! Junctions of many conditions, nested no deeper than they must be: SQLite takes expressions 1,000 deep.

use super::constant::{always, never};
use sea_query::{Expr, ExprTrait};

/// Conditions that stand beside each other; more are put together in groups of so many.
const WIDTH: usize = 16;

/// All hold; none is true.
pub(super) fn conjunction(conds: impl IntoIterator<Item = Expr>) -> Expr {
    junction(conds.into_iter().collect(), ExprTrait::and).unwrap_or_else(always)
}

/// One holds; none is false.
pub(super) fn disjunction(conds: impl IntoIterator<Item = Expr>) -> Expr {
    junction(conds.into_iter().collect(), ExprTrait::or).unwrap_or_else(never)
}

/// A chain of `n` conditions is `n` deep. Groups of groups are as deep as there are rounds, times the width.
fn junction(mut conds: Vec<Expr>, join: fn(Expr, Expr) -> Expr) -> Option<Expr> {
    while conds.len() > WIDTH {
        let mut rest = conds.into_iter().peekable();
        let mut groups = Vec::new();
        while rest.peek().is_some() {
            groups.extend(rest.by_ref().take(WIDTH).reduce(join));
        }
        conds = groups;
    }
    conds.into_iter().reduce(join)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::constant::number;
    use sea_query::{Query, SqliteQueryBuilder};

    fn depth(count: i64) -> usize {
        let select = Query::select().expr(disjunction((0..count).map(number))).to_owned();
        let text = select.to_string(SqliteQueryBuilder);
        assert_eq!(text.matches(" OR ").count() as i64, count - 1, "{text}");
        let rise = |(deep, most): (usize, usize), c| match c {
            '(' => (deep + 1, most.max(deep + 1)),
            ')' => (deep - 1, most),
            _ => (deep, most),
        };
        text.chars().fold((0, 0), rise).1
    }

    #[test]
    fn many_conditions_stand_in_groups() {
        assert_eq!([2, 16].map(depth), [0, 0]);
        assert_eq!([17, 32, 256].map(depth), [0, 1, 1]);
        assert_eq!(depth(400), 2);
    }
}
