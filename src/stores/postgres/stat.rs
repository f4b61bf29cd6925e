//! Counts in PostgreSQL.

use super::Shared;
use super::sql::{execute, get, row, rows};
use crate::stores::tally::{CHANGES, Tally};
use crate::stores::tenants::Tenant;
use crate::stores::{Statistics, StoreError};
use deadpool_postgres::{GenericClient, Transaction};

/// Writes down how the counts of a tenant have changed.
pub(super) async fn store(tally: &Tally, transaction: &Transaction<'_>, tenant: Tenant) -> Result<(), StoreError> {
    let failed = || StoreError::postgres("keeping counts");
    let marks: Vec<i64> = tally.marks().collect();
    let mark = "INSERT INTO stat (tenant, key, rows) SELECT $1, w.key, 1 FROM unnest($2::bigint[]) AS w (key) \
        ON CONFLICT DO NOTHING";
    let marked = match marks.is_empty() {
        true => 0,
        false => execute(transaction, mark, &[&tenant.0, &marks]).await.map_err(failed())?,
    };
    let (mut keys, mut changes): (Vec<i64>, Vec<i64>) = tally.changes().unzip();
    if keys.is_empty() && marked == 0 {
        return Ok(());
    }
    keys.push(CHANGES);
    changes.push(1);
    let upsert = "INSERT INTO stat (tenant, key, rows) SELECT $1, w.key, w.rows \
        FROM unnest($2::bigint[], $3::bigint[]) AS w (key, rows) \
        ON CONFLICT (tenant, key) DO UPDATE SET rows = stat.rows + excluded.rows";
    let stored = execute(transaction, upsert, &[&tenant.0, &keys, &changes]).await;
    stored.map(drop).map_err(failed())
}

impl Shared {
    /// The counts of a tenant as they are now.
    pub(super) async fn counts(&self, client: &impl GenericClient, tenant: Tenant) -> Result<Statistics, StoreError> {
        let failed = || StoreError::postgres("reading counts");
        let select = "SELECT rows FROM stat WHERE tenant = $1 AND key = $2";
        let now = row(client, select, &[&tenant.0, &CHANGES]).await.map_err(failed())?;
        self.counts_at(client, tenant, now.map(|row| get(&row, 0)).transpose()?.unwrap_or_default()).await
    }

    /// The same, after so many changes.
    pub(super) async fn counts_at(
        &self,
        client: &impl GenericClient,
        tenant: Tenant,
        now: i64,
    ) -> Result<Statistics, StoreError> {
        let failed = || StoreError::postgres("reading counts");
        if let Some(known) = self.known.remembered.at(tenant, now) {
            return Ok(known);
        }
        let read = rows(client, "SELECT key, rows FROM stat WHERE tenant = $1", &[&tenant.0]).await;
        let count = |row| Ok((get(row, 0)?, get(row, 1)?));
        let read = read.map_err(failed())?.iter().map(count).collect::<Result<Vec<_>, StoreError>>()?;
        let read = Statistics::of(read)?;
        self.known.remembered.remember(tenant, now, &read);
        Ok(read)
    }
}
