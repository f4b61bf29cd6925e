//! Sort keys, and the position after which a page begins. What has no value comes last, in both directions.

use super::constant::number;
use super::links::aliased;
use super::scan::{At, Own, col, from};
use super::schema::{by_source, physical};
use super::{Dialect, Target};
use crate::algebra::Edge;
use crate::program::{After, Dir, OrderBy, OrderKey};
use crate::rows::{Base, Col, ColName, KeyId, Rank, RowKind, Value};
use sea_query::{DynIden, Expr, ExprTrait, Order, SelectStatement};

/// A sort key of the members.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The value that sorts.
    pub(super) value: Expr,
    /// Whether a member may be without it. Then it is computed per member, not read from the table we go through.
    pub(super) optional: bool,
    pub(super) dir: Dir,
}

impl<D: Dialect> Target<D> {
    pub(super) fn keys(&mut self, at: &At, order: &[OrderKey]) -> Vec<Key> {
        order.iter().map(|key| self.key(at, key)).collect()
    }

    fn key(&mut self, at: &At, key: &OrderKey) -> Key {
        let own = match (key.via, record_column(key.by), &at.own) {
            (None, Some("ord"), _) => Some(at.ord.clone()),
            (None, Some(name), Some(Own::Resource(table))) => Some(col(table, name)),
            (None, Some("updated"), Some(Own::Updated(table))) => Some(col(table, "updated")),
            _ => None,
        };
        match own {
            Some(value) => Key { value, optional: false, dir: key.dir },
            None => Key { value: self.first_value(at, key).into(), optional: true, dir: key.dir },
        }
    }

    /// The value that comes first in the direction, of all that the resource (or what it links to) has.
    fn first_value(&mut self, at: &At, key: &OrderKey) -> SelectStatement {
        let (link, ord) = match key.via {
            None => (None, at.ord.clone()),
            Some(edge) => self.linked(at, edge, key.via_inside),
        };
        let (mut select, table) = self.sorted(link, key.by);
        let value = col(&table, &sort_column(key.by, key.dir));
        select.and_where(col(&table, "ord").eq(ord));
        select.expr(match key.dir {
            Dir::Asc => value.min(),
            Dir::Desc => value.max(),
        });
        select
    }

    fn linked(&mut self, at: &At, edge: Edge, inside: Option<KeyId>) -> (Option<SelectStatement>, Expr) {
        let table = self.alias("e");
        let mut select = from("ref_s", &table);
        self.restrict_to(&mut select, &table, edge.key, inside);
        select.and_where(col(&table, "ord").eq(at.ord.clone()));
        (Some(select), col(&table, "target"))
    }

    /// Rows of one key, or of either of two.
    fn restrict_to(&mut self, select: &mut SelectStatement, table: &DynIden, key: KeyId, inside: Option<KeyId>) {
        let Some(inside) = inside else { return self.restrict(select, table, key) };
        let keys = [key, inside].map(|key| self.int(i64::from(key.0)));
        select.and_where(col(table, "tenant").eq(self.tenant())).and_where(col(table, "key").is_in(keys));
    }

    /// The rows that hold the values, joined to a link if there is one.
    fn sorted(&mut self, link: Option<SelectStatement>, by: OrderBy) -> (SelectStatement, DynIden) {
        let alias = self.alias("k");
        let rows = match by {
            OrderBy::Rows { key, inside, kind } if record_column(by).is_none() => {
                by_source(kind).map(|table| (table, (key, inside), kind))
            }
            _ => None,
        };
        let name = rows.as_ref().map_or("resource", |(table, ..)| &table.name).to_owned();
        let mut select = match link {
            None => from(&name, &alias),
            Some(mut link) => link.cross_join(aliased(name, &alias)).take(),
        };
        let Some((_, (key, inside), kind)) = rows else {
            let tenant = self.tenant();
            select.and_where(col(&alias, "tenant").eq(tenant)).and_where(col(&alias, "deleted").eq(number(0)));
            return (select, alias);
        };
        self.restrict_to(&mut select, &alias, key, inside);
        if kind == RowKind::One(Base::Text) {
            let primary = self.int(i64::from(Rank::Primary as u8));
            select.and_where(col(&alias, "rank").eq(primary));
        }
        // A text that folds to nothing and a coding without a code have no sort value.
        if matches!(kind, RowKind::One(Base::Text | Base::Token)) {
            let nothing = self.text(String::new());
            select.and_where(col(&alias, &sort_column(by, Dir::Asc)).gt(nothing));
        }
        (select, alias)
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

/// The column of `resource` that holds the value, if it is part of the record.
fn record_column(by: OrderBy) -> Option<&'static str> {
    match by {
        OrderBy::Updated | OrderBy::Rows { kind: RowKind::Updated, .. } => Some("updated"),
        OrderBy::Id | OrderBy::Rows { kind: RowKind::Id, .. } => Some("id"),
        OrderBy::Ord => Some("ord"),
        OrderBy::Rows { .. } => None,
    }
}

/// The first column; of an interval the start ascending and the end descending.
fn sort_column(by: OrderBy, dir: Dir) -> String {
    let OrderBy::Rows { kind, .. } = by else { return record_column(by).unwrap_or_default().to_owned() };
    if let Some(name) = record_column(by) {
        return name.to_owned();
    }
    let first = kind.columns().first().copied().unwrap_or(Col::first(ColName::Id));
    let stored = physical(kind, first);
    let column = match dir {
        Dir::Asc => stored.first(),
        Dir::Desc => stored.last(),
    };
    column.map(|column| column.name.clone()).unwrap_or_default()
}
