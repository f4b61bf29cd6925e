//! Tables that a statement computes once: sets that are tested for membership, and what recursion reaches.

use super::scan::{At, Scan, col, from};
use super::select::Select;
use super::{Dialect, Target};
use crate::algebra::{Edge, End};
use sea_query::{CommonTableExpression, DynIden, Expr, ExprTrait, UnionType};

/// A table with `ord` as its only column.
#[derive(Clone, Debug)]
pub struct Built {
    pub(super) table: DynIden,
    /// Whether its members are known to be live.
    live: bool,
    /// As many rows show that there may be more of them.
    limit: Option<u32>,
}

impl<D: Dialect> Target<D> {
    pub(super) fn materialized(&mut self, scan: Scan) -> Built {
        let built = Built { table: self.alias("built"), live: scan.at.live, limit: None };
        self.push_table(&built.table, scan.members());
        built
    }

    /// The same of at most so many rows, repeated ones among them: to drop those, all would have to be read.
    pub(super) fn materialized_up_to(&mut self, scan: Scan, most: u32) -> Built {
        let limit = Some(most.saturating_add(1));
        let built = Built { table: self.alias("set"), live: scan.at.live, limit };
        let mut select = scan.ords();
        self.limit(&mut select, limit);
        self.push_table(&built.table, D::kept(select));
        built
    }

    /// Whether the number is in such a table, if that holds all it was to hold; else what `test` says. The rows are counted
    /// once for the statement, and the branches of a `CASE` are computed when they are taken.
    pub(super) fn member_if_whole(&mut self, ord: Expr, built: &Built, test: Expr) -> Expr {
        let limit = built.limit.unwrap_or_default();
        let is_whole = D::kept_rows(&built.table).lt(self.int(i64::from(limit)));
        let member = D::is_kept(ord, &built.table);
        Expr::Case(Box::new(Expr::case(is_whole, member).finally(test)))
    }

    /// `seed UNION SELECT … FROM itself JOIN edge`: `UNION` hands on what is new alone, so that cycles end.
    pub(super) fn reached(&mut self, edge: Edge, end: End, seed: Scan) -> Built {
        // What holds a link is live; what is only referred to need not be.
        let built = Built { table: self.alias("reached"), live: seed.at.live && end == End::Source, limit: None };
        let known = self.scan_table(&built);
        let next = self.join_from(known, edge, end).ords();
        let mut select: Select = seed.ords();
        select.union(UnionType::Distinct, next);
        self.recursive = true;
        self.push_table(&built.table, select);
        built
    }

    pub(super) fn scan_table(&mut self, built: &Built) -> Scan {
        let alias = self.alias("m");
        let at = At { live: built.live, ..At::row(col(&alias, "ord")) };
        Scan { select: from(built.table.clone(), &alias), at, repeats: false }
    }

    fn push_table(&mut self, name: &DynIden, select: Select) {
        let mut table = CommonTableExpression::new();
        self.tables.push(table.table_name(name.clone()).query(select).materialized(true).to_owned());
    }
}
