//! Tables that a statement computes once: sets that are tested for membership, and what recursion reaches.

use super::scan::{At, Scan, col, from};
use super::select::Select;
use super::{Dialect, Target};
use crate::algebra::{Edge, End};
use sea_query::{CommonTableExpression, DynIden, UnionType};

/// A table with `ord` as its only column, each member once.
#[derive(Clone, Debug)]
pub struct Built {
    pub(super) table: DynIden,
    /// Whether its members are known to be live.
    live: bool,
}

impl<D: Dialect> Target<D> {
    pub(super) fn materialized(&mut self, scan: Scan) -> Built {
        let built = Built { table: self.alias("built"), live: scan.at.live };
        self.push_table(&built.table, scan.members());
        built
    }

    /// `seed UNION SELECT … FROM itself JOIN edge`: `UNION` hands on what is new alone, so that cycles end.
    pub(super) fn reached(&mut self, edge: Edge, end: End, seed: Scan) -> Built {
        // What holds a link is live; what is only referred to need not be.
        let built = Built { table: self.alias("reached"), live: seed.at.live && end == End::Source };
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
        let at = At { ord: col(&alias, "ord"), live: built.live, own: None };
        Scan { select: from(built.table.clone(), &alias), at, repeats: false }
    }

    fn push_table(&mut self, name: &DynIden, select: Select) {
        let mut table = CommonTableExpression::new();
        self.tables.push(table.table_name(name.clone()).query(select).materialized(true).to_owned());
    }
}
