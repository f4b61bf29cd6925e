//! The changed definitions of a store, kept with it.

use super::commit::{uncertain, unhurried};
use super::lock::{self, Hold};
use super::sql::{execute, get, row};
use super::{PostgresStore, Shared, build};
use crate::definitions::{ParamId, Registry, SearchParam};
use crate::stores::definitions::{Decided, Definitions};
use crate::stores::{Defined, StoreError};
use deadpool_postgres::{GenericClient, Transaction};
use std::sync::Arc;
use tokio_postgres::Row;

/// The name of the number that is counted up by every change.
const EPOCH: &str = "epoch";
/// The name of the document that states the definitions.
const DEFINITIONS: &str = "definitions";

/// What is kept under a name.
const KEPT: &str = "SELECT value FROM meta WHERE name = $1";

/// The number of the last change.
pub(super) async fn epoch(client: &impl GenericClient) -> Result<u32, StoreError> {
    let found = row(client, KEPT, &[&EPOCH]).await.map_err(StoreError::postgres("reading the definitions"))?;
    epoch_in(found.as_ref(), 0)
}

/// The same, as a row holds it.
pub(super) fn epoch_in(row: Option<&Row>, column: usize) -> Result<u32, StoreError> {
    let text: Option<String> = row.map(|row| get(row, column)).transpose()?.flatten();
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| StoreError::Corrupt { what: "it does not say which definitions it has".to_owned() })
}

/// The definitions that a store states, over a release; nothing for a new store.
pub(super) async fn load(client: &impl GenericClient, release: &Registry) -> Result<Option<Registry>, StoreError> {
    let found = row(client, KEPT, &[&DEFINITIONS]).await.map_err(StoreError::postgres("reading the definitions"))?;
    let Some(found) = found else { return Ok(None) };
    let stored = release.stored(get(&found, 0)?);
    let registry = stored.map_err(|error| StoreError::Corrupt { what: error.to_string() })?;
    build::measure(client, &registry).await?;
    Ok(Some(registry))
}

/// Writes them down.
pub(super) async fn save(client: &impl GenericClient, registry: &Registry) -> Result<(), StoreError> {
    let save = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    for (name, value) in [(DEFINITIONS, registry.to_stored()), (EPOCH, registry.epoch().to_string())] {
        let saved = execute(client, save, &[&name, &value]).await;
        saved.map_err(StoreError::postgres("writing the definitions"))?;
    }
    Ok(())
}

/// Definitions that a change comes to, and an answer; none where nothing changes.
pub(super) type Change<T> = (Option<Registry>, T);

impl Shared {
    /// The definitions as they are now. Another process may have changed them.
    pub(super) async fn definitions(&self, client: &impl GenericClient) -> Result<Arc<Definitions>, StoreError> {
        let held = self.held.get();
        if epoch(client).await? == held.registry.epoch() {
            return Ok(held);
        }
        let missing = || StoreError::Corrupt { what: "its definitions are gone".to_owned() };
        let registry = load(client, &held.registry).await?.ok_or_else(missing)?;
        let definitions = Arc::new(held.changed(registry)?);
        self.held.set(Arc::clone(&definitions));
        Ok(definitions)
    }

    /// Ends a transaction that held the definitions alone, with those that hold from now on.
    pub(super) async fn switch<T>(
        &self,
        transaction: Transaction<'_>,
        before: &Definitions,
        (next, answer): Change<T>,
    ) -> Result<T, StoreError> {
        let next = match next {
            Some(next) => {
                save(&transaction, &next).await?;
                Some(Arc::new(before.changed(next)?))
            }
            None => None,
        };
        transaction.commit().await.map_err(uncertain)?;
        if let Some(next) = next {
            self.held.set(next);
        }
        Ok(answer)
    }
}

impl PostgresStore {
    /// The definitions that hold, as far as this process knows.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    /// The definitions that hold now: another process may have changed them.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        let read = |link: super::link::Link| async {
            let read = async {
                let definitions = self.shared.definitions(&*link).await?;
                build::measure(&*link, &definitions.registry).await?;
                Ok(Arc::clone(&definitions.registry))
            };
            let read = read.await;
            link.settled(read)
        };
        self.shared.links.read(read).await
    }

    /// Adds definitions, or changes those that have their URLs. All or none.
    ///
    /// # Errors
    /// Something is wrong with a definition, or PostgreSQL fails.
    pub async fn define(&self, params: Vec<SearchParam>) -> Result<Defined, StoreError> {
        self.redefine(move |before| before.define(params)).await
    }

    /// Retires the definitions that have these URLs. All or none.
    ///
    /// # Errors
    /// There is none, others rest on it, or PostgreSQL fails.
    pub async fn retire(&self, urls: Vec<String>) -> Result<Defined, StoreError> {
        self.redefine(move |before| Ok((before.retire(&urls)?, Vec::new()))).await
    }

    async fn redefine(&self, decide: impl FnOnce(&Registry) -> Decided + Send) -> Result<Defined, StoreError> {
        let shared = &self.shared;
        let mut link = shared.links.lend().await?;
        let changed = async {
            let transaction = alone(&mut link).await?;
            let before = shared.definitions(&transaction).await?;
            let (next, warnings) = decide(&before.registry).map_err(|problems| StoreError::Definitions { problems })?;
            let changed = next.epoch() != before.registry.epoch();
            let next = if changed { build::begin(&transaction, next).await? } else { next };
            let (to_build, to_clear) = (!next.builds().is_empty(), !next.retired().is_empty());
            let change = (changed.then_some(next), Defined { warnings, to_build, to_clear });
            shared.switch(transaction, &before, change).await
        }
        .await;
        link.settled(changed)
    }

    /// Forgets retired parameters, whose rows are all gone.
    pub(crate) async fn cleared(&self, params: Vec<ParamId>) -> Result<(), StoreError> {
        let shared = &self.shared;
        let mut link = shared.links.lend().await?;
        let changed = async {
            let transaction = alone(&mut link).await?;
            let before = shared.definitions(&transaction).await?;
            let retired = before.registry.retired();
            let gone: Vec<ParamId> = params.into_iter().filter(|param| retired.contains(param)).collect();
            super::clear::forget(&transaction, &gone).await?;
            let next = (!gone.is_empty()).then(|| before.registry.cleared(&gone));
            shared.switch(transaction, &before, (next, ())).await
        }
        .await;
        link.settled(changed)
    }
}

/// A transaction that holds the definitions alone.
pub(super) async fn alone(link: &mut super::link::Link) -> Result<Transaction<'_>, StoreError> {
    let transaction = link.transaction().await.map_err(StoreError::postgres("beginning a transaction"))?;
    unhurried(&transaction).await?;
    lock::definitions(&transaction, Hold::Alone).await?;
    Ok(transaction)
}
