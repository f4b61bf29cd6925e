//! The answers of SQL to the questions of a target.

use super::built::Built;
use super::constant::{always, never};
use super::finish::Statement;
use super::junction::disjunction;
use super::links::Hop;
use super::names::of_resource;
use super::rows::Row;
use super::scan::{At, Own, Scan};
use super::schema::SqlType;
use super::{Bind, Dialect, Sql, Target};
use crate::algebra::{Edge, End, Names, SlotId, Universe};
use crate::program::{OrderBy, OrderKey};
use crate::rows::KeyId;
use crate::target::{Along, Comparison, Results, Rows};
use sea_query::{Expr, ExprTrait};

impl<D: Dialect> crate::target::Target for Target<D> {
    type At = At;
    type Cond = Expr;
    type Scan = Scan;
    type Built = Built;
    type Row = Row;
    type Test = Expr;
    type Hop = Hop;
    type Out = Sql;

    fn all(&mut self, at: &At, universe: &Universe) -> Expr {
        let typed = self.typed(&at.ord, universe);
        if at.live { typed } else { typed.and(self.live(&at.ord)) }
    }

    fn none(&mut self) -> Expr {
        never()
    }

    fn and(&mut self, conds: Vec<Expr>) -> Expr {
        D::all(conds)
    }

    fn or(&mut self, conds: Vec<Expr>) -> Expr {
        disjunction(conds)
    }

    /// Conditions are two-valued, whatever may be null stands inside an `EXISTS`: so `NOT` is the complement.
    fn minus(&mut self, from: Expr, less: Expr) -> Expr {
        D::all(vec![from, less.not()])
    }

    fn slot(&mut self, at: &At, slot: SlotId) -> Expr {
        let list = self.binds.expr(Bind::Resources(slot));
        D::element(at.ord.clone(), list, SqlType::Int)
    }

    /// Never asked: the capabilities say so.
    fn named(&mut self, _: &At, _: Names, _: SlotId) -> Expr {
        never()
    }

    fn member(&mut self, at: &At, built: &Built) -> Expr {
        let entered = matches!(at.own, Some(Own::Resource(_) | Own::Updated(_)));
        D::member(at.ord.clone(), &built.table, entered)
    }

    fn member_or(&mut self, at: &At, built: &Built, test: Expr) -> Expr {
        self.member_if_whole(at.ord.clone(), built, test)
    }

    fn hop(&mut self, at: &At, edge: Edge, from: End) -> (Hop, At) {
        self.hop_from(&at.ord, edge, from)
    }

    fn via(&mut self, hop: Hop, far: Expr) -> Expr {
        let Hop(mut select) = hop;
        select.and_where(far);
        D::exists(select)
    }

    fn elements(&mut self, at: &At, key: KeyId) -> (Hop, At) {
        self.elements_at(at, key)
    }

    fn scan_elements(&mut self, key: KeyId) -> Scan {
        self.elements_of_any(key)
    }

    fn holders(&mut self, elements: Scan) -> Scan {
        Scan { at: At { element: None, ..elements.at }, ..elements }
    }

    fn probe(&mut self, at: &At, rows: &Rows<'_>) -> Row {
        self.rows_at(at, rows)
    }

    fn seek(&mut self, rows: &Rows<'_>) -> Row {
        self.rows_of_any(rows)
    }

    fn sweep(&mut self, rows: &Rows<'_>) -> Row {
        match of_resource(rows.kind) {
            Some(table) => self.keyed(rows, Some(table)),
            None => self.rows_of_any(rows),
        }
    }

    fn sweep_links(&mut self, edge: Edge) -> (Scan, At) {
        self.scan_links(edge)
    }

    fn atom(&mut self, row: &Row, atom: &Comparison<'_>) -> Expr {
        self.compare(row, atom)
    }

    fn holds(&mut self, row: Row, tests: Vec<Expr>) -> Expr {
        Self::exists(row, tests)
    }

    fn scan_rows(&mut self, row: Row, tests: Vec<Expr>) -> Scan {
        self.scan_of(row, tests)
    }

    fn walk(&mut self, order: &[OrderKey]) -> Scan {
        match order.first().and_then(OrderKey::alone) {
            Some(OrderBy::Updated(_)) => self.scan_updated(),
            _ => self.scan_live(None),
        }
    }

    fn walk_values(&mut self, along: &Along<'_>) -> Scan {
        self.scan_values(along)
    }

    fn is_first(&mut self, at: &At, along: &Along<'_>) -> Expr {
        self.no_value_before(at, along)
    }

    fn scan_all(&mut self, universe: &Universe) -> Scan {
        self.scan_live(Some(universe))
    }

    fn scan_slot(&mut self, slot: SlotId) -> Scan {
        self.scan_list(slot)
    }

    /// Never asked: the capabilities say so.
    fn scan_named(&mut self, _: Names, _: SlotId) -> Scan {
        self.united(Vec::new())
    }

    fn union(&mut self, scans: Vec<Scan>) -> Scan {
        self.united(scans)
    }

    fn at(&mut self, scan: &Scan) -> At {
        scan.at.clone()
    }

    fn filter(&mut self, scan: Scan, cond: Expr) -> Scan {
        if cond == always() { scan } else { scan.and(cond) }
    }

    fn scan_via(&mut self, edge: Edge, from: End, far: Scan) -> Scan {
        self.scan_from(far, edge, from)
    }

    fn build(&mut self, scan: Scan) -> Built {
        self.materialized(scan)
    }

    fn build_up_to(&mut self, scan: Scan, most: u32) -> Built {
        self.materialized_up_to(scan, most)
    }

    fn closure(&mut self, edge: Edge, from: End, seed: Scan) -> Built {
        self.reached(edge, from, seed)
    }

    fn scan_built(&mut self, built: &Built) -> Scan {
        self.scan_table(built)
    }

    fn finish(mut self, members: Scan, results: &Results<'_>) -> Sql {
        let select = self.result(members, results);
        Statement { select, tables: self.tables, recursive: self.recursive, binds: self.binds }.write::<D>()
    }
}
