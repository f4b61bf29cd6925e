//! Sort keys, and the position after which a page begins. What has no value comes last, in both directions.

use super::constant::{always, never, number};
use super::links::{aliased, is};
use super::names::{by_end, by_value, columns, names, of_resource};
use super::scan::{At, Own, Scan, col, from, one_from};
use super::select::Select;
use super::{Dialect, Target};
use crate::algebra::{End, Universe};
use crate::ord::TYPE_SHIFT;
use crate::program::{After, Dir, OrderBy, OrderKey, OrderLink, OrderSource};
use crate::rows::{Base, Col, ColName, KeyId, RowKind, Value};
use crate::target::Along;
use sea_query::{BinOper, DynIden, Expr, ExprTrait, Keyword, Order, UnionType};

/// A sort key of the members.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The value that sorts.
    pub(super) value: Expr,
    pub(super) has: Has,
    pub(super) dir: Dir,
}

/// Which members have a value for a sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Has {
    /// All: it is read from the table we go through.
    All,
    /// Some: it is computed per member.
    Some,
    /// None: it orders nothing.
    None,
}

/// Rows that hold values that sort, and the values: an expression over them.
struct Values {
    select: Select,
    value: Expr,
}

impl<D: Dialect> Target<D> {
    pub(super) fn keys(&mut self, at: &At, order: &[OrderKey]) -> Vec<Key> {
        order.iter().enumerate().map(|(position, key)| self.key(at, key, position)).collect()
    }

    fn key(&mut self, at: &At, key: &OrderKey, position: usize) -> Key {
        let name = key.alone().and_then(record_column);
        let own = match (name, &at.own) {
            (Some("ord"), _) => Some(at.ord.clone()),
            (Some(name), Some(Own::Resource(table))) => Some(col(table, name)),
            (Some("updated"), Some(Own::Updated(table))) => Some(col(table, "updated")),
            (_, Some(Own::Values(table, kind, _))) if position == 0 => Some(col(table, sort_column(*kind, key.dir))),
            _ => None,
        };
        match own {
            Some(value) => Key { value, has: Has::All, dir: key.dir },
            None if key.from.is_empty() => Key { value: Expr::Keyword(Keyword::Null), has: Has::None, dir: key.dir },
            None => Key { value: self.first_value(at, key).into(), has: Has::Some, dir: key.dir },
        }
    }

    /// The rows that hold the values, in their order.
    pub(super) fn scan_values(&mut self, along: &Along<'_>) -> Scan {
        let (alias, kind) = (self.alias("v"), along.kind);
        let ord = col(&alias, "ord");
        let at = At { own: Some(Own::Values(alias.clone(), kind, along.key)), ..At::row(ord) };
        let table = if along.dir == Dir::Desc { by_end(kind) } else { None }.or_else(|| by_value(kind));
        let mut select = from(table.unwrap_or_default(), &alias);
        self.restrict_to(&mut select, &alias, along);
        self.restrict_to_values(&mut select, &alias, kind);
        Scan { select, at, repeats: false }
    }

    /// The resource at hand has no row that comes before the one at hand. Rows are told apart by all their columns.
    pub(super) fn no_value_before(&mut self, at: &At, along: &Along<'_>) -> Expr {
        let Some(Own::Values(here, kind, _)) = &at.own else { return never() };
        if self.is_once(along.key) {
            return always();
        }
        let (there, kind) = (self.alias("v"), *kind);
        let mut select = one_from(of_resource(kind).unwrap_or_default(), &there);
        self.restrict_to(&mut select, &there, along);
        select.and_where(col(&there, "ord").eq(at.ord.clone()));
        self.restrict_to_values(&mut select, &there, kind);
        let mut names: Vec<&'static str> =
            kind.columns().into_iter().flat_map(|column| columns(kind, column)).map(String::as_str).collect();
        let first = sort_column(kind, along.dir);
        names.sort_by_key(|name| *name != first);
        let row = |table: &DynIden| names.iter().map(|name| col(table, *name)).collect::<Vec<_>>();
        let (before, behind) = match along.dir {
            Dir::Asc => (row(&there), row(here)),
            Dir::Desc => (row(here), row(&there)),
        };
        select.and_where(tuple(before).lt(tuple(behind)));
        D::exists(select).not()
    }

    /// The value that comes first in the direction, of all that the resource (or what it links to) has.
    fn first_value(&mut self, at: &At, key: &OrderKey) -> Select {
        let first = |value: Expr| match key.dir {
            Dir::Asc => value.min(),
            Dir::Desc => value.max(),
        };
        let mut found: Vec<Values> = Vec::new();
        for source in &key.from {
            found.extend(self.values(at, source, key.dir));
        }
        let (mut select, value) = match found.as_slice() {
            // There is one at most.
            [Values { select, value }] if self.is_alone(key) => return select.clone().expr(value.clone()).take(),
            [Values { select, value }] => (select.clone(), value.clone()),
            _ => self.united_values(found),
        };
        select.expr(first(value)).take()
    }

    /// Whether no resource has several values for the key.
    fn is_alone(&self, key: &OrderKey) -> bool {
        key.run().is_some_and(|(id, _)| self.is_once(id))
    }

    /// The values of several sources as a table of one column.
    fn united_values(&mut self, found: Vec<Values>) -> (Select, Expr) {
        let mut selects = found.into_iter().map(|Values { mut select, value }| select.expr_as(value, "v").take());
        let mut all = selects.next().unwrap_or_default();
        for select in selects {
            all.union(UnionType::All, select);
        }
        let alias = self.alias("v");
        (Select::new().from_subquery(all, alias.clone()).take(), col(&alias, "v"))
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
            // Of other resources it is never asked for: the capabilities say so.
            OrderBy::Ord => vec![self.records(at, source, &Universe(Vec::new()))],
        }
    }

    /// Rows of these keys, of the resource at hand or of what the links lead to, and the name of their table.
    fn rows_at_end(&mut self, at: &At, via: &[OrderLink], keys: &[KeyId], table: &'static str) -> (Select, DynIden) {
        let (mut select, alias, ord) = self.linked(at, via, table, "k");
        self.restrict(&mut select, &alias, keys);
        select.and_where(col(&alias, "ord").eq(ord));
        (select, alias)
    }

    fn rows(&mut self, at: &At, via: &[OrderLink], keys: &[KeyId], kind: RowKind, dir: Dir) -> Values {
        let (mut select, alias) = self.rows_at_end(at, via, keys, of_resource(kind).unwrap_or_default());
        self.restrict_to_values(&mut select, &alias, kind);
        let value = col(&alias, sort_column(kind, dir));
        // Rows with a text all sort by one: those of dates and places have none.
        let value = if self.is_abridged(keys) { self.whole(value) } else { value };
        Values { select, value }
    }

    /// Rows that sort. A text that folds to nothing and a coding without a code have no sort value. This is no range of
    /// the index: a walk is entered by the position of the page, and by one range only.
    fn restrict_to_values(&mut self, select: &mut Select, table: &DynIden, kind: RowKind) {
        if let Some(ranks) = kind.sorting_ranks() {
            let ranks: Vec<Expr> = ranks.map(|rank| self.int(rank)).into();
            select.and_where(col(table, "rank").is_in(ranks));
        }
        if kind.empty_is_nothing() {
            let nothing = self.text(String::new());
            select.and_where(col(table, sort_column(kind, Dir::Asc)).ne(nothing));
        }
    }

    /// References as `Type/id`. What stands inside another resource is in neither table: it has no such name.
    fn references(&mut self, at: &At, via: &[OrderLink], keys: &[KeyId], named: &'static str) -> Values {
        let (mut select, alias) = self.rows_at_end(at, via, keys, "ref_s");
        let (ty, name) = (self.alias("y"), self.alias("n"));
        select.cross_join(aliased("type", &ty)).cross_join(aliased(named, &name));
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
    fn linked(
        &mut self,
        at: &At,
        via: &[OrderLink],
        table: &'static str,
        stem: &'static str,
    ) -> (Select, DynIden, Expr) {
        let mut reached: Option<(Select, At)> = None;
        for OrderLink { keys, on } in via {
            let link = self.alias("e");
            let (mut select, here) = reached.unwrap_or_else(|| (Select::new(), at.clone()));
            let there = self.join(&mut select, &link, is(&here.ord), (keys, *on), End::Source);
            reached = Some((select, there));
        }
        let alias = self.alias(stem);
        match reached {
            None => (from(table, &alias), alias, at.ord.clone()),
            Some((mut select, there)) => (select.cross_join(aliased(table, &alias)).take(), alias, there.ord),
        }
    }

    /// What comes after the position.
    pub(super) fn beyond(&mut self, keys: &[Key], ord: &Expr, after: &After) -> Expr {
        let last = self.int(after.ord);
        let dir = direction(keys);
        let (keys, values): (Vec<&Key>, Vec<Option<&Value>>) =
            keys.iter().zip(after.keys.iter().map(Option::as_ref)).filter(|(key, _)| key.has != Has::None).unzip();
        if let Some(values) = self.plain(&keys, &values, dir) {
            // One comparison of rows: both databases seek to it, which they do not for the same written with OR.
            let here = Expr::tuple(keys.iter().map(|key| key.value.clone()).chain([ord.clone()]));
            return beyond(here, Expr::tuple(values.into_iter().chain([last])), dir);
        }
        let tail = beyond(ord.clone(), last, dir);
        let beyond_all = keys.iter().zip(&values).rev().fold(tail, |rest, (key, value)| {
            let here = key.value.clone();
            let Some(value) = self.position(*value) else { return here.is_null().and(rest) };
            let mut later = beyond(here.clone(), value.clone(), key.dir);
            if key.has == Has::Some {
                later = later.or(here.clone().is_null());
            }
            later.or(here.eq(value).and(rest))
        });
        match (keys.first(), values.first()) {
            // What the alternatives have in common, by which the table that we go through is entered.
            (Some(Key { value: here, has: Has::All, dir }), Some(value)) => match self.position(*value) {
                Some(value) => from_on(here.clone(), value, *dir).and(beyond_all),
                None => beyond_all,
            },
            _ => beyond_all,
        }
    }

    /// The values of the position, if every member has every key and all run in one direction.
    fn plain(&mut self, keys: &[&Key], values: &[Option<&Value>], dir: Dir) -> Option<Vec<Expr>> {
        if keys.is_empty() || keys.iter().any(|key| key.has != Has::All || key.dir != dir) {
            return None;
        }
        values.iter().map(|value| self.position(*value)).collect()
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
pub(super) fn sort(select: &mut Select, keys: &[Key], ord: &Expr) {
    for key in keys.iter().filter(|key| key.has != Has::None) {
        if key.has == Has::Some {
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

/// At the place or beyond it.
fn from_on(here: Expr, there: Expr, dir: Dir) -> Expr {
    match dir {
        Dir::Asc => here.gte(there),
        Dir::Desc => here.lte(there),
    }
}

/// Several expressions as a row, one as itself.
fn tuple(mut expressions: Vec<Expr>) -> Expr {
    match (expressions.len(), expressions.pop()) {
        (1, Some(only)) => only,
        (_, last) => Expr::tuple(expressions.into_iter().chain(last)),
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

/// The first column, of two parts that of the second; of an interval the start ascending and the end descending.
fn sort_column(kind: RowKind, dir: Dir) -> &'static str {
    let sorts = names(kind).and_then(|names| names.sought.last().copied()).unwrap_or(Col::first(ColName::Id));
    let stored = columns(kind, sorts);
    let column = match dir {
        Dir::Asc => stored.first(),
        Dir::Desc => stored.last(),
    };
    column.map_or("", String::as_str)
}
