//! The definitions of a store and their changes: one note, replaced only where nobody else did, and the names of the
//! indexes, which let nobody write who does not know it.

use super::kept::{Kept, Now};
use super::{ElasticsearchStore, Shared};
use crate::definitions::{Registry, SearchParam};
use crate::stores::definitions::{Decided, Definitions};
use crate::stores::tenants::Tenant;
use crate::stores::{Defined, StoreError};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// How often a change is tried that others are making too.
const ATTEMPTS: usize = 50;

impl ElasticsearchStore {
    /// The definitions that hold, as far as this process knows.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    /// The definitions that hold now: another process may have changed them.
    ///
    /// # Errors
    /// The server fails.
    pub async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        self.shared.refreshed().await
    }

    /// Adds definitions, or changes those that have their URLs. All or none.
    ///
    /// # Errors
    /// Something is wrong with a definition, or the server fails.
    pub async fn define(&self, params: Vec<SearchParam>) -> Result<Defined, StoreError> {
        self.redefine(|before| before.define(params.clone())).await
    }

    /// Retires the definitions that have these URLs. All or none.
    ///
    /// # Errors
    /// There is none, others rest on it, or the server fails.
    pub async fn retire(&self, urls: Vec<String>) -> Result<Defined, StoreError> {
        self.redefine(|before| Ok((before.retire(&urls)?, Vec::new()))).await
    }

    async fn redefine(&self, decide: impl Fn(&Registry) -> Decided) -> Result<Defined, StoreError> {
        let decide = |before: &Registry, now: &Now| {
            let (next, warnings) = decide(before).map_err(|problems| StoreError::Definitions { problems })?;
            let changed = next.epoch() != before.epoch();
            Ok((changed.then(|| (next, now.clone())), warnings))
        };
        let warnings = self.shared.change(decide).await?;
        // Where no document is older, there is nothing to wait for.
        self.shared.finish().await?;
        let registry = self.refresh().await?;
        Ok(Defined { warnings, to_build: !registry.builds().is_empty(), to_clear: !registry.retired().is_empty() })
    }
}

impl Shared {
    /// Which definitions hold.
    pub(super) async fn now(&self) -> Result<Now, StoreError> {
        Now::read(&self.link, &self.notes).await
    }

    /// The definitions as they are now, whoever has changed them.
    pub(super) async fn definitions(&self) -> Result<Arc<Definitions>, StoreError> {
        let held = self.held.get();
        if self.now().await?.epoch == held.registry.epoch() {
            return Ok(held);
        }
        self.hold(&Kept::read(&self.link, &self.notes).await?.note).await
    }

    /// The same, with how far builds are.
    pub(super) async fn refreshed(&self) -> Result<Arc<Registry>, StoreError> {
        let registry = Arc::clone(&self.definitions().await?.registry);
        self.measure(&registry).await?;
        Ok(registry)
    }

    /// The definitions that a note states.
    async fn hold(&self, kept: &Kept) -> Result<Arc<Definitions>, StoreError> {
        let held = self.held.get();
        if kept.now.epoch == held.registry.epoch() {
            return Ok(held);
        }
        let registry = held.registry.stored(&kept.definitions);
        let registry = registry.map_err(|error| StoreError::Corrupt { what: error.to_string() })?;
        let definitions = compiled(held, registry).await?;
        self.held.set(Arc::clone(&definitions));
        Ok(definitions)
    }

    /// Changes the definitions; nothing where `decide` gives none. From then on nobody writes under those from before.
    pub(super) async fn change<T>(
        &self,
        decide: impl Fn(&Registry, &Now) -> Result<(Option<(Registry, Now)>, T), StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            let old = Kept::read(&self.link, &self.notes).await?;
            let before = self.hold(&old.note).await?;
            let (next, answer) = decide(&before.registry, &old.note.now)?;
            let Some((next, now)) = next else { return Ok(answer) };
            let (epoch, definitions) = (next.epoch(), next.to_stored());
            let next = compiled(before, next).await?;
            let kept = Kept { now: Now { epoch, ..now }, definitions, ..old.note.clone() };
            if kept.replace(&self.link, &self.notes, &old).await? {
                self.held.set(next);
                self.fence().await?;
                return Ok(answer);
            }
        }
        Err(StoreError::Busy)
    }

    /// Gives the indexes the names by which they are written under the definitions that hold. Who made documents under
    /// others is told that there is no such index. Whoever finds this undone does it.
    pub(super) async fn fence(&self) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS {
            let epoch = self.now().await?.epoch;
            if !self.indexes.rename(&self.link, epoch).await? {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// What to do when there is no index of the name that documents made under `epoch` are written to: other
    /// definitions hold, or those are so new that the names are not there yet, or the index is lost.
    pub(super) async fn catch_up(&self, tenant: Tenant, epoch: u32) -> Result<(), StoreError> {
        if self.definitions().await?.registry.epoch() == epoch {
            self.fence().await?;
        }
        self.indexes.forget();
        self.indexes.complete(&self.link, &self.notes, tenant).await
    }
}

/// Compiles what has changed, which takes a while.
async fn compiled(held: Arc<Definitions>, registry: Registry) -> Result<Arc<Definitions>, StoreError> {
    let compiled = spawn_blocking(move || held.changed(registry)).await.map_err(|_| StoreError::Closed)?;
    compiled.map(Arc::new)
}
