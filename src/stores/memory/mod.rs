//! Resources in memory, every version of them and no index: what `reference:` keeps. Searches of it are evaluated.

mod records;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod tests;

use self::records::Records;
use super::definitions::{Decided, Definitions, Held};
use super::version::{Current, Extracted, Item, Keeps, RowSet, Versioning};
use super::{
    Batch, Clock, Committed, Defined, LiveVersion, Statistics, StoreError, StoreSettings, Stored, Write, WriteOutcome,
};
use crate::definitions::{Registry, SearchParam};
use crate::index::ExtractSettings;
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::rows::TypeCode;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::task::spawn_blocking;

/// Where the resources come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From whoever writes.
    Writes,
    /// From files that are loaded behind the opening: who opens the same files finds the same store.
    Files,
}

/// A store in memory that lives as long as the handle.
#[derive(Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    held: Held,
    zone: Zone,
    bases: Vec<String>,
    clock: Clock,
    tenants: Mutex<BTreeMap<TenantContext, Records>>,
    /// Empty until somebody asks for it, if it depends on the files.
    secret: OnceLock<[u8; 32]>,
    /// Whether it is only searched from now on.
    sealed: AtomicBool,
}

/// A version of a resource, read and ready to be looked into.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) stored: Arc<Stored>,
    /// Its body.
    pub(crate) json: Arc<Json>,
}

/// The resources of a tenant at one time.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// All live ones, in the order of creation.
    pub(crate) live: Vec<Live>,
    /// Every version of a resource that ever contained others, in the order of the writes: it tells which contained
    /// resource appeared first.
    pub(crate) containers: Vec<Live>,
    /// The versions of the live ones before the current ones, but for deletions.
    pub(crate) earlier: Vec<Arc<Stored>>,
}

impl MemoryStore {
    /// An empty store. There are no parameters that it cannot index, since it does not index.
    pub fn open(origin: Origin, settings: StoreSettings) -> MemoryStore {
        let (zone, bases) = (settings.zone.unwrap_or(Zone::UTC), settings.bases.unwrap_or_default());
        let extract = ExtractSettings::new(zone.clone(), bases.iter().cloned());
        let registry = settings.registry.settled().map_or(settings.registry, Arc::new);
        let held = Held::new(Definitions::as_they_are(registry, &extract));
        let secret = match origin {
            Origin::Writes => OnceLock::from(random()),
            Origin::Files => OnceLock::new(),
        };
        let (clock, tenants) = (settings.clock, Mutex::default());
        let sealed = AtomicBool::new(false);
        MemoryStore { shared: Arc::new(Shared { held, zone, bases, clock, tenants, secret, sealed }) }
    }

    /// From now on it is searched alone: what would be written to files that were read would be lost.
    pub(crate) fn seal(&self) {
        self.shared.sealed.store(true, Ordering::Relaxed);
    }

    /// The definitions that resources are read under.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    /// Adds definitions, or changes those that have their URLs. All or none; they hold at once, since nothing is indexed.
    ///
    /// # Errors
    /// Something is wrong with a definition; what other stores could not index is refused too. Or these are files
    /// ([`StoreError::OnlySearched`]).
    pub fn define(&self, params: Vec<SearchParam>) -> Result<Defined, StoreError> {
        self.redefine(|before| before.define(params))
    }

    /// Retires the definitions that have these URLs. All or none.
    ///
    /// # Errors
    /// There is none, or others rest on it. Or these are files ([`StoreError::OnlySearched`]).
    pub fn retire(&self, urls: &[String]) -> Result<Defined, StoreError> {
        self.redefine(|before| Ok((before.retire(urls)?, Vec::new())))
    }

    fn redefine(&self, decide: impl FnOnce(&Registry) -> Decided) -> Result<Defined, StoreError> {
        self.shared.writable()?;
        self.shared.held.change(|before| {
            let (next, warnings) = decide(&before.registry).map_err(|problems| StoreError::Definitions { problems })?;
            let next = next.settled().unwrap_or(next);
            Ok((before.changed(next)?, Defined { warnings, to_build: false, to_clear: false }))
        })
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        &self.shared.bases
    }

    /// 32 bytes that seal the cursors. Those of files are made of what was loaded, so that a cursor still holds when
    /// the same files are opened again; whoever could make them up has read everything.
    pub fn secret(&self) -> [u8; 32] {
        *self.shared.secret.get_or_init(|| {
            let mut mac = hmac_sha256::HMAC::new(b"reference:");
            self.shared.tenants().values().flat_map(Records::all).for_each(|stored| mac.update(&stored.body));
            mac.finalize()
        })
    }

    /// All live resources, in the order of creation.
    fn live(&self, tenant: &TenantContext) -> Vec<Live> {
        self.shared.of(tenant, |records| records.live().collect())
    }

    /// What a search may look at or bring, as it is now: later writes do not touch it.
    pub(crate) fn snapshot(&self, tenant: &TenantContext) -> Snapshot {
        self.shared.of(tenant, |records| Snapshot {
            live: records.live().collect(),
            containers: records.containers().to_vec(),
            earlier: records.earlier().cloned().collect(),
        })
    }

    /// The live ones among these resources, in the order asked for.
    pub fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Vec<Stored> {
        self.shared.of(tenant, |records| ords.iter().filter_map(|ord| records.body(*ord)).cloned().collect())
    }

    /// These versions, each by the number of its resource and its own: those that are there and no deletions, of resources
    /// that are live.
    pub fn versions(&self, tenant: &TenantContext, of: &[(i64, i64)]) -> Vec<LiveVersion> {
        let live = |records: &Records| {
            let found = of.iter().filter_map(|(ord, version)| records.version(*ord, *version));
            found.collect()
        };
        self.shared.of(tenant, live)
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    pub fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Option<Stored> {
        self.history(tenant, ty, id).into_iter().next()
    }

    /// One version of a resource.
    pub fn read_version(&self, tenant: &TenantContext, ty: TypeCode, id: &str, version: i64) -> Option<Stored> {
        self.history(tenant, ty, id).into_iter().find(|stored| stored.version == version)
    }

    /// All versions of a resource, the current one first.
    pub fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Vec<Stored> {
        self.shared
            .of(tenant, |records| records.versions(ty, id).iter().rev().map(|stored| Stored::clone(stored)).collect())
    }

    /// Counts of resources; there are no index rows to count.
    pub fn statistics(&self, tenant: &TenantContext) -> Statistics {
        let mut resources = BTreeMap::new();
        for live in self.live(tenant) {
            *resources.entry(live.stored.ty).or_default() += 1;
        }
        Statistics { resources: Arc::new(resources), rows: None, repeated: None, abridged: Arc::default() }
    }

    /// The names of all tenants that something was written for, in byte order.
    pub fn tenants(&self) -> Vec<String> {
        self.shared.tenants().keys().map(|tenant| tenant.name().to_owned()).collect()
    }

    /// The size of all versions in bytes.
    pub fn size(&self) -> u64 {
        self.shared.tenants().values().flat_map(Records::all).map(|stored| stored.body.len() as u64).sum()
    }

    /// Writes all or nothing. The outcomes stand in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is. Or these are files ([`StoreError::OnlySearched`]).
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        let batch = self.prepare(tenant, writes).await?;
        Ok(self.commit(batch).await?.outcomes)
    }

    /// Makes versions, on all cores, without holding up other writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is. Or these are files ([`StoreError::OnlySearched`]).
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        self.shared.writable()?;
        let current: Vec<Option<Current>> = self.shared.of(tenant, |records| {
            let identities = writes.iter().map(Write::identity);
            identities.map(|(ty, id)| records.current(ty, id)).collect()
        });
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let make = move || {
            let batch = (tenant, shared.held.get().registry.epoch());
            shared.versioning(|with| Batch::new(batch, writes, current, with))
        };
        spawn_blocking(make).await.map_err(|_| StoreError::Closed)?
    }

    /// Writes a batch, whole or not at all, beside other tasks. It is written even if the future is dropped.
    ///
    /// # Errors
    /// A resource is nested too deeply to be read again. Or these are files ([`StoreError::OnlySearched`]).
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<Committed, StoreError>> + Send + use<> {
        let shared = Arc::clone(&self.shared);
        let written = spawn_blocking(move || shared.commit(batch));
        async { written.await.map_err(|_| StoreError::Closed)? }
    }
}

impl Shared {
    fn tenants(&self) -> MutexGuard<'_, BTreeMap<TenantContext, Records>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads what a tenant has. Reading on behalf of a tenant does not create it.
    fn of<T>(&self, tenant: &TenantContext, read: impl FnOnce(&Records) -> T) -> T {
        match self.tenants().get(tenant) {
            Some(records) => read(records),
            None => read(&Records::default()),
        }
    }

    fn writable(&self) -> Result<(), StoreError> {
        if self.sealed.load(Ordering::Relaxed) { Err(StoreError::OnlySearched) } else { Ok(()) }
    }

    /// All is read before the first is written, and before others have to wait.
    fn commit(&self, Batch { tenant, runs, .. }: Batch) -> Result<Committed, StoreError> {
        self.writable()?;
        let writes: Vec<Prepared> = runs.into_iter().flatten().map(Prepared::new).collect::<Result<_, _>>()?;
        let mut tenants = self.tenants();
        let records = tenants.entry(tenant).or_default();
        let writes = self.versioning(|with| settle(writes, records, with))?;
        let outcomes = writes.into_iter().map(|Prepared { item, json }| records.write(item, json)).collect();
        Ok(Committed { outcomes, ..Committed::default() })
    }

    /// What versions are made with, now. Extraction says what a search will not find; its rows are nobody's.
    fn versioning<T>(&self, run: impl FnOnce(&Versioning<'_>) -> T) -> T {
        let definitions = self.held.get();
        let extract = definitions.extract();
        let extract = |ty: TypeCode, body: &Json| Extracted { rows: RowSet::new(), ..extract.run(ty, body) };
        run(&Versioning { extract: &extract, zone: &self.zone, now: self.clock.now(), keeps: Keeps::Rows })
    }
}

/// A write, and the body that it makes.
struct Prepared {
    item: Item,
    json: Option<Arc<Json>>,
}

impl Prepared {
    fn new(item: Item) -> Result<Prepared, StoreError> {
        let json = body(&item)?;
        Ok(Prepared { item, json })
    }
}

/// The writes of a batch as they come out now: what somebody else has written since is taken into account.
fn settle(writes: Vec<Prepared>, records: &Records, with: &Versioning<'_>) -> Result<Vec<Prepared>, StoreError> {
    let mut pending: BTreeMap<(TypeCode, String), Option<Current>> = BTreeMap::new();
    let mut settled = Vec::with_capacity(writes.len());
    for mut write in writes {
        let identity = (write.item.ty, write.item.id.clone());
        let current = pending.remove(&identity).unwrap_or_else(|| records.current(write.item.ty, &write.item.id));
        if current.as_ref().map(|current| current.version) != write.item.base {
            write.item.rebase(current.as_ref(), with)?;
            write = Prepared::new(write.item)?;
        }
        pending.insert(identity, write.item.after(current.as_ref()));
        settled.push(write);
    }
    Ok(settled)
}

/// The body that a write makes.
fn body(item: &Item) -> Result<Option<Arc<Json>>, StoreError> {
    let read = |text: &str| serde_json::from_str(text).map(Arc::new);
    let what = |_| StoreError::Corrupt { what: format!("the body of a resource with id `{}` cannot be read", item.id) };
    item.result.body.as_deref().map(read).transpose().map_err(what)
}

/// 32 bytes that nobody can guess: the standard library seeds its hash maps from the operating system.
fn random() -> [u8; 32] {
    let mut mac = hmac_sha256::HMAC::new(b"reference:");
    (0..4_u8).for_each(|n| mac.update(RandomState::new().hash_one(n).to_le_bytes()));
    mac.finalize()
}
