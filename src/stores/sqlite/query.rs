//! Running a lowered query.

use super::fault;
use crate::stores::tenants::Tenant;
use crate::stores::{Slots, StoreError, Tuple};
use fhirc_codegen::algebra::{On, SlotId, Span};
use fhirc_codegen::capability::Question;
use fhirc_codegen::program::Yield;
use fhirc_codegen::rows::{TypeCode, Value};
use fhirc_codegen::sql::{Bind, Sql};
use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
use rusqlite::{Connection, Row, Statement, ToSql};

/// A parameter with its value; the tenant's number is only known where the query runs.
#[derive(Debug)]
pub(super) enum Filled {
    Tenant,
    Value(Stored),
}

/// Values for the parameters of a statement.
pub(super) fn fill(sql: &Sql, slots: &Slots) -> Result<Vec<Filled>, StoreError> {
    let tuples = |slot: &SlotId| {
        let missing = || StoreError::Unsupported { what: format!("a query over {slot:?}, which no step has filled") };
        slots.get(slot).ok_or_else(missing)
    };
    let fill = |bind: &Bind| {
        Ok(Filled::Value(match bind {
            Bind::Tenant => return Ok(Filled::Tenant),
            Bind::Int(n) => Stored::Integer(*n),
            Bind::Text(text) => Stored::Text(text.clone()),
            Bind::TextList(texts) => json(texts.iter().cloned().map(|text| Some(Value::Text(text)))),
            Bind::Resources(slot) => json(tuples(slot)?.iter().map(|tuple| Some(Value::Int(tuple.ord)))),
            Bind::Texts(slot) | Bind::Ints(slot) => {
                json(tuples(slot)?.iter().map(|tuple| tuple.keys.first().cloned().flatten()))
            }
        }))
    };
    sql.binds.iter().map(fill).collect()
}

/// A JSON array; SQLite reads it with `json_each`.
fn json(values: impl Iterator<Item = Option<Value>>) -> Stored {
    let value = |value: Value| match value {
        Value::Int(n) => Some(serde_json::Value::from(n)),
        Value::Text(text) => Some(serde_json::Value::from(text)),
        _ => None,
    };
    Stored::Text(serde_json::Value::Array(values.flatten().filter_map(value).collect()).to_string())
}

/// Runs the statement that a query was lowered to. Statements that are too large are refused, with the place of the query
/// in the text of the search.
pub(super) fn run(
    connection: &Connection,
    tenant: Tenant,
    (sql, filled): (&Sql, &[Filled]),
    (yields, span): (&Yield, Span),
) -> Result<Vec<Tuple>, StoreError> {
    let run = || {
        let mut statement = connection.prepare_cached(&sql.text)?;
        bind(&mut statement, tenant, filled)?;
        let width = statement.column_count();
        let mut rows = statement.raw_query();
        let mut tuples = Vec::new();
        while let Some(row) = rows.next()? {
            tuples.push(tuple(row, width, yields)?);
        }
        Ok(tuples)
    };
    run().map_err(|error| match fault::is_too_large(&error) {
        true => StoreError::Refused { what: Question::Size, span },
        false => StoreError::database("running a query")(error),
    })
}

/// How SQLite means to run the statement: one line per step, indented by nesting.
pub(super) fn plan(connection: &Connection, sql: &Sql) -> Result<String, StoreError> {
    let plan = || {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text))?;
        // Values do not matter: without histograms SQLite plans by the shape alone.
        let mut rows = statement.raw_query();
        let mut depth = std::collections::BTreeMap::from([(0_i64, 0_usize)]);
        let mut text = String::new();
        while let Some(row) = rows.next()? {
            let (id, parent): (i64, i64) = (row.get(0)?, row.get(1)?);
            let level = depth.get(&parent).copied().unwrap_or_default();
            depth.insert(id, level + 1);
            text.push_str(&"  ".repeat(level));
            text.push_str(row.get_ref(3)?.as_str()?);
            text.push('\n');
        }
        Ok(text)
    };
    plan().map_err(StoreError::database("explaining a query"))
}

fn bind(statement: &mut Statement<'_>, tenant: Tenant, filled: &[Filled]) -> rusqlite::Result<()> {
    for (position, value) in filled.iter().enumerate() {
        match value {
            Filled::Tenant => statement.raw_bind_parameter(position + 1, tenant.0)?,
            Filled::Value(value) => statement.raw_bind_parameter(position + 1, Borrowed(value))?,
        }
    }
    Ok(())
}

/// Binds without a copy.
struct Borrowed<'a>(&'a Stored);

impl ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::from(self.0)))
    }
}

fn tuple(row: &Row<'_>, width: usize, yields: &Yield) -> rusqlite::Result<Tuple> {
    let identity = || {
        let value = Value::Rid(TypeCode(row.get(1)?), row.get(2)?);
        Ok(Tuple { ord: row.get(0)?, keys: vec![Some(value)] })
    };
    let values = |from| (from..width).map(|column| value(row, column)).collect::<rusqlite::Result<_>>();
    match yields {
        Yield::Page | Yield::Rough | Yield::Versions(_) => Ok(Tuple { ord: row.get(0)?, keys: values(1)? }),
        Yield::Count => Ok(Tuple { ord: row.get(0)?, keys: Vec::new() }),
        Yield::Rid | Yield::Names(_) | Yield::Rows(..) => identity(),
        Yield::Targets(edge) => match edge.on {
            On::Rid | On::Unversioned => identity(),
            On::Url { .. } | On::UrlVersion { .. } => Ok(Tuple { ord: 0, keys: values(0)? }),
        },
    }
}

fn value(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Value>> {
    Ok(match row.get::<_, Stored>(column)? {
        Stored::Integer(n) => Some(Value::Int(n)),
        Stored::Text(text) => Some(Value::Text(text)),
        Stored::Null | Stored::Real(_) | Stored::Blob(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_is_too_large_is_refused_by_name() {
        let connection = Connection::open_in_memory().unwrap();
        let span = Span { start: 3, end: 7 };
        let answer = |text: &str| {
            let sql = Sql { text: text.to_owned(), binds: Vec::new() };
            run(&connection, Tenant(1), (&sql, &[]), (&Yield::Count, span))
        };
        let sum = |terms| format!("SELECT {}", vec!["1"; terms].join(" + "));
        let union = |terms| vec!["SELECT 1"; terms].join(" UNION ALL ");
        let join = |tables| format!("SELECT 1 FROM {}", vec!["(SELECT 1)"; tables].join(", "));
        for fits in [sum(900), union(400), join(60)] {
            assert!(answer(&fits).is_ok(), "{fits}");
        }
        for large in [sum(2_000), union(600), join(70), "SELECT ?40000".to_owned()] {
            let refused = answer(&large);
            let is_size = |what: &Question, at: &Span| *what == Question::Size && *at == span;
            assert!(matches!(&refused, Err(StoreError::Refused { what, span }) if is_size(what, span)), "{refused:?}");
        }
        assert!(matches!(answer("SELECT nothing"), Err(StoreError::Failed { .. })));
    }
}
