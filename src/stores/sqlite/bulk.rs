//! Many resources into an empty store: tables in the order of values are made behind the rows, each sorted in one go.
//!
//! Rows by value lie apart: a transaction changes pages all over such a table. Rows by resource come at its end. So a load
//! that begins in a store without any resource writes these alone, and makes the others of them when it has ended.
//!
//! - The database says which tables are deferred, from before the first row that they lack until the transaction that
//!   makes them. All who write leave them out, whoever writes: a deferred table is empty.
//! - Meanwhile no query is answered, nor are rows of old definitions deleted, which are looked for by value
//!   ([`StoreError::Loading`]). Resources are read by id.
//! - Each table is made in a transaction of its own, which keeps other processes out; so do writes of this one wait.
//! - A load holds the lock of a file beside the database as long as it lives. Who opens a store with deferred tables and
//!   gets that lock knows that the load has died, and makes them. So does who has it open, when it is asked something.

use super::deferred::{Waiting, defer, is_empty, marked};
use super::worker::Queue;
use super::{Place, Shared, SqliteStore, open, tenants};
use crate::stores::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A load into a store that was empty. Dropped before its end, the tables are made all the same.
#[derive(Debug)]
pub(crate) struct Bulk {
    shared: Arc<Shared>,
    writer: Queue,
    lock: Option<Lock>,
}

/// What a load holds as long as it lives.
#[derive(Debug)]
struct Lock(Option<(File, PathBuf)>);

impl Lock {
    /// Nothing where another load lives, or the place knows no locks. In memory there is nobody else.
    fn take(place: &Place) -> Option<Lock> {
        let Place::File(database) = place else { return Some(Lock(None)) };
        let path = lock_path(database);
        let file = File::options().create(true).truncate(false).write(true).open(&path).ok()?;
        file.try_lock().ok()?;
        Some(Lock(Some((file, path))))
    }

    /// Gives it back. A file that stays does no harm.
    fn end(self) {
        if let Some((_, path)) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

/// The file whose lock a load into a database holds.
fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-load");
    name.into()
}

impl SqliteStore {
    /// Defers tables until many resources are written, if there is none yet. Nothing where another load does so already.
    ///
    /// # Errors
    /// SQLite fails.
    pub(crate) async fn begin_bulk(&self) -> Result<Option<Bulk>, StoreError> {
        let (shared, writer) = (Arc::clone(&self.shared), self.writer.queue());
        let lock = self.writer.submit(move |connection| begin(connection, &shared)).await?;
        Ok(lock.map(|lock| Bulk { shared: Arc::clone(&self.shared), writer, lock: Some(lock) }))
    }

    /// Makes what a load has left that died, when the writer has time.
    pub(super) fn take_over(&self) {
        let shared = Arc::clone(&self.shared);
        // Who asked is refused, whatever becomes of this.
        drop(self.writer.submit(move |connection| recover(connection, &shared)));
    }
}

fn begin(connection: &mut Connection, shared: &Shared) -> Result<Option<Lock>, StoreError> {
    if !may_begin(connection, shared)? {
        return Ok(None);
    }
    let Some(lock) = Lock::take(&shared.place) else { return Ok(None) };
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::database("beginning a load"))?;
    // Somebody may have written something before the transaction began.
    if !may_begin(&transaction, shared)? {
        lock.end();
        return Ok(None);
    }
    if marked(&transaction)?.is_none() {
        defer(&transaction, &shared.layout)?;
        transaction.commit().map_err(StoreError::database("beginning a load"))?;
    }
    Ok(Some(lock))
}

/// Whether tables can be deferred, or were by a load that has died: this one goes on with it, then.
fn may_begin(connection: &Connection, shared: &Shared) -> Result<bool, StoreError> {
    // In memory there is no other process that could have died.
    Ok(if marked(connection)?.is_none() { is_empty(connection)? } else { shared.place != Place::Memory })
}

/// Makes the tables that a load has left deferred that died.
pub(super) fn recover(connection: &mut Connection, shared: &Shared) -> Result<(), StoreError> {
    if shared.place == Place::Memory || marked(connection)?.is_none() {
        return Ok(());
    }
    match Lock::take(&shared.place) {
        Some(lock) => end(connection, shared, lock),
        None => Ok(()),
    }
}

/// Makes the tables that are deferred, and gives the lock back.
fn end(connection: &mut Connection, shared: &Shared, lock: Lock) -> Result<(), StoreError> {
    let failed = || StoreError::database("sorting what was loaded");
    open::tune_to_sort(connection, &shared.place).map_err(failed())?;
    let made = make_all(connection, shared);
    open::tune_to_write(connection).map_err(failed())?;
    made?;
    lock.end();
    Ok(())
}

/// Makes each of them in a transaction of its own.
fn make_all(connection: &mut Connection, shared: &Shared) -> Result<(), StoreError> {
    loop {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::database("beginning a transaction"))?;
        let deferred = marked(&transaction)?;
        let Some(table) = deferred.first(&shared.layout)? else { return Ok(()) };
        fill(&transaction, &table).map_err(StoreError::database("sorting what was loaded"))?;
        deferred.made(&table, &transaction)?;
        transaction.commit().map_err(StoreError::database("committing"))?;
    }
}

fn fill(connection: &Connection, table: &Waiting) -> rusqlite::Result<()> {
    let fill = |tenant: i64| connection.execute(&table.fill, [tenant]).map(drop);
    tenants::numbers(connection)?.into_iter().try_for_each(fill)
}

impl Bulk {
    /// Makes the tables.
    ///
    /// # Errors
    /// SQLite fails. Whoever opens the store next makes those that are missing.
    pub(crate) async fn end(mut self) -> Result<(), StoreError> {
        match self.queue_end() {
            Some(ended) => ended.await,
            None => Ok(()),
        }
    }

    fn queue_end(&mut self) -> Option<impl Future<Output = Result<(), StoreError>> + Send + use<>> {
        let (shared, lock) = (Arc::clone(&self.shared), self.lock.take()?);
        Some(self.writer.submit(move |connection| end(connection, &shared, lock)))
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        // What fails is made up for by whoever opens the store next.
        drop(self.queue_end());
    }
}
