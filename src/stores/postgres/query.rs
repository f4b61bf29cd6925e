//! Running a lowered query.

use super::definitions::epoch;
use super::fault::is_too_large;
use super::link::Link;
use super::shapes::Shapes;
use super::sql::get;
use crate::stores::tenants::Tenant;
use crate::stores::{Slots, StoreError, Tuple};
use fhirc_codegen::algebra::{On, SlotId, Span};
use fhirc_codegen::capability::Question;
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::rows::{TypeCode, Value};
use fhirc_codegen::sql::{Bind, Postgres, Sql, sql};
use futures_util::future::join4;
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

/// What a row costs that a query looks at, where it is looked for page by page; and the least time a query has.
const PER_VISIT: Duration = Duration::from_micros(4);
const LEAST: Duration = Duration::from_millis(20);

/// A parameter with its value.
#[derive(Debug)]
pub(super) enum Filled {
    /// The tenant's number is only known where the query runs.
    Tenant,
    Int(i64),
    Text(String),
    Ints(Vec<i64>),
    Texts(Vec<String>),
}

/// The statement of a query.
pub(super) fn lower(query: &Query) -> Result<Sql, StoreError> {
    sql::<Postgres>(query).map_err(|refusal| StoreError::Refused { what: refusal.what, span: refusal.span })
}

/// Values for the parameters of a statement.
pub(super) fn fill(sql: &Sql, slots: &Slots) -> Result<Vec<Filled>, StoreError> {
    let tuples = |slot: &SlotId| {
        let missing = || StoreError::Unsupported { what: format!("a query over {slot:?}, which no step has filled") };
        slots.get(slot).ok_or_else(missing)
    };
    let first = |tuple: &Tuple| tuple.keys.first().cloned().flatten();
    let int = |value| if let Value::Int(n) = value { Some(n) } else { None };
    let text = |value| if let Value::Text(text) = value { Some(text) } else { None };
    let fill = |bind: &Bind| {
        Ok(match bind {
            Bind::Tenant => Filled::Tenant,
            Bind::Int(n) => Filled::Int(*n),
            Bind::Text(text) => Filled::Text(text.clone()),
            Bind::TextList(texts) => Filled::Texts(texts.clone()),
            Bind::Resources(slot) => Filled::Ints(tuples(slot)?.iter().map(|tuple| tuple.ord).collect()),
            Bind::Texts(slot) => Filled::Texts(tuples(slot)?.iter().filter_map(first).filter_map(text).collect()),
            Bind::Ints(slot) => Filled::Ints(tuples(slot)?.iter().filter_map(first).filter_map(int).collect()),
        })
    };
    sql.binds.iter().map(fill).collect()
}

/// The values with the types that the statement was made for.
pub(super) fn params<'p>(filled: &'p [Filled], tenant: &'p Tenant) -> Vec<(&'p (dyn ToSql + Sync), Type)> {
    let param = |value: &'p Filled| -> (&'p (dyn ToSql + Sync), Type) {
        match value {
            Filled::Tenant => (&tenant.0, Type::INT8),
            Filled::Int(n) => (n, Type::INT8),
            Filled::Text(text) => (text, Type::TEXT),
            Filled::Ints(ints) => (ints, Type::INT8_ARRAY),
            Filled::Texts(texts) => (texts, Type::TEXT_ARRAY),
        }
    };
    filled.iter().map(param).collect()
}

/// A query on its way.
#[derive(Clone, Copy)]
pub(super) struct Asked<'q> {
    pub(super) sql: &'q Sql,
    pub(super) filled: &'q [Filled],
    pub(super) yields: &'q Yield,
    /// Where it comes from in the text of the search.
    pub(super) span: Span,
    /// The rows after which it is given up.
    pub(super) visits: Option<u64>,
    /// How long any statement that reads may take.
    pub(super) timeout: Option<Duration>,
    /// Statements that came before.
    pub(super) shapes: &'q Shapes,
    /// Whether a transaction is open that goes on behind it.
    pub(super) in_snapshot: bool,
}

impl Asked<'_> {
    /// Runs the query, and tells the number of the last change of the definitions, as it was later. Where that is the
    /// number that the query was planned under, the rows of its definitions were there: they are deleted only after it has
    /// changed.
    pub(super) async fn run(&self, link: &Link, tenant: Tenant) -> Result<(Vec<Tuple>, u32), StoreError> {
        // In a box: the compiler follows futures that hold each other to a certain depth.
        let found = Box::pin(self.found(link, tenant)).await?;
        Ok((found, epoch(&**link).await?))
    }

    /// Runs the query. All is sent at once. A statement that never came before is prepared under no name.
    pub(super) async fn found(&self, link: &Link, tenant: Tenant) -> Result<Vec<Tuple>, StoreError> {
        let (values, types): (Vec<&(dyn ToSql + Sync)>, Vec<Type>) = params(self.filled, &tenant).into_iter().unzip();
        // Before anything else is sent, which would overtake it.
        let prepared = self.shapes.prepared(link, &self.sql.text, &types).await.map_err(|error| self.failed(error))?;
        let asked = async {
            match &prepared {
                Some(statement) => link.query(statement, &values).await,
                None => link.query_typed(&self.sql.text, &values.iter().copied().zip(types).collect::<Vec<_>>()).await,
            }
        };
        let found = match self.apart() {
            None => asked.await,
            Some(Apart { begin, unbind, end }) => {
                // Whether it is unbound shows at the end.
                let (begun, found, _, ended) =
                    join4(link.batch_execute(&begin), asked, link.batch_execute(unbind), link.batch_execute(end)).await;
                if ended.is_err() {
                    end_again(link, end).await?;
                }
                begun.and(found)
            }
        };
        let found = found.map_err(|error| self.failed(error))?;
        if prepared.is_none() {
            self.shapes.remember(&self.sql.text);
        }
        found.iter().map(|row| tuple(row, self.yields)).collect()
    }

    /// What a query stands between that has a bound of its own, or may fail where others follow it in a snapshot. The
    /// end is sent in any case: it takes the bound back, and undoes a failure.
    fn apart(&self) -> Option<Apart> {
        let may_fail = self.visits.is_some() || *self.yields == Yield::Rough;
        let (begin, unbind, end) = match self.in_snapshot {
            true if may_fail => ("SAVEPOINT apart", "ROLLBACK TO apart", "ROLLBACK TO apart; RELEASE apart"),
            // Nothing is sent behind it, so the end is sent again where it is stopped.
            false if self.visits.is_some() => ("BEGIN READ ONLY", "", "COMMIT"),
            _ => return None,
        };
        let bound = self.bound().map(|bound| format!("; SET LOCAL statement_timeout = {}", bound.as_millis()));
        Some(Apart { begin: format!("{begin}{}", bound.unwrap_or_default()), unbind, end })
    }

    /// After how long the query is given up; nothing where the connection's own limit holds, which ends the search. That
    /// one may be shorter: then too there is another way.
    fn bound(&self) -> Option<Duration> {
        let visits = self.visits?;
        let worth = PER_VISIT.saturating_mul(u32::try_from(visits).unwrap_or(u32::MAX)).max(LEAST);
        Some(self.timeout.map_or(worth, |timeout| timeout.min(worth)))
    }

    fn failed(&self, error: Error) -> StoreError {
        if is_too_large(&error) {
            return StoreError::Refused { what: Question::Size, span: self.span };
        }
        if error.code() == Some(&SqlState::CHARACTER_NOT_IN_REPERTOIRE) {
            return StoreError::Refused { what: Question::Zero, span: self.span };
        }
        match (StoreError::postgres("running a query")(error), self.visits) {
            (StoreError::Cancelled, Some(_)) => StoreError::GaveUp,
            (other, _) => other,
        }
    }
}

/// What a query with a bound of its own stands between.
struct Apart {
    begin: String,
    /// Takes the bound back, so that it cannot stop the end on a busy server, behind which others may be sent already.
    unbind: &'static str,
    end: &'static str,
}

/// Attempts to take a bound back.
const ENDS: usize = 3;

/// Sends an end once more: on a busy server the bound that it takes back may stop the end itself.
///
/// # Errors
/// [`StoreError::Lost`]: a connection that is still within the transaction must not be used by others.
pub(super) async fn end_again(link: &Link, end: &str) -> Result<(), StoreError> {
    for _ in 0..ENDS {
        if link.batch_execute(end).await.is_ok() {
            return Ok(());
        }
    }
    Err(StoreError::Lost { doing: "running a query" })
}

fn tuple(row: &Row, yields: &Yield) -> Result<Tuple, StoreError> {
    let int = |column| -> Result<i64, StoreError> { Ok(integer(row, column)?.unwrap_or_default()) };
    let identity = || -> Result<Tuple, StoreError> {
        let ty = TypeCode(u8::try_from(int(1)?).unwrap_or_default());
        let id = row.try_get(2).map_err(StoreError::postgres("reading a row"))?;
        Ok(Tuple { ord: int(0)?, keys: vec![Some(Value::Rid(ty, id))] })
    };
    let values = |from| (from..row.len()).map(|column| value(row, column)).collect::<Result<_, StoreError>>();
    match yields {
        Yield::Page | Yield::Rough | Yield::Versions(_) => Ok(Tuple { ord: int(0)?, keys: values(1)? }),
        Yield::Count => Ok(Tuple { ord: int(0)?, keys: Vec::new() }),
        Yield::Rid | Yield::Names(_) | Yield::Rows(..) => identity(),
        Yield::Targets(edge) => match edge.on {
            On::Rid | On::Unversioned => identity(),
            On::Url { .. } | On::UrlVersion { .. } => Ok(Tuple { ord: 0, keys: values(0)? }),
        },
    }
}

fn integer(row: &Row, column: usize) -> Result<Option<i64>, StoreError> {
    row.try_get(column).map_err(StoreError::postgres("reading a row"))
}

fn value(row: &Row, column: usize) -> Result<Option<Value>, StoreError> {
    let is_int = row.columns().get(column).is_some_and(|column| *column.type_() == Type::INT8);
    if is_int {
        return Ok(integer(row, column)?.map(Value::Int));
    }
    let text: Option<String> = row.try_get(column).map_err(StoreError::postgres("reading a row"))?;
    Ok(text.map(Value::Text))
}

/// How PostgreSQL means to run the statement: one line per step, indented by nesting.
pub(super) async fn plan(link: &Link, sql: &Sql, filled: &[Filled]) -> Result<String, StoreError> {
    let text = format!("EXPLAIN {}", sql.text);
    let lines = link.query_typed(&text, &params(filled, &Tenant(1))).await;
    let lines = lines.map_err(StoreError::postgres("explaining a query"))?;
    lines.iter().map(|row| Ok(format!("{}\n", get::<&str>(row, 0)?))).collect()
}

/// The slot that a parameter is filled from.
pub(super) fn slot(bind: &Bind) -> Option<SlotId> {
    match bind {
        Bind::Resources(slot) | Bind::Texts(slot) | Bind::Ints(slot) => Some(*slot),
        Bind::Tenant | Bind::Int(_) | Bind::Text(_) | Bind::TextList(_) => None,
    }
}
