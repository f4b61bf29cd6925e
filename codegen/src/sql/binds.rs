//! Parameters: each distinct value once, numbered, typed, and filled in when the query runs.

use crate::algebra::SlotId;
use sea_query::{Expr, QueryBuilder, SqlWriter, Value};
use std::collections::HashMap;
use std::fmt;

/// A parameter of a query. The tenant is never a constant, so a lowered query can be kept and shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bind {
    /// The number of the tenant.
    Tenant,
    /// A 64-bit integer.
    Int(i64),
    /// A text.
    Text(String),
    /// Resources of an earlier step as `ord` numbers: a JSON array (SQLite), a `bigint[]` (PostgreSQL).
    Resources(SlotId),
    /// Texts of an earlier step: a JSON array (SQLite), a `text[]` (PostgreSQL).
    Texts(SlotId),
    /// Integers of an earlier step: a JSON array (SQLite), a `bigint[]` (PostgreSQL).
    Ints(SlotId),
}

/// The parameters of a query under construction.
///
/// sea-query carries only its own values, one placeholder each. So expressions hold positions in this list as
/// `BigUnsigned`, a type that nothing else here uses, and [`Writer`] turns a position into a numbered placeholder:
/// a value that stands in two places is one parameter.
#[derive(Debug, Default)]
pub(super) struct Binds {
    list: Vec<Bind>,
    /// Where each stands: a list of 10,000 values is looked through once per value otherwise.
    positions: HashMap<Bind, u64>,
}

impl Binds {
    pub(super) fn expr(&mut self, bind: Bind) -> Expr {
        Expr::Value(Value::BigUnsigned(Some(self.position(bind))))
    }

    pub(super) fn position(&mut self, bind: Bind) -> u64 {
        *self.positions.entry(bind).or_insert_with_key(|bind| {
            self.list.push(bind.clone());
            self.list.len() as u64 - 1
        })
    }

    pub(super) fn into_list(self) -> Vec<Bind> {
        self.list
    }
}

/// Writes text with numbered placeholders: `?1` or `$1`.
#[derive(Debug)]
pub struct Writer {
    text: String,
    sign: char,
}

impl Writer {
    pub(super) fn new(sign: char) -> Self {
        Writer { text: String::with_capacity(512), sign }
    }
}

impl fmt::Write for Writer {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.text.push_str(s);
        Ok(())
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SqlWriter for Writer {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        // Parameter 0 exists in no database: a value that did not come from `Binds` is refused, never guessed.
        let number = match value {
            Value::BigUnsigned(Some(position)) => position + 1,
            _ => 0,
        };
        self.text.push(self.sign);
        self.text.push_str(&number.to_string());
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}
