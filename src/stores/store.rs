//! The stores of this build behind one face.

use super::sqlite::{Place, SqliteStore, Statistics};
use super::{Batch, Committed, Slots, StoreError, StoreSettings, StoreUrl, Stored, Tuple, Write, WriteOutcome};
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
}

impl Store {
    /// Opens the store at a URL.
    ///
    /// # Errors
    /// The store is not there yet, does not exist, or was written under other settings.
    pub async fn open(url: &StoreUrl, settings: StoreSettings) -> Result<Store, StoreError> {
        match url {
            StoreUrl::Sqlite(path) => SqliteStore::open(Place::File(path.clone()), settings).await.map(Store::Sqlite),
            StoreUrl::SqliteMemory => SqliteStore::open(Place::Memory, settings).await.map(Store::Sqlite),
            other => Err(StoreError::NotYet { store: other.kind() }),
        }
    }

    /// What it answers, question by question.
    pub fn capabilities(&self) -> Box<dyn Capabilities> {
        let Store::Sqlite(_) = self;
        Box::new(Target::<Sqlite>::new())
    }

    /// 32 random bytes that only this store has: what seals its cursors.
    ///
    /// # Errors
    /// The store fails.
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        let Store::Sqlite(store) = self;
        store.secret().await
    }

    /// The definitions that rows are extracted under.
    pub fn registry(&self) -> &Arc<Registry> {
        let Store::Sqlite(store) = self;
        store.registry()
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        let Store::Sqlite(store) = self;
        store.zone()
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        let Store::Sqlite(store) = self;
        store.bases()
    }

    /// Runs a query. Dropping the future stops it.
    ///
    /// # Errors
    /// The store does not answer the query, or fails.
    pub async fn run(&self, tenant: &TenantContext, query: &Query, slots: &Slots) -> Result<Vec<Tuple>, StoreError> {
        let Store::Sqlite(store) = self;
        store.run(tenant, query, slots).await
    }

    /// What the store is sent for a query, and how it means to run it.
    ///
    /// # Errors
    /// As for [`Store::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        let Store::Sqlite(store) = self;
        store.explain(query).await.map(|(sql, plan)| (sql.text, plan))
    }

    /// The live ones among these resources, in the order asked for.
    ///
    /// # Errors
    /// The store fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let Store::Sqlite(store) = self;
        store.bodies(tenant, ords).await
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// The store fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        let Store::Sqlite(store) = self;
        store.read(tenant, ty, id).await
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
        let Store::Sqlite(store) = self;
        store.read_version(tenant, ty, id, version).await
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        let Store::Sqlite(store) = self;
        store.history(tenant, ty, id).await
    }

    /// Counts for the planner.
    ///
    /// # Errors
    /// The store fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        let Store::Sqlite(store) = self;
        store.statistics(tenant).await
    }

    /// The numbers that counting queries find, in their order; nothing for a query that the store does not answer.
    ///
    /// # Errors
    /// The store fails.
    pub async fn counts(&self, tenant: &TenantContext, queries: &[Query]) -> Result<Vec<Option<u64>>, StoreError> {
        let Store::Sqlite(store) = self;
        store.counts(tenant, queries).await
    }

    /// The names of all tenants that something was written for.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        let Store::Sqlite(store) = self;
        store.tenants().await
    }

    /// The size of the store in bytes.
    ///
    /// # Errors
    /// The store fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        let Store::Sqlite(store) = self;
        store.size().await
    }

    /// Writes in one transaction: all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        let Store::Sqlite(store) = self;
        store.write(tenant, writes).await
    }

    /// Makes versions and index rows without holding up other writes; [`Store::commit`] writes them.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the store fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        let Store::Sqlite(store) = self;
        store.prepare(tenant, writes).await
    }

    /// Queues a batch for writing, at once and behind all that was queued before, and waits for it. A queued batch is
    /// written even if the future is dropped.
    pub fn commit(&self, batch: Batch) -> Pin<Box<dyn Future<Output = Result<Committed, StoreError>> + Send>> {
        let Store::Sqlite(store) = self;
        Box::pin(store.commit(batch))
    }

    /// Lets all that is queued end, and closes the store.
    pub async fn close(self) {
        let Store::Sqlite(store) = self;
        store.close().await;
    }
}
