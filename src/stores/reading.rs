//! What one answer is read from.

use super::{LiveVersion, Slots, Statistics, Store, StoreError, Stored, Tuple};
use crate::definitions::{ParamId, Registry};
use crate::tenant::TenantContext;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::Query;
use fhirc_codegen::stats::Found;
use std::collections::BTreeSet;
use std::future::ready;
use std::sync::Arc;

/// A store as one tenant sees it while an answer is put together: one snapshot, where the store has such. Each operation
/// is that of [`Store`] with the same name.
pub(crate) trait Reading {
    /// Whether all operations see the store at one moment, so that what its statistics say is so for the queries.
    const IS_SNAPSHOT: bool;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError>;

    fn registry(&self) -> Arc<Registry>;

    fn refresh(&self) -> impl Future<Output = Result<Arc<Registry>, StoreError>> + Send;

    /// Whether what was read so far is right under these definitions, where operations see the store at different moments:
    /// asked when everything is read. The parameters that it is not right for: their rows are not complete.
    ///
    /// # Errors
    /// Other definitions hold.
    fn confirm(
        &self,
        registry: &Registry,
        params: &BTreeSet<ParamId>,
    ) -> impl Future<Output = Result<BTreeSet<ParamId>, StoreError>> + Send {
        let _ = (registry, params);
        ready(Ok(BTreeSet::new()))
    }

    fn statistics(&self) -> impl Future<Output = Result<Statistics, StoreError>> + Send;

    fn counts(&self, queries: &[Query]) -> impl Future<Output = Result<Vec<Option<Found>>, StoreError>> + Send;

    fn run(
        &self,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> impl Future<Output = Result<Vec<Tuple>, StoreError>> + Send;

    fn bodies(&self, ords: &[i64]) -> impl Future<Output = Result<Vec<Stored>, StoreError>> + Send;

    fn versions(&self, of: &[(i64, i64)]) -> impl Future<Output = Result<Vec<LiveVersion>, StoreError>> + Send;

    /// Requests to a server so far; nothing where they are not counted.
    fn requests(&self) -> Option<u64> {
        None
    }

    fn gave_up(&self, search: u128);

    /// `search` is asked only where anything was given up at all.
    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool;
}

/// Each operation sees the store as it is then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unheld<'s> {
    pub(crate) store: &'s Store,
    pub(crate) tenant: &'s TenantContext,
}

impl Reading for Unheld<'_> {
    const IS_SNAPSHOT: bool = false;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        self.store.capabilities()
    }

    fn registry(&self) -> Arc<Registry> {
        self.store.registry()
    }

    fn refresh(&self) -> impl Future<Output = Result<Arc<Registry>, StoreError>> + Send {
        self.store.refresh()
    }

    fn statistics(&self) -> impl Future<Output = Result<Statistics, StoreError>> + Send {
        self.store.statistics(self.tenant)
    }

    fn counts(&self, queries: &[Query]) -> impl Future<Output = Result<Vec<Option<Found>>, StoreError>> + Send {
        self.store.counts(self.tenant, queries)
    }

    fn run(
        &self,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> impl Future<Output = Result<Vec<Tuple>, StoreError>> + Send {
        self.store.run(self.tenant, query, slots, epoch)
    }

    fn bodies(&self, ords: &[i64]) -> impl Future<Output = Result<Vec<Stored>, StoreError>> + Send {
        self.store.bodies(self.tenant, ords)
    }

    fn versions(&self, of: &[(i64, i64)]) -> impl Future<Output = Result<Vec<LiveVersion>, StoreError>> + Send {
        self.store.versions(self.tenant, of)
    }

    fn gave_up(&self, search: u128) {
        self.store.gave_up(search);
    }

    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.store.has_given_up(search)
    }
}
