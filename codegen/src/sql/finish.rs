//! The outermost select: pages, counts, identities, targets.

use super::binds::{Bind, Binds, Writer};
use super::constant::{empty_text, number};
use super::order::{Has, Key, sort};
use super::scan::{At, Own, Scan, col, from};
use super::select::Select;
use super::{Dialect, Sql, Target};
use crate::algebra::{Edge, End, On};
use crate::program::{OrderBy, Yield};
use crate::rows::KeyId;
use crate::target::Results;
use sea_query::{Asterisk, CommonTableExpression, DynIden, Expr, ExprTrait, IntoIden, WithClause};

/// A select with the tables that are computed before it.
pub(super) struct Statement {
    pub(super) select: Select,
    pub(super) tables: Vec<CommonTableExpression>,
    pub(super) recursive: bool,
    pub(super) binds: Binds,
}

impl Statement {
    pub(super) fn write<D: Dialect>(mut self) -> Sql {
        if !self.tables.is_empty() {
            let mut with = WithClause::new().recursive(self.recursive).to_owned();
            for table in self.tables {
                with.cte(table);
            }
            self.select.with_cte(with);
        }
        let mut writer = Writer::new(D::PARAMETER);
        D::write(&self.select.done(), &mut writer);
        Sql { text: writer.into_text(), binds: self.binds.into_list() }
    }
}

/// A page of members: `ord` and `k0`, `k1` ... in order.
struct Page {
    select: Select,
    keys: Vec<Key>,
}

impl<D: Dialect> Target<D> {
    pub(super) fn result(&mut self, members: Scan, results: &Results<'_>) -> Select {
        match results.yields {
            Yield::Count => self.count(members, results.limit),
            Yield::Rough => self.rough(members, results.limit),
            Yield::Page => self.page(members, results).select,
            Yield::Rid => self.identities(members, results),
            Yield::Targets(edge) => self.targets(members, *edge, results),
            // Never asked: the capabilities say so.
            Yield::Names(_) | Yield::Rows(..) => {
                let none = self.united(Vec::new());
                self.identities(none, results)
            }
            Yield::Versions(keys) => self.versions(members, keys, results.limit),
        }
    }

    fn count(&mut self, members: Scan, limit: Option<u32>) -> Select {
        if limit.is_some() {
            let live = members.at.live;
            let mut some = members.members();
            self.limit(&mut some, limit);
            let mut some = self.nested(some, live).select;
            return some.expr_as(Expr::col(Asterisk).count(), "n").take();
        }
        // Repeated members are dropped before they are counted: rows of one value lie in the order of the resources, so
        // that takes no memory, which `count(DISTINCT …)` does.
        let members = self.once(members);
        let mut select = members.select;
        select.expr_as(Expr::col(Asterisk).count(), "n").take()
    }

    /// Rows as they are found, and the last of the resources in the order of pages.
    fn rough(&mut self, members: Scan, limit: Option<u32>) -> Select {
        let live = members.at.live;
        let mut rows = members.ords();
        self.limit(&mut rows, limit);
        let Scan { mut select, at, .. } = self.nested(rows, live);
        select.expr_as(Expr::col(Asterisk).count(), "n").expr_as(at.ord.max(), "last").take()
    }

    fn page(&mut self, members: Scan, results: &Results<'_>) -> Page {
        // Ordered by number alone, repeated members are dropped as they come; the rows of one value lie in that order.
        let members = match results.order.iter().all(|key| key.alone() == Some(&OrderBy::Ord)) {
            true => members,
            false => self.once(members),
        };
        let keys = self.keys(&members.at, results.order);
        // On a walk in the order of the first key few members are looked at: the other keys of all are not computed.
        let walks = matches!(members.at.own, Some(Own::Values(..) | Own::Updated(_)));
        let computes = !walks && keys.iter().any(|key| key.has == Has::Some);
        let (mut scan, keys) = if computes { self.computed(members, keys) } else { (members, keys) };
        if let Some(after) = results.after {
            let beyond = self.beyond(&keys, &scan.at.ord, after);
            scan.select.where_first(beyond);
        }
        let ord = scan.at.ord.clone();
        let mut select = scan.members();
        for (position, key) in keys.iter().enumerate() {
            select.expr_as(key.value.clone(), key_name(position));
        }
        sort(&mut select, &keys, &ord);
        self.limit(&mut select, results.limit);
        Page { select, keys }
    }

    /// The members with their keys, each computed once: the position, the order and the result all read them.
    fn computed(&mut self, members: Scan, keys: Vec<Key>) -> (Scan, Vec<Key>) {
        let name: DynIden = "page".into_iden();
        let mut select = members.select;
        select.expr_as(members.at.ord, "ord");
        for (position, key) in keys.iter().enumerate() {
            select.expr_as(key.value.clone(), key_name(position));
        }
        let mut table = CommonTableExpression::new();
        self.tables.push(table.table_name(name.clone()).query(select).materialized(true).to_owned());
        let alias = self.alias("p");
        let at = At { live: members.at.live, ..At::row(col(&alias, "ord")) };
        let scan = Scan { select: from("page", &alias), at, repeats: false };
        (scan, renamed(keys, &alias))
    }

    fn identities(&mut self, members: Scan, results: &Results<'_>) -> Select {
        let page = self.page(members, results);
        let (page_alias, record) = (self.alias("p"), self.alias("r"));
        let keys = renamed(page.keys, &page_alias);
        let ord = col(&page_alias, "ord");
        let mut select = Select::new().from_subquery(page.select, page_alias).take();
        self.record_of(&mut select, &record, &ord);
        sort(&mut select, &keys, &ord);
        identity(select, &record)
    }

    fn targets(&mut self, members: Scan, edge: Edge, results: &Results<'_>) -> Select {
        let scan = match (results.limit, results.after) {
            (None, None) => members,
            _ => {
                let live = members.at.live;
                let page = self.page(members, results).select;
                self.nested(page, live)
            }
        };
        match edge.on {
            On::Rid | On::Unversioned => {
                let Scan { mut select, at, .. } = self.scan_from(scan, edge, End::Target);
                let record = self.alias("r");
                self.record_of(&mut select, &record, &at.ord);
                select.and_where(col(&record, "deleted").eq(number(0))).distinct();
                select.order_by_expr(col(&record, "ord"), sea_query::Order::Asc);
                identity(select, &record)
            }
            On::Url { .. } => self.urls(scan, edge, &["url"]),
            On::UrlVersion { .. } => self.urls(scan, edge, &["url", "version"]),
        }
    }

    /// `ord` of the target, `key`, `version`, in this order.
    fn versions(&mut self, members: Scan, keys: &[KeyId], limit: Option<u32>) -> Select {
        let link = self.alias("e");
        let mut select = members.select;
        let found = self.keyed_by(&link, keys).into_iter();
        let named = [col(&link, "ord").eq(members.at.ord), col(&link, "version").ne(empty_text())];
        D::join(&mut select, "ref_s", &link, found.chain(named));
        select.distinct();
        for (column, name) in [("target", "ord"), ("key", "key"), ("version", "version")] {
            select.expr_as(col(&link, column), name);
            select.order_by_expr(col(&link, column), sea_query::Order::Asc);
        }
        self.limit(&mut select, limit);
        select
    }

    fn urls(&mut self, scan: Scan, edge: Edge, columns: &[&'static str]) -> Select {
        let link = self.alias("e");
        let mut select = scan.select;
        let found = self.keyed_by(&link, &[edge.key]).into_iter();
        D::join(&mut select, "url_s", &link, found.chain([col(&link, "ord").eq(scan.at.ord)]));
        select.distinct();
        for name in columns {
            select.expr_as(col(&link, *name), *name);
            select.order_by_expr(col(&link, *name), sea_query::Order::Asc);
        }
        select
    }

    fn record_of(&mut self, select: &mut Select, record: &DynIden, ord: &Expr) {
        let found = [col(record, "tenant").eq(self.tenant()), col(record, "ord").eq(ord.clone())];
        D::join(select, "resource", record, found);
    }

    fn once(&mut self, members: Scan) -> Scan {
        if members.repeats {
            let live = members.at.live;
            self.nested(members.members(), live)
        } else {
            members
        }
    }

    pub(super) fn limit(&mut self, select: &mut Select, limit: Option<u32>) {
        if let Some(n) = limit {
            select.limit(self.binds.position(Bind::Int(i64::from(n))));
        }
    }
}

fn identity(mut select: Select, record: &DynIden) -> Select {
    select.exprs(["ord", "type", "id"].map(|name| col(record, name))).take()
}

/// The keys as columns of a select that computed them.
fn renamed(keys: Vec<Key>, table: &DynIden) -> Vec<Key> {
    let column = |(position, key): (usize, Key)| Key { value: col(table, key_name(position)), ..key };
    keys.into_iter().enumerate().map(column).collect()
}

fn key_name(position: usize) -> String {
    format!("k{position}")
}
