//! Elements of resources: the rows that count them, and what is at hand for a condition on one.

use super::links::Hop;
use super::names::by_value;
use super::scan::{At, Scan, col, from, one_from};
use super::select::Select;
use super::{Dialect, Target};
use crate::rows::{ELEMENT, KeyId, RowKind};
use sea_query::{DynIden, ExprTrait};

impl<D: Dialect> Target<D> {
    /// The elements of the resource at hand.
    pub(super) fn elements_at(&mut self, at: &At, key: KeyId) -> (Hop, At) {
        let alias = self.alias("x");
        let mut select = one_from(table(), &alias);
        self.counted(&mut select, &alias, key);
        select.and_where(col(&alias, "ord").eq(at.ord.clone()));
        (Hop(select), element(&alias))
    }

    /// The elements of any resource, in the order of pages.
    pub(super) fn elements_of_any(&mut self, key: KeyId) -> Scan {
        let alias = self.alias("x");
        let mut select = from(table(), &alias);
        self.counted(&mut select, &alias, key);
        Scan { select, at: element(&alias), repeats: !self.is_once(key) }
    }

    fn counted(&mut self, select: &mut Select, alias: &DynIden, key: KeyId) {
        self.restrict(select, alias, &[key]);
        let whole = self.int(ELEMENT);
        select.and_where(col(alias, "part").eq(whole));
    }
}

fn table() -> &'static str {
    by_value(RowKind::Element).unwrap_or_default()
}

fn element(alias: &DynIden) -> At {
    At { element: Some(col(alias, "element")), ..At::row(col(alias, "ord")) }
}
