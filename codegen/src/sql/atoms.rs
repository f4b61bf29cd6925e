//! Comparisons of one row.

use super::abridged::stored;
use super::constant::{always, blank_text, never, number};
use super::names::columns;
use super::rids::{long_list, texts};
use super::rows::{Row, is_long};
use super::scan::col;
use super::schema::SqlType;
use super::select::Select;
use super::{Bind, Dialect, Target};
use crate::algebra::{Order, Rel, SlotId};
use crate::rows::{Col, ColType, Point, RowKind};
use crate::target::{Bounds, Comparison, Scalar, Tuples};
use crate::text::successor;
use sea_query::{BinOper, Expr, ExprTrait};

impl<D: Dialect> Target<D> {
    pub(super) fn compare(&mut self, row: &Row, atom: &Comparison<'_>) -> Expr {
        match atom {
            Comparison::Eq(column, value) => one(row, *column).eq(self.scalar(row.kind, *value)),
            Comparison::Ne(column, value) => one(row, *column).ne(self.known(row.kind, *value)),
            Comparison::In(columns, tuples) => self.among(row, columns, tuples),
            Comparison::NotIn(columns, tuples) => self.among(row, columns, tuples).not(),
            Comparison::InSlot(columns, slot) => match columns {
                [column] => self.found(row, *column, *slot),
                // Never asked: the capabilities say so.
                _ => never(),
            },
            Comparison::NotInSlot(column, slot) => self.found(row, *column, *slot).not(),
            Comparison::Range(column, rel, bounds) => self.range(row, *column, *rel, *bounds),
            Comparison::Order(column, order, value) => self.ordered(row, one(row, *column), *order, value),
            Comparison::Starts(column, head) => match Self::undecided_beginning(row, head) {
                None => self.starts(&one(row, *column), head),
                Some(beginning) => {
                    let seek = self.starts(&one(row, *column), beginning);
                    let whole = self.whole(one(row, *column));
                    seek.and(self.starts(&whole, head))
                }
            },
            // Every text ends with the empty one, which SQLite's `substr` of an empty text does not tell.
            Comparison::Ends(_, "") => always(),
            Comparison::Ends(column, tail) => D::ends(self.whole_of(row, one(row, *column)), self.text(*tail)),
            Comparison::Has(column, part) => D::has(self.whole_of(row, one(row, *column)), self.text(*part)),
            Comparison::Near(column, centre, radius) => self.near(row, *column, *centre, *radius),
            Comparison::Words(column, words) => {
                let blank = |expr: Expr, other: Expr| expr.binary(BinOper::Custom("||"), other);
                let padded = blank(blank(blank_text(), self.whole_of(row, one(row, *column))), blank_text());
                all(words.iter().map(|word| Some(D::has(padded.clone(), self.text(format!(" {word} "))))))
            }
        }
    }

    /// The value as rows of a kind hold it. Null if it has no number here: it equals nothing.
    fn scalar(&mut self, kind: RowKind, value: Scalar<'_>) -> Expr {
        match value {
            Scalar::Int(int) => self.int(int),
            Scalar::Text(text) => self.text(stored::<D>(kind, text)),
            Scalar::System(None) => number(0),
            Scalar::System(Some(url)) => {
                let url = self.text(stored::<D>(kind, url));
                let id = Select::new().column("id").from("system").and_where(Expr::col("url").eq(url)).take();
                id.into()
            }
            Scalar::Rid(ty, id) => {
                let (tenant, id) = (self.tenant(), self.text(id));
                let ord = Select::new()
                    .column("ord")
                    .from("resource_id")
                    .and_where(Expr::col("tenant").eq(tenant))
                    .and_where(Expr::col("type").eq(number(i64::from(ty.0))))
                    .and_where(Expr::col("id").eq(id))
                    .take();
                ord.into()
            }
        }
    }

    /// The value as stored, or a number that nothing has: null would hide rows that differ.
    fn known(&mut self, kind: RowKind, value: Scalar<'_>) -> Expr {
        let stored = self.scalar(kind, value);
        match value {
            Scalar::System(Some(_)) | Scalar::Rid(..) => stored.if_null(number(-1)),
            Scalar::Int(_) | Scalar::Text(_) | Scalar::System(None) => stored,
        }
    }

    fn among(&mut self, row: &Row, columns: &[Col], tuples: &Tuples<'_>) -> Expr {
        let list = |column: Col| match row.few && is_long(tuples) {
            true => D::tested(one(row, column), sql_type(column)),
            false => one(row, column),
        };
        if let [column] = columns {
            if let Some(rids) = long_list(tuples) {
                return D::one_of_these(list(*column), self.numbers(rids));
            }
            if let Some(texts) = texts(tuples) {
                let texts: Vec<_> = texts.into_iter().map(|text| stored::<D>(row.kind, text)).collect();
                return self.one_of(list(*column), texts.iter().map(AsRef::as_ref).collect());
            }
            let values: Vec<Expr> = tuples.iter().flatten().map(|value| self.known(row.kind, *value)).collect();
            return list(*column).is_in(values);
        }
        // What all tuples share is compared once: the time that SQLite takes to read a list of rows grows with the square
        // of its length (8,000 pairs 0.8 s, 8,000 codes of one system 0.1 s).
        if let Some((column, value, columns, tuples)) = shared(columns, tuples) {
            let same = one(row, column).eq(self.known(row.kind, value));
            return same.and(self.among(row, &columns, &tuples));
        }
        // `VALUES`, since SQLite compares rows with a subquery only.
        let mut tuples: Vec<Expr> = tuples.iter().map(|tuple| self.tuple(row.kind, columns, tuple)).collect();
        let rows = vec![marker::<D>(); tuples.len()].join(", ");
        let columns = Expr::tuple(columns.iter().map(|column| list(*column)));
        tuples.insert(0, columns);
        Expr::cust_with_exprs(format!("({} IN (VALUES {rows}))", marker::<D>()), tuples)
    }

    fn tuple(&mut self, kind: RowKind, columns: &[Col], tuple: &[Scalar<'_>]) -> Expr {
        let typed =
            columns.iter().zip(tuple).map(|(column, value)| D::typed(self.known(kind, *value), sql_type(*column)));
        Expr::tuple(typed.collect::<Vec<_>>())
    }

    fn found(&mut self, row: &Row, column: Col, slot: SlotId) -> Expr {
        let bind = match column.name.ty() {
            ColType::Bytes => Bind::Texts(slot),
            ColType::Rid => Bind::Resources(slot),
            _ => Bind::Ints(slot),
        };
        let list = self.binds.expr(bind);
        D::element(one(row, column), list, sql_type(column))
    }

    fn ordered(&mut self, row: &Row, column: Expr, order: Order, value: &str) -> Expr {
        let Some(beginning) = Self::undecided_beginning(row, value) else {
            return compared(column, order, self.text(value));
        };
        // What the index is entered by.
        let seek = match order {
            Order::Before | Order::UpTo => successor(beginning).map(|end| column.clone().lt(self.text(end))),
            Order::After | Order::From => Some(column.clone().gte(self.text(beginning))),
        };
        let whole = self.whole(column);
        all([seek, Some(compared(whole, order, self.text(value)))])
    }

    /// `column` begins with `head`, as a range: the index answers it and no character has a meaning.
    fn starts(&mut self, column: &Expr, head: &str) -> Expr {
        let from = column.clone().gte(self.text(head));
        match successor(head) {
            Some(end) => from.and(column.clone().lt(self.text(end))),
            None => from,
        }
    }

    /// Stored `[a, b)` against `[s, e)`.
    fn range(&mut self, row: &Row, column: Col, rel: Rel, bounds: Bounds<'_>) -> Expr {
        if row.kind == RowKind::Updated {
            return self.point(&col(&row.table, "updated"), rel, bounds);
        }
        let [a, b] = self.whole_ends(row, ends(row, column), bounds);
        let (s, e) = self.bounds(bounds);
        match rel {
            // `a < e` follows from the rest, stored intervals being non-empty; it ends the range that is read.
            Rel::Within => all([s.map(|s| a.clone().gte(s)), e.clone().map(|e| a.lt(e)), e.map(|e| b.lte(e))]),
            Rel::Meets => all([e.map(|e| a.lt(e)), s.map(|s| b.gt(s))]),
            Rel::Same | Rel::Covers | Rel::Differs => {
                let (s, e) = self.closed(bounds);
                match rel {
                    Rel::Same => a.eq(s).and(b.eq(e)),
                    Rel::Differs => a.ne(s).or(b.ne(e)),
                    _ => a.lte(s).and(b.gte(e)),
                }
            }
        }
    }

    /// The stored point is at most `radius` from `centre`. All points so near have a `z` so near, by which the index
    /// finds them. The squares have room in 64 bits: see [`Point::LIMIT`].
    fn near(&mut self, row: &Row, column: Col, centre: Point, radius: i64) -> Expr {
        let stored: Vec<Expr> = columns(row.kind, column).iter().map(|part| col(&row.table, part.as_str())).collect();
        let band = stored.first().map(|z| {
            let (from, to) = (self.int(centre.z - radius), self.int(centre.z + radius));
            z.clone().gte(from).and(z.clone().lte(to))
        });
        let squares = stored.into_iter().zip(centre.coordinates()).map(|(coordinate, of_centre)| {
            let difference = coordinate.sub(self.int(of_centre));
            difference.clone().mul(difference)
        });
        let distance = squares.collect::<Vec<_>>().into_iter().reduce(ExprTrait::add);
        all([band, distance.map(|squared| squared.lte(self.int(radius * radius)))])
    }

    /// A stored instant, that is `[updated, updated + 1)`, against `[s, e)`.
    fn point(&mut self, updated: &Expr, rel: Rel, bounds: Bounds<'_>) -> Expr {
        let Bounds::Instants(s, e) = bounds else { return never() };
        match rel {
            Rel::Within | Rel::Meets => updated.clone().gte(self.int(s)).and(updated.clone().lt(self.int(e))),
            Rel::Same if s.checked_add(1) == Some(e) => updated.clone().eq(self.int(s)),
            Rel::Same => never(),
            Rel::Differs if s.checked_add(1) == Some(e) => updated.clone().ne(self.int(s)),
            Rel::Differs => always(),
            Rel::Covers => {
                let last = self.int(e.saturating_sub(1));
                updated.clone().lte(self.int(s)).and(updated.clone().gte(last))
            }
        }
    }

    /// The ends of a search interval; `None` where it is open, which every stored end satisfies.
    fn bounds(&mut self, bounds: Bounds<'_>) -> (Option<Expr>, Option<Expr>) {
        let (below, above) = (bounds.is_open_below(), bounds.is_open_above());
        match bounds {
            Bounds::Instants(s, e) => ((!below).then(|| self.int(s)), (!above).then(|| self.int(e))),
            Bounds::Cuts(s, e) => ((!below).then(|| self.text(s)), (!above).then(|| self.text(e))),
        }
    }

    fn closed(&mut self, bounds: Bounds<'_>) -> (Expr, Expr) {
        match bounds {
            Bounds::Instants(s, e) => (self.int(s), self.int(e)),
            Bounds::Cuts(s, e) => (self.text(s), self.text(e)),
        }
    }
}

fn compared(column: Expr, order: Order, value: Expr) -> Expr {
    match order {
        Order::Before => column.lt(value),
        Order::UpTo => column.lte(value),
        Order::After => column.gt(value),
        Order::From => column.gte(value),
    }
}

/// The stored column of a column that is no interval.
pub(super) fn one(row: &Row, column: Col) -> Expr {
    col(&row.table, columns(row.kind, column).first().map_or("", String::as_str))
}

/// The stored columns of an interval; twice the same for others.
fn ends(row: &Row, column: Col) -> [Expr; 2] {
    let stored = columns(row.kind, column);
    let name = |name: Option<&'static String>| col(&row.table, name.map_or("", String::as_str));
    [name(stored.first()), name(stored.last())]
}

/// A column in which many tuples have the same value, and the other columns with what the tuples have there.
fn shared<'a>(columns: &[Col], tuples: &Tuples<'a>) -> Option<(Col, Scalar<'a>, Vec<Col>, Tuples<'a>)> {
    let [first, _, ..] = tuples.as_slice() else { return None };
    let same = |at: usize, value: &Scalar<'a>| tuples.iter().all(|tuple| tuple.get(at) == Some(value));
    let (at, value) = first.iter().enumerate().find(|(at, value)| same(*at, value))?;
    let others = tuples.iter().map(|tuple| without(tuple, at)).collect();
    Some((*columns.get(at)?, *value, without(columns, at), others))
}

fn without<T: Copy>(list: &[T], at: usize) -> Vec<T> {
    list.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, item)| *item).collect()
}

fn sql_type(column: Col) -> SqlType {
    match column.name.ty() {
        ColType::Bytes | ColType::Cuts => SqlType::Text,
        ColType::Int | ColType::System | ColType::Rid | ColType::Instants | ColType::Point => SqlType::Int,
    }
}

/// What stands for an expression inside a template of sea-query.
fn marker<D: Dialect>() -> String {
    D::PARAMETER.to_string()
}

fn all(conds: impl IntoIterator<Item = Option<Expr>>) -> Expr {
    super::junction::conjunction(conds.into_iter().flatten())
}
