//! Reindexing: documents that are older than what is being built or was retired are made anew of the stored bodies.
//!
//! How far it is stands in the documents themselves: each says under which epoch it was made. So what dies is gone on
//! with, by whoever comes, and several do no harm. A document keeps its version: whoever has written a later one meanwhile
//! has made it under the definitions that hold.

use super::bulk::{Bulk, DOING, Fate, Same};
use super::current::Depth;
use super::document::Record;
use super::inner::{Place, identity};
use super::kept::Now;
use super::older::{Old, needed};
use super::place::Refresh;
use super::read::known;
use super::{ElasticsearchStore, Shared};
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::parallel;
use crate::stores::build::BATCH;
use crate::stores::definitions::Definitions;
use crate::stores::packed::{Packed, PackedSet, pack};
use crate::stores::tenants::Tenant;
use crate::stores::version::{Owner, VersionError};
use crate::stores::{Indexing, Reindexed, StoreError, Watch};
use fhirc_codegen::rows::TypeCode;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// How often is waited for writes that are under way.
const PATIENCE: u32 = 20;
/// How long each time.
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 250 });

/// What a walk through the documents of a type came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walked {
    /// So many documents wait for the resource that contains them, which is behind; and whether any did not.
    Through { waiting: u64, any: bool },
    /// Other definitions hold.
    Overtaken,
    /// Who looks on has stopped it.
    Stopped,
}

/// What became of a batch.
#[derive(Debug, Default)]
struct Written {
    documents: u64,
    waiting: u64,
    /// Rows of what is being built.
    rows: u64,
}

/// A stored resource with its rows.
#[derive(Debug)]
struct Made {
    record: Record,
    rows: PackedSet,
}

/// The identity of a resource.
type Identity = (TypeCode, String);

impl ElasticsearchStore {
    /// Makes documents anew until none is too old, then lets builds answer and forgets what was retired.
    ///
    /// # Errors
    /// The server fails, or a resource has a value that no index takes.
    pub(in crate::stores) async fn reindex(&self, watch: &mut (dyn Watch + Send)) -> Result<Reindexed, StoreError> {
        let shared = &self.shared;
        let mut report = Reindexed::default();
        let mut patience = PATIENCE;
        loop {
            let definitions = shared.definitions().await?;
            shared.fence().await?;
            let registry = &definitions.registry;
            shared.measure(registry).await?;
            let needed = needed(registry, &shared.now().await?);
            let (mut waiting, mut any) = (0, false);
            for (n, (ty, epoch)) in (0..).zip(&needed) {
                let walk = Walk {
                    shared,
                    definitions: &definitions,
                    ty: *ty,
                    epoch: *epoch,
                    types: (n, needed.len() as u64),
                    is_impatient: patience == 0,
                };
                match walk.run(watch, &mut report).await? {
                    Walked::Stopped => return Ok(Reindexed { stopped: true, ..report }),
                    Walked::Overtaken => {
                        any = true;
                        break;
                    }
                    Walked::Through { waiting: more, any: some } => (waiting, any) = (waiting + more, any || some),
                }
            }
            let finished = shared.finish().await?;
            if any || finished {
                continue;
            }
            if registry.builds().is_empty() && registry.retired().is_empty() && waiting == 0 {
                return Ok(report);
            }
            if watch.stop() {
                return Ok(Reindexed { stopped: true, ..report });
            }
            patience = patience.saturating_sub(1);
            sleep(PAUSE).await;
        }
    }
}

impl Shared {
    /// Lets those builds answer of which no document is missing, and forgets retired parameters of which no document has
    /// rows. Whether there was anything to do.
    pub(super) async fn finish(&self) -> Result<bool, StoreError> {
        let definitions = self.definitions().await?;
        // Only then is what is counted the last of it.
        self.fence().await?;
        let registry = &definitions.registry;
        let of = |params: &[ParamId]| -> BTreeSet<ResourceType> { params.iter().map(|param| param.ty()).collect() };
        let mut built: BTreeMap<u32, BTreeSet<ResourceType>> = BTreeMap::new();
        for (build, params) in registry.builds() {
            let types = of(&params);
            if self.is_made(registry, &types, build).await? {
                built.insert(build, types);
            }
        }
        let mut gone = registry.retired();
        for ty in of(&gone) {
            if !self.is_made(registry, &BTreeSet::from([ty]), registry.epoch()).await? {
                gone.retain(|param| param.ty() != ty);
            }
        }
        if built.is_empty() && gone.is_empty() {
            return Ok(false);
        }
        let change = |before: &Registry, now: &Now| {
            if before.epoch() != registry.epoch() {
                return Ok((None, ()));
            }
            let (mut next, mut now) = (before.clone(), now.clone());
            for (build, types) in &built {
                next = next.switched(*build);
                for ty in types {
                    let last = now.built.entry(before.type_name(*ty).to_owned()).or_default();
                    *last = (*last).max(*build);
                }
            }
            if !gone.is_empty() {
                next = next.cleared(&gone);
            }
            Ok((Some((next, now)), ()))
        };
        self.change(change).await?;
        Ok(true)
    }

    /// Whether no document of these types is older than an epoch.
    async fn is_made(
        &self,
        registry: &Registry,
        types: &BTreeSet<ResourceType>,
        epoch: u32,
    ) -> Result<bool, StoreError> {
        for ty in types {
            if !self.older(registry, *ty, epoch).await?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A walk through the documents of a type that are too old.
struct Walk<'w> {
    shared: &'w Shared,
    definitions: &'w Arc<Definitions>,
    ty: ResourceType,
    /// The epoch that they must be of.
    epoch: u32,
    /// Types that are done, and all of them.
    types: (u64, u64),
    /// Whether nothing is waited for any more.
    is_impatient: bool,
}

impl Walk<'_> {
    async fn run(&self, watch: &mut (dyn Watch + Send), report: &mut Reindexed) -> Result<Walked, StoreError> {
        let registry = &self.definitions.registry;
        let is_built = registry.builds().values().flatten().any(|param| param.ty() == self.ty);
        let (mut waiting, mut any) = (0, false);
        for (tenant, _) in self.shared.older(registry, self.ty, self.epoch).await? {
            let mut after = i64::MIN;
            loop {
                let found = self.shared.next_older(tenant, (self.ty, self.epoch), (after, BATCH)).await?;
                let Some(last) = found.last() else { break };
                after = last.ord;
                if watch.stop() {
                    return Ok(Walked::Stopped);
                }
                let Some(written) = self.write(tenant, &found).await? else { return Ok(Walked::Overtaken) };
                waiting += written.waiting;
                any |= written.documents > 0;
                self.tell(&written, is_built, watch, report);
            }
        }
        Ok(Walked::Through { waiting, any })
    }

    /// Says what was done.
    fn tell(&self, written: &Written, is_built: bool, watch: &mut (dyn Watch + Send), report: &mut Reindexed) {
        let registry = &self.definitions.registry;
        if !is_built {
            report.cleared += written.documents;
            watch.progress(&Indexing { cleared: report.cleared, ..Indexing::default() });
            return;
        }
        report.resources += written.documents;
        report.added += written.rows;
        let mut resources = (0, 0);
        let of_type = |params: &Vec<ParamId>| params.iter().any(|param| param.ty() == self.ty);
        for (build, _) in registry.builds().into_iter().filter(|(_, params)| of_type(params)) {
            let progress = registry.progress(build);
            let (done, total) = progress.get();
            // What is written meanwhile counts as well.
            resources = (total.min(done + written.documents), total);
            progress.set(resources.0, resources.1);
        }
        let ty = Some(TypeCode(self.ty.code()));
        watch.progress(&Indexing { ty, types: self.types, resources, cleared: report.cleared });
    }

    /// Makes these documents anew. Nothing if other definitions hold by now.
    async fn write(&self, tenant: Tenant, found: &[Old]) -> Result<Option<Written>, StoreError> {
        let made = self.made(tenant, found).await?;
        let mut written = Written::default();
        let (mut inner, mut own) = (Bulk::new(), Bulk::new());
        for old in found {
            let Some(document) = self.document(old, &made)? else {
                written.waiting += 1;
                continue;
            };
            written.documents += 1;
            let (record, id, rows) = match document {
                Document::Own(made) => {
                    let rows = made.rows.iter().find(|(owner, _)| *owner == Owner::Itself).map(|(_, rows)| rows);
                    (made.record.clone(), made.record.id.clone(), rows)
                }
                Document::Inner { ty, id, version, rows } => {
                    let record = Record::new(tenant, ty, &id, old.ord);
                    let record = if rows.is_some() { record.live() } else { record };
                    (record.inside(version), id, rows)
                }
            };
            written.rows += rows.map_or(0, |rows| self.definitions.in_builds(rows));
            let bulk = if record.body.is_some() { &mut own } else { &mut inner };
            bulk.push(self.shared.deed((tenant, self.definitions), (&id, record), rows, Same::Replaced)?);
        }
        // As any write: what is contained comes first.
        for bulk in [inner, own] {
            for fate in self.shared.bulk(tenant, bulk, Refresh::Later).await? {
                match fate {
                    Fate::Done | Fate::Overtaken => {}
                    Fate::Fenced => {
                        self.shared.catch_up(tenant, self.definitions.registry.epoch()).await?;
                        return Ok(None);
                    }
                    Fate::Refused(said) => return Err(said.failed(DOING)),
                }
            }
        }
        Ok(Some(written))
    }

    /// The resources that these documents are made of, as they are now, with their rows. Nothing of what is deleted.
    async fn made(&self, tenant: Tenant, found: &[Old]) -> Result<BTreeMap<Identity, Made>, StoreError> {
        let registry = &self.definitions.registry;
        let sources: BTreeSet<Identity> = found.iter().filter_map(|old| source(&old.rid, registry)).collect();
        let identities: Vec<(TypeCode, &str)> = sources.iter().map(|(ty, id)| (*ty, id.as_str())).collect();
        let records = self.shared.records(tenant, &identities, Depth::Body).await?;
        let live = records.into_iter().flatten().filter(|record| record.body.is_some()).collect();
        let definitions = Arc::clone(self.definitions);
        let make = move || parallel::map(live, |record| Made::of(record, &definitions)).into_iter().collect();
        let made: Result<Vec<Made>, StoreError> = spawn_blocking(make).await.map_err(|_| StoreError::Closed)?;
        Ok(made?.into_iter().map(|made| ((TypeCode(made.record.code), made.record.id.clone()), made)).collect())
    }

    /// What is written in place of a document; nothing if it waits for the resource that contains it: of that an earlier
    /// version is there, so a write is under way, or has ended before its end. There is none either of a resource that was
    /// deleted meanwhile.
    fn document<'m>(&self, old: &Old, made: &'m BTreeMap<Identity, Made>) -> Result<Option<Document<'m>>, StoreError> {
        let strange = || StoreError::Corrupt { what: "a document has no identity".to_owned() };
        let registry = &self.definitions.registry;
        let (ty, id) = known(&old.rid).ok_or_else(strange)?;
        let Some(place) = Place::of(&old.rid, registry) else {
            return Ok(made.get(&(ty, id)).map(Document::Own));
        };
        let container = made.get(&place.container);
        let version = container.map_or(0, |made| made.record.version);
        if version < old.version && !self.is_impatient {
            return Ok(None);
        }
        let is_it = |owner: &Owner| identity(owner) == Some((ty, id.as_str()));
        let rows = container.and_then(|made| made.rows.iter().find(|(owner, _)| is_it(owner))).map(|(_, rows)| rows);
        Ok(Some(Document::Inner { ty, version: version.max(old.version), rows, id }))
    }
}

/// What is written in place of a document.
enum Document<'m> {
    /// A resource of its own.
    Own(&'m Made),
    /// One that stands in another; without rows if it stands there no more.
    Inner { ty: TypeCode, id: String, version: i64, rows: Option<&'m Packed> },
}

/// The resource of which a document is made.
fn source(rid: &str, registry: &Registry) -> Option<Identity> {
    Place::of(rid, registry).map_or_else(|| known(rid), |place| Some(place.container))
}

impl Made {
    fn of(record: Record, definitions: &Definitions) -> Result<Made, StoreError> {
        let body = record.body.as_deref().unwrap_or_default();
        let body: Json = serde_json::from_str(body).map_err(|_| VersionError::StoredBody)?;
        let rows = definitions.extract().run(TypeCode(record.code), &body).rows;
        Ok(Made { rows: pack(rows).map_err(VersionError::from)?, record })
    }
}
