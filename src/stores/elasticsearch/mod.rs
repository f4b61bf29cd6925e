//! Elasticsearch 7.14 or later, and OpenSearch: the current version of each resource, as one document that is searched.

mod answer;
mod bulk;
mod commit;
mod count;
mod current;
mod definitions;
mod dialect;
mod document;
mod explain;
mod fault;
mod group;
mod indexes;
mod inner;
mod kept;
mod link;
mod notes;
mod older;
mod open;
mod order;
mod place;
mod query;
mod read;
mod rewrite;
#[cfg(test)]
#[cfg(feature = "server-tests")]
mod tests;
mod together;
mod types;
mod view;

pub(crate) use self::view::View;

use self::dialect::Dialect;
use self::group::Writer;
use self::indexes::Indexes;
use self::link::{Ask, Link};
use self::notes::Notes;
use self::place::{Place, Refresh};
use super::definitions::Held;
use super::tenants::{Tenant, Tenants};
use super::tried::Tried;
use super::version::{Current, Keeps};
use super::{
    Batch, Clock, Committed, LiveVersion, ServerUrl, Slots, Statistics, StoreError, StoreSettings, Stored, Tuple,
    Write, WriteOutcome,
};
use crate::tenant::TenantContext;
use crate::values::Zone;
use ::elasticsearch::http::Method;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::stats::Found;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;

/// A store in Elasticsearch or OpenSearch.
pub struct ElasticsearchStore {
    shared: Arc<Shared>,
    writer: Writer,
}

impl fmt::Debug for ElasticsearchStore {
    /// Without the place, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElasticsearchStore").finish_non_exhaustive()
    }
}

/// Resources of a type where they are not counted.
const MANY: u64 = 1_000_000;

/// What all requests share.
struct Shared {
    link: Link,
    dialect: Dialect,
    notes: Notes,
    indexes: Indexes,
    refresh: Refresh,
    /// Identities that may stand behind one link.
    behind: u32,
    timeout: Duration,
    held: Held,
    /// Resources of each type that a plan is made for.
    assumed: Arc<BTreeMap<TypeCode, u64>>,
    zone: Zone,
    bases: Vec<String>,
    clock: Clock,
    tenants: Tenants,
    tried: Tried,
    secret: [u8; 32],
}

impl ElasticsearchStore {
    /// Opens a store, or creates it. Its writer lives on the runtime that this is called on.
    ///
    /// # Errors
    /// The URL is none of Elasticsearch, or the server cannot be reached or is another; there is no store and none shall be
    /// created; or the store was written under other definitions, another zone, other bases or another layout.
    pub async fn open(url: &ServerUrl, settings: StoreSettings) -> Result<ElasticsearchStore, StoreError> {
        let place = Place::of(url)?;
        let (link, notes) = (Link::new(&place)?, Notes::new(&place.prefix));
        let opened = open::open(&link, &place, &notes, &settings).await?;
        let types = opened.settled.definitions.registry.types();
        let assumed = Arc::new(types.map(|ty| (TypeCode(ty.code()), MANY)).collect());
        let shared = Arc::new(Shared {
            link,
            dialect: opened.dialect,
            notes,
            indexes: Indexes::new(&place),
            refresh: place.refresh,
            behind: place.behind,
            timeout: place.timeout,
            held: Held::new(opened.settled.definitions),
            assumed,
            zone: opened.settled.zone,
            bases: opened.settled.bases,
            clock: settings.clock,
            tenants: Tenants::default(),
            tried: Tried::default(),
            secret: opened.secret,
        });
        shared.measure(&shared.held.get().registry).await?;
        let writer = Writer::start(&shared);
        Ok(ElasticsearchStore { shared, writer })
    }

    /// The zone of stored dates without one.
    pub fn zone(&self) -> &Zone {
        &self.shared.zone
    }

    /// The server's own base URLs.
    pub fn bases(&self) -> &[String] {
        &self.shared.bases
    }

    /// 32 random bytes that only this store has. They seal its cursors.
    ///
    /// # Errors
    /// Never: they were read when the store was opened.
    #[expect(clippy::unused_async, reason = "the face of all drivers")]
    pub async fn secret(&self) -> Result<[u8; 32], StoreError> {
        Ok(self.shared.secret)
    }

    /// Lowers and runs a query. Dropping the future ends the request.
    ///
    /// # Errors
    /// The definitions have changed; the server does not answer the query, takes too long, or fails; more stands behind
    /// a link than is taken along.
    pub async fn run(
        &self,
        tenant: &TenantContext,
        query: &Query,
        slots: &Slots,
        epoch: u32,
    ) -> Result<Vec<Tuple>, StoreError> {
        let view = self.shared.view(tenant).await?;
        let tuples = super::reading::Reading::run(&view, query, slots, epoch).await?;
        if self.shared.now().await?.epoch == epoch { Ok(tuples) } else { Err(StoreError::OtherDefinitions) }
    }

    /// The live ones among these resources, in the order asked for.
    ///
    /// # Errors
    /// The server fails.
    pub async fn bodies(&self, tenant: &TenantContext, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let tenant = self.shared.to_read(tenant).await?;
        self.shared.bodies(tenant, ords).await
    }

    /// These versions, each by the number of its resource and its own, of resources that are live.
    ///
    /// # Errors
    /// One of them is an earlier one, which this store does not keep; or the server fails.
    pub async fn versions(&self, tenant: &TenantContext, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        let tenant = self.shared.to_read(tenant).await?;
        self.shared.versions(tenant, of).await
    }

    /// The current version of a resource, which may be a deletion; `None` if it never existed.
    ///
    /// # Errors
    /// The server fails.
    pub async fn read(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        let tenant = self.shared.to_read(tenant).await?;
        self.shared.read(tenant, ty, id).await
    }

    /// One version of a resource.
    ///
    /// # Errors
    /// It is an earlier one, which this store does not keep; or the server fails.
    pub async fn read_version(
        &self,
        tenant: &TenantContext,
        ty: TypeCode,
        id: &str,
        version: i64,
    ) -> Result<Option<Stored>, StoreError> {
        let current = self.read(tenant, ty, id).await?;
        match current {
            Some(current) if version >= 1 && version < current.version => Err(read::earlier()),
            current => Ok(current.filter(|current| current.version == version)),
        }
    }

    /// All versions of a resource, the current one first.
    ///
    /// # Errors
    /// There is more than one, and this store does not keep earlier ones; or the server fails.
    pub async fn history(&self, tenant: &TenantContext, ty: TypeCode, id: &str) -> Result<Vec<Stored>, StoreError> {
        let current = self.read(tenant, ty, id).await?;
        match current {
            Some(current) if current.version > 1 => Err(read::earlier()),
            current => Ok(current.into_iter().collect()),
        }
    }

    /// Counts of live resources; rows are not counted.
    ///
    /// # Errors
    /// The server fails.
    pub async fn statistics(&self, tenant: &TenantContext) -> Result<Statistics, StoreError> {
        let tenant = self.shared.to_read(tenant).await?;
        let resources = Arc::new(self.shared.count(tenant).await?);
        Ok(Statistics { resources, rows: None, repeated: None, abridged: Arc::default() })
    }

    /// Rough counts, all in one request.
    ///
    /// # Errors
    /// The server fails.
    pub async fn counts(&self, tenant: &TenantContext, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        let tenant = self.shared.to_read(tenant).await?;
        self.shared.rough(tenant, queries).await
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
    /// The server fails.
    pub async fn tenants(&self) -> Result<Vec<String>, StoreError> {
        self.shared.notes.tenants(&self.shared.link).await
    }

    /// The size of the indexes in bytes.
    ///
    /// # Errors
    /// The server fails.
    pub async fn size(&self) -> Result<u64, StoreError> {
        let path = format!("/{}/_stats/store", self.shared.indexes.whole_store());
        let stats: Json = self.shared.link.done(&Ask::new("measuring the store", Method::Get, path)).await?;
        Ok(stats.pointer("/_all/total/store/size_in_bytes").and_then(Json::as_u64).unwrap_or_default())
    }

    /// Requests that were sent since the store was opened.
    pub fn requests(&self) -> u64 {
        self.shared.link.requests()
    }

    /// Writes each of them, in the order of the writes.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the server refuses one, or fails. Others may be written then;
    /// [`StoreError::Partly`]: it is not known which.
    pub async fn write(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Vec<WriteOutcome>, StoreError> {
        let batch = self.prepare(tenant, writes).await?;
        Ok(self.commit(batch).await?.outcomes)
    }

    /// Makes versions and index rows, on all cores, without holding up the writer.
    ///
    /// # Errors
    /// A resource cannot be written as it is, or the server fails.
    pub async fn prepare(&self, tenant: &TenantContext, writes: Vec<Write>) -> Result<Batch, StoreError> {
        let number = self.shared.to_read(tenant).await?;
        let identities: Vec<(TypeCode, &str)> = writes.iter().map(Write::identity).collect();
        let records = self.shared.records(number, &identities, current::Depth::Body).await?;
        let current: Vec<Option<Current>> = records.into_iter().map(|record| Some(record?.current())).collect();
        let (shared, tenant) = (Arc::clone(&self.shared), tenant.clone());
        let make = move || {
            let definitions = shared.held.get();
            let batch = (tenant, definitions.registry.epoch());
            let now = shared.clock.now();
            definitions
                .versioning_for(Keeps::Documents, &shared.zone, now, |with| Batch::new(batch, writes, current, with))
        };
        spawn_blocking(make).await.map_err(|_| StoreError::Closed)?
    }

    /// Queues a batch for writing, at once and behind all that was queued before, and waits for it. A queued batch is
    /// written even if the future is dropped.
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<Committed, StoreError>> + Send + use<> {
        let answered = self.writer.queue(batch);
        async move { answered.await.unwrap_or(Err(StoreError::Closed)) }
    }

    /// What the searches of one answer are read from.
    pub(crate) async fn view(&self, tenant: &TenantContext) -> Result<View<'_>, StoreError> {
        self.shared.view(tenant).await
    }

    /// Lets all that is queued end, and lets searches meet it.
    pub async fn close(self) {
        let ElasticsearchStore { shared, writer } = self;
        writer.stop().await;
        // Whatever becomes of it, the server makes a refresh by itself a little later.
        let _ = shared.settle().await;
    }

    /// Lets searches meet all that was written so far, where no write waited for that.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        self.shared.settle().await
    }
}

impl Shared {
    /// The number of a tenant that is read.
    async fn to_read(&self, tenant: &TenantContext) -> Result<Tenant, StoreError> {
        if let Some(known) = self.tenants.known(tenant) {
            return Ok(known);
        }
        let found = self.notes.tenant(&self.link, tenant.name()).await?.map(Tenant);
        if let Some(number) = found {
            self.indexes.complete(&self.link, &self.notes, number).await?;
        }
        Ok(self.tenants.found(tenant, found))
    }

    /// The number of a tenant that is written.
    async fn to_write(&self, tenant: &TenantContext) -> Result<Tenant, StoreError> {
        if let Some(known) = self.tenants.known(tenant) {
            return Ok(known);
        }
        let number = Tenant(self.notes.number_tenant(&self.link, tenant.name()).await?);
        self.indexes.complete(&self.link, &self.notes, number).await?;
        Ok(self.tenants.found(tenant, Some(number)))
    }

    async fn settle(&self) -> Result<(), StoreError> {
        if self.refresh == Refresh::Later {
            self.refresh(&BTreeSet::from([self.indexes.whole_store()])).await
        } else {
            Ok(())
        }
    }

    async fn view(&self, tenant: &TenantContext) -> Result<View<'_>, StoreError> {
        Ok(View::new(self, self.to_read(tenant).await?))
    }
}
