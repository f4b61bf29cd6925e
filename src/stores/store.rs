//! The stores of this build behind one face.

use super::build::reindex;
#[cfg(feature = "elasticsearch")]
use super::elasticsearch::ElasticsearchStore;
use super::memory::{MemoryStore, Origin};
#[cfg(feature = "postgres")]
use super::postgres::PostgresStore;
#[cfg(feature = "sqlite")]
use super::sqlite::{Place, SqliteStore};
use super::{Batch, Committed, Defined, LiveVersion, Reindexed, Slots, Statistics, StoreError, StoreSettings};
use super::{StoreUrl, Stored, Tuple, Watch, Write, WriteOutcome};
use crate::definitions::{Registry, SearchParam};
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
#[cfg(feature = "postgres")]
use fhirc_codegen::sql::Postgres;
#[cfg(feature = "sqlite")]
use fhirc_codegen::sql::Sqlite;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use fhirc_codegen::sql::Target;
use fhirc_codegen::stats::Found;
use std::pin::Pin;
use std::sync::Arc;

/// One question to all drivers of this build, and another to resources in memory.
macro_rules! on {
    ($self:expr, $store:ident => $driver:expr, $reference:pat => $memory:expr) => {
        match $self {
            #[cfg(feature = "sqlite")]
            Store::Sqlite($store) => $driver,
            #[cfg(feature = "postgres")]
            Store::Postgres($store) => $driver,
            #[cfg(feature = "elasticsearch")]
            Store::Elasticsearch($store) => $driver,
            Store::Reference($reference) => $memory,
        }
    };
}

/// A store.
#[derive(Debug)]
#[non_exhaustive]
pub enum Store {
    /// SQLite, in process.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteStore),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
    /// Elasticsearch or OpenSearch.
    #[cfg(feature = "elasticsearch")]
    Elasticsearch(ElasticsearchStore),
    /// Resources in memory. It takes no queries: searches are evaluated over the resources themselves.
    Reference(MemoryStore),
}

/// What is put off until a load has ended. Dropped, it is done without anybody who waits for it.
#[derive(Debug, Default)]
pub(crate) enum PutOff {
    #[default]
    Nothing,
    #[cfg(feature = "sqlite")]
    Tables(super::sqlite::Bulk),
    #[cfg(feature = "postgres")]
    Indexes(Box<super::postgres::Bulk>),
}

fn no_queries() -> StoreError {
    StoreError::Unsupported { what: "queries: it evaluates searches as they are".to_owned() }
}

impl Store {
    /// Opens the store at a URL. `load::open` also opens files as one.
    ///
    /// # Errors
    /// The store is not there yet, does not exist, or was written under other settings.
    pub async fn open(url: &StoreUrl, settings: StoreSettings) -> Result<Store, StoreError> {
        match url {
            #[cfg(feature = "postgres")]
            StoreUrl::Postgres(url) => PostgresStore::open(url, settings).await.map(Store::Postgres),
            #[cfg(feature = "elasticsearch")]
            StoreUrl::Elasticsearch(url) => ElasticsearchStore::open(url, settings).await.map(Store::Elasticsearch),
            #[cfg(not(feature = "elasticsearch"))]
            StoreUrl::Elasticsearch(_) => Err(StoreError::NotBuilt { store: "elasticsearch" }),
            #[cfg(feature = "sqlite")]
            StoreUrl::Sqlite(path) => SqliteStore::open(Place::File(path.clone()), settings).await.map(Store::Sqlite),
            #[cfg(feature = "sqlite")]
            StoreUrl::SqliteMemory => SqliteStore::open(Place::Memory, settings).await.map(Store::Sqlite),
            StoreUrl::Reference => Ok(Store::Reference(MemoryStore::open(Origin::Writes, settings))),
            // Who reads files stands above the stores.
            StoreUrl::ReferenceFiles(_) => Err(StoreError::OnlySearched),
            other => Err(StoreError::NotYet { store: other.kind() }),
        }
    }

    /// What its queries answer, question by question.
    ///
    /// # Errors
    /// It takes no queries.
    pub fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(_) => Ok(Box::new(Target::<Sqlite>::new())),
            #[cfg(feature = "postgres")]
            Store::Postgres(_) => Ok(Box::new(Target::<Postgres>::new())),
            #[cfg(feature = "elasticsearch")]
            Store::Elasticsearch(_) => Ok(Box::new(fhirc_codegen::elasticsearch::Target)),
            Store::Reference(_) => Err(no_queries()),
        }
    }

    /// 32 random bytes that only this store has: what seals its cursors.
    ///
    /// # Errors
    /// The store fails.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        on!(self, store => store.secret().await, store => Ok(store.secret()))
    }

    /// The definitions that hold, as far as this process knows: those that it opened the store with, or changed or met
    /// since. Searches are compiled with these.
    pub fn registry(&self) -> Arc<Registry> {
        on!(self, store => store.registry(), store => store.registry())
    }

    /// The definitions that hold now, whoever has changed them; a cheap look where nobody has.
    ///
    /// # Errors
    /// The store fails.
    pub async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        on!(self, store => store.refresh().await, store => Ok(store.registry()))
    }

    /// Adds SearchParameters to the definitions of the store, or changes those that have their URLs. All or none.
    ///
    /// New resources are indexed under them at once. What was there before needs [`Store::reindex`]: until it is done,
    /// a search that names a new parameter is refused as `being-built`, and one that names a changed parameter means
    /// the definition before. A SearchParameter that is merely written as a resource changes nothing.
    ///
    /// # Errors
    /// Something is wrong with a definition ([`StoreError::Definitions`], [`StoreError::Unindexable`]), or the store fails.
    pub async fn define(&self, params: Vec<SearchParam>) -> Result<Defined, StoreError> {
        on!(self, store => store.define(params).await, store => store.define(params))
    }

    /// Retires SearchParameters of the store or of the release: no search knows them from now on. A code that one had
    /// taken over from another definition goes back to that, which is built again. All or none.
    ///
    /// # Errors
    /// There is none with such a URL, others rest on it ([`StoreError::Definitions`]), or the store fails.
    pub async fn retire(&self, urls: Vec<String>) -> Result<Defined, StoreError> {
        on!(self, store => store.retire(urls).await, store => store.retire(&urls))
    }

    /// Makes the index rows of all definitions that are being built, for the resources of all tenants, and deletes the
    /// rows of changed and retired ones. A parameter answers as soon as its last row is made.
    ///
    /// Writes and searches go on meanwhile. It can be stopped at any point, by `watch`, by dropping the future, by the
    /// end of the process: another call goes on from there. Several at once, in several processes, do no harm.
    ///
    /// # Errors
    /// The store fails. What was done stays.
    pub async fn reindex(&self, watch: &mut (dyn Watch + Send)) -> Result<Reindexed, StoreError> {
        match self {
            #[cfg(feature = "elasticsearch")]
            Store::Elasticsearch(store) => store.reindex(watch).await,
            _ => reindex(self, watch).await,
        }
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        on!(self, store => store.zone(), store => store.zone())
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        on!(self, store => store.bases(), store => store.bases())
    }

    /// Runs a query that was planned under the definitions of this [`Registry::epoch`]. Dropping the future stops it.
    ///
    /// # Errors
    /// The definitions have changed ([`StoreError::OtherDefinitions`]), the store does not answer the query, or fails.
    pub async fn run(
        &self,
        tenant: &TenantContext,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> Result<Vec<Tuple>, StoreError> {
        on!(self, store => store.run(tenant, query, slots, epoch).await, _ => Err(no_queries()))
    }

    /// What the store is sent for a query, and how it means to run it.
    ///
    /// # Errors
    /// As for [`Store::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        on!(self, store => store.explain(query).await, _ => Err(no_queries()))
    }

    /// The live ones among these resources, in the order asked for; those inside others as they stand there.
    ///
    /// # Errors
    /// The store fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        on!(self, store => store.bodies(tenant, ords).await, store => Ok(store.bodies(tenant, ords)))
    }

    /// These versions, each by the number of its resource and its own, in the order asked for: those that are there and
    /// no deletions, of resources that are live.
    ///
    /// # Errors
    /// The store fails.
    pub async fn versions(&self, tenant: &TenantContext, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        on!(self, store => store.versions(tenant, of).await, store => Ok(store.versions(tenant, of)))
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        on!(self, store => store.read(tenant, ty, id).await, store => Ok(store.read(tenant, ty, id)))
    }

    /// One version of a resource.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read_version(
        &self,
        tenant: &TenantContext,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        on!(
            self,
            store => store.read_version(tenant, ty, id, version).await,
            store => Ok(store.read_version(tenant, ty, id, version))
        )
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        on!(self, store => store.history(tenant, ty, id).await, store => Ok(store.history(tenant, ty, id)))
    }

    /// Counts for the planner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        on!(self, store => store.statistics(tenant).await, store => Ok(store.statistics(tenant)))
    }

    /// What rough counts find, in their order; nothing for a query that the store does not answer.
    ///
    /// # Errors
    /// The store fails.
    pub async fn counts(&self, tenant: &TenantContext, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        on!(self, store => store.counts(tenant, queries).await, _ => Ok(vec![None; queries.len()]))
    }

    /// Remembers, while the store is open, that the first way of a search was given up; `search` tells it from others.
    pub(crate) fn gave_up(&self, search: u128) {
        on!(self, store => store.gave_up(search), _ => {})
    }

    /// Whether that was remembered.
    pub(crate) fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        on!(self, store => store.has_given_up(search), _ => false)
    }

    /// The names of all tenants that something was written for.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        on!(self, store => store.tenants().await, store => Ok(store.tenants()))
    }

    /// The size of the store in bytes.
    ///
    /// # Errors
    /// The store fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        on!(self, store => store.size().await, store => Ok(store.size()))
    }

    /// Requests to a server since the store was opened; nothing where they are not counted.
    pub fn requests(&self) -> Option<u64> {
        match self {
            #[cfg(feature = "elasticsearch")]
            Store::Elasticsearch(store) => Some(store.requests()),
            _ => None,
        }
    }

    /// Writes in one transaction: all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        on!(self, store => store.write(tenant, writes).await, store => store.write(tenant, writes).await)
    }

    /// Makes versions and index rows without holding up other writes; [`Store::commit`] writes them.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        on!(self, store => store.prepare(tenant, writes).await, store => store.prepare(tenant, writes).await)
    }

    /// Queues a batch for writing, at once and behind all that was queued before, and waits for it. A queued batch is
    /// written even if the future is dropped.
    pub fn commit(&self, batch: Batch) -> Pin<Box<dyn Future<Output = Result<Committed, StoreError>> + Send>> {
        on!(self, store => Box::pin(store.commit(batch)), store => Box::pin(store.commit(batch)))
    }

    /// Prepares for many writes: what the store would rather do once, when they have ended, it puts off.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn begin_load(&self) -> Result<PutOff, StoreError> {
        match self {
            #[cfg(feature = "sqlite")]
            Store::Sqlite(store) => Ok(store.begin_bulk().await?.map_or(PutOff::Nothing, PutOff::Tables)),
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => {
                Ok(store.begin_bulk().await?.map_or(PutOff::Nothing, |bulk| PutOff::Indexes(Box::new(bulk))))
            }
            _ => Ok(PutOff::Nothing),
        }
    }

    /// Does what was put off.
    ///
    /// # Errors
    /// The store fails. What was written stays; the rest is done when the store is opened again.
    pub(crate) async fn end_load(&self, put_off: PutOff) -> Result<(), StoreError> {
        match put_off {
            PutOff::Nothing => {}
            #[cfg(feature = "sqlite")]
            PutOff::Tables(tables) => tables.end().await?,
            #[cfg(feature = "postgres")]
            PutOff::Indexes(indexes) => indexes.end().await?,
        }
        match self {
            #[cfg(feature = "postgres")]
            Store::Postgres(store) => store.tidy().await,
            _ => Ok(()),
        }
    }

    /// Lets all that is queued end, and closes the store.
    pub async fn close(self) {
        on!(self, store => store.close().await, store => drop(store))
    }
}
