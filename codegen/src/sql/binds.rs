//! Parameters: each distinct value once, numbered, typed, and filled in when the query runs.

use crate::algebra::SlotId;
use sea_query::{Expr, QueryBuilder, SqlWriter, Value};
use std::collections::HashMap;
use std::fmt::{self, Write as _};

/// A parameter of a query. The tenant is never a constant, so a lowered query can be kept and shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bind {
    /// The number of the tenant.
    Tenant,
    /// A 64-bit integer.
    Int(i64),
    /// A text.
    Text(String),
    /// Texts of the query, in byte order: a JSON array (SQLite), a `text[]` (PostgreSQL).
    TextList(Vec<String>),
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
    /// Where each stands, once there are many: a list of 10,000 values is looked through once per value otherwise.
    positions: HashMap<Bind, u64>,
}

/// The constant 0 where sea-query has room for a value alone: no statement has so many parameters.
pub(super) const NOTHING: u64 = u64::MAX;

/// So many are looked through sooner than found by a hash.
const FEW: usize = 16;

impl Binds {
    pub(super) fn expr(&mut self, bind: Bind) -> Expr {
        Expr::Value(Value::BigUnsigned(Some(self.position(bind))))
    }

    pub(super) fn position(&mut self, bind: Bind) -> u64 {
        let next = self.list.len() as u64;
        if self.list.len() < FEW {
            let known = (0..).zip(&self.list).find(|(_, known)| **known == bind);
            return known.map(|(position, _)| position).unwrap_or_else(|| {
                self.list.push(bind);
                next
            });
        }
        if self.positions.is_empty() {
            self.positions = self.list.iter().cloned().zip(0..).collect();
        }
        *self.positions.entry(bind).or_insert_with_key(|bind| {
            self.list.push(bind.clone());
            next
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
        Writer { text: String::with_capacity(1024), sign }
    }

    pub(super) fn into_text(self) -> String {
        self.text
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
            Value::BigUnsigned(Some(NOTHING)) => {
                self.text.push('0');
                return;
            }
            Value::BigUnsigned(Some(position)) => position + 1,
            _ => 0,
        };
        self.text.push(self.sign);
        // Writing to a string does not fail.
        let _ = write!(self.text, "{number}");
    }

    fn as_writer(&mut self) -> &mut dyn fmt::Write {
        self
    }
}
