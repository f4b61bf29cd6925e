//! SQL: one statement per query, for every dialect.

mod abridged;
mod asking;
mod atoms;
mod binds;
mod built;
mod capability;
mod constant;
mod dialect;
mod elements;
mod finish;
pub mod indexes;
mod junction;
mod links;
mod names;
mod order;
mod postgres;
mod rids;
mod rows;
mod scan;
pub mod schema;
mod select;
mod sqlite;
mod target;
#[cfg(test)]
mod tests;

pub use abridged::{LONGEST as LONGEST_TEXT, abridged, is_abridged};
pub use binds::{Bind, Writer};
pub use dialect::Dialect;
pub use postgres::{Postgres, SESSION as POSTGRES_SESSION};
pub use sqlite::Sqlite;

use crate::algebra::{Atom, Set, Source, Span, Test};
use crate::capability::Question;
use crate::lower::{Unsupported, lower};
use crate::program::Query;
use crate::rows::KeyId;
use binds::Binds;
use sea_query::{CommonTableExpression, DynIden, Expr};
use std::marker::PhantomData;

/// A statement and its parameters. It names no tenant: the same statement serves all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// The text, with placeholders `?1` or `$1` and so on.
    pub text: String,
    /// The parameters, the first for placeholder 1.
    pub binds: Vec<Bind>,
}

/// The SQL target under construction of one query.
#[derive(Debug)]
pub struct Target<D> {
    binds: Binds,
    tables: Vec<CommonTableExpression>,
    /// Whether one of the tables is made from itself.
    recursive: bool,
    aliases: u32,
    /// See [`Query::once`].
    once: Vec<KeyId>,
    /// See [`Query::abridged`].
    abridged: Vec<KeyId>,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Target<D> {
    /// A target for one query. Its capabilities are the same for every query.
    pub fn new() -> Self {
        Target {
            binds: Binds::default(),
            tables: Vec::new(),
            recursive: false,
            aliases: 0,
            once: Vec::new(),
            abridged: Vec::new(),
            dialect: PhantomData,
        }
    }

    /// Whether no resource has more than one row of the key.
    fn is_once(&self, key: KeyId) -> bool {
        self.once.binary_search(&key).is_ok()
    }

    /// A name that no other table of the statement has.
    fn alias(&mut self, stem: &'static str) -> DynIden {
        self.aliases += 1;
        names::alias(stem, self.aliases)
    }

    fn tenant(&mut self) -> Expr {
        self.binds.expr(Bind::Tenant)
    }

    fn int(&mut self, value: i64) -> Expr {
        self.binds.expr(Bind::Int(value))
    }

    fn text(&mut self, value: impl Into<String>) -> Expr {
        self.binds.expr(Bind::Text(value.into()))
    }
}

impl<D: Dialect> Default for Target<D> {
    fn default() -> Self {
        Target::new()
    }
}

/// Lowers a query to SQL.
///
/// The statement yields, by [`crate::program::Yield`]:
/// - `Page`: `ord`, then one column per sort key (null where the resource has none);
/// - `Rough`: one row, the number of rows and the greatest `ord` among them (null if there are none);
/// - `Count`: one row, the number of members (at most the limit, if there is one);
/// - `Rid`: `ord`, `type`, `id`, in the order of the query;
/// - `Targets`: `ord`, `type`, `id` of the live targets, each once; `url` or `url`, `version` for canonical edges;
/// - `Versions`: `ord`, `key`, `version`.
///
/// # Errors
/// The first thing that SQL does not answer, or that is not well formed.
pub fn sql<D: Dialect>(query: &Query) -> Result<Sql, Unsupported> {
    let (once, abridged) = (query.once.clone(), query.abridged.clone());
    let sql = lower(Target::<D> { once, abridged, ..Target::new() }, query)?;
    if sql.binds.len() <= D::MOST_PARAMETERS {
        return Ok(sql);
    }
    let most = query.sets.iter().max_by_key(|(_, node)| values(&node.set));
    let (node, span) = most.map(|(id, node)| (id, node.span)).unwrap_or((query.root, Span::default()));
    Err(Unsupported { node, span, what: Question::Parameters })
}

/// How many values the set is asked for with: where most are, a query is narrowed best.
fn values(set: &Set) -> usize {
    match set {
        Set::Rows { test, .. } => values_of(test),
        _ => 0,
    }
}

fn values_of(test: &Test) -> usize {
    match test {
        Test::Atom(Atom::In(_, Source::Values(tuples)) | Atom::NotIn(_, Source::Values(tuples))) => tuples.len(),
        Test::Atom(_) => 1,
        Test::All(tests) | Test::Any(tests) => tests.iter().map(values_of).sum(),
    }
}
