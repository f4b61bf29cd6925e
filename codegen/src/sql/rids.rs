//! Long lists: the numbers of resources from one subquery instead of one each, texts as one parameter.

use super::constant::number;
use super::schema::SqlType;
use super::select::Select;
use super::{Bind, Dialect, Target};
use crate::rows::TypeCode;
use crate::target::{Scalar, Tuples};
use sea_query::{Expr, ExprTrait, UnionType};
use std::collections::BTreeMap;

/// The most resources that are looked up one by one: the time that SQLite takes to read a list of subqueries grows with
/// the square of its length (40,000 took 171 s, as one subquery 5 s, neither optimized).
const FEW: usize = 64;

/// The most texts that are a parameter each: a statement has room for 32,766 parameters in SQLite, and for 65,535 in
/// PostgreSQL.
const FEW_TEXTS: usize = 200;

/// The most parts of the one subquery; SQLite takes 500.
const PARTS: usize = 200;

/// Ids that are looked for, and the types that each may be of.
type Ids<'a> = BTreeMap<Vec<TypeCode>, Vec<&'a str>>;

/// The list, if it is long and names resources alone.
pub(super) fn long_list<'a>(tuples: &Tuples<'a>) -> Option<Ids<'a>> {
    if tuples.len() <= FEW {
        return None;
    }
    let mut types: BTreeMap<&str, Vec<TypeCode>> = BTreeMap::new();
    for scalar in tuples.iter().flatten() {
        let Scalar::Rid(ty, id) = scalar else { return None };
        types.entry(id).or_default().push(*ty);
    }
    // Usually all ids are looked for in the same types; else each type has its ids, and there are not 200 types.
    let together = parts(types.iter().map(|(id, types)| (types.clone(), *id)));
    if together.len() <= PARTS {
        return Some(together);
    }
    Some(parts(types.iter().flat_map(|(id, types)| types.iter().map(|ty| (vec![*ty], *id)))))
}

fn parts<'a>(looked_for: impl Iterator<Item = (Vec<TypeCode>, &'a str)>) -> Ids<'a> {
    let mut ids = Ids::new();
    for (mut types, id) in looked_for {
        types.sort_unstable();
        types.dedup();
        ids.entry(types).or_default().push(id);
    }
    ids
}

impl<D: Dialect> Target<D> {
    /// The numbers of those that the store has heard of.
    pub(super) fn numbers(&mut self, ids: Ids<'_>) -> Select {
        let mut selects = ids.into_iter().map(|(types, ids)| {
            let types = types.iter().map(|ty| number(i64::from(ty.0))).collect::<Vec<_>>();
            let (tenant, listed) = (self.tenant(), self.one_of(Expr::col("id"), ids));
            let mut select = Select::new();
            select.column("ord").from("resource_id").and_where(Expr::col("tenant").eq(tenant));
            select.and_where(Expr::col("type").is_in(types)).and_where(listed);
            select
        });
        let mut first = selects.next().unwrap_or_default();
        for select in selects {
            first.union(UnionType::All, select);
        }
        first
    }

    /// The column, which is never null, is one of the texts.
    pub(super) fn one_of(&mut self, column: Expr, texts: Vec<&str>) -> Expr {
        if texts.len() <= FEW_TEXTS {
            let texts: Vec<Expr> = texts.into_iter().map(|text| self.text(text)).collect();
            return column.is_in(texts);
        }
        // A JSON array loses what follows a zero character in SQLite before 3.45.
        let (alone, mut together): (Vec<&str>, Vec<&str>) = texts.into_iter().partition(|text| text.contains('\0'));
        together.sort_unstable();
        together.dedup();
        let list = self.binds.expr(Bind::TextList(together.into_iter().map(str::to_owned).collect()));
        let listed = D::element(column.clone(), list, SqlType::Text);
        if alone.is_empty() {
            return listed;
        }
        let alone: Vec<Expr> = alone.into_iter().map(|text| self.text(text)).collect();
        listed.or(column.is_in(alone))
    }
}

/// The list, if it is texts alone.
pub(super) fn texts<'a>(tuples: &Tuples<'a>) -> Option<Vec<&'a str>> {
    let text = |scalar: &Scalar<'a>| match scalar {
        Scalar::Text(text) => Some(*text),
        Scalar::Int(_) | Scalar::System(_) | Scalar::Rid(..) => None,
    };
    tuples.iter().flatten().map(text).collect()
}
