//! Reading resources that stand inside others: cut out of the one that contains them.

use super::read;
use crate::definitions::{Registry, ResourceType};
use crate::index::{contained_id, container_key};
use crate::stores::tenants::Tenant;
use crate::stores::{Method, StoreError, Stored, inner};
use fhirc_codegen::rows::TypeCode;
use rusqlite::{Connection, OptionalExtension, params};

const CONTAINER: &str = "SELECT target FROM ref_s WHERE tenant = ?1 AND ord = ?2 AND key = ?3";

/// By the ids that begin like those of everything in one container, of which there are few.
const ID: &str = "SELECT id FROM resource_id WHERE tenant = ?1 AND type = ?2 AND id >= ?3 AND id < ?4 AND ord = ?5";

/// The resource with this number, as it stands in the current version of its container; `None` if it is gone.
pub(super) fn by_ord(
    connection: &Connection,
    tenant: Tenant,
    registry: &Registry,
    (ty, ord): (ResourceType, i64),
) -> Result<Option<Stored>, StoreError> {
    let Some(key) = container_key(registry, ty) else { return Ok(None) };
    let container: Option<i64> = connection
        .prepare_cached(CONTAINER)
        .and_then(|mut select| select.query_row(params![tenant.0, ord, key.0], |row| row.get(0)).optional())
        .map_err(StoreError::database("looking up a container"))?;
    let Some(container) = container else { return Ok(None) };
    let container = read::by_ord(connection, tenant, container)?.filter(|stored| stored.method == Method::Put);
    let Some(container) = container else { return Ok(None) };
    let Some(id) = id(connection, tenant, registry, &container, (ty, ord))? else { return Ok(None) };
    Ok(inner::inside(container, TypeCode(ty.code()), &id, ord))
}

/// Its id inside the container.
fn id(
    connection: &Connection,
    tenant: Tenant,
    registry: &Registry,
    container: &Stored,
    (ty, ord): (ResourceType, i64),
) -> Result<Option<String>, StoreError> {
    let Some(container_type) = registry.resource_type_of_code(container.ty.0) else { return Ok(None) };
    let first = contained_id(registry.type_name(container_type), &container.id, "");
    // `$` comes right after `#`, with which the first one ends.
    let end = format!("{}$", first.trim_end_matches('#'));
    let id: Option<String> = connection
        .prepare_cached(ID)
        .and_then(|mut select| {
            select.query_row(params![tenant.0, ty.code(), first, end, ord], |row| row.get(0)).optional()
        })
        .map_err(StoreError::database("looking up a contained resource"))?;
    Ok(id.and_then(|id| id.strip_prefix(&first).map(str::to_owned)))
}
