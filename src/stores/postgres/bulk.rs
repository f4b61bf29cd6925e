//! Many resources into an empty store: the indexes of the rows are made behind the rows, each in one go.
//!
//! An index that takes in rows as they come writes a page for nearly each of them; made at the end, it is sorted once. So
//! a load that begins in a store without any resource drops the indexes of the rows, and makes them when it has ended.
//! What finds resources by type and id, and rows of those that have not arrived, stays: no resource comes twice.
//!
//! Meanwhile no answer is wrong, though it may take long, since whole tables are read for it. So
//!
//! - whoever takes out rows makes the indexes first, whoever has dropped them;
//! - a load holds a lock as long as its connection lives. Who opens a store that misses indexes and gets that lock knows
//!   that the load has died, and makes them;
//! - indexes are dropped by whoever holds the definitions alone and sees no resource: nobody else is writing, and nobody
//!   has anything that could be found;
//! - each index is made in a transaction of its own, which holds the lock of that index and then its table: two that
//!   make the same wait for each other, and nobody waits for what somebody needs who waits;
//! - who may write and does not own the tables leaves the indexes as they are.

use super::PostgresStore;
use super::Shared;
use super::commit::unhurried;
use super::link::Link;
use super::lock::{self, Hold};
use super::sql::{execute, get, row, rows};
use crate::stores::StoreError;
use deadpool_postgres::GenericClient;
use fhirc_codegen::sql::indexes::{Index, indexes};
use fhirc_codegen::sql::schema::{abridged_texts, tables};
use futures_util::future::try_join;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::runtime::Handle;

static INDEXES: LazyLock<Vec<Index>> = LazyLock::new(|| indexes().into_iter().filter(|index| index.may_wait).collect());

/// How long readers that look at the empty store are waited for.
const PATIENCE: &str = "SET LOCAL lock_timeout = 500";

/// Memory to sort in, unless the server gives more. Two indexes are made at a time.
const MEMORY: &str = "SELECT set_config('maintenance_work_mem', '256MB', true) \
    WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')";

/// Whether all indexes are there, for good: they are dropped in an empty store alone.
#[derive(Debug, Default)]
pub(super) struct Complete(AtomicBool);

/// A load into a store that was empty. Dropped before its end, the indexes are made all the same.
pub(crate) struct Bulk {
    shared: Arc<Shared>,
    /// It holds the lock of loads.
    link: Option<Link>,
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk").finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Lets indexes wait until many resources are written, if there is none yet. Nothing where another load does so
    /// already, or whoever writes may not change the tables.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub(crate) async fn begin_bulk(&self) -> Result<Option<Bulk>, StoreError> {
        let mut link = self.shared.links.lend().await?;
        if !lock::load(&*link).await? {
            return link.settled(Ok(None));
        }
        match without_indexes(&mut link).await {
            Ok(true) => Ok(Some(Bulk { shared: Arc::clone(&self.shared), link: Some(link) })),
            // Somebody reads the empty store all the time: so be it.
            Ok(false) | Err(StoreError::Busy) => free(link, Ok(None)).await,
            Err(failed) => free(link, Err(failed)).await,
        }
    }

    /// Has the server look at what was loaded: it marks the pages whose rows all see, of which indexes are read alone, and
    /// counts.
    ///
    /// # Errors
    /// PostgreSQL fails.
    pub(crate) async fn tidy(&self) -> Result<(), StoreError> {
        let tables = Mutex::new(tables().into_iter().chain([abridged_texts()]).map(|table| table.name).collect());
        try_join(self.shared.tidy_each(&tables), self.shared.tidy_each(&tables)).await.map(drop)
    }
}

/// The numbers of the indexes that are missing, those of the largest tables last; none for who may not make them.
async fn missing(client: &impl GenericClient) -> Result<Vec<usize>, StoreError> {
    let select = "SELECT w.n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (index, of, n) \
        JOIN pg_class t ON t.oid = to_regclass(w.of) \
        WHERE to_regclass(w.index) IS NULL AND pg_has_role(t.relowner, 'USAGE') ORDER BY pg_relation_size(t.oid)";
    let (names, of): (Vec<&str>, Vec<&str>) =
        INDEXES.iter().map(|index| (index.name.as_str(), index.table.as_str())).unzip();
    let found = rows(client, select, &[&names, &of]).await.map_err(StoreError::postgres("looking for indexes"))?;
    let number = |row| Ok(usize::try_from(get::<i64>(row, 0)? - 1).unwrap_or_default());
    found.iter().map(number).collect()
}

/// Gives the lock of loads back, and the connection with it. One that may still hold the lock is closed.
async fn free<T>(link: Link, answer: Result<T, StoreError>) -> Result<T, StoreError> {
    match lock::end_load(&*link).await {
        Ok(()) => link.settled(answer),
        Err(failed) => answer.and(Err(failed)),
    }
}

/// Drops the indexes, if the store is empty.
async fn without_indexes(link: &mut Link) -> Result<bool, StoreError> {
    let failed = || StoreError::postgres("beginning a load");
    // Asked before others are kept out, who need not wait for a load that finds something, and once more behind that.
    let select = "SELECT 1 FROM pg_class WHERE oid = 'resource'::regclass AND pg_has_role(relowner, 'USAGE') \
        AND NOT EXISTS (SELECT 1 FROM resource)";
    if row(&**link, select, &[]).await.map_err(failed())?.is_none() {
        return Ok(false);
    }
    let transaction = link.transaction().await.map_err(failed())?;
    unhurried(&transaction).await?;
    transaction.batch_execute(PATIENCE).await.map_err(failed())?;
    lock::definitions(&transaction, Hold::Alone).await?;
    if row(&transaction, select, &[]).await.map_err(failed())?.is_none() {
        return Ok(false);
    }
    let names: Vec<&str> = INDEXES.iter().map(|index| index.name.as_str()).collect();
    let drop = format!("DROP INDEX IF EXISTS {}", names.join(", "));
    transaction.batch_execute(&drop).await.map_err(failed())?;
    transaction.commit().await.map_err(failed())?;
    Ok(true)
}

impl Bulk {
    /// Makes the indexes.
    ///
    /// # Errors
    /// PostgreSQL fails. Whoever opens the store next makes those that are missing.
    pub(crate) async fn end(mut self) -> Result<(), StoreError> {
        let made = self.shared.make_indexes().await;
        match self.link.take() {
            Some(link) => free(link, made).await,
            None => made,
        }
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        if self.link.take().is_none() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let shared = Arc::clone(&self.shared);
            // What fails is made up for by whoever opens the store next.
            runtime.spawn(async move { shared.make_indexes().await });
        }
    }
}

impl Shared {
    /// Makes the indexes that a load has left behind that died.
    pub(super) async fn recover(&self) -> Result<(), StoreError> {
        let link = self.links.lend().await?;
        if missing(&*link).await?.is_empty() || !lock::load(&*link).await? {
            return link.settled(Ok(()));
        }
        let made = self.make_indexes().await;
        free(link, made).await
    }

    /// Whether there are all indexes that rows are found by. It is asked where there is a resource: indexes that are there
    /// then stay.
    pub(super) async fn has_indexes(&self, client: &impl GenericClient) -> Result<bool, StoreError> {
        if self.complete.0.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let complete = missing(client).await?.is_empty();
        self.complete.0.store(complete, Ordering::Relaxed);
        Ok(complete)
    }

    /// Makes the indexes that are missing, two at a time.
    pub(super) async fn make_indexes(&self) -> Result<(), StoreError> {
        let link = self.links.lend().await?;
        let missing = missing(&*link).await;
        let missing = Mutex::new(link.settled(missing)?);
        try_join(self.make_each(&missing), self.make_each(&missing)).await.map(drop)
    }

    async fn make_each(&self, missing: &Mutex<Vec<usize>>) -> Result<(), StoreError> {
        let next = || missing.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some((number, index)) = next().and_then(|number| Some((number, INDEXES.get(number)?))) {
            let mut link = self.links.lend().await?;
            let made = make(&mut link, number, index).await;
            link.settled(made)?;
        }
        Ok(())
    }

    async fn tidy_each(&self, tables: &Mutex<Vec<String>>) -> Result<(), StoreError> {
        let next = || tables.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let link = self.links.lend().await?;
        let tidy = async {
            link.batch_execute("SET statement_timeout = 0").await?;
            while let Some(table) = next() {
                // By itself: it is no part of a transaction.
                link.batch_execute(&format!("VACUUM (ANALYZE, SKIP_LOCKED) {table}")).await?;
            }
            link.batch_execute("RESET statement_timeout").await
        };
        let tidied = tidy.await.map_err(StoreError::postgres("looking at what was loaded"));
        link.settled(tidied)
    }
}

async fn make(link: &mut Link, number: usize, index: &Index) -> Result<(), StoreError> {
    let failed = || StoreError::postgres("making an index");
    let transaction = link.transaction().await.map_err(failed())?;
    unhurried(&transaction).await?;
    lock::index(&transaction, number).await?;
    execute(&transaction, MEMORY, &[]).await.map_err(failed())?;
    transaction.batch_execute(&index.ddl).await.map_err(failed())?;
    transaction.commit().await.map_err(failed())
}
