//! SQLite, in process: one thread writes, a few read, each with a connection of its own.

mod build;
mod bulk;
mod clear;
mod commit;
mod copier;
mod current;
mod deferred;
mod definitions;
mod fault;
mod group;
mod inner;
mod number;
mod open;
mod query;
mod read;
mod record;
mod rows;
mod secret;
mod snapshot;
mod stat;
mod stub;
mod tenants;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use self::bulk::Bulk;
use self::copier::Copier;
use self::deferred::Complete;
use self::group::Waiting;
use self::number::Systems;
use self::snapshot::lower;
pub(crate) use self::snapshot::{Snapshot, now};
use self::worker::Workers;
use super::definitions::Held;
use super::layout::Layout;
use super::tally::Remembered;
use super::tenants::{Tenant, Tenants};
use super::tried::Tried;
use super::{
    Batch, Clock, Committed, LiveVersion, Slots, Statistics, StoreError, StoreSettings, Stored, Tuple, Write,
    WriteOutcome,
};
use crate::index::ExtractSettings;
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::stats::Found;
use rusqlite::Connection;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// The most threads that read: more than this wait for the disk or for each other.
const MAX_READERS: usize = 8;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// Memory, as long as the store is open. All requests share one connection, one after the other.
    Memory,
}

/// A store in SQLite.
#[derive(Debug)]
pub struct SqliteStore {
    shared: Arc<Shared>,
    writer: Workers,
    /// `None`: the writer reads too.
    readers: Option<Workers>,
    /// `None`: there is no log.
    copier: Option<Copier>,
}

/// What all threads share.
#[derive(Debug)]
struct Shared {
    held: Held,
    extract: ExtractSettings,
    zone: Zone,
    bases: Vec<String>,
    clock: Clock,
    layout: Layout,
    tenants: Tenants,
    remembered: Remembered,
    systems: Systems,
    tried: Tried,
    complete: Complete,
    place: Place,
    secret: OnceLock<[u8; 32]>,
}

impl SqliteStore {
    /// Opens a store, or creates it.
    ///
    /// # Errors
    /// There is none and none shall be created; the file is something else; or the store was written under other
    /// definitions, another zone or other bases, so that its rows would not mean what a search takes them for.
    pub async fn open(place: Place, settings: StoreSettings) -> Result<SqliteStore, StoreError> {
        let opened = spawn_blocking(move || {
            let (mut writer, settled) = open::writer(&place, &settings)?;
            let (copier, readers) = match &place {
                Place::Memory => (None, None),
                Place::File(path) => {
                    let many = readers();
                    let readers = (0..many).map(|_| open::reader(path, many)).collect::<Result<Vec<_>, _>>()?;
                    (Some(open::copier(&mut writer, path)?), Some(readers))
                }
            };
            let shared = Shared {
                held: Held::new(settled.definitions),
                extract: settled.extract,
                zone: settled.zone,
                bases: settled.bases,
                clock: settings.clock,
                layout: Layout::new(rows::statements),
                tenants: Tenants::default(),
                remembered: Remembered::default(),
                systems: Systems::default(),
                tried: Tried::default(),
                complete: Complete::default(),
                place,
                secret: OnceLock::new(),
            };
            bulk::recover(&mut writer, &shared)?;
            Ok(SqliteStore {
                shared: Arc::new(shared),
                writer: Workers::start("sqlite-writer", vec![writer])?,
                readers: readers.map(|readers| Workers::start("sqlite-reader", readers)).transpose()?,
                copier,
            })
        });
        opened.await.map_err(|_| StoreError::Closed)?
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        &self.shared.bases
    }

    /// Lowers and runs a query that was planned under the definitions of this epoch. Dropping the future stops the
    /// statement.
    ///
    /// # Errors
    /// The definitions have changed, SQLite does not answer the query, or fails.
    pub async fn run(
        &self,
        tenant: &TenantContext,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> Result<Vec<Tuple>, StoreError> {
        let (query, slots) = (query.clone(), slots.clone());
        self.snapshot(tenant, move |snapshot| snapshot.query(&query, &slots, epoch)).await
    }

    /// The statement of a query and SQLite's plan of it: one line per step, indented by nesting.
    ///
    /// # Errors
    /// As for [`SqliteStore::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        let lowered = lower(query)?;
        self.reading().read(move |connection| query::plan(connection, &lowered).map(|plan| (lowered.text, plan))).await
    }

    /// The live ones among these resources, in the order asked for; those inside others as they stand there.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let ords = ords.to_vec();
        self.snapshot(tenant, move |snapshot| snapshot.stored(&ords)).await
    }

    /// These versions, each by the number of its resource and its own: those that are there and no deletions, of resources
    /// that are live.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn versions(&self, tenant: &TenantContext, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        let of = of.to_vec();
        self.snapshot(tenant, move |snapshot| snapshot.live_versions(&of)).await
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        let id = id.to_owned();
        self.read_as(tenant, move |connection, tenant| read::read(connection, tenant, ty, &id)).await
    }

    /// One version of a resource.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn read_version(
        &self,
        tenant: &TenantContext,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        let id = id.to_owned();
        self.read_as(tenant, move |connection, tenant| read::read_version(connection, tenant, ty, &id, version)).await
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        let id = id.to_owned();
        self.read_as(tenant, move |connection, tenant| read::history(connection, tenant, ty, &id)).await
    }

    /// Counts for the planner.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        self.snapshot(tenant, |snapshot| snapshot.counts_kept()).await
    }

    /// What rough counts find, in their order; nothing for a query that SQLite does not answer, or where all together
    /// look at more rows than they are worth.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn counts(&self, tenant: &TenantContext, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        let queries = queries.to_vec();
        self.snapshot(tenant, move |snapshot| snapshot.count(&queries)).await
    }

    /// Remembers a search whose first way was given up.
    pub(crate) fn gave_up(&self, search: u128) {
        self.shared.tried.remember(search);
    }

    /// Whether that was remembered.
    pub(crate) fn has_given_up(&self, search: impl FnOnce() -> u128) -> bool {
        self.shared.tried.knows(search)
    }

    /// The names of all tenants that something was written for.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        self.reading().read(|connection| tenants::names(connection)).await
    }

    /// The size of the database in bytes, free pages included.
    ///
    /// # Errors
    /// SQLite fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        let select = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        let size = |connection: &mut Connection| connection.query_row(select, [], |row| row.get::<_, i64>(0));
        let size = self.reading().read(move |c| size(c).map_err(StoreError::database("measuring the store"))).await?;
        Ok(u64::try_from(size).unwrap_or_default())
    }

    /// Writes in one transaction: all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, another process holds the write lock for long, or SQLite fails.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        let batch = self.prepare(tenant, writes).await?;
        Ok(self.commit(batch).await?.outcomes)
    }

    /// Makes versions and index rows, on all cores, without holding up the writer.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or SQLite fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        let read = move |connection: &Connection, tenant| {
            let current = |write: &Write| {
                let (ty, id) = write.identity();
                current::current(connection, tenant, ty, id)
            };
            let current = writes.iter().map(current).collect::<Result<Vec<_>, _>>()?;
            Ok((writes, current))
        };
        let (writes, current) = self.read_as(tenant, read).await?;
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let make = move || {
            let definitions = shared.held.get();
            let batch = (tenant, definitions.registry.epoch());
            definitions.versioning(&shared.zone, shared.clock.now(), |with| Batch::new(batch, writes, current, with))
        };
        spawn_blocking(make).await.map_err(|_| StoreError::Closed)?
    }

    /// Queues a batch for writing, at once and behind all that was queued before, and waits for it. A queued batch is
    /// written even if the future is dropped. Small batches that wait at the same time share a transaction; what fails
    /// in one costs no other.
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<Committed, StoreError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        self.writer.write(Waiting { shared: Arc::clone(&self.shared), batch, answer });
        async move { answered.await.unwrap_or(Err(StoreError::Closed)) }
    }

    /// Lets all that is queued end, and closes the database.
    pub async fn close(self) {
        let SqliteStore { writer, readers, copier, .. } = self;
        // Joining the threads blocks; a panic in one was answered as `Closed`.
        let _ = spawn_blocking(move || {
            if let Some(readers) = readers {
                readers.stop();
            }
            if let Some(copier) = copier {
                copier.stop();
            }
            // Last: the connection that closes last folds the write-ahead log into the database.
            writer.stop();
        })
        .await;
    }

    fn reading(&self) -> &Workers {
        self.readers.as_ref().unwrap_or(&self.writer)
    }

    /// Runs a read with the tenant's number.
    async fn read_as<T, F>(&self, tenant: &TenantContext, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, Tenant) -> Result<T, StoreError> + Send + 'static,
    {
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let job = move |connection: &mut Connection| {
            let tenant = tenants::to_read(&shared.tenants, connection, &tenant)?;
            job(connection, tenant)
        };
        self.reading().read(job).await
    }
}

fn readers() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get).clamp(2, MAX_READERS)
}
