//! The changed definitions of a store, kept with it.

use super::{Shared, SqliteStore, build};
use crate::definitions::{ParamId, Registry, SearchParam};
use crate::stores::definitions::{Decided, Definitions};
use crate::stores::{Defined, StoreError};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::sync::Arc;

/// The name of the number that is counted up by every change.
const EPOCH: &str = "epoch";
/// The name of the document that states the definitions.
const DEFINITIONS: &str = "definitions";

/// The number of the last change, as it is in this transaction.
pub(super) fn epoch(connection: &Connection) -> Result<u32, StoreError> {
    let read = || {
        let mut select = connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
        select.query_row([EPOCH], |row| row.get::<_, String>(0)).optional()
    };
    let text: Option<String> = read().map_err(StoreError::database("reading the definitions"))?;
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| StoreError::Corrupt { what: "it does not say which definitions it has".to_owned() })
}

/// The definitions that a store states, over a release; nothing for a new store.
pub(super) fn load(connection: &Connection, release: &Registry) -> Result<Option<Registry>, StoreError> {
    let select = "SELECT value FROM meta WHERE name = ?";
    let text: Option<String> = connection
        .query_row(select, [DEFINITIONS], |row| row.get(0))
        .optional()
        .map_err(StoreError::database("reading the definitions"))?;
    let read = |text: String| release.stored(&text).map_err(|error| StoreError::Corrupt { what: error.to_string() });
    let Some(registry) = text.map(read).transpose()? else { return Ok(None) };
    build::measure(connection, &registry)?;
    Ok(Some(registry))
}

/// Writes them down.
pub(super) fn save(connection: &Connection, registry: &Registry) -> Result<(), StoreError> {
    let save = |name: &str, value: String| {
        connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [name, &value])
    };
    save(DEFINITIONS, registry.to_stored())
        .and_then(|_| save(EPOCH, registry.epoch().to_string()))
        .map_err(StoreError::database("writing the definitions"))?;
    Ok(())
}

impl Shared {
    /// The definitions as they are in this transaction. Another process may have changed them.
    pub(super) fn definitions(&self, connection: &Connection) -> Result<Arc<Definitions>, StoreError> {
        let held = self.held.get();
        if epoch(connection)? == held.registry.epoch() {
            return Ok(held);
        }
        let missing = || StoreError::Corrupt { what: "its definitions are gone".to_owned() };
        let registry = load(connection, &held.registry)?.ok_or_else(missing)?;
        let definitions = Arc::new(held.changed(registry)?);
        self.held.set(Arc::clone(&definitions));
        Ok(definitions)
    }

    /// Changes the definitions in one transaction; nothing where `change` gives none.
    pub(super) fn change<T>(
        &self,
        connection: &mut Connection,
        change: impl FnOnce(&Connection, &Registry) -> Result<(Option<Registry>, T), StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::database("beginning a transaction"))?;
        let before = self.definitions(&transaction)?;
        let (next, answer) = change(&transaction, &before.registry)?;
        let Some(next) = next else { return Ok(answer) };
        save(&transaction, &next)?;
        let next = Arc::new(before.changed(next)?);
        transaction.commit().map_err(StoreError::database("committing"))?;
        self.held.set(next);
        Ok(answer)
    }
}

impl SqliteStore {
    /// The definitions that hold, as far as this process knows.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    /// The definitions that hold now: another process may have changed them.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        let shared = Arc::clone(&self.shared);
        let read = move |connection: &mut Connection| {
            let definitions = shared.definitions(connection)?;
            build::measure(connection, &definitions.registry)?;
            Ok(Arc::clone(&definitions.registry))
        };
        self.reading().read(read).await
    }

    /// Adds definitions, or changes those that have their URLs. All or none.
    ///
    /// # Errors
    /// Something is wrong with a definition, or SQLite fails.
    pub async fn define(&self, params: Vec<SearchParam>) -> Result<Defined, StoreError> {
        self.redefine(move |before| before.define(params)).await
    }

    /// Retires the definitions that have these URLs. All or none.
    ///
    /// # Errors
    /// There is none, others rest on it, or SQLite fails.
    pub async fn retire(&self, urls: Vec<String>) -> Result<Defined, StoreError> {
        self.redefine(move |before| Ok((before.retire(&urls)?, Vec::new()))).await
    }

    async fn redefine(
        &self,
        decide: impl FnOnce(&Registry) -> Decided + Send + 'static,
    ) -> Result<Defined, StoreError> {
        let shared = Arc::clone(&self.shared);
        let change = move |connection: &Connection, before: &Registry| {
            let (next, warnings) = decide(before).map_err(|problems| StoreError::Definitions { problems })?;
            let changed = next.epoch() != before.epoch();
            let next = if changed { build::begin(connection, next)? } else { next };
            let (to_build, to_clear) = (!next.builds().is_empty(), !next.retired().is_empty());
            Ok((changed.then_some(next), Defined { warnings, to_build, to_clear }))
        };
        self.writer.submit(move |connection| shared.change(connection, change)).await
    }

    /// Forgets retired parameters, whose rows are all gone.
    pub(crate) async fn cleared(&self, params: Vec<ParamId>) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let change = move |connection: &Connection, before: &Registry| {
            let retired = before.retired();
            let gone: Vec<ParamId> = params.into_iter().filter(|param| retired.contains(param)).collect();
            super::clear::forget(connection, &gone)?;
            Ok(((!gone.is_empty()).then(|| before.cleared(&gone)), ()))
        };
        self.writer.submit(move |connection| shared.change(connection, change)).await
    }
}
