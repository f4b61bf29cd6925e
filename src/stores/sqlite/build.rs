//! Builds in SQLite: the table of spans, and the batches.

use super::deferred::Deferred;
use super::definitions::save;
use super::number::Numbers;
use super::rows::insert_all;
use super::stat;
use super::{Shared, SqliteStore};
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::keys::standing;
use crate::stores::StoreError;
use crate::stores::build::{BATCH, BATCH_BYTES, Built, Chunk, Found};
use crate::stores::definitions::{Builder, Definitions};
use crate::stores::packed::pack;
use crate::stores::rows::Tables;
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use crate::stores::version::{RowSet, VersionError, repeated};
use fhirc_codegen::ord::{PER_TYPE, TYPE_SHIFT, first_ord};
use fhirc_codegen::rows::TypeCode;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Gives the new builds of a registry their spans, and lets those answer that need none.
pub(super) fn begin(connection: &Connection, mut registry: Registry) -> Result<Registry, StoreError> {
    let begin = || {
        let builds = registry.builds();
        let mut known = BTreeSet::new();
        for build in connection.prepare("SELECT DISTINCT build FROM build")?.query_map([], |row| row.get(0))? {
            known.insert(build?);
        }
        for gone in known.iter().filter(|build| !builds.contains_key(build)) {
            connection.execute("DELETE FROM build WHERE build = ?", [gone])?;
        }
        let mut done = Vec::new();
        for (build, params) in builds.iter().filter(|(build, _)| !known.contains(build)) {
            if spans(connection, &registry, *build, params)? == 0 {
                done.push(*build);
            }
        }
        Ok::<_, rusqlite::Error>(done)
    };
    let done = begin().map_err(StoreError::database("beginning a build"))?;
    for build in done {
        registry = registry.switched(build);
    }
    measure(connection, &registry)?;
    Ok(registry)
}

/// Makes the spans of a build; how many there are. Types without a live resource need none: what comes later is indexed
/// when it is written.
fn spans(connection: &Connection, registry: &Registry, build: u32, params: &[ParamId]) -> rusqlite::Result<usize> {
    let types: BTreeSet<ResourceType> = params.iter().map(|param| param.ty()).collect();
    let live: Vec<(i64, u8)> = connection
        .prepare("SELECT tenant, -key FROM stat WHERE key < 0 AND rows > 0")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut contained = BTreeMap::new();
    let mut count = 0;
    for (tenant, ty) in live {
        let direct = types.iter().any(|of| of.code() == ty);
        let contains = match contained.get(&tenant) {
            Some(known) => *known,
            None => *contained.entry(tenant).or_insert(is_contained(connection, registry, tenant, &types)?),
        };
        if direct || contains {
            let insert = "INSERT INTO build (build, type, tenant, done, last) SELECT ?1, ?2, ?3, ?4 - 1, max(ord) \
                FROM resource WHERE tenant = ?3 AND ord >= ?4 AND ord < ?4 + ?5";
            connection.execute(insert, params![build, ty, tenant, first_ord(TypeCode(ty)), PER_TYPE])?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether some resource of the tenant contains one of these types: then all types have a span, since any may.
fn is_contained(
    connection: &Connection,
    registry: &Registry,
    tenant: i64,
    types: &BTreeSet<ResourceType>,
) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached("SELECT 1 FROM stat WHERE tenant = ? AND key = ? AND rows > 0")?;
    for id in types.iter().filter_map(|&ty| registry.param(ty, "_id")) {
        if select.exists(params![tenant, standing(id).0])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells all who look at the builds of a registry how far they are.
pub(super) fn measure(connection: &Connection, registry: &Registry) -> Result<(), StoreError> {
    let select = "SELECT sum(done - (type << ?2) + 1), sum(last - (type << ?2) + 1) FROM build WHERE build = ?1";
    for build in registry.builds().into_keys() {
        let (done, total): (Option<i64>, Option<i64>) = connection
            .query_row(select, params![build, TYPE_SHIFT], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(StoreError::database("measuring a build"))?;
        let count = |n: Option<i64>| n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default();
        registry.progress(build).set(count(done), count(total));
    }
    Ok(())
}

/// Where the spans of one tenant are.
pub(super) struct Spans<'c> {
    connection: &'c Connection,
    builds: BTreeSet<u32>,
    tenant: i64,
    known: BTreeMap<(u32, TypeCode), Option<(i64, i64)>>,
}

impl<'c> Spans<'c> {
    pub(super) fn new(connection: &'c Connection, definitions: &Definitions, tenant: Tenant) -> Spans<'c> {
        Spans { connection, builds: definitions.builds(), tenant: tenant.0, known: BTreeMap::new() }
    }

    /// The builds that have not come to this resource yet: it has no rows of them.
    pub(super) fn lacking(&mut self, ty: TypeCode, ord: i64) -> Result<BTreeSet<u32>, StoreError> {
        let mut lacking = BTreeSet::new();
        for &build in &self.builds {
            let span = match self.known.get(&(build, ty)) {
                Some(span) => *span,
                None => {
                    let span = span(self.connection, build, ty, self.tenant)?;
                    *self.known.entry((build, ty)).or_insert(span)
                }
            };
            if span.is_some_and(|(done, last)| ord > done && ord <= last) {
                lacking.insert(build);
            }
        }
        Ok(lacking)
    }
}

/// How far a span is done, and where it ends.
fn span(connection: &Connection, build: u32, ty: TypeCode, tenant: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let select = "SELECT done, last FROM build WHERE build = ? AND type = ? AND tenant = ?";
    connection
        .prepare_cached(select)
        .and_then(|mut select| {
            select.query_row(params![build, ty.0, tenant], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(StoreError::database("looking up a build"))
}

impl SqliteStore {
    /// The next resources that need rows; nothing when all builds are done. `builder` spares making it again.
    pub(crate) async fn chunk(
        &self,
        builder: Option<(u32, Arc<Builder>)>,
    ) -> Result<Option<Chunk<String>>, StoreError> {
        let shared = Arc::clone(&self.shared);
        let read = move |connection: &mut Connection| {
            let transaction = connection.unchecked_transaction().map_err(StoreError::database("reading"))?;
            let definitions = shared.definitions(&transaction)?;
            for build in definitions.builds() {
                let known =
                    builder.as_ref().filter(|(known, _)| *known == build).map(|(_, builder)| Arc::clone(builder));
                let builder = known.or_else(|| definitions.builder(build, &shared.extract).map(Arc::new));
                let Some(builder) = builder else { continue };
                let chunk = chunk(&transaction, build, builder).map_err(StoreError::database("reading resources"))?;
                if chunk.is_some() {
                    return Ok(chunk);
                }
            }
            Ok(None)
        };
        self.reading().read(read).await
    }

    /// Writes the rows of a batch, unless somebody else has moved the span meanwhile.
    pub(crate) async fn build(&self, chunk: Chunk<RowSet>) -> Result<Built, StoreError> {
        let shared = Arc::clone(&self.shared);
        self.writer
            .submit(move |connection| {
                let built = write(connection, &shared, &chunk);
                if built.is_err() {
                    shared.systems.forget();
                }
                built
            })
            .await
    }
}

const RESOURCES: &str = "SELECT r.ord, r.version, b.body FROM resource r \
    CROSS JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord \
    WHERE r.tenant = ? AND r.ord > ? AND r.ord <= ? AND r.deleted = 0 ORDER BY r.ord";

fn chunk(connection: &Connection, build: u32, builder: Arc<Builder>) -> rusqlite::Result<Option<Chunk<String>>> {
    let select =
        "SELECT type, tenant, done, last FROM build WHERE build = ? AND done < last ORDER BY type, tenant LIMIT 1";
    let open = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    let found: Option<(u8, i64, i64, i64)> = connection.query_row(select, [build], open).optional()?;
    let Some((ty, tenant, done, last)) = found else { return Ok(None) };
    let types =
        "SELECT count(DISTINCT type) FILTER (WHERE type < ?2), count(DISTINCT type) FROM build WHERE build = ?1";
    let types = connection
        .query_row(types, params![build, ty], |row| Ok((row.get::<_, u32>(0)?.into(), row.get::<_, u32>(1)?.into())))?;
    let mut select = connection.prepare_cached(RESOURCES)?;
    let mut rows = select.query(params![tenant, done, last])?;
    let (mut resources, mut bytes, mut upto) = (Vec::new(), 0, last);
    while let Some(row) = rows.next()? {
        let it = super::current::body(row, 2)?.unwrap_or_default();
        bytes += it.len();
        resources.push(Found { ord: row.get(0)?, version: row.get(1)?, it });
        if resources.len() >= BATCH || bytes >= BATCH_BYTES {
            upto = row.get(0)?;
            break;
        }
    }
    Ok(Some(Chunk { build, ty: TypeCode(ty), tenant, done, upto, types, resources, builder }))
}

fn write(connection: &mut Connection, shared: &Shared, chunk: &Chunk<RowSet>) -> Result<Built, StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::database("beginning a transaction"))?;
    let deferred = shared.deferred(&transaction)?;
    let definitions = shared.definitions(&transaction)?;
    let Chunk { build, ty, tenant, done, upto, .. } = *chunk;
    let place = span(&transaction, build, ty, tenant)?;
    if !definitions.builds().contains(&build) || place.is_none_or(|(now, _)| now != done) {
        return Ok(Built::Overtaken);
    }
    let rows = current_rows(&transaction, chunk)?;
    let added = insert((&transaction, &deferred), shared, tenant, rows)?;
    let finished =
        advance(&transaction, (build, ty, tenant), upto).map_err(StoreError::database("moving a build on"))?;
    let next = match finished.then(|| definitions.registry.switched(build)) {
        Some(next) => {
            save(&transaction, &next)?;
            Some(definitions.changed(next)?)
        }
        None => None,
    };
    transaction.commit().map_err(StoreError::database("committing"))?;
    let progress = definitions.registry.progress(build);
    let (before, total) = progress.get();
    progress.set(before.saturating_add(u64::try_from(upto - done).unwrap_or_default()), total);
    if let Some(next) = next {
        shared.held.set(Arc::new(next));
    }
    Ok(Built::Written(added))
}

/// The rows of all resources of a batch as they are now: what was written since the batch was read is read again.
fn current_rows(connection: &Connection, chunk: &Chunk<RowSet>) -> Result<Vec<(i64, RowSet)>, StoreError> {
    let made: BTreeMap<(i64, i64), &RowSet> =
        chunk.resources.iter().map(|found| ((found.ord, found.version), &found.it)).collect();
    let versions = || {
        let mut select = connection.prepare_cached(
            "SELECT ord, version FROM resource WHERE tenant = ? AND ord > ? AND ord <= ? AND deleted = 0",
        )?;
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        select.query_map(params![chunk.tenant, chunk.done, chunk.upto], read)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    let versions = versions().map_err(StoreError::database("reading versions"))?;
    let rows = |(ord, version): (i64, i64)| {
        let rows = match made.get(&(ord, version)) {
            Some(rows) => (*rows).clone(),
            None => chunk.builder.rows(chunk.ty, &body(connection, chunk.tenant, ord)?)?,
        };
        Ok((ord, rows))
    };
    versions.into_iter().map(rows).collect()
}

fn body(connection: &Connection, tenant: i64, ord: i64) -> Result<String, StoreError> {
    let select = "SELECT body FROM body WHERE tenant = ? AND ord = ?";
    connection
        .prepare_cached(select)
        .and_then(|mut select| select.query_row([tenant, ord], |row| super::current::body(row, 0)))
        .map(Option::unwrap_or_default)
        .map_err(StoreError::database("reading a resource"))
}

fn insert(
    (connection, deferred): (&Connection, &Deferred),
    shared: &Shared,
    tenant: i64,
    rows: Vec<(i64, RowSet)>,
) -> Result<u64, StoreError> {
    let mut tally = Tally::default();
    rows.iter().for_each(|(_, rows)| tally.repeat(&repeated(rows)));
    let pack = |(ord, rows)| Ok((ord, pack(rows).map_err(VersionError::from)?));
    let rows = rows.into_iter().map(pack).collect::<Result<Vec<_>, StoreError>>()?;
    let mut numbers = Numbers::new(connection, &shared.systems, tenant);
    let mut tables = Tables::new(&shared.layout).but(deferred.tables());
    for (ord, rows) in &rows {
        tables.add_all(*ord, rows, &mut numbers)?;
        rows.values().for_each(|rows| tally.come(rows));
    }
    insert_all(&tables, connection, tenant)?;
    numbers.finish()?;
    stat::store(&tally, connection, Tenant(tenant))?;
    Ok(tally.added)
}

/// Moves a span on; whether the build is at its end, whose spans are then gone.
fn advance(connection: &Connection, (build, ty, tenant): (u32, TypeCode, i64), upto: i64) -> rusqlite::Result<bool> {
    let update = "UPDATE build SET done = ?4 WHERE build = ?1 AND type = ?2 AND tenant = ?3";
    connection.execute(update, params![build, ty.0, tenant, upto])?;
    let open = connection.prepare("SELECT 1 FROM build WHERE build = ? AND done < last")?.exists([build])?;
    if !open {
        connection.execute("DELETE FROM build WHERE build = ?", [build])?;
    }
    Ok(!open)
}
