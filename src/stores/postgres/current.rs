//! The current versions of resources, as writes need them.

use super::sql::{get, rows};
use crate::stores::StoreError;
use crate::stores::body::unpacked;
use crate::stores::number::Identity;
use crate::stores::tenants::Tenant;
use crate::stores::version::Current;
use deadpool_postgres::GenericClient;
use fhirc_codegen::rows::TypeCode;
use tokio_postgres::Row;

/// What a write needs to know of the resource it writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base {
    pub(super) identity: Identity,
    /// The current version, if there ever was one.
    pub(super) version: Option<i64>,
    /// When it was made.
    pub(super) updated: Option<i64>,
}

/// Resources by type and id, as parameters.
pub(super) fn identities<'a>(of: impl Iterator<Item = (TypeCode, &'a str)>) -> (Vec<i64>, Vec<&'a str>) {
    of.map(|(ty, id)| (i64::from(ty.0), id)).unzip()
}

const BASES: &str = "SELECT w.n, i.ord, r.version, r.updated \
    FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS w (type, id, n) \
    JOIN LATERAL (SELECT ord FROM resource_id WHERE tenant = $1 AND type = w.type AND id = w.id OFFSET 0) i ON true \
    LEFT JOIN LATERAL (SELECT version, updated FROM resource WHERE tenant = $1 AND ord = i.ord OFFSET 0) r ON true";

/// What is known of resources, without their bodies.
pub(super) async fn bases<'a>(
    client: &impl GenericClient,
    tenant: Tenant,
    of: impl Iterator<Item = (TypeCode, &'a str)>,
) -> Result<Vec<Base>, StoreError> {
    let (types, ids) = identities(of);
    let mut bases = vec![Base { identity: Identity::Unknown, version: None, updated: None }; ids.len()];
    let found = rows(client, BASES, &[&tenant.0, &types, &ids]).await;
    for row in found.map_err(StoreError::postgres("looking up resources"))? {
        if let Some(base) = place(&mut bases, &row)? {
            *base = Base { identity: Identity::of(get(&row, 1)?), version: get(&row, 2)?, updated: get(&row, 3)? };
        }
    }
    Ok(bases)
}

/// What stands at the position that a row tells, counted from 1.
fn place<'p, T>(places: &'p mut [T], row: &Row) -> Result<Option<&'p mut T>, StoreError> {
    let n: i64 = get(row, 0)?;
    Ok(usize::try_from(n - 1).ok().and_then(|n| places.get_mut(n)))
}

const CURRENT: &str = "SELECT w.n, r.version, r.updated, b.body \
    FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS w (type, id, n) \
    JOIN LATERAL (SELECT ord FROM resource_id WHERE tenant = $1 AND type = w.type AND id = w.id OFFSET 0) i ON true \
    JOIN LATERAL (SELECT version, updated FROM resource WHERE tenant = $1 AND ord = i.ord OFFSET 0) r ON true \
    LEFT JOIN LATERAL (SELECT body FROM body WHERE tenant = $1 AND ord = i.ord OFFSET 0) b ON true";

/// The current version of each, deleted ones included; `None` where it never existed.
pub(super) async fn current<'a>(
    client: &impl GenericClient,
    tenant: Tenant,
    of: impl Iterator<Item = (TypeCode, &'a str)>,
) -> Result<Vec<Option<Current>>, StoreError> {
    let (types, ids) = identities(of);
    let mut current = vec![None; ids.len()];
    let found = rows(client, CURRENT, &[&tenant.0, &types, &ids]).await;
    for row in found.map_err(StoreError::postgres("reading current versions"))? {
        if let Some(current) = place(&mut current, &row)? {
            *current = Some(Current { version: get(&row, 1)?, updated: get(&row, 2)?, body: body(&row, 3)? });
        }
    }
    Ok(current)
}

/// A stored body, null for a deletion.
pub(super) fn body(row: &Row, column: usize) -> Result<Option<String>, StoreError> {
    let bytes: Option<&[u8]> = get(row, column)?;
    let damaged = |error| StoreError::Failed { doing: "reading a body", source: Box::new(error) };
    bytes.map(unpacked).transpose().map_err(damaged)
}
