//! Resources arrive that rows already refer to: their stubs give way to their numbers.

use super::sql::execute;
use crate::stores::StoreError;
use crate::stores::layout::{Layout, RowTable};
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::sql::indexes::of_stub;
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
    for (RowTable { name, .. }, target) in layout.with_targets() {
        // Whatever their order and key: there is an index of the rows that point at a stub.
        let update = format!(
            "UPDATE {name} t SET {target} = w.ord FROM (SELECT w.ord, t.ctid AS place \
             FROM unnest($2::bigint[], $3::bigint[]) AS w (stub, ord) JOIN LATERAL (\
             SELECT ctid FROM {name} WHERE tenant = $1 AND {target} = w.stub AND {stub} OFFSET 0) t ON true) w \
             WHERE t.ctid = w.place",
            stub = of_stub(target),
        );
        execute(transaction, &update, &[&tenant, &stubs, &ords]).await?;
    }
    execute(transaction, "DELETE FROM stub WHERE tenant = $1 AND ord = ANY($2)", &[&tenant, &stubs]).await.map(drop)
}
