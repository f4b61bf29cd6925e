//! PostgreSQL 14 or later, over the network: a pool of connections, a queue of writers.

mod abridged;
mod build;
mod bulk;
mod clear;
mod commit;
mod copy;
mod current;
mod definitions;
mod fault;
mod group;
mod known;
mod link;
mod lock;
mod number;
mod open;
mod place;
mod query;
mod read;
mod record;
mod rows;
mod secret;
mod shapes;
mod snapshot;
mod sql;
mod stat;
mod stub;
mod tenants;
#[cfg(test)]
#[cfg(feature = "server-tests")]
mod tests;
#[cfg(feature = "postgres-tls")]
mod tls;
#[cfg(not(feature = "postgres-tls"))]
#[path = "no_tls.rs"]
mod tls;

use self::bulk::Complete;
use self::group::Lanes;
use self::known::Known;
use self::link::{Link, Links};
use self::place::Place;
use self::query::{fill, lower};
use self::shapes::Shapes;
use super::definitions::Held;
use super::layout::Layout;
use super::reading::Reading as _;
use super::tenants::Tenant;
use super::tried::Tried;
use super::{
    Batch, Clock, Committed, LiveVersion, ServerUrl, Slots, Statistics, StoreError, StoreSettings, Stored, Tuple,
    Write, WriteOutcome,
};
use crate::index::ExtractSettings;
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::stats::Found;
use std::fmt;
use std::sync::{Arc, OnceLock};
use tokio::task::spawn_blocking;

pub(crate) use self::bulk::Bulk;

/// A store in PostgreSQL.
pub struct PostgresStore {
    shared: Arc<Shared>,
    lanes: Lanes,
}

impl fmt::Debug for PostgresStore {
    /// Without the place, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}

/// What all requests share.
struct Shared {
    links: Links,
    held: Held,
    extract: ExtractSettings,
    zone: Zone,
    bases: Vec<String>,
    clock: Clock,
    layout: Layout,
    known: Arc<Known>,
    shapes: Shapes,
    tried: Tried,
    complete: Complete,
    secret: OnceLock<[u8; 32]>,
}

impl PostgresStore {
    /// Opens a store, or creates it. Its connections and writers live on the runtime that this is called on.
    ///
    /// # Errors
    /// The URL is none of PostgreSQL, or the server cannot be reached or lacks a privilege; there is no store and none
    /// shall be created; the schema is somebody else's; or the store was written under other definitions, another zone or
    /// other bases.
    pub async fn open(url: &ServerUrl, settings: StoreSettings) -> Result<PostgresStore, StoreError> {
        let place = Place::of(url)?;
        let known = Arc::new(Known::default());
        let forgetting = Arc::clone(&known);
        let links = Links::new(&place, move || forgetting.forget())?;
        let mut link = links.lend().await?;
        let settled = async {
            links.ask_timeout(&link).await?;
            open::open(&mut link, &place, &settings).await
        };
        let settled = settled.await;
        let settled = link.settled(settled)?;
        let shared = Arc::new(Shared {
            links,
            held: Held::new(settled.definitions),
            extract: settled.extract,
            zone: settled.zone,
            bases: settled.bases,
            clock: settings.clock,
            layout: Layout::new(rows::statements),
            known,
            shapes: Shapes::default(),
            tried: Tried::default(),
            complete: Complete::default(),
            secret: OnceLock::new(),
        });
        shared.recover().await?;
        let lanes = Lanes::start(&shared);
        Ok(PostgresStore { shared, lanes })
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        &self.shared.bases
    }

    /// Lowers and runs a query that was planned under the definitions of this epoch. Dropping the future stops the
    /// statement.
    ///
    /// # Errors
    /// The definitions have changed, PostgreSQL does not answer the query, takes too long, or fails.
    pub async fn run(
        &self,
        tenant: &TenantContext,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> Result<Vec<Tuple>, StoreError> {
        let lowered = lower(query)?;
        let filled = fill(&lowered, slots)?;
        let asked = self.shared.asked(query, &lowered, &filled);
        let (found, then) = self
            .read_as(tenant, |link, tenant| async move {
                let answer = asked.run(&link, tenant).await;
                link.settled(answer)
            })
            .await?;
        if then == epoch { Ok(found) } else { Err(StoreError::OtherDefinitions) }
    }

    /// The statement of a query and PostgreSQL's plan of it: one line per step, indented by nesting.
    ///
    /// # Errors
    /// As for [`PostgresStore::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        let lowered = lower(query)?;
        let slots = lowered.binds.iter().filter_map(query::slot).map(|slot| (slot, Vec::new())).collect();
        let filled = fill(&lowered, &slots)?;
        let (asked, filled) = (&lowered, &filled);
        let plan = |link: Link| async move {
            let plan = query::plan(&link, asked, filled).await;
            link.settled(plan)
        };
        let plan = self.shared.links.read(plan).await?;
        Ok((lowered.text, plan))
    }

    /// The live ones among these resources, in the order asked for; those inside others as they stand there.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        if ords.is_empty() {
            return Ok(Vec::new());
        }
        let registry = &self.registry();
        self.read_as(tenant, |link, tenant| async move {
            let found = read::bodies(&*link, tenant, registry, ords).await;
            link.settled(found)
        })
        .await
    }

    /// These versions, each by the number of its resource and its own: those that are there and no deletions, of resources
    /// that are live.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn versions(&self, tenant: &TenantContext, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        // Between two statements a version may become an old one.
        let snapshot = self.snapshot(tenant).await?;
        let found = snapshot.versions(of).await;
        snapshot.end();
        found
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        self.read_as(tenant, |link, tenant| async move {
            let found = read::read(&*link, tenant, ty, id).await;
            link.settled(found)
        })
        .await
    }

    /// One version of a resource.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn read_version(
        &self,
        tenant: &TenantContext,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        let snapshot = self.snapshot(tenant).await?;
        let found = snapshot.read_version(ty, id, version).await;
        snapshot.end();
        found
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        // A version that is the current one may be an old one a moment later: it must not come twice.
        let snapshot = self.snapshot(tenant).await?;
        let found = snapshot.history(ty, id).await;
        snapshot.end();
        found
    }

    /// Counts for the planner.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        self.read_as(tenant, |link, tenant| async move {
            let found = self.shared.counts(&*link, tenant).await;
            link.settled(found)
        })
        .await
    }

    /// What rough counts find, in their order; nothing for a query that PostgreSQL does not answer, or that takes longer
    /// than it is worth.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn counts(&self, tenant: &TenantContext, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        self.read_as(tenant, |link, tenant| async move {
            let counts = self.shared.rough(&link, tenant, queries).await;
            link.settled(counts)
        })
        .await
    }

    /// Remembers a search whose first way was given up.
    pub(crate) fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    /// Whether that was remembered.
    pub(crate) fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }

    /// The names of all tenants that something was written for.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        let names = |link: Link| async move {
            let names = tenants::names(&*link).await;
            link.settled(names)
        };
        self.shared.links.read(names).await
    }

    /// The size of the tables and their indexes in bytes.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        let select = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class \
            WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
        let size = |link: Link| async move {
            let size = sql::row(&*link, select, &[]).await.map_err(StoreError::postgres("measuring the store"));
            link.settled(size)
        };
        let size: Option<i64> = self.shared.links.read(size).await?.map(|row| sql::get(&row, 0)).transpose()?;
        Ok(size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default())
    }

    /// Writes in one transaction: all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or PostgreSQL fails.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        let batch = self.prepare(tenant, writes).await?;
        Ok(self.commit(batch).await?.outcomes)
    }

    /// Makes versions and index rows, on all cores, without holding up writers.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or PostgreSQL fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        let of = &writes;
        let current = self
            .read_as(tenant, |link, tenant| async move {
                let current = current::current(&*link, tenant, of.iter().map(Write::identity)).await;
                link.settled(current)
            })
            .await?;
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let make = move || {
            let definitions = shared.held.get();
            let batch = (tenant, definitions.registry.epoch());
            definitions.versioning(&shared.zone, shared.clock.now(), |with| Batch::new(batch, writes, current, with))
        };
        spawn_blocking(make).await.map_err(|_| StoreError::Closed)?
    }

    /// Queues a batch for writing, at once and behind all of its tenant that was queued before, and waits for it. A
    /// queued batch is written even if the future is dropped. Small batches that wait at the same time share a transaction;
    /// what fails in one costs no other.
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<Committed, StoreError>> + Send + use<> {
        let answered = self.lanes.queue(batch);
        async move { answered.await.unwrap_or(Err(StoreError::Closed)) }
    }

    /// Lets all that is queued end, and closes the connections.
    pub async fn close(self) {
        let PostgresStore { shared, lanes } = self;
        lanes.stop().await;
        shared.links.close();
    }

    /// Runs a read with the tenant's number.
    async fn read_as<T, F>(&self, tenant: &TenantContext, job: impl Fn(Link, Tenant) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let job = &job;
        let read = |link: Link| async move {
            match self.shared.to_read(&*link, tenant).await {
                Ok(tenant) => job(link, tenant).await,
                Err(failed) => link.settled(Err(failed)),
            }
        };
        self.shared.links.read(read).await
    }
}
