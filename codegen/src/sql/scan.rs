//! Resources at hand, and selects that produce members.

use super::constant::{never, number};
use super::links::aliased;
use super::schema::SqlType;
use super::select::Select;
use super::{Bind, Dialect, Target};
use crate::algebra::{SlotId, Universe};
use crate::ord::{NOT_TOP_LEVEL, TYPE_SHIFT, end_ord, first_ord};
use crate::rows::{KeyId, RowKind};
use sea_query::{DynIden, Expr, ExprTrait, IntoIden, UnionType};

/// The resource that a condition is about.
#[derive(Clone, Debug)]
pub struct At {
    /// Its number.
    pub(super) ord: Expr,
    /// Whether it is known to be live: it has index rows, or was found to be.
    pub(super) live: bool,
    /// The table that holds its record, where that is what we go through.
    pub(super) own: Option<Own>,
    /// The number of the element that the condition is about, where it is about one of the resource's.
    pub(super) element: Option<Expr>,
}

/// A table that is gone through.
#[derive(Clone, Debug)]
pub(super) enum Own {
    /// `resource`, under this name.
    Resource(DynIden),
    /// `resource_updated`, under this name.
    Updated(DynIden),
    /// Rows of a key that hold the values of the first sort key, under this name: a resource may have several.
    Values(DynIden, RowKind, KeyId),
}

impl At {
    /// The resource that a row is about.
    pub(super) fn row(ord: Expr) -> At {
        At { ord, live: true, own: None, element: None }
    }

    /// A resource that is only referred to.
    pub(super) fn unknown(ord: Expr) -> At {
        At { ord, live: false, own: None, element: None }
    }
}

/// A select without result columns, and the member that each of its rows is about.
#[derive(Clone, Debug)]
pub struct Scan {
    pub(super) select: Select,
    pub(super) at: At,
    /// Whether a member may come several times.
    pub(super) repeats: bool,
}

impl Scan {
    /// The select with `ord` as its only column, repeated members included.
    pub(super) fn ords(self) -> Select {
        let mut select = self.select;
        select.expr_as(self.at.ord, "ord").take()
    }

    /// The select with `ord` as its only column, each member once.
    pub(super) fn members(self) -> Select {
        let repeats = self.repeats;
        let mut select = self.ords();
        if repeats {
            select.distinct();
        }
        select
    }

    pub(super) fn and(mut self, cond: Expr) -> Scan {
        self.select.and_where(cond);
        self
    }
}

/// A column of a table of the statement.
pub(super) fn col(table: &DynIden, name: impl IntoIden) -> Expr {
    Expr::col((table.clone(), name))
}

/// `SELECT 1 FROM table AS alias`, to be tested for existence.
pub(super) fn one_from(table: impl IntoIden, alias: &DynIden) -> Select {
    Select::new().expr(number(1)).from(aliased(table, alias)).take()
}

pub(super) fn from(table: impl IntoIden, alias: &DynIden) -> Select {
    Select::new().from(aliased(table, alias)).take()
}

impl<D: Dialect> Target<D> {
    /// A top-level number of these types.
    pub(super) fn typed(&mut self, ord: &Expr, universe: &Universe) -> Expr {
        let mut types = universe.0.clone();
        types.sort();
        types.dedup();
        let (Some(first), Some(last)) = (types.first(), types.last()) else { return never() };
        let range = ord.clone().gte(self.int(first_ord(*first))).and(ord.clone().lt(self.int(end_ord(*last))));
        if types.len() == 1 {
            return range;
        }
        let top = ord.clone().bit_and(number(NOT_TOP_LEVEL)).eq(number(0));
        // No type lies between them that is not asked for.
        if usize::from(last.0 - first.0) + 1 == types.len() {
            return range.and(top);
        }
        // One range with a filter, not a range per type: `ord` order is kept and the page ends early.
        let codes = types.iter().map(|ty| number(i64::from(ty.0)));
        let listed = ord.clone().right_shift(number(i64::from(TYPE_SHIFT))).is_in(codes);
        range.and(listed).and(top)
    }

    pub(super) fn scan_live(&mut self, universe: Option<&Universe>) -> Scan {
        let alias = self.alias("r");
        let ord = col(&alias, "ord");
        let mut select = from("resource", &alias);
        select.and_where(col(&alias, "tenant").eq(self.tenant()));
        if let Some(universe) = universe {
            select.and_where(self.typed(&ord, universe));
        }
        select.and_where(col(&alias, "deleted").eq(number(0)));
        let at = At { own: Some(Own::Resource(alias)), ..At::row(ord) };
        Scan { select, at, repeats: false }
    }

    pub(super) fn scan_updated(&mut self) -> Scan {
        let alias = self.alias("u");
        let mut select = from("resource_updated", &alias);
        select.and_where(col(&alias, "tenant").eq(self.tenant()));
        let ord = col(&alias, "ord");
        Scan { select, at: At { own: Some(Own::Updated(alias)), ..At::row(ord) }, repeats: false }
    }

    /// A live record with this number exists.
    pub(super) fn live(&mut self, ord: &Expr) -> Expr {
        let alias = self.alias("r");
        let mut select = one_from("resource", &alias);
        select
            .and_where(col(&alias, "tenant").eq(self.tenant()))
            .and_where(col(&alias, "ord").eq(ord.clone()))
            .and_where(col(&alias, "deleted").eq(number(0)));
        D::exists(select)
    }

    pub(super) fn scan_list(&mut self, slot: SlotId) -> Scan {
        let alias = self.alias("l");
        let list = self.binds.expr(Bind::Resources(slot));
        let (table, column) = D::elements(list, SqlType::Int, &alias.to_string());
        let at = At::unknown(col(&alias, column));
        Scan { select: Select::new().from_function(table, alias).take(), at, repeats: true }
    }

    /// A select of members, each once, as a table of another.
    pub(super) fn nested(&mut self, select: Select, live: bool) -> Scan {
        let alias = self.alias("m");
        let at = At { live, ..At::row(col(&alias, "ord")) };
        Scan { select: Select::new().from_subquery(select, alias).take(), at, repeats: false }
    }

    pub(super) fn united(&mut self, scans: Vec<Scan>) -> Scan {
        let live = scans.iter().all(|scan| scan.at.live);
        let mut scans = scans.into_iter();
        let Some(first) = scans.next() else {
            return self.nested(
                Select::new().expr_as(D::typed(number(0), SqlType::Int), "ord").and_where(never()).take(),
                true,
            );
        };
        if scans.len() == 0 {
            return first;
        }
        let mut select = first.ords();
        for scan in scans {
            select.union(UnionType::Distinct, scan.ords());
        }
        self.nested(select, live)
    }
}
