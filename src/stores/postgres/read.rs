//! Reading versions of resources.

use super::current::body;
use super::sql::{get, row, rows};
use crate::definitions::{Registry, ResourceType};
use crate::index::{contained_id, container_key};
use crate::stores::number::type_inside;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Method, StoreError, Stored, inner};
use deadpool_postgres::GenericClient;
use fhirc_codegen::ord::type_of;
use fhirc_codegen::rows::TypeCode;
use std::collections::BTreeMap;
use tokio_postgres::Row;

const CURRENT: &str = "SELECT r.ord, r.id, r.version, r.updated, r.deleted <> 0, b.body FROM resource r \
    LEFT JOIN body b ON b.tenant = r.tenant AND b.ord = r.ord WHERE r.tenant = $1 AND r.ord = ANY($2)";

const OLD: &str = "SELECT r.ord, r.id, h.version, h.updated, h.method = 'DELETE', h.body FROM history h \
    JOIN resource r ON r.tenant = h.tenant AND r.ord = h.ord WHERE h.tenant = $1 AND h.ord = $2";

/// The live ones of these resources, in the order asked for; those inside others as they stand there.
pub(super) async fn bodies(
    client: &impl GenericClient,
    tenant: Tenant,
    registry: &Registry,
    ords: &[i64],
) -> Result<Vec<Stored>, StoreError> {
    let own: Vec<i64> = ords.iter().copied().filter(|&ord| type_inside(ord, registry).is_none()).collect();
    let own = by_ords(client, tenant, &own).await?;
    let mut found = Vec::with_capacity(ords.len());
    for &ord in ords {
        let stored = match type_inside(ord, registry) {
            Some(ty) => inside(client, tenant, registry, (ty, ord)).await?,
            None => own.get(&ord).cloned(),
        };
        found.extend(stored.filter(|stored| stored.method == Method::Put));
    }
    Ok(found)
}

/// The current versions of resources, by their numbers.
async fn by_ords(
    client: &impl GenericClient,
    tenant: Tenant,
    ords: &[i64],
) -> Result<BTreeMap<i64, Stored>, StoreError> {
    if ords.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = rows(client, CURRENT, &[&tenant.0, &ords]).await.map_err(StoreError::postgres("reading resources"))?;
    found.iter().map(|row| Ok((get(row, 0)?, stored(row)?))).collect()
}

async fn by_ord(client: &impl GenericClient, tenant: Tenant, ord: i64) -> Result<Option<Stored>, StoreError> {
    Ok(by_ords(client, tenant, &[ord]).await?.remove(&ord))
}

/// The current version of a resource, be it a deletion.
pub(super) async fn read(
    client: &impl GenericClient,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
) -> Result<Option<Stored>, StoreError> {
    match ord(client, tenant, ty, id).await? {
        Some(ord) => by_ord(client, tenant, ord).await,
        None => Ok(None),
    }
}

/// All versions of a resource, the current one first.
pub(super) async fn history(
    client: &impl GenericClient,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
) -> Result<Vec<Stored>, StoreError> {
    let Some(ord) = ord(client, tenant, ty, id).await? else { return Ok(Vec::new()) };
    let mut versions: Vec<Stored> = by_ord(client, tenant, ord).await?.into_iter().collect();
    let old = rows(client, &format!("{OLD} ORDER BY h.version DESC"), &[&tenant.0, &ord]).await;
    for row in old.map_err(StoreError::postgres("reading the history"))? {
        versions.push(stored(&row)?);
    }
    Ok(versions)
}

/// These versions, each by the number of its resource and its own: those that are there and no deletions, of resources
/// that are live.
pub(super) async fn versions(
    client: &impl GenericClient,
    tenant: Tenant,
    of: &[(i64, i64)],
) -> Result<Vec<LiveVersion>, StoreError> {
    let ords: Vec<i64> = of.iter().map(|(ord, _)| *ord).collect();
    let live = by_ords(client, tenant, &ords).await?;
    let mut found = Vec::with_capacity(of.len());
    for (ord, version) in of {
        let Some(now) = live.get(ord).filter(|now| now.method == Method::Put) else { continue };
        let current = now.version == *version;
        let stored = if current { Some(now.clone()) } else { old(client, tenant, *ord, *version).await? };
        let put = stored.filter(|stored| stored.method == Method::Put);
        found.extend(put.map(|stored| LiveVersion { stored, current }));
    }
    Ok(found)
}

/// One version of a resource.
pub(super) async fn read_version(
    client: &impl GenericClient,
    tenant: Tenant,
    ty: TypeCode,
    id: &str,
    version: i64,
) -> Result<Option<Stored>, StoreError> {
    let Some(ord) = ord(client, tenant, ty, id).await? else { return Ok(None) };
    let current = by_ord(client, tenant, ord).await?;
    if current.as_ref().is_none_or(|current| current.version == version) {
        return Ok(current);
    }
    old(client, tenant, ord, version).await
}

/// A version that is not the current one.
async fn old(
    client: &impl GenericClient,
    tenant: Tenant,
    ord: i64,
    version: i64,
) -> Result<Option<Stored>, StoreError> {
    let found = row(client, &format!("{OLD} AND h.version = $3"), &[&tenant.0, &ord, &version]).await;
    found.map_err(StoreError::postgres("reading a version"))?.as_ref().map(stored).transpose()
}

async fn ord(client: &impl GenericClient, tenant: Tenant, ty: TypeCode, id: &str) -> Result<Option<i64>, StoreError> {
    let select = "SELECT ord FROM resource_id WHERE tenant = $1 AND type = $2 AND id = $3";
    let found = row(client, select, &[&tenant.0, &i64::from(ty.0), &id]).await;
    found.map_err(StoreError::postgres("looking up a resource"))?.map(|row| get(&row, 0)).transpose()
}

fn stored(row: &Row) -> Result<Stored, StoreError> {
    let ord = get(row, 0)?;
    Ok(Stored {
        ord,
        ty: type_of(ord),
        id: get(row, 1)?,
        version: get(row, 2)?,
        updated: get(row, 3)?,
        method: if get(row, 4)? { Method::Delete } else { Method::Put },
        body: body(row, 5)?.unwrap_or_default(),
        container: None,
    })
}

/// By the ids that begin like those of everything in one container, of which there are few.
const ID: &str = "SELECT id FROM resource_id WHERE tenant = $1 AND type = $2 AND id >= $3 AND id < $4 AND ord = $5";

/// The resource with this number, as it stands in the current version of its container; `None` if it is gone.
async fn inside(
    client: &impl GenericClient,
    tenant: Tenant,
    registry: &Registry,
    (ty, ord): (ResourceType, i64),
) -> Result<Option<Stored>, StoreError> {
    let Some(key) = container_key(registry, ty) else { return Ok(None) };
    let container = "SELECT target FROM ref_s WHERE tenant = $1 AND ord = $2 AND key = $3 LIMIT 1";
    let container = row(client, container, &[&tenant.0, &ord, &i64::from(key.0)]).await;
    let container = container.map_err(StoreError::postgres("looking up a container"))?;
    let Some(container) = container.map(|row| get(&row, 0)).transpose()? else { return Ok(None) };
    let container = by_ord(client, tenant, container).await?.filter(|stored| stored.method == Method::Put);
    let Some(container) = container else { return Ok(None) };
    let Some(container_type) = registry.resource_type_of_code(container.ty.0) else { return Ok(None) };
    let first = contained_id(registry.type_name(container_type), &container.id, "");
    // `$` comes right after `#`, with which the first one ends.
    let end = format!("{}$", first.trim_end_matches('#'));
    let id = row(client, ID, &[&tenant.0, &i64::from(ty.code()), &first, &end, &ord]).await;
    let id = id.map_err(StoreError::postgres("looking up a contained resource"))?;
    let id: Option<String> = id.map(|row| get(&row, 0)).transpose()?;
    let id = id.and_then(|id| id.strip_prefix(&first).map(str::to_owned));
    Ok(id.and_then(|id| inner::inside(container, TypeCode(ty.code()), &id, ord)))
}
