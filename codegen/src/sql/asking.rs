//! Conditions that ask other tables, in the order in which they stand.
//!
//! PostgreSQL puts the conditions of a select in the order of its own costs, which do not know how many resources each of
//! them keeps: a walk that should have asked for a code first, which one resource in ten has, asked all of them for a
//! chain (4.9 ms for 2.4). What stands under `IS TRUE` is one condition, whose parts are tested from the left.

use super::constant::always;
use super::junction::conjunction;
use sea_query::{BinOper, Expr, ExprTrait, SubQueryOper};

/// All hold: what asks other tables behind what does not, by which an index may be entered, and otherwise as it stands.
pub(super) fn in_order(conds: Vec<Expr>) -> Expr {
    let mut parts = Vec::with_capacity(conds.len());
    conds.into_iter().for_each(|cond| split(cond, &mut parts));
    let (asking, plain): (Vec<Expr>, Vec<Expr>) = parts.into_iter().partition(asks);
    let asking = match asking.len() {
        0 => None,
        1 => asking.into_iter().next(),
        _ => Some(conjunction(asking).is(always())),
    };
    conjunction(plain.into_iter().chain(asking))
}

/// The conditions that all hold where this one does.
fn split(cond: Expr, parts: &mut Vec<Expr>) {
    match cond {
        Expr::Binary(left, BinOper::And, right) => {
            split(*left, parts);
            split(*right, parts);
        }
        other => parts.push(other),
    }
}

fn asks(cond: &Expr) -> bool {
    match cond {
        Expr::SubQuery(Some(SubQueryOper::Exists), _) => true,
        Expr::Unary(_, of) => asks(of),
        Expr::Binary(_, BinOper::In, of) => matches!(**of, Expr::SubQuery(..)),
        Expr::Binary(left, _, right) => asks(left) || asks(right),
        _ => false,
    }
}
