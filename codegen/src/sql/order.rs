//! Sort keys, and the position after which a page begins. What has no value comes last, in both directions.

use super::constant::number;
use super::links::{aliased, first_table};
use super::scan::{At, Own, TYPE_SHIFT, col, from};
use super::schema::{by_source, physical};
use super::{Dialect, Target};
use crate::algebra::{Edge, End, Universe};
use crate::program::{After, Dir, OrderBy, OrderKey, OrderSource};
use crate::rows::{Base, Col, ColName, KeyId, Rank, RowKind, Value};
use sea_query::{BinOper, DynIden, Expr, ExprTrait, Keyword, Order, Query, SelectStatement, UnionType};

/// A sort key of the members.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The value that sorts.
    pub(super) value: Expr,
    /// Whether a member may be without it. Then it is computed per member, not read from the table we go through.
    pub(super) optional: bool,
    pub(super) dir: Dir,
}

/// Rows that hold values that sort, and the values: an expression over them.
struct Values {
    select: SelectStatement,
    value: Expr,
}

impl<D: Dialect> Target<D> {
    pub(super) fn keys(&mut self, at: &At, order: &[OrderKey]) -> Vec<Key> {
        order.iter().map(|key| self.key(at, key)).collect()
    }

    fn key(&mut self, at: &At, key: &OrderKey) -> Key {
        let name = key.alone().and_then(record_column);
        let own = match (name, &at.own) {
            (Some("ord"), _) => Some(at.ord.clone()),
            (Some(name), Some(Own::Resource(table))) => Some(col(table, name)),
            (Some("updated"), Some(Own::Updated(table))) => Some(col(table, "updated")),
            _ => None,
        };
        match own {
            Some(value) => Key { value, optional: false, dir: key.dir },
            None if key.from.is_empty() => Key { value: Expr::Keyword(Keyword::Null), optional: true, dir: key.dir },
            None => Key { value: self.first_value(at, key).into(), optional: true, dir: key.dir },
        }
    }

    /// The value that comes first in the direction, of all that the resource (or what it links to) has.
    fn first_value(&mut self, at: &At, key: &OrderKey) -> SelectStatement {
        let first = |value: Expr| match key.dir {
            Dir::Asc => value.min(),
            Dir::Desc => value.max(),
        };
        let mut found: Vec<Values> = Vec::new();
        for source in &key.from {
            found.extend(self.values(at, source, key.dir));
        }
        let (mut select, value) = match found.as_slice() {
            [Values { select, value }] => (select.clone(), value.clone()),
            _ => self.united_values(found),
        };
        select.expr(first(value)).take()
    }

    /// The values of several sources as a table of one column.
    fn united_values(&mut self, found: Vec<Values>) -> (SelectStatement, Expr) {
        let mut selects = found.into_iter().map(|Values { mut select, value }| select.expr_as(value, "v").take());
        let mut all = selects.next().unwrap_or_default();
        for select in selects {
            all.union(UnionType::All, select);
        }
        let alias = self.alias("v");
        (Query::select().from_subquery(all, alias.clone()).take(), col(&alias, "v"))
    }

    /// The values of a source. References to the store's own resources come from two tables: of those that are or were
    /// there, and of those that have not arrived.
    fn values(&mut self, at: &At, source: &OrderSource, dir: Dir) -> Vec<Values> {
        match &source.by {
            OrderBy::Rows { keys, kind: RowKind::One(Base::Ref) } => {
                ["resource", "stub"].map(|named| self.references(at, &source.via, keys, named)).into()
            }
            OrderBy::Rows { keys, kind } => vec![self.rows(at, &source.via, keys, *kind, dir)],
            OrderBy::Updated(types) | OrderBy::Id(types) => vec![self.records(at, source, types)],
            OrderBy::Ord => vec![self.records(at, source, &Universe(Vec::new()))],
        }
    }

    /// Rows of these keys, of the resource at hand or of what the links lead to, and the name of their table.
    fn rows_at_end(&mut self, at: &At, via: &[Edge], keys: &[KeyId], table: &str) -> (SelectStatement, DynIden) {
        let (mut select, alias, ord) = self.linked(at, via, table, "k");
        let keys: Vec<Expr> = keys.iter().map(|key| self.int(i64::from(key.0))).collect();
        let key = match keys.as_slice() {
            [key] => col(&alias, "key").eq(key.clone()),
            _ => col(&alias, "key").is_in(keys),
        };
        select.and_where(col(&alias, "tenant").eq(self.tenant())).and_where(key);
        select.and_where(col(&alias, "ord").eq(ord));
        (select, alias)
    }

    fn rows(&mut self, at: &At, via: &[Edge], keys: &[KeyId], kind: RowKind, dir: Dir) -> Values {
        let table = by_source(kind).map(|table| table.name).unwrap_or_default();
        let (mut select, alias) = self.rows_at_end(at, via, keys, &table);
        if kind == RowKind::One(Base::Text) {
            let ranks: Vec<Expr> = Rank::SORTS.map(|rank| self.int(i64::from(rank as u8))).into();
            select.and_where(col(&alias, "rank").is_in(ranks));
        }
        // A text that folds to nothing and a coding without a code have no sort value.
        if matches!(kind, RowKind::One(Base::Text | Base::Token)) {
            let nothing = self.text(String::new());
            select.and_where(col(&alias, &sort_column(kind, Dir::Asc)).gt(nothing));
        }
        Values { select, value: col(&alias, &sort_column(kind, dir)) }
    }

    /// References as `Type/id`. What stands inside another resource is in neither table: it has no such name.
    fn references(&mut self, at: &At, via: &[Edge], keys: &[KeyId], named: &str) -> Values {
        let (mut select, alias) = self.rows_at_end(at, via, keys, "ref_s");
        let (ty, name) = (self.alias("y"), self.alias("n"));
        select.cross_join(aliased("type", &ty)).cross_join(aliased(named.to_owned(), &name));
        let target = col(&alias, "target");
        select
            .and_where(col(&ty, "id").eq(target.clone().right_shift(number(i64::from(TYPE_SHIFT)))))
            .and_where(col(&name, "tenant").eq(self.tenant()))
            .and_where(col(&name, "ord").eq(target));
        let join = |left: Expr, right: Expr| left.binary(BinOper::Custom("||"), right);
        let value = join(join(col(&ty, "name"), Expr::Constant("/".into())), col(&name, "id"));
        Values { select, value }
    }

    /// A column of the record of the resource at hand, or of what the links lead to.
    fn records(&mut self, at: &At, source: &OrderSource, types: &Universe) -> Values {
        let (mut select, alias, ord) = self.linked(at, &source.via, "resource", "k");
        let tenant = self.tenant();
        select.and_where(col(&alias, "tenant").eq(tenant)).and_where(col(&alias, "deleted").eq(number(0)));
        select.and_where(col(&alias, "ord").eq(ord.clone()));
        if !source.via.is_empty() {
            let typed = self.typed(&ord, types);
            select.and_where(typed);
        }
        let value = col(&alias, record_column(&source.by).unwrap_or_default());
        Values { select, value }
    }

    /// A table, joined to the links that lead to it if there are some, and the number that its `ord` must be.
    fn linked(&mut self, at: &At, via: &[Edge], table: &str, stem: &str) -> (SelectStatement, DynIden, Expr) {
        let mut reached: Option<(SelectStatement, At)> = None;
        for edge in via {
            let link = self.alias("e");
            let first = first_table(*edge, End::Source);
            let (mut select, here) = match reached {
                None => (from(first, &link), at.clone()),
                Some((mut select, here)) => (select.cross_join(aliased(first, &link)).take(), here),
            };
            let there = self.join(&mut select, &link, &here.ord, *edge, End::Source);
            reached = Some((select, there));
        }
        let alias = self.alias(stem);
        match reached {
            None => (from(table, &alias), alias, at.ord.clone()),
            Some((mut select, there)) => {
                (select.cross_join(aliased(table.to_owned(), &alias)).take(), alias, there.ord)
            }
        }
    }

    /// What comes after the position.
    pub(super) fn beyond(&mut self, keys: &[Key], ord: &Expr, after: &After) -> Expr {
        let last = self.int(after.ord);
        let dir = direction(keys);
        if let Some(values) = self.plain(keys, after) {
            // One comparison of rows: both databases seek to it, which they do not for the same written with OR.
            let here = Expr::tuple(keys.iter().map(|key| key.value.clone()).chain([ord.clone()]));
            return beyond(here, Expr::tuple(values.into_iter().chain([last])), dir);
        }
        let tail = beyond(ord.clone(), last, dir);
        keys.iter().zip(&after.keys).rev().fold(tail, |rest, (key, value)| {
            let here = key.value.clone();
            let Some(value) = self.position(value.as_ref()) else { return here.is_null().and(rest) };
            let later = beyond(here.clone(), value.clone(), key.dir).or(here.clone().is_null());
            later.or(here.eq(value).and(rest))
        })
    }

    /// The values of the position, if every member has every key and all run in one direction.
    fn plain(&mut self, keys: &[Key], after: &After) -> Option<Vec<Expr>> {
        let dir = direction(keys);
        if keys.is_empty() || keys.iter().any(|key| key.optional || key.dir != dir) {
            return None;
        }
        after.keys.iter().map(|value| self.position(value.as_ref())).collect()
    }

    fn position(&mut self, value: Option<&Value>) -> Option<Expr> {
        match value {
            Some(Value::Int(int)) => Some(self.int(*int)),
            Some(Value::Text(text)) => Some(self.text(text.clone())),
            _ => None,
        }
    }
}

/// Puts the members in order.
pub(super) fn sort(select: &mut SelectStatement, keys: &[Key], ord: &Expr) {
    for key in keys {
        if key.optional {
            select.order_by_expr(key.value.clone().is_null(), Order::Asc);
        }
        select.order_by_expr(key.value.clone(), sql(key.dir));
    }
    select.order_by_expr(ord.clone(), sql(direction(keys)));
}

/// `ord` runs in the direction of the last key.
fn direction(keys: &[Key]) -> Dir {
    keys.last().map_or(Dir::Asc, |key| key.dir)
}

fn beyond(here: Expr, there: Expr, dir: Dir) -> Expr {
    match dir {
        Dir::Asc => here.gt(there),
        Dir::Desc => here.lt(there),
    }
}

fn sql(dir: Dir) -> Order {
    match dir {
        Dir::Asc => Order::Asc,
        Dir::Desc => Order::Desc,
    }
}

/// The column of `resource` that holds the values, if they are part of the record.
fn record_column(by: &OrderBy) -> Option<&'static str> {
    match by {
        OrderBy::Updated(_) => Some("updated"),
        OrderBy::Id(_) => Some("id"),
        OrderBy::Ord => Some("ord"),
        OrderBy::Rows { .. } => None,
    }
}

/// The first column; of an interval the start ascending and the end descending.
fn sort_column(kind: RowKind, dir: Dir) -> String {
    let first = kind.columns().first().copied().unwrap_or(Col::first(ColName::Id));
    let stored = physical(kind, first);
    let column = match dir {
        Dir::Asc => stored.first(),
        Dir::Desc => stored.last(),
    };
    column.map(|column| column.name.clone()).unwrap_or_default()
}
