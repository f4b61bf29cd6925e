//! Reading in one transaction: all that makes up an answer is of one state of the database.
//!
//! Each answer of the server is waited for some 0.1 ms on a machine that has nothing else to do, which is more than most
//! searches take there. So a transaction begins with its first queries, which are planned with the counts that were read
//! last: that these are still right is seen by the transaction itself. And nobody waits for its end.

use super::definitions::epoch_in;
use super::link::Link;
use super::query::{Asked, Filled, fill, lower};
use super::sql::{get, row};
use super::{PostgresStore, Shared, build, read};
use crate::definitions::Registry;
use crate::stores::reading::Reading;
use crate::stores::tally::CHANGES;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Slots, Statistics, StoreError, Stored, Tuple};
use crate::tenant::TenantContext;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::sql::{Postgres, Sql, Target};
use fhirc_codegen::stats::Found;
use futures_util::future::{join_all, join3};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// It only reads, so no writer ever makes it fail.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// What the counts of a tenant and the definitions are at, as of the transaction.
const SEEN: &str = "SELECT (SELECT rows FROM stat WHERE tenant = $1 AND key = $2), \
    (SELECT value FROM meta WHERE name = 'epoch')";

/// A transaction that reads for a tenant, which its first queries begin. Dropped, it stops the statement that runs, and
/// ends.
pub(crate) struct Snapshot<'s> {
    shared: &'s Shared,
    tenant: &'s TenantContext,
    /// Nothing once it has failed, and while something is read.
    open: Mutex<Option<Open>>,
    /// The number of changes behind the counts that were told before it began.
    promised: OnceLock<i64>,
}

/// The connection of a transaction.
struct Open {
    link: Link,
    tenant: Tenant,
    /// Nothing before the transaction has begun.
    seen: Option<Seen>,
}

/// What a transaction sees first.
#[derive(Clone, Copy)]
struct Seen {
    /// How often the counts of the tenant have changed.
    changes: i64,
    /// The number of the last change of the definitions.
    epoch: u32,
}

async fn seen(link: &Link, tenant: Tenant) -> Result<Seen, StoreError> {
    let failed = StoreError::postgres("beginning to read");
    let found = row(&**link, SEEN, &[&tenant.0, &CHANGES]).await.map_err(failed)?;
    let changes: Option<i64> = found.as_ref().map(|row| get(row, 0)).transpose()?.flatten();
    Ok(Seen { changes: changes.unwrap_or_default(), epoch: epoch_in(found.as_ref(), 1)? })
}

impl PostgresStore {
    /// Makes ready to read.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub(crate) async fn snapshot<'s>(&'s self, tenant: &'s TenantContext) -> Result<Snapshot<'s>, StoreError> {
        let shared = &*self.shared;
        let link = shared.links.lend().await?;
        // With a new connection all was forgotten, so this is looked at behind it.
        let open = match shared.known.tenants.known(tenant) {
            Some(tenant) => Open { link, tenant, seen: None },
            None => {
                link.settled(Ok(()))?;
                shared.begun(tenant).await?
            }
        };
        Ok(Snapshot { shared, tenant, open: Mutex::new(Some(open)), promised: OnceLock::new() })
    }
}

impl Shared {
    /// A transaction that has begun. A connection that the server has closed is replaced.
    async fn begun(&self, tenant: &TenantContext) -> Result<Open, StoreError> {
        // A link on which anything fails is dropped, and not used again.
        let begin = |link: Link| async move {
            link.batch_execute(BEGIN).await.map_err(StoreError::postgres("beginning to read"))?;
            let tenant = self.to_read(&*link, tenant).await?;
            let seen = Some(seen(&link, tenant).await?);
            Ok(Open { link, tenant, seen })
        };
        self.links.read(begin).await
    }

    /// A query as it is asked outside a snapshot.
    pub(super) fn asked<'q>(&'q self, query: &'q Query, sql: &'q Sql, filled: &'q [Filled]) -> Asked<'q> {
        let span = query.root_node().map(|root| root.span).unwrap_or_default();
        let (yields, visits, timeout) = (&query.yields, query.visits, self.links.timeout());
        Asked { sql, filled, yields, span, visits, timeout, shapes: &self.shapes, in_snapshot: false }
    }

    /// What rough counts find, in their order, outside a snapshot.
    pub(super) async fn rough(
        &self,
        link: &Link,
        tenant: Tenant,
        queries: &[Query],
    ) -> Result<Vec<Option<Found>>, StoreError> {
        let rough = Rough::of(queries)?;
        let mut found = Vec::with_capacity(queries.len());
        for asked in rough.asked(self) {
            found.push(asked.found(link, tenant).await);
        }
        counted(&rough, found)
    }
}

/// Rough counts, each with its statement; nothing in place of those that PostgreSQL does not answer.
struct Rough<'q>(Vec<(&'q Query, Option<Lowered>)>);

/// A statement, and the values of its parameters.
type Lowered = (Sql, Vec<Filled>);

impl<'q> Rough<'q> {
    fn of(queries: &'q [Query]) -> Result<Rough<'q>, StoreError> {
        let lower = |query: &'q Query| {
            let Ok(sql) = lower(query) else { return Ok((query, None)) };
            let filled = fill(&sql, &Slots::new())?;
            Ok((query, Some((sql, filled))))
        };
        queries.iter().map(lower).collect::<Result<_, _>>().map(Rough)
    }

    fn asked<'a>(&'a self, shared: &'a Shared) -> impl Iterator<Item = Asked<'a>> {
        self.0
            .iter()
            .filter_map(|(query, lowered)| lowered.as_ref().map(|(sql, filled)| shared.asked(query, sql, filled)))
    }
}

/// What the statements have found, in the order of the counts.
fn counted(rough: &Rough<'_>, found: Vec<Result<Vec<Tuple>, StoreError>>) -> Result<Vec<Option<Found>>, StoreError> {
    let mut found = found.into_iter();
    let count = |(_, lowered): &(&Query, Option<_>)| match lowered.as_ref().and_then(|_| found.next()) {
        Some(Ok(tuples)) => Ok(tuples.first().map(Tuple::counted)),
        // It looks for rows that are few among many.
        None | Some(Err(StoreError::Refused { .. } | StoreError::GaveUp | StoreError::Cancelled)) => Ok(None),
        Some(Err(failed)) => Err(failed),
    };
    rough.0.iter().map(count).collect()
}

impl Snapshot<'_> {
    fn take(&self) -> Result<Open, StoreError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        open.ok_or(StoreError::Lost { doing: "reading" })
    }

    fn put(&self, open: Open) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
    }

    /// The number of the last change of the definitions that the transaction sees.
    fn epoch(&self) -> Option<u32> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().and_then(|open| open.seen).map(|seen| seen.epoch)
    }

    /// Runs queries, all of them sent at once, and the first ones together with what begins the transaction.
    ///
    /// # Errors
    /// [`StoreError::OtherCounts`]: the transaction has begun, and does not see the counts that were told before.
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Result<Vec<Tuple>, StoreError>>, StoreError> {
        let mut open = self.take()?;
        let all = join_all(asked.iter().map(|asked| asked.found(&open.link, open.tenant)));
        if open.seen.is_some() {
            let found = all.await;
            self.put(open);
            return Ok(found);
        }
        let (begun, seen, found) = join3(open.link.batch_execute(BEGIN), seen(&open.link, open.tenant), all).await;
        match begun.map_err(StoreError::postgres("beginning to read")).and(seen) {
            Ok(seen) => {
                open.seen = Some(seen);
                self.put(open);
                let as_told = self.promised.get().is_none_or(|changes| *changes == seen.changes);
                if as_told { Ok(found) } else { Err(StoreError::OtherCounts) }
            }
            // The server may have been restarted, or another one taken its place, which may have counted otherwise.
            Err(StoreError::Lost { .. }) => {
                drop(open);
                self.put(self.shared.begun(self.tenant).await?);
                Err(StoreError::OtherCounts)
            }
            Err(failed) => Err(failed),
        }
    }

    /// The transaction, which has begun.
    async fn begun(&self) -> Result<Open, StoreError> {
        let open = self.take()?;
        if open.seen.is_some() {
            return Ok(open);
        }
        self.put(open);
        match self.ask(&[]).await {
            // A transaction that was begun anew is as good, if nothing was told before it.
            Err(StoreError::OtherCounts) if self.promised.get().is_none() => {}
            begun => drop(begun?),
        }
        self.take()
    }

    /// Reads over the connection of the transaction.
    async fn read<T>(&self, read: impl AsyncFnOnce(&Link, Tenant) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let open = self.begun().await.map_err(|error| self.shared.links.timely(error))?;
        let found = read(&open.link, open.tenant).await;
        self.put(open);
        found.map_err(|error| self.shared.links.timely(error))
    }

    /// All versions of a resource, the current one first.
    pub(super) async fn history(&self, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        self.read(async |link, tenant| read::history(&**link, tenant, ty, id).await).await
    }

    /// One version of a resource.
    pub(super) async fn read_version(
        &self,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        self.read(async |link, tenant| read::read_version(&**link, tenant, ty, id, version).await).await
    }

    /// Ends the transaction, which nobody waits for: what was read stays true, whatever becomes of the connection.
    pub(crate) fn end(self) {
        let Ok(open) = self.take() else { return };
        if open.seen.is_none() {
            // Nothing was asked.
            let _ = open.link.settled(Ok(()));
            return;
        }
        tokio::spawn(async move {
            // One that is still within the transaction must not be used by others.
            if open.link.batch_execute("COMMIT").await.is_ok() {
                let _ = open.link.settled(Ok(()));
            }
        });
    }
}

impl Reading for Snapshot<'_> {
    const IS_SNAPSHOT: bool = true;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        Ok(Box::new(Target::<Postgres>::new()))
    }

    fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        let refresh = async |link: &Link, _| {
            let definitions = self.shared.definitions(&**link).await?;
            build::measure(&**link, &definitions.registry).await?;
            Ok(Arc::clone(&definitions.registry))
        };
        self.read(refresh).await
    }

    /// Before the transaction has begun, the counts that were read last.
    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let open = self.take()?;
        let (tenant, begun) = (open.tenant, open.seen.map(|seen| seen.changes));
        self.put(open);
        if let (None, Some((changes, known))) = (begun, self.shared.known.remembered.last(tenant)) {
            let _ = self.promised.set(changes);
            return Ok(known);
        }
        let open = self.begun().await.map_err(|error| self.shared.links.timely(error))?;
        let changes = open.seen.map(|seen| seen.changes).unwrap_or_default();
        let counts = self.shared.counts_at(&*open.link, open.tenant, changes).await;
        self.put(open);
        counts.map_err(|error| self.shared.links.timely(error))
    }

    async fn counts(&self, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        let rough = Rough::of(queries)?;
        let asked: Vec<Asked<'_>> =
            rough.asked(self.shared).map(|asked| Asked { in_snapshot: true, ..asked }).collect();
        let counts = self.ask(&asked).await.and_then(|found| counted(&rough, found));
        counts.map_err(|error| self.shared.links.timely(error))
    }

    async fn run(&self, query: &Query, slots: &Slots, epoch: u32) -> Result<Vec<Tuple>, StoreError> {
        let sql = lower(query)?;
        let filled = fill(&sql, slots)?;
        let asked = Asked { in_snapshot: true, ..self.shared.asked(query, &sql, &filled) };
        let found = self.ask(&[asked]).await.and_then(|found| found.into_iter().next().unwrap_or(Ok(Vec::new())));
        let found = found.map_err(|error| self.shared.links.timely(error))?;
        // All that the transaction sees is of one moment, the rows and the definitions that they were made under.
        if self.epoch() == Some(epoch) { Ok(found) } else { Err(StoreError::OtherDefinitions) }
    }

    async fn bodies(&self, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        if ords.is_empty() {
            return Ok(Vec::new());
        }
        let registry = &self.shared.held.get().registry;
        self.read(async |link, tenant| read::bodies(&**link, tenant, registry, ords).await).await
    }

    async fn versions(&self, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        self.read(async |link, tenant| read::versions(&**link, tenant, of).await).await
    }

    fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }
}
