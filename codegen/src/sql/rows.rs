//! Which table answers a test of one row: by value, by source, or the record of the resource.

use super::constant::{never, number};
use super::junction::conjunction;
use super::names::{by_end, by_value, names, of_resource};
use super::scan::{At, Own, Scan, col, from};
use super::select::Select;
use super::{Dialect, Target};
use crate::algebra::{Rel, Universe};
use crate::rows::{Col, RowKind};
use crate::target::{Along, Bounds, Comparison, Rows, Tuples};
use sea_query::{DynIden, Expr, ExprTrait};

/// Rows that are not yet tested.
#[derive(Debug)]
pub struct Row {
    pub(super) kind: RowKind,
    pub(super) table: DynIden,
    /// Where the rows come from; `None` if they are the record at hand.
    from: Option<Select>,
    /// What already restricts them.
    conds: Vec<Expr>,
    /// Whether a resource may have several of them.
    repeats: bool,
    /// Whether some of them are abridged.
    pub(super) abridged: bool,
    /// Whether they are those of one resource, so that a long list is looked at with each of them in hand.
    pub(super) few: bool,
}

impl<D: Dialect> Target<D> {
    /// Rows of the resource at hand.
    pub(super) fn rows_at(&mut self, at: &At, rows: &Rows<'_>) -> Row {
        match rows.kind {
            RowKind::Id | RowKind::Updated => self.record_at(at, rows),
            kind => {
                if let Some(row) = self.row_at_hand(at, rows) {
                    return row;
                }
                let sought = if pinned(rows) { by_value(kind) } else { None };
                let few = sought.is_none();
                let mut row = Row { few, ..self.keyed(rows, sought.or_else(|| of_resource(kind))) };
                row.conds.push(col(&row.table, "ord").eq(at.ord.clone()));
                let element = at.element.as_ref().filter(|_| kind.is_of_element());
                row.conds.extend(element.map(|element| col(&row.table, "element").eq(element.clone())));
                row
            }
        }
    }

    /// Rows of any resource.
    pub(super) fn rows_of_any(&mut self, rows: &Rows<'_>) -> Row {
        match rows.kind {
            RowKind::Id => self.identity(rows.universe),
            RowKind::Updated => {
                let Scan { select, at, .. } = self.scan_updated();
                let mut row = self.record(RowKind::Updated, at.own, Some(select));
                row.conds.push(self.typed(&at.ord, rows.universe));
                row
            }
            kind => {
                let ends = by_end(kind).filter(|_| is_sought_by_end(rows));
                self.keyed(rows, ends.or_else(|| by_value(kind)))
            }
        }
    }

    pub(super) fn exists(row: Row, tests: Vec<Expr>) -> Expr {
        let all = row.conds.into_iter().chain(tests);
        match row.from {
            None => conjunction(all),
            Some(mut select) => {
                select.expr(number(1));
                all.for_each(|cond| {
                    select.and_where(cond);
                });
                D::exists(select)
            }
        }
    }

    pub(super) fn scan_of(&mut self, row: Row, tests: Vec<Expr>) -> Scan {
        let at = At::row(col(&row.table, "ord"));
        let mut select = row.from.unwrap_or_default();
        row.conds.into_iter().chain(tests).for_each(|cond| {
            select.and_where(cond);
        });
        Scan { select, at, repeats: row.repeats }
    }

    pub(super) fn keyed(&mut self, rows: &Rows<'_>, table: Option<&'static str>) -> Row {
        let alias = self.alias("t");
        let select = from(table.unwrap_or_default(), &alias);
        let conds =
            vec![col(&alias, "tenant").eq(self.tenant()), col(&alias, "key").eq(self.int(i64::from(rows.key.0)))];
        let repeats = rows.kind != RowKind::Present && !self.is_once(rows.key);
        let abridged = self.is_abridged(&[rows.key]);
        Row { kind: rows.kind, table: alias, from: Some(select), conds, repeats, abridged, few: false }
    }

    /// Leaves those rows of a table that stand under a key and pass the comparisons. An index is entered by these first.
    pub(super) fn restrict_to(&mut self, select: &mut Select, table: &DynIden, along: &Along<'_>) {
        self.restrict(select, table, &[along.key]);
        let abridged = self.is_abridged(&[along.key]);
        let (kind, table) = (along.kind, table.clone());
        let row = Row { kind, table, from: None, conds: Vec::new(), repeats: false, abridged, few: false };
        for atom in along.atoms {
            let passes = self.compare(&row, atom);
            select.and_where(passes);
        }
    }

    /// The row that is gone through, if it is the only one that the resource has of the key.
    fn row_at_hand(&self, at: &At, rows: &Rows<'_>) -> Option<Row> {
        let Some(Own::Values(table, kind, key)) = &at.own else { return None };
        let only = *kind == rows.kind && *key == rows.key && self.is_once(rows.key);
        let (table, abridged) = (table.clone(), self.is_abridged(&[rows.key]));
        only.then(|| Row { kind: *kind, table, from: None, conds: Vec::new(), repeats: false, abridged, few: true })
    }

    /// The record of the resource at hand: the one we go through, or a lookup.
    fn record_at(&mut self, at: &At, rows: &Rows<'_>) -> Row {
        let own = match (&at.own, rows.kind) {
            (Some(Own::Resource(_)), _) | (Some(Own::Updated(_)), RowKind::Updated) => at.own.clone(),
            _ => None,
        };
        let mut row = if own.is_some() {
            self.record(rows.kind, own, None)
        } else {
            let Scan { select, at: record, .. } = self.scan_live(None);
            let mut row = self.record(rows.kind, record.own, Some(select));
            row.conds.push(record.ord.eq(at.ord.clone()));
            row
        };
        row.conds.push(self.typed(&at.ord, rows.universe));
        row
    }

    fn record(&mut self, kind: RowKind, own: Option<Own>, from: Option<Select>) -> Row {
        let table = match own {
            Some(Own::Resource(alias) | Own::Updated(alias) | Own::Values(alias, ..)) => alias,
            None => self.alias("r"),
        };
        Row { kind, table, from, conds: Vec::new(), repeats: false, abridged: false, few: false }
    }

    /// Known identities of these types, which are found by type and id.
    fn identity(&mut self, universe: &Universe) -> Row {
        let alias = self.alias("i");
        let codes = universe.0.iter().map(|ty| number(i64::from(ty.0)));
        let types = if universe.0.is_empty() { never() } else { col(&alias, "type").is_in(codes) };
        let conds = vec![
            col(&alias, "tenant").eq(self.tenant()),
            types,
            col(&alias, "live").eq(number(1)),
            self.typed(&col(&alias, "ord"), universe),
        ];
        Row {
            kind: RowKind::Id,
            from: Some(from("resource_id", &alias)),
            table: alias,
            conds,
            repeats: false,
            abridged: false,
            few: false,
        }
    }
}

/// The most values of a list that are sought one after the other for each resource.
const SOUGHT: usize = 16;

/// Whether a list is too long to be sought value by value, where the rows at hand are few.
pub(super) fn is_long(tuples: &Tuples<'_>) -> bool {
    tuples.len() > SOUGHT
}

/// Whether equalities pin every column that stands before `ord` in the order by value, so that a probe is one seek.
/// With less, the rows of the resource itself are fewer than those of the value.
fn pinned(rows: &Rows<'_>) -> bool {
    let columns = names(rows.kind).map(|names| names.sought.as_slice()).unwrap_or_default();
    rows.kind != RowKind::Present && columns.iter().all(|col| rows.atoms.iter().any(|atom| pins(atom, *col)))
}

/// Whether only the end of an interval is bounded: then the rows lie together in the order of their ends.
fn is_sought_by_end(rows: &Rows<'_>) -> bool {
    let mut ranges = rows.atoms.iter().filter_map(|atom| match atom {
        Comparison::Range(_, rel, bounds) => Some((*rel, *bounds)),
        _ => None,
    });
    let open_start = |(rel, bounds): (Rel, Bounds<'_>)| match rel {
        Rel::Meets => bounds.is_open_above() && !bounds.is_open_below(),
        Rel::Within => bounds.is_open_below() && !bounds.is_open_above(),
        Rel::Same | Rel::Covers | Rel::Differs => false,
    };
    // All of them, for one that bounds the start is sought by that.
    let first = ranges.next().is_some_and(open_start);
    first && ranges.all(open_start)
}

fn pins(atom: &Comparison<'_>, col: Col) -> bool {
    match atom {
        Comparison::Eq(other, _) | Comparison::Range(other, Rel::Same, _) => *other == col,
        Comparison::In(cols, tuples) => !is_long(tuples) && cols.contains(&col),
        _ => false,
    }
}
