//! What the searches of one answer are read from: bodies come along with the hits of a page.

use super::Shared;
use super::document::Record;
use crate::definitions::{ParamId, Registry};
use crate::stores::reading::Reading;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Slots, Statistics, StoreError, Stored, Tuple};
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::elasticsearch::{Target, identity};
use fhirc_codegen::program::Query;
use fhirc_codegen::stats::Found;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The store as one tenant sees it while an answer is put together. Each request sees it as it is then.
pub(crate) struct View<'s> {
    shared: &'s Shared,
    tenant: Tenant,
    seen: Seen,
}

/// What hits have told, by the numbers of the resources.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<BTreeMap<i64, Stored>>);

impl Seen {
    /// Takes what a hit tells of a resource that stands in no other.
    pub(super) fn take(&self, record: Record) {
        if record.ty.is_some() {
            self.lock().insert(record.ord, record.stored());
        }
    }

    /// The identity of a resource, as documents hold it.
    pub(super) fn identity(&self, ord: i64) -> Option<String> {
        self.lock().get(&ord).map(|stored| identity(stored.ty, &stored.id))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<i64, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'s> View<'s> {
    pub(super) fn new(shared: &'s Shared, tenant: Tenant) -> View<'s> {
        View { shared, tenant, seen: Seen::default() }
    }
}

impl Reading for View<'_> {
    const IS_SNAPSHOT: bool = false;

    fn capabilities(&self) -> Result<Box<dyn Capabilities>, StoreError> {
        Ok(Box::new(Target))
    }

    fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        self.shared.refreshed().await
    }

    /// What was read was read before: if the definitions are the same now, they were the same all the time. Nobody writes
    /// under others without changing the note.
    async fn confirm(&self, registry: &Registry, params: &BTreeSet<ParamId>) -> Result<BTreeSet<ParamId>, StoreError> {
        let now = self.shared.now().await?;
        if now.epoch != registry.epoch() {
            return Err(StoreError::OtherDefinitions);
        }
        self.shared.lacking(self.tenant, (registry, &now), params).await
    }

    /// None, which would be a request: many of each type, beside what is counted for the search.
    async fn statistics(&self) -> Result<Statistics, StoreError> {
        Ok(Statistics { resources: Arc::clone(&self.shared.assumed), ..Statistics::default() })
    }

    async fn counts(&self, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        self.shared.rough(self.tenant, queries).await
    }

    async fn run(&self, query: &Query, slots: &Slots, epoch: u32) -> Result<Vec<Tuple>, StoreError> {
        if epoch != self.registry().epoch() {
            return Err(StoreError::OtherDefinitions);
        }
        self.shared.query(self.tenant, query, slots, &self.seen).await
    }

    async fn bodies(&self, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let unseen: Vec<i64> = {
            let seen = self.seen.lock();
            ords.iter().copied().filter(|ord| !seen.contains_key(ord)).collect()
        };
        let read = if unseen.is_empty() { Vec::new() } else { self.shared.bodies(self.tenant, &unseen).await? };
        let mut seen = self.seen.lock();
        seen.extend(read.into_iter().map(|stored| (stored.ord, stored)));
        Ok(ords.iter().filter_map(|ord| seen.get(ord).cloned()).collect())
    }

    async fn versions(&self, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        self.shared.versions(self.tenant, of).await
    }

    fn requests(&self) -> Option<u64> {
        Some(self.shared.link.requests())
    }

    fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }
}
