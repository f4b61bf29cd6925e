//! Tenants in PostgreSQL.

use super::Shared;
use super::sql::{get, row, rows};
use crate::stores::StoreError;
use crate::stores::tenants::{NOBODY, Tenant};
use crate::tenant::TenantContext;
use deadpool_postgres::{GenericClient, Transaction};

impl Shared {
    /// The number to read with.
    pub(super) async fn to_read(
        &self,
        client: &impl GenericClient,
        tenant: &TenantContext,
    ) -> Result<Tenant, StoreError> {
        if let Some(known) = self.known.tenants.known(tenant) {
            return Ok(known);
        }
        let found = row(client, "SELECT id FROM tenant WHERE name = $1", &[&tenant.name()]).await;
        let found = found.map_err(StoreError::postgres("looking up the tenant"))?;
        let number = found.map(|row| get(&row, 0)).transpose()?;
        Ok(self.known.tenants.found(tenant, number.map(Tenant)))
    }

    /// The number to write with. A new tenant is noted in a transaction of its own: its number is its lock, which
    /// has to be known to all who write for it.
    pub(super) async fn to_write(&self, tenant: &TenantContext) -> Result<Tenant, StoreError> {
        let mut link = self.links.lend().await?;
        let noted = async {
            let known = self.to_read(&*link, tenant).await?;
            if known != NOBODY {
                return Ok(known);
            }
            let transaction = link.transaction().await.map_err(StoreError::postgres("beginning a transaction"))?;
            note(&transaction, tenant).await.map_err(StoreError::postgres("noting the tenant"))?;
            transaction.commit().await.map_err(StoreError::postgres("noting the tenant"))?;
            self.to_read(&*link, tenant).await
        }
        .await;
        link.settled(noted)
    }
}

async fn note(transaction: &Transaction<'_>, tenant: &TenantContext) -> Result<(), tokio_postgres::Error> {
    transaction.batch_execute("LOCK TABLE tenant IN EXCLUSIVE MODE").await?;
    let insert = "INSERT INTO tenant (id, name) SELECT coalesce(max(id), 0) + 1, $1 FROM tenant ON CONFLICT DO NOTHING";
    super::sql::execute(transaction, insert, &[&tenant.name()]).await.map(drop)
}

/// The names of all tenants, in byte order.
pub(super) async fn names(client: &impl GenericClient) -> Result<Vec<String>, StoreError> {
    let names = rows(client, "SELECT name FROM tenant ORDER BY name", &[]).await;
    let names = names.map_err(StoreError::postgres("listing tenants"))?;
    names.iter().map(|row| get(row, 0)).collect()
}
