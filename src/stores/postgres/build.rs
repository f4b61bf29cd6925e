//! Builds in PostgreSQL: the table of spans, and the batches.

use super::current::body;
use super::definitions::alone;
use super::number::Numbers;
use super::rows::insert_all;
use super::sql::{execute, get, row, rows};
use super::{PostgresStore, Shared, abridged, stat};
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::keys::standing;
use crate::stores::StoreError;
use crate::stores::build::{BATCH, BATCH_BYTES, Built, Chunk, Found};
use crate::stores::definitions::{Builder, Definitions};
use crate::stores::packed::{PackedSet, pack};
use crate::stores::rows::Tables;
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use crate::stores::version::{RowSet, VersionError, repeated};
use deadpool_postgres::{GenericClient, Transaction};
use fhirc_codegen::ord::{PER_TYPE, TYPE_SHIFT};
use fhirc_codegen::rows::TypeCode;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::empty;
use std::sync::Arc;
use tokio_postgres::Error;

/// Gives the new builds of a registry their spans, and lets those answer that need none.
pub(super) async fn begin(transaction: &Transaction<'_>, mut registry: Registry) -> Result<Registry, StoreError> {
    let done = begin_builds(transaction, &registry).await.map_err(StoreError::postgres("beginning a build"))?;
    for build in done {
        registry = registry.switched(build);
    }
    measure(transaction, &registry).await?;
    Ok(registry)
}

/// The new builds that are at their end already.
async fn begin_builds(transaction: &Transaction<'_>, registry: &Registry) -> Result<Vec<u32>, Error> {
    let builds = registry.builds();
    let open: Vec<i64> = builds.keys().map(|build| i64::from(*build)).collect();
    execute(transaction, "DELETE FROM build WHERE build <> ALL($1)", &[&open]).await?;
    let known = rows(transaction, "SELECT DISTINCT build FROM build", &[]).await?;
    let known: BTreeSet<i64> = known.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let mut done = Vec::new();
    for (build, params) in builds.iter().filter(|(build, _)| !known.contains(&i64::from(**build))) {
        if spans(transaction, registry, *build, params).await? == 0 {
            done.push(*build);
        }
    }
    Ok(done)
}

/// Makes the spans of a build; how many there are. Types without a live resource need none: what comes later is indexed
/// when it is written.
async fn spans(
    transaction: &Transaction<'_>,
    registry: &Registry,
    build: u32,
    params: &[ParamId],
) -> Result<usize, Error> {
    let types: BTreeSet<ResourceType> = params.iter().map(|param| param.ty()).collect();
    let live = rows(transaction, "SELECT tenant, -key FROM stat WHERE key < 0 AND rows > 0", &[]).await?;
    let mut contained = BTreeMap::new();
    let mut count = 0;
    for row in &live {
        let (tenant, ty): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let direct = types.iter().any(|of| i64::from(of.code()) == ty);
        let contains = match contained.get(&tenant) {
            Some(known) => *known,
            None => *contained.entry(tenant).or_insert(is_contained(transaction, registry, tenant, &types).await?),
        };
        if direct || contains {
            let insert = "INSERT INTO build (build, type, tenant, done, last) SELECT $1, $2, $3, $4::bigint - 1, max(ord) \
                FROM resource WHERE tenant = $3 AND ord >= $4 AND ord < $4::bigint + $5::bigint";
            let first = ty << TYPE_SHIFT;
            execute(transaction, insert, &[&i64::from(build), &ty, &tenant, &first, &PER_TYPE]).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether some resource of the tenant contains one of these types: then all types have a span, since any may.
async fn is_contained(
    transaction: &Transaction<'_>,
    registry: &Registry,
    tenant: i64,
    types: &BTreeSet<ResourceType>,
) -> Result<bool, Error> {
    let ids = types.iter().filter_map(|&ty| registry.param(ty, "_id"));
    let keys: Vec<i64> = ids.map(|id| standing(id).0.into()).collect();
    let select = "SELECT 1 FROM stat WHERE tenant = $1 AND key = ANY($2) AND rows > 0 LIMIT 1";
    Ok(row(transaction, select, &[&tenant, &keys]).await?.is_some())
}

/// Tells all who look at the builds of a registry how far they are.
pub(super) async fn measure(client: &impl GenericClient, registry: &Registry) -> Result<(), StoreError> {
    let builds = registry.builds();
    if builds.is_empty() {
        return Ok(());
    }
    let select = "SELECT build, sum(done - (type << $1::int) + 1)::bigint, sum(last - (type << $1::int) + 1)::bigint \
        FROM build GROUP BY build";
    let found = rows(client, select, &[&TYPE_SHIFT.cast_signed()]).await;
    let found = found.map_err(StoreError::postgres("measuring a build"))?;
    let far = |row| Ok((get(row, 0)?, (get(row, 1)?, get(row, 2)?)));
    let found: BTreeMap<i64, (i64, i64)> = found.iter().map(far).collect::<Result<_, StoreError>>()?;
    for build in builds.into_keys() {
        let (done, total) = found.get(&i64::from(build)).copied().unwrap_or_default();
        let count = |n: i64| u64::try_from(n).unwrap_or_default();
        registry.progress(build).set(count(done), count(total));
    }
    Ok(())
}

/// Where the spans of one tenant are.
pub(super) struct Spans {
    builds: BTreeSet<u32>,
    known: BTreeMap<(u32, TypeCode), (i64, i64)>,
}

impl Spans {
    /// Reads them; they stay where they are while the definitions are held.
    pub(super) async fn read(
        transaction: &Transaction<'_>,
        definitions: &Definitions,
        tenant: i64,
    ) -> Result<Spans, StoreError> {
        let mut spans = Spans { builds: definitions.builds(), known: BTreeMap::new() };
        if spans.builds.is_empty() {
            return Ok(spans);
        }
        let found = rows(transaction, "SELECT build, type, done, last FROM build WHERE tenant = $1", &[&tenant]).await;
        for row in found.map_err(StoreError::postgres("looking up builds"))? {
            let (build, ty): (i64, i64) = (get(&row, 0)?, get(&row, 1)?);
            if let (Ok(build), Ok(ty)) = (u32::try_from(build), u8::try_from(ty)) {
                spans.known.insert((build, TypeCode(ty)), (get(&row, 2)?, get(&row, 3)?));
            }
        }
        Ok(spans)
    }

    /// The builds that have not come to this resource yet: it has no rows of them.
    pub(super) fn lacking(&self, ty: TypeCode, ord: i64) -> BTreeSet<u32> {
        let lacks = |build: &u32| {
            let span = self.known.get(&(*build, ty));
            span.is_some_and(|(done, last)| ord > *done && ord <= *last)
        };
        self.builds.iter().copied().filter(lacks).collect()
    }
}

impl PostgresStore {
    /// The next resources that need rows; nothing when all builds are done. `builder` spares making it again.
    pub(crate) async fn chunk(
        &self,
        builder: Option<(u32, Arc<Builder>)>,
    ) -> Result<Option<Chunk<String>>, StoreError> {
        let (shared, builder) = (&self.shared, &builder);
        let read = |mut link: super::link::Link| async move {
            let read = async {
                let transaction =
                    link.build_transaction().isolation_level(tokio_postgres::IsolationLevel::RepeatableRead);
                let transaction = transaction.read_only(true).start().await.map_err(StoreError::postgres("reading"))?;
                let definitions = shared.definitions(&transaction).await?;
                for build in definitions.builds() {
                    let known = builder.as_ref().filter(|(known, _)| *known == build);
                    let known = known.map(|(_, builder)| Arc::clone(builder));
                    let builder = known.or_else(|| definitions.builder(build, &shared.extract).map(Arc::new));
                    let Some(builder) = builder else { continue };
                    let chunk = chunk(&transaction, build, builder).await?;
                    if chunk.is_some() {
                        return Ok(chunk);
                    }
                }
                Ok(None)
            };
            let read = read.await;
            link.settled(read)
        };
        self.shared.links.read(read).await
    }

    /// Writes the rows of a batch, unless somebody else has moved the span meanwhile.
    pub(crate) async fn build(&self, chunk: Chunk<RowSet>) -> Result<Built, StoreError> {
        let mut link = self.shared.links.lend().await?;
        let built = async {
            let transaction = alone(&mut link).await?;
            write(transaction, &self.shared, &chunk).await
        }
        .await;
        link.settled(built)
    }
}

/// Behind so many stored bytes come no more bodies: a thousand large ones would not fit into memory.
const RESOURCES: &str = "SELECT ord, version, CASE WHEN bytes < $5 THEN body END FROM (SELECT r.ord, r.version, b.body, \
    sum(octet_length(b.body)) OVER (ORDER BY r.ord) - octet_length(b.body) AS bytes FROM resource r \
    JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord \
    WHERE r.tenant = $1 AND r.ord > $2 AND r.ord <= $3 AND r.deleted = 0 ORDER BY r.ord LIMIT $4) c ORDER BY ord";

async fn chunk(
    client: &impl GenericClient,
    build: u32,
    builder: Arc<Builder>,
) -> Result<Option<Chunk<String>>, StoreError> {
    let failed = || StoreError::postgres("reading resources");
    let select =
        "SELECT type, tenant, done, last FROM build WHERE build = $1 AND done < last ORDER BY type, tenant LIMIT 1";
    let number = i64::from(build);
    let Some(found) = row(client, select, &[&number]).await.map_err(failed())? else { return Ok(None) };
    let (ty, tenant): (i64, i64) = (get(&found, 0)?, get(&found, 1)?);
    let (done, last): (i64, i64) = (get(&found, 2)?, get(&found, 3)?);
    let types =
        "SELECT count(DISTINCT type) FILTER (WHERE type < $2), count(DISTINCT type) FROM build WHERE build = $1";
    let types = row(client, types, &[&number, &ty]).await.map_err(failed())?;
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let types = match types {
        Some(row) => (count(get(&row, 0)?), count(get(&row, 1)?)),
        None => (0, 0),
    };
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let most_bytes = i64::try_from(BATCH_BYTES).unwrap_or(i64::MAX);
    let found = rows(client, RESOURCES, &[&tenant, &done, &last, &most, &most_bytes]).await.map_err(failed())?;
    let (mut resources, mut bytes, mut upto) = (Vec::<Found<String>>::new(), 0, last);
    for row in found {
        let Some(it) = body(&row, 2)? else {
            upto = resources.last().map_or(upto, |found| found.ord);
            break;
        };
        bytes += it.len();
        resources.push(Found { ord: get(&row, 0)?, version: get(&row, 1)?, it });
        if resources.len() >= BATCH || bytes >= BATCH_BYTES {
            upto = get(&row, 0)?;
            break;
        }
    }
    let ty = TypeCode(u8::try_from(ty).unwrap_or_default());
    Ok(Some(Chunk { build, ty, tenant, done, upto, types, resources, builder }))
}

async fn write(transaction: Transaction<'_>, shared: &Shared, chunk: &Chunk<RowSet>) -> Result<Built, StoreError> {
    let definitions = shared.definitions(&transaction).await?;
    let Chunk { build, ty, tenant, done, upto, .. } = *chunk;
    let select = "SELECT done FROM build WHERE build = $1 AND type = $2 AND tenant = $3";
    let place = row(&transaction, select, &[&i64::from(build), &i64::from(ty.0), &tenant]).await;
    let place = place.map_err(StoreError::postgres("looking up a build"))?;
    let place: Option<i64> = place.map(|row| get(&row, 0)).transpose()?;
    if !definitions.builds().contains(&build) || place != Some(done) {
        return Ok(Built::Overtaken);
    }
    let found = current_rows(&transaction, chunk).await?;
    let (added, fresh) = insert(&transaction, shared, Tenant(tenant), found).await?;
    let finished = advance(&transaction, (build, ty, tenant), upto).await;
    let finished = finished.map_err(StoreError::postgres("moving a build on"))?;
    let next = finished.then(|| definitions.registry.switched(build));
    shared.switch(transaction, &definitions, (next, ())).await?;
    shared.known.systems.remember(fresh);
    let progress = definitions.registry.progress(build);
    let (before, total) = progress.get();
    progress.set(before.saturating_add(u64::try_from(upto - done).unwrap_or_default()), total);
    Ok(Built::Written(added))
}

/// The rows of all resources of a batch as they are now: what was written since the batch was read is read again.
async fn current_rows(transaction: &Transaction<'_>, chunk: &Chunk<RowSet>) -> Result<Vec<(i64, RowSet)>, StoreError> {
    let made: BTreeMap<(i64, i64), &RowSet> =
        chunk.resources.iter().map(|found| ((found.ord, found.version), &found.it)).collect();
    let select = "SELECT ord, version FROM resource WHERE tenant = $1 AND ord > $2 AND ord <= $3 AND deleted = 0";
    let versions = rows(transaction, select, &[&chunk.tenant, &chunk.done, &chunk.upto]).await;
    let mut current = Vec::new();
    for version in versions.map_err(StoreError::postgres("reading versions"))? {
        let (ord, version): (i64, i64) = (get(&version, 0)?, get(&version, 1)?);
        let rows = match made.get(&(ord, version)) {
            Some(rows) => (*rows).clone(),
            None => {
                let select = "SELECT body FROM body WHERE tenant = $1 AND ord = $2";
                let found = row(transaction, select, &[&chunk.tenant, &ord]).await;
                let found = found.map_err(StoreError::postgres("reading a resource"))?;
                let text = found.map(|row| body(&row, 0)).transpose()?.flatten().unwrap_or_default();
                chunk.builder.rows(chunk.ty, &text)?
            }
        };
        current.push((ord, rows));
    }
    Ok(current)
}

async fn insert(
    transaction: &Transaction<'_>,
    shared: &Shared,
    tenant: Tenant,
    rows: Vec<(i64, RowSet)>,
) -> Result<(u64, Vec<(String, i64)>), StoreError> {
    let mut tally = Tally::default();
    rows.iter().for_each(|(_, rows)| tally.repeat(&repeated(rows)));
    let pack = |(ord, rows)| Ok((ord, pack(rows).map_err(VersionError::from)?));
    let rows: Vec<(i64, PackedSet)> = rows.into_iter().map(pack).collect::<Result<Vec<_>, StoreError>>()?;
    let mut numbers = Numbers::new(transaction, &shared.known.systems, tenant);
    numbers.provide(&rows.iter().map(|(_, rows)| rows).collect::<Vec<_>>()).await?;
    let mut tables = Tables::new(&shared.layout);
    for (ord, rows) in &rows {
        tables.add_all(*ord, rows, &mut numbers)?;
        rows.values().for_each(|rows| tally.come(rows));
    }
    insert_all(&tables, transaction, tenant).await?;
    let added = rows.iter().map(|(_, rows)| rows);
    abridged::keep(transaction, tenant, (added, empty()), &mut tally).await?;
    stat::store(&tally, transaction, tenant).await?;
    Ok((tally.added, numbers.fresh))
}

/// Moves a span on; whether the build is at its end, whose spans are then gone.
async fn advance(
    transaction: &Transaction<'_>,
    (build, ty, tenant): (u32, TypeCode, i64),
    upto: i64,
) -> Result<bool, Error> {
    let build = i64::from(build);
    let update = "UPDATE build SET done = $4 WHERE build = $1 AND type = $2 AND tenant = $3";
    execute(transaction, update, &[&build, &i64::from(ty.0), &tenant, &upto]).await?;
    let open = row(transaction, "SELECT 1 FROM build WHERE build = $1 AND done < last LIMIT 1", &[&build]).await?;
    if open.is_none() {
        execute(transaction, "DELETE FROM build WHERE build = $1", &[&build]).await?;
    }
    Ok(open.is_none())
}
