//! Joins: over the target's number, or over its canonical url.

use super::constant::{empty_text, number};
use super::scan::{At, Scan, col, one_from};
use super::select::Select;
use super::{Dialect, Target};
use crate::algebra::{Edge, End, On};
use crate::rows::KeyId;
use sea_query::{DynIden, Expr, ExprTrait, IntoIden, TableName, TableRef};

/// `SELECT 1 FROM ...` over the rows of an edge, one end of which is known.
#[derive(Debug)]
pub struct Hop(pub(super) Select);

impl<D: Dialect> Target<D> {
    /// The rows of the edge at the resource at hand, and the resource at the other end.
    pub(super) fn hop_from(&mut self, at: &Expr, edge: Edge, from: End) -> (Hop, At) {
        let first = self.alias("e");
        let mut select = Select::new().expr(number(1)).take();
        let other = self.join(&mut select, &first, is(at), (&[edge.key], edge.on), from);
        (Hop(select), other)
    }

    /// The resources at end `from` of the links of the members of `far`.
    pub(super) fn scan_from(&mut self, far: Scan, edge: Edge, from: End) -> Scan {
        if !D::ENTERS_BY_SETS {
            return self.join_from(far, edge, from);
        }
        let first = self.alias("e");
        let (mut select, members) = (Select::new(), far.ords());
        let any = |end: Expr| Some(D::one_of_these(end, members));
        let at = self.join(&mut select, &first, any, (&[edge.key], edge.on), opposite(from));
        Scan { select, at, repeats: !self.leads_to_one(edge, from) }
    }

    /// The same, joined to `far`.
    pub(super) fn join_from(&mut self, mut far: Scan, edge: Edge, from: End) -> Scan {
        let first = self.alias("e");
        let at = self.join(&mut far.select, &first, is(&far.at.ord), (&[edge.key], edge.on), opposite(from));
        Scan { select: far.select, at, repeats: far.repeats || !self.leads_to_one(edge, from) }
    }

    /// The resources that hold links, and the resource at the other end.
    pub(super) fn scan_links(&mut self, edge: Edge) -> (Scan, At) {
        let first = self.alias("e");
        let mut select = Select::new();
        let other = self.join(&mut select, &first, |_| None, (&[edge.key], edge.on), End::Source);
        let at = At::row(col(&first, "ord"));
        (Scan { select, at, repeats: !self.leads_to_one(edge, End::Source) }, other)
    }

    /// Who refers to one resource only is found by that one; who is referred to, by many.
    fn leads_to_one(&self, edge: Edge, from: End) -> bool {
        from == End::Source && matches!(edge.on, On::Rid | On::Unversioned) && self.is_once(edge.key)
    }

    /// Goes on to `first`, the table that knows resources at end `begin`, those for whose number `begins` holds (all, where
    /// that is nothing), and from there to the other end. The links stand under any of the keys.
    pub(super) fn join(
        &mut self,
        select: &mut Select,
        first: &DynIden,
        begins: impl FnOnce(Expr) -> Option<Expr>,
        (keys, on): (&[KeyId], On),
        begin: End,
    ) -> At {
        let table = first_table(on, begin);
        let (On::Url { url } | On::UrlVersion { url, .. }) = on else {
            let unversioned = (on == On::Unversioned).then(|| col(first, "version").eq(empty_text()));
            let (here, other) = match begin {
                End::Source => ("ord", At::unknown(col(first, "target"))),
                End::Target => ("target", At::row(col(first, "ord"))),
            };
            let found = unversioned.into_iter().chain(self.keyed_by(first, keys));
            Self::enter(select, table, first, found.chain(begins(col(first, here))));
            return other;
        };
        let url = [url];
        let (begin_keys, end_keys) = if begin == End::Source { (keys, url.as_slice()) } else { (url.as_slice(), keys) };
        let found = self.keyed_by(first, begin_keys).into_iter();
        Self::enter(select, table, first, found.chain(begins(col(first, "ord"))));
        let second = self.alias("e");
        let found = self.keyed_by(&second, end_keys).into_iter();
        Self::enter(select, "url_v", &second, found.chain([col(&second, "url").eq(col(first, "url"))]));
        if let On::UrlVersion { version, .. } = on {
            let (link, target) = if begin == End::Source { (first, &second) } else { (&second, first) };
            select.and_where(self.version(link, target, version));
        }
        At::row(col(&second, "ord"))
    }

    /// Adds a table: as the first, or joined to those that are there, for each row of which its rows are sought.
    pub(super) fn enter(
        select: &mut Select,
        table: &'static str,
        alias: &DynIden,
        found: impl IntoIterator<Item = Expr>,
    ) {
        if select.has_table() {
            return D::join(select, table, alias, found);
        }
        select.from(aliased(table, alias));
        found.into_iter().for_each(|condition| {
            select.and_where(condition);
        });
    }

    /// Restricts a table to the rows of these keys.
    pub(super) fn restrict(&mut self, select: &mut Select, table: &DynIden, keys: &[KeyId]) {
        for condition in self.keyed_by(table, keys) {
            select.and_where(condition);
        }
    }

    /// The row is of one of these keys.
    pub(super) fn keyed_by(&mut self, table: &DynIden, keys: &[KeyId]) -> [Expr; 2] {
        let tenant = self.tenant();
        let keys: Vec<Expr> = keys.iter().map(|key| self.int(i64::from(key.0))).collect();
        let key = match keys.as_slice() {
            [key] => col(table, "key").eq(key.clone()),
            _ => col(table, "key").is_in(keys),
        };
        [col(table, "tenant").eq(tenant), key]
    }

    /// The link names no version, or the target's own, which is a token row: as written if that differs from folded.
    fn version(&mut self, link: &DynIden, target: &DynIden, version: KeyId) -> Expr {
        let own = self.alias("v");
        let mut select = one_from("token_s", &own);
        self.restrict(&mut select, &own, &[version]);
        let written = Expr::case(col(&own, "exact").eq(empty_text()), col(&own, "code")).finally(col(&own, "exact"));
        select
            .and_where(col(&own, "ord").eq(col(target, "ord")))
            .and_where(Expr::Case(Box::new(written)).eq(col(link, "version")));
        col(link, "version").eq(empty_text()).or(D::exists(select))
    }
}

/// The table that leads away from the resource at hand, which stands at end `from`.
fn first_table(on: On, from: End) -> &'static str {
    match (on, from) {
        (On::Rid | On::Unversioned, End::Source) => "ref_s",
        (On::Rid | On::Unversioned, End::Target) => "ref_v",
        (On::Url { .. } | On::UrlVersion { .. }, _) => "url_s",
    }
}

/// The number is that of this resource.
pub(super) fn is(at: &Expr) -> impl FnOnce(Expr) -> Option<Expr> {
    let at = at.clone();
    move |end| Some(end.eq(at))
}

fn opposite(end: End) -> End {
    match end {
        End::Source => End::Target,
        End::Target => End::Source,
    }
}

/// A table under a name of its own, for joins.
pub(super) fn aliased(table: impl IntoIden, alias: &DynIden) -> TableRef {
    TableRef::Table(TableName(None, table.into_iden()), Some(alias.clone()))
}
