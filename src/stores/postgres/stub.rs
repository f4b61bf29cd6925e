//! Resources arrive that rows already refer to: their stubs give way to their numbers.

use super::sql::{execute, rows};
use crate::stores::StoreError;
use crate::stores::layout::{Layout, RowTable};
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::rows::{Base, RowKind};
use fhirc_codegen::sql::schema::By;
use tokio_postgres::Error;

/// Lets every row that points at a stub point at the resource. Each pair is a stub and the number that replaces it.
pub(super) async fn renumber(
    transaction: &Transaction<'_>,
    layout: &Layout,
    tenant: Tenant,
    arrived: &[(i64, i64)],
) -> Result<(), StoreError> {
    if arrived.is_empty() {
        return Ok(());
    }
    move_all(transaction, layout, tenant.0, arrived)
        .await
        .map_err(StoreError::postgres("linking rows to arrived resources"))
}

async fn move_all(
    transaction: &Transaction<'_>,
    layout: &Layout,
    tenant: i64,
    arrived: &[(i64, i64)],
) -> Result<(), Error> {
    let (stubs, ords): (Vec<i64>, Vec<i64>) = arrived.iter().copied().unzip();
    for (table, target) in layout.with_targets().filter(|(table, _)| table.by == By::Value) {
        let source = layout.with_targets().find(|(other, _)| other.by == By::Source && other.kind == table.kind);
        let Some((source, _)) = source else { continue };
        // References by value stand in the order of their targets, whatever their key; tuples behind their keys, of
        // which there are few.
        let keys = match table.kind {
            RowKind::One(Base::Ref) => None,
            _ => Some(keys(transaction, table, tenant).await?),
        };
        if keys.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let of_key = if keys.is_some() { " AND v.key = ANY($4)" } else { " AND $4::bigint[] IS NULL" };
        let (by_value, by_source) = (&table.name, &source.name);
        let arrived = "unnest($2::bigint[], $3::bigint[]) AS w (stub, ord)";
        let update = format!(
            "UPDATE {by_source} s SET {target} = w.ord FROM {arrived} \
             JOIN {by_value} v ON v.tenant = $1 AND v.{target} = w.stub{of_key} \
             WHERE s.tenant = $1 AND s.ord = v.ord AND s.key = v.key AND s.{target} = w.stub"
        );
        execute(transaction, &update, &[&tenant, &stubs, &ords, &keys]).await?;
        let update = format!(
            "UPDATE {by_value} v SET {target} = w.ord FROM {arrived} \
             WHERE v.tenant = $1 AND v.{target} = w.stub{of_key}"
        );
        execute(transaction, &update, &[&tenant, &stubs, &ords, &keys]).await?;
    }
    execute(transaction, "DELETE FROM stub WHERE tenant = $1 AND ord = ANY($2)", &[&tenant, &stubs]).await.map(drop)
}

/// The keys of the table: a seek each, where `DISTINCT` would read every row.
async fn keys(transaction: &Transaction<'_>, table: &RowTable, tenant: i64) -> Result<Vec<i64>, Error> {
    let table = &table.name;
    let select = format!(
        "WITH RECURSIVE k (key) AS (SELECT min(key) FROM {table} WHERE tenant = $1 UNION ALL \
         SELECT (SELECT min(key) FROM {table} WHERE tenant = $1 AND key > k.key) FROM k WHERE k.key IS NOT NULL) \
         SELECT key FROM k WHERE key IS NOT NULL"
    );
    rows(transaction, &select, &[&tenant]).await?.iter().map(|row| row.try_get(0)).collect()
}
