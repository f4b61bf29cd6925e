//! Reading in one transaction: all that makes up an answer is of one state of the database.
//!
//! The whole answer is put together on the thread that has the connection. So it costs one change of threads, and nobody
//! who waits for something else holds up the transaction, which would keep the write-ahead log from being copied.

use super::worker::Bound;
use super::{Shared, SqliteStore, build, definitions, query, read, stat, tenants};
use crate::definitions::Registry;
use crate::stores::reading::Reading;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Slots, Statistics, StoreError, Stored, Tuple};
use crate::tenant::TenantContext;
use fhirc_codegen::algebra::Span;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::sql::{Sql, Sqlite, Target, sql};
use fhirc_codegen::stats::Found;
use rusqlite::Connection;
use std::cell::OnceCell;
use std::future::ready;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// Steps of SQLite's virtual machine that it takes to look at a row.
const STEPS_PER_VISIT: u64 = 60;

/// A transaction that reads for a tenant.
pub(crate) struct Snapshot<'c> {
    connection: &'c Connection,
    shared: &'c Shared,
    tenant: Tenant,
    bound: &'c Bound,
    /// That of the definitions in the database.
    epoch: OnceCell<u32>,
}

impl SqliteStore {
    /// Runs a read in a transaction of its own. Dropping the future stops the statement that runs, and ends the
    /// transaction.
    pub(crate) async fn snapshot<T, F>(&self, tenant: &TenantContext, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Snapshot<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let read = move |connection: &mut Connection, bound: &Bound| {
            let transaction = connection.unchecked_transaction().map_err(StoreError::database("beginning to read"))?;
            let tenant = tenants::to_read(&shared.tenants, &transaction, &tenant)?;
            let (connection, shared) = (&*transaction, &*shared);
            read(&Snapshot { connection, shared, tenant, bound, epoch: OnceCell::new() })
        };
        let answer = self.reading().read_within(read).await;
        if let Err(StoreError::Loading) = answer {
            self.take_over();
        }
        answer
    }
}

/// What a future over a [`Snapshot`] gives, whose operations never wait.
///
/// # Errors
/// It waits for something else.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> Result<T, StoreError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Ok(answer),
        Poll::Pending => Err(StoreError::Closed),
    }
}

impl Snapshot<'_> {
    /// Lowers and runs a query that was planned under the definitions of this epoch.
    pub(super) fn query(&self, query: &Query, slots: &Slots, epoch: u32) -> Result<Vec<Tuple>, StoreError> {
        let lowered = lower(query)?;
        let filled = query::fill(&lowered, slots)?;
        let span = query.root_node().map(|root| root.span).unwrap_or_default();
        self.shared.deferred(self.connection)?.refuse_any()?;
        // Rows of definitions that hold no longer may be deleted at any time.
        if self.epoch()? != epoch {
            return Err(StoreError::OtherDefinitions);
        }
        let run = || query::run(self.connection, self.tenant, (&lowered, &filled), (&query.yields, span));
        self.bound.within(steps(query.visits), run)
    }

    fn epoch(&self) -> Result<u32, StoreError> {
        match self.epoch.get() {
            Some(epoch) => Ok(*epoch),
            None => definitions::epoch(self.connection).map(|epoch| *self.epoch.get_or_init(|| epoch)),
        }
    }

    pub(super) fn count(&self, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        let count = |sql: &Sql| {
            let filled = query::fill(sql, &Slots::new())?;
            match query::run(self.connection, self.tenant, (sql, &filled), (&Yield::Rough, Span::default())) {
                Ok(found) => Ok(found.first().map(Tuple::counted)),
                // It looks for rows that are few among many, or nobody waits any more.
                Err(StoreError::Refused { .. } | StoreError::Cancelled) => Ok(None),
                Err(failed) => Err(failed),
            }
        };
        self.shared.deferred(self.connection)?.refuse_any()?;
        let visits = queries.iter().filter_map(|query| query.visits).sum();
        let all = || queries.iter().map(|query| lower(query).map_or(Ok(None), |sql| count(&sql))).collect();
        self.bound.within(steps(Some(visits)), all)
    }

    pub(super) fn counts_kept(&self) -> Result<Statistics, StoreError> {
        stat::statistics(&self.shared.remembered, self.connection, self.tenant)
    }

    pub(super) fn stored(&self, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let registry = &self.shared.held.get().registry;
        read::bodies(self.connection, self.tenant, registry, ords)
    }

    pub(super) fn live_versions(&self, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        read::versions(self.connection, self.tenant, of)
    }

    fn definitions(&self) -> Result<Arc<Registry>, StoreError> {
        let definitions = self.shared.definitions(self.connection)?;
        build::measure(self.connection, &definitions.registry)?;
        Ok(Arc::clone(&definitions.registry))
    }
}

impl Reading for Snapshot<'_> {
    const IS_SNAPSHOT: bool = true;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        Ok(Box::new(Target::<Sqlite>::new()))
    }

    fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    fn refresh(&self) -> impl Future<Output = Result<Arc<Registry>, StoreError>> + Send {
        ready(self.definitions())
    }

    fn statistics(&self) -> impl Future<Output = Result<Statistics, StoreError>> + Send {
        ready(self.counts_kept())
    }

    fn counts(&self, queries: &[Query]) -> impl Future<Output = Result<Vec<Option<Found>>, StoreError>> + Send {
        ready(self.count(queries))
    }

    fn run(
        &self,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> impl Future<Output = Result<Vec<Tuple>, StoreError>> + Send {
        ready(self.query(query, slots, epoch))
    }

    fn bodies(&self, ords: &[i64]) -> impl Future<Output = Result<Vec<Stored>, StoreError>> + Send {
        ready(self.stored(ords))
    }

    fn versions(&self, of: &[(i64, i64)]) -> impl Future<Output = Result<Vec<LiveVersion>, StoreError>> + Send {
        ready(self.live_versions(of))
    }

    fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }
}

/// The steps in which so many rows are looked at.
fn steps(visits: Option<u64>) -> Option<u64> {
    visits.map(|visits| visits.saturating_mul(STEPS_PER_VISIT))
}

pub(super) fn lower(query: &Query) -> Result<Sql, StoreError> {
    sql::<Sqlite>(query).map_err(|refusal| StoreError::Refused { what: refusal.what, span: refusal.span })
}
