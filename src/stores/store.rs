//! The stores of this build behind one face.

use super::memory::{MemoryStore, Origin};
use super::sqlite::{Place, SqliteStore};
use super::{
    Batch, Committed, Slots, Statistics, StoreError, StoreSettings, StoreUrl, Stored, Tuple, Write, WriteOutcome,
};
use crate::definitions::Registry;
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::sql::{Sqlite, Target};
use std::pin::Pin;
use std::sync::Arc;

/// A store.
#[derive(Debug)]
#[non_exhaustive]
pub enum Store {
    /// SQLite, in process.
    Sqlite(SqliteStore),
    /// Resources in memory. It takes no queries: searches are evaluated over the resources themselves.
    Reference(MemoryStore),
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
            StoreUrl::Sqlite(path) => SqliteStore::open(Place::File(path.clone()), settings).await.map(Store::Sqlite),
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
            Store::Sqlite(_) => Ok(Box::new(Target::<Sqlite>::new())),
            Store::Reference(_) => Err(no_queries()),
        }
    }

    /// 32 random bytes that only this store has: what seals its cursors.
    ///
    /// # Errors
    /// The store fails.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        match self {
            Store::Sqlite(store) => store.secret().await,
            Store::Reference(store) => Ok(store.secret()),
        }
    }

    /// The definitions that rows are extracted under.
    pub fn registry(&self) -> &Arc<Registry> {
        match self {
            Store::Sqlite(store) => store.registry(),
            Store::Reference(store) => store.registry(),
        }
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        match self {
            Store::Sqlite(store) => store.zone(),
            Store::Reference(store) => store.zone(),
        }
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        match self {
            Store::Sqlite(store) => store.bases(),
            Store::Reference(store) => store.bases(),
        }
    }

    /// Runs a query. Dropping the future stops it.
    ///
    /// # Errors
    /// The store does not answer the query, or fails.
    pub async fn run(&self, tenant: &TenantContext, query: &Query, slots: &Slots) -> Result<Vec<Tuple>, StoreError> {
        match self {
            Store::Sqlite(store) => store.run(tenant, query, slots).await,
            Store::Reference(_) => Err(no_queries()),
        }
    }

    /// What the store is sent for a query, and how it means to run it.
    ///
    /// # Errors
    /// As for [`Store::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        match self {
            Store::Sqlite(store) => store.explain(query).await.map(|(sql, plan)| (sql.text, plan)),
            Store::Reference(_) => Err(no_queries()),
        }
    }

    /// The live ones among these resources, in the order asked for; those inside others as they stand there.
    ///
    /// # Errors
    /// The store fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        match self {
            Store::Sqlite(store) => store.bodies(tenant, ords).await,
            Store::Reference(store) => Ok(store.bodies(tenant, ords)),
        }
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        match self {
            Store::Sqlite(store) => store.read(tenant, ty, id).await,
            Store::Reference(store) => Ok(store.read(tenant, ty, id)),
        }
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
        match self {
            Store::Sqlite(store) => store.read_version(tenant, ty, id, version).await,
            Store::Reference(store) => Ok(store.read_version(tenant, ty, id, version)),
        }
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        match self {
            Store::Sqlite(store) => store.history(tenant, ty, id).await,
            Store::Reference(store) => Ok(store.history(tenant, ty, id)),
        }
    }

    /// Counts for the planner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        match self {
            Store::Sqlite(store) => store.statistics(tenant).await,
            Store::Reference(store) => Ok(store.statistics(tenant)),
        }
    }

    /// The names of all tenants that something was written for.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        match self {
            Store::Sqlite(store) => store.tenants().await,
            Store::Reference(store) => Ok(store.tenants()),
        }
    }

    /// The size of the store in bytes.
    ///
    /// # Errors
    /// The store fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        match self {
            Store::Sqlite(store) => store.size().await,
            Store::Reference(store) => Ok(store.size()),
        }
    }

    /// Writes in one transaction: all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        match self {
            Store::Sqlite(store) => store.write(tenant, writes).await,
            Store::Reference(store) => store.write(tenant, writes).await,
        }
    }

    /// Makes versions and index rows without holding up other writes; [`Store::commit`] writes them.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        match self {
            Store::Sqlite(store) => store.prepare(tenant, writes).await,
            Store::Reference(store) => store.prepare(tenant, writes).await,
        }
    }

    /// Queues a batch for writing, at once and behind all that was queued before, and waits for it. A queued batch is
    /// written even if the future is dropped.
    pub fn commit(&self, batch: Batch) -> Pin<Box<dyn Future<Output = Result<Committed, StoreError>> + Send>> {
        match self {
            Store::Sqlite(store) => Box::pin(store.commit(batch)),
            Store::Reference(store) => Box::pin(std::future::ready(store.commit(batch))),
        }
    }

    /// Lets all that is queued end, and closes the store.
    pub async fn close(self) {
        match self {
            Store::Sqlite(store) => store.close().await,
            Store::Reference(store) => drop(store),
        }
    }
}
