//! Opening: connections, the schema, and whether the stored rows were made under the same settings.

use super::copier::{Bounds, Copier};
use super::{Place, definitions};
use crate::definitions::Registry;
use crate::index::ExtractSettings;
use crate::stores::definitions::Definitions;
use crate::stores::settled::{Remembered, SQL_SCHEMA, Settled, agree, defined, fresh};
use crate::stores::{StoreError, StoreSettings};
use crate::values::Zone;
use fhirc_codegen::sql::{Sqlite, schema};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

/// Marks a file as ours: `fhrc`.
const APPLICATION_ID: i32 = 0x6668_7263;
/// How long a writer waits for another process, in milliseconds.
const BUSY_TIMEOUT: u64 = 5_000;
/// Bytes of a page: whole resources of a kilobyte leave less room over than in SQLite's usual 4 KiB.
const PAGE_SIZE: u32 = 8 * 1024;
/// Page cache of the connection that writes, in KiB. 256 MiB load no faster.
const WRITER_KIB: i64 = 64 * 1024;
/// The same while tables are made at the end of a load: so much is sorted at a time, and as much on a thread beside it.
/// With 8 and with 32 MiB it takes as long.
const SORTER_KIB: i64 = 16 * 1024;
/// Page caches of all that read together, in KiB: what one has not, the operating system has. All classes of searches
/// took 13.1 s of processor time with 2 MiB each, 14.5 with 8, 13.0 with 64. A mapped file would count as memory.
const READERS_KIB: i64 = 16 * 1024;
/// Page cache of the connection that copies the log, which looks into few pages, in KiB.
const COPIER_KIB: i64 = 1024;
/// When the write-ahead log is copied into the database: 128 MiB at a time, and up to 256 MiB, or four transactions, lie
/// in it. With SQLite's usual 1,000 pages hot pages are copied all the time.
const LOG: Bounds = Bounds { copy: pages(128), wait: pages(256) };
/// Bytes of the log that stay when it begins again.
const LOG_BYTES_KEPT: i64 = 256 * 1024 * 1024;
/// Statements kept prepared per connection: the writer alone has about a hundred.
const STATEMENTS: usize = 256;

const fn pages(mebibytes: u32) -> u32 {
    mebibytes * 1024 * 1024 / PAGE_SIZE
}

/// The connection that writes, with the schema in place and the settings checked.
pub(super) fn writer(place: &Place, settings: &StoreSettings) -> Result<(Connection, Settled), StoreError> {
    let mut connection = match place {
        Place::Memory => Connection::open_in_memory().map_err(StoreError::database("opening a store in memory"))?,
        Place::File(path) => {
            if !settings.create && is_missing(path) {
                return Err(StoreError::Missing { place: path.display().to_string() });
            }
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
                let missing = format!("there is no folder `{}`", folder.display());
                return Err(StoreError::io("opening the store", io::Error::new(io::ErrorKind::NotFound, missing)));
            }
            let create = if settings.create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
            open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | create)?
        }
    };
    let settled = prepare(&mut connection, settings).map_err(|error| match (error, place) {
        (Unprepared::Foreign, Place::File(path)) => StoreError::NotAStore { place: format!("`{}`", path.display()) },
        (Unprepared::Foreign, Place::Memory) => StoreError::Corrupt { what: "a new store is not empty".to_owned() },
        (Unprepared::Database(error), Place::File(path))
            if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
        {
            StoreError::NotAStore { place: format!("`{}`", path.display()) }
        }
        (Unprepared::Database(error), Place::File(path)) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => {
            StoreError::ReadOnly { place: path.display().to_string() }
        }
        (Unprepared::Database(error), _) => StoreError::database("opening the store")(error),
        (Unprepared::Store(error), _) => error,
    })?;
    Ok((connection, settled))
}

/// Whether there is no file, or one without anything in it, of which SQLite would make a store.
fn is_missing(path: &Path) -> bool {
    fs::metadata(path).map_or_else(|_| !path.exists(), |file| file.is_file() && file.len() == 0)
}

/// One of so many connections that read.
pub(super) fn reader(path: &Path, readers: usize) -> Result<Connection, StoreError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // The number of readers has a small bound.
    tune(&connection, READERS_KIB / i64::try_from(readers).unwrap_or(1).max(1))
        .and_then(|()| connection.pragma_update(None, "query_only", true))
        .map_err(StoreError::database("opening the store"))?;
    Ok(connection)
}

/// What copies the log of the connection that writes.
pub(super) fn copier(writer: &mut Connection, path: &Path) -> Result<Copier, StoreError> {
    let own = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    tune(&own, COPIER_KIB).map_err(StoreError::database("opening the store"))?;
    Copier::start(writer, own, LOG)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    // Each connection belongs to one thread, so SQLite need not lock it.
    Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(StoreError::database("opening the store"))
}

enum Unprepared {
    /// The file holds somebody else's tables.
    Foreign,
    Database(rusqlite::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Unprepared {
    fn from(error: rusqlite::Error) -> Self {
        Unprepared::Database(error)
    }
}

fn prepare(connection: &mut Connection, settings: &StoreSettings) -> Result<Settled, Unprepared> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT))?;
    let ours: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && ours != APPLICATION_ID {
        return Err(Unprepared::Foreign);
    }
    tune(connection, WRITER_KIB)?;
    // Of a file that is there, it stays.
    connection.pragma_update(None, "page_size", PAGE_SIZE)?;
    // Readers see the state before while a transaction is written.
    connection.pragma_update(None, "journal_mode", "wal")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked once more, now that nobody else writes: another process may have made the store meanwhile.
    let ours: i32 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if ours != APPLICATION_ID {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        for table in schema::tables() {
            transaction.execute_batch(&table.ddl::<Sqlite>())?;
        }
        name_types(&transaction, &settings.registry)?;
    }
    let (registry, zone, bases) = settle(&transaction, settings)?;
    let extract = ExtractSettings::new(zone.clone(), bases.iter().cloned());
    // What cannot be indexed does not even make a store.
    let definitions = Definitions::new(registry, &extract).map_err(Unprepared::Store)?;
    transaction.commit()?;
    Ok(Settled { definitions, extract, zone, bases })
}

/// Settings of one connection, which caches so many KiB of pages.
fn tune(connection: &Connection, cache: i64) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT))?;
    // Without it a statement is compiled again for each new value of some parameters, in search of a better plan: 7 % of
    // the samples of a load were in the parser.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A power failure may take the last commits, never the consistency: a load is repeated, and nothing else is lost.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -cache)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES_KEPT, |_| Ok(()))?;
    connection.pragma_update(None, "temp_store", "memory")?;
    // The schema is ours alone: nothing in a file may run code of its own.
    connection.pragma_update(None, "trusted_schema", false)
}

/// Has the connection that writes sort whole tables: in pieces, on a thread beside it too. Those of a file lie in temporary
/// files.
pub(super) fn tune_to_sort(connection: &Connection, place: &Place) -> rusqlite::Result<()> {
    let temporary = if *place == Place::Memory { "memory" } else { "file" };
    connection.pragma_update(None, "temp_store", temporary)?;
    connection.execute_batch(&format!("PRAGMA threads = 1; PRAGMA cache_size = -{SORTER_KIB}"))
}

/// Ends that.
pub(super) fn tune_to_write(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.execute_batch(&format!("PRAGMA threads = 0; PRAGMA cache_size = -{WRITER_KIB}"))
}

/// Notes the names of the resource types, by which references sort.
fn name_types(transaction: &Transaction<'_>, registry: &Registry) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare("INSERT INTO type (id, name) VALUES (?, ?)")?;
    registry.types().try_for_each(|ty| insert.execute((ty.code(), registry.type_name(ty))).map(drop))
}

/// Checks each setting against the stored one, or stores it.
fn settle(
    transaction: &Transaction<'_>,
    settings: &StoreSettings,
) -> Result<(Arc<Registry>, Zone, Vec<String>), Unprepared> {
    let mut stored = remembered(transaction)?;
    let before = stored.clone();
    let (zone, bases) = agree(&mut stored, SQL_SCHEMA, settings).map_err(Unprepared::Store)?;
    for (name, value) in stored.iter().filter(|(name, _)| !before.contains_key(*name)) {
        transaction.execute("INSERT INTO meta (name, value) VALUES (?, ?)", [name, value])?;
    }
    let registry = define(transaction, &settings.registry).map_err(Unprepared::Store)?;
    Ok((registry, zone, bases))
}

fn remembered(transaction: &Transaction<'_>) -> rusqlite::Result<Remembered> {
    let mut select = transaction.prepare("SELECT name, value FROM meta")?;
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The definitions of the store, which must be at least those that are given. A new store takes them.
fn define(transaction: &Transaction<'_>, given: &Arc<Registry>) -> Result<Arc<Registry>, StoreError> {
    match definitions::load(transaction, given)? {
        Some(stored) => defined(given, stored),
        None => {
            let fresh = fresh(given);
            definitions::save(transaction, &fresh)?;
            Ok(fresh)
        }
    }
}
