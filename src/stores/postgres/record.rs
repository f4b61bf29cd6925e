//! The records of resources: identity, current version, body, history.

use super::commit::Home;
use super::copy::{Field, copy};
use super::sql::execute;
use crate::stores::Change;
use crate::stores::body::packed;
use crate::stores::number::Identity;
use crate::stores::tenants::Tenant;
use crate::stores::version::Item;
use deadpool_postgres::Transaction;
use tokio_postgres::Error;

/// A write with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    pub(super) item: &'a Item,
    pub(super) home: Home,
    pub(super) identity: Identity,
}

impl Placed<'_> {
    fn change(&self) -> Change {
        self.item.result.change
    }

    /// Whether the resource had a version before.
    fn had_version(&self) -> bool {
        self.home.before.is_some()
    }
}

/// Makes the versions of writes the current ones.
pub(super) async fn write(transaction: &Transaction<'_>, tenant: Tenant, placed: &[Placed<'_>]) -> Result<(), Error> {
    let changed: Vec<Placed<'_>> = placed
        .iter()
        .copied()
        .filter(|placed| !matches!(placed.change(), Change::Unchanged | Change::Absent))
        .collect();
    let records = Records { transaction, tenant: tenant.0 };
    let (old, new): (Vec<Placed<'_>>, Vec<Placed<'_>>) = changed.iter().partition(|placed| placed.had_version());
    if !old.is_empty() {
        records.archive(&old).await?;
        records.leave(&old).await?;
        records.update(&old).await?;
        records.drop_bodies(&old).await?;
    }
    if !new.is_empty() {
        records.insert(&new).await?;
    }
    records.bodies(&changed).await?;
    records.enter(&changed).await?;
    records.identify(&changed).await
}

struct Records<'a> {
    transaction: &'a Transaction<'a>,
    tenant: i64,
}

fn ords(placed: &[Placed<'_>]) -> Vec<i64> {
    placed.iter().map(|placed| placed.home.ord).collect()
}

impl Records<'_> {
    async fn insert(&self, new: &[Placed<'_>]) -> Result<(), Error> {
        let statement = "COPY resource (tenant, ord, type, id, version, updated, deleted) FROM STDIN BINARY";
        let row = |Placed { item, home, .. }: &Placed<'_>| {
            let result = &item.result;
            [home.ord, item.ty.0.into(), result.version, result.updated]
        };
        let rows = new.iter().map(|placed| {
            let [ord, ty, version, updated] = row(placed).map(Field::Int);
            [Field::Int(self.tenant), ord, ty, Field::Text(&placed.item.id), version, updated, Field::Int(0)]
        });
        copy(self.transaction, statement, rows).await
    }

    /// Puts the versions that are current until now into the history.
    async fn archive(&self, old: &[Placed<'_>]) -> Result<(), Error> {
        let archive = "INSERT INTO history (tenant, ord, version, updated, method, body) \
            SELECT r.tenant, r.ord, r.version, r.updated, CASE WHEN r.deleted <> 0 THEN 'DELETE' ELSE 'PUT' END, b.body \
            FROM unnest($2::bigint[]) AS w (ord) \
            JOIN LATERAL (SELECT * FROM resource WHERE tenant = $1 AND ord = w.ord OFFSET 0) r ON true \
            LEFT JOIN LATERAL (SELECT body FROM body WHERE tenant = $1 AND ord = w.ord OFFSET 0) b ON true";
        execute(self.transaction, archive, &[&self.tenant, &ords(old)]).await.map(drop)
    }

    /// The versions before no longer count among the live ones.
    async fn leave(&self, old: &[Placed<'_>]) -> Result<(), Error> {
        let leave = "DELETE FROM resource_updated WHERE ctid = ANY(ARRAY(\
            SELECT u.ctid FROM unnest($2::bigint[], $3::bigint[]) AS w (updated, ord) JOIN LATERAL (\
            SELECT ctid FROM resource_updated WHERE tenant = $1 AND updated = w.updated AND ord = w.ord OFFSET 0) u ON true))";
        let before: Vec<Option<i64>> = old.iter().map(|placed| placed.home.before).collect();
        execute(self.transaction, leave, &[&self.tenant, &before, &ords(old)]).await.map(drop)
    }

    async fn update(&self, old: &[Placed<'_>]) -> Result<(), Error> {
        let update = "UPDATE resource r SET version = w.version, updated = w.updated, deleted = w.deleted FROM (\
            SELECT w.*, r.ctid AS place \
            FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS w (ord, version, updated, deleted) \
            JOIN LATERAL (SELECT ctid FROM resource WHERE tenant = $1 AND ord = w.ord OFFSET 0) r ON true) w \
            WHERE r.ctid = w.place";
        let versions: Vec<i64> = old.iter().map(|placed| placed.item.result.version).collect();
        let updated: Vec<i64> = old.iter().map(|placed| placed.item.result.updated).collect();
        let deleted: Vec<i64> = old.iter().map(|placed| (placed.change() == Change::Deleted).into()).collect();
        execute(self.transaction, update, &[&self.tenant, &ords(old), &versions, &updated, &deleted]).await.map(drop)
    }

    /// Bodies that go, or give way to new ones.
    async fn drop_bodies(&self, old: &[Placed<'_>]) -> Result<(), Error> {
        let delete = "DELETE FROM body WHERE tenant = $1 AND ord = ANY($2)";
        execute(self.transaction, delete, &[&self.tenant, &ords(old)]).await.map(drop)
    }

    async fn bodies(&self, changed: &[Placed<'_>]) -> Result<(), Error> {
        let bodies: Vec<(i64, Vec<u8>)> = changed
            .iter()
            .filter_map(|placed| Some((placed.home.ord, packed(placed.item.result.body.as_deref()?))))
            .collect();
        let rows = bodies.iter().map(|(ord, body)| [Field::Int(self.tenant), Field::Int(*ord), Field::Bytes(body)]);
        copy(self.transaction, "COPY body (tenant, ord, body) FROM STDIN BINARY", rows).await
    }

    /// The versions count among the live ones.
    async fn enter(&self, changed: &[Placed<'_>]) -> Result<(), Error> {
        let live = changed.iter().filter(|placed| placed.change() != Change::Deleted);
        let rows = live.map(|placed| [self.tenant, placed.item.result.updated, placed.home.ord].map(Field::Int));
        copy(self.transaction, "COPY resource_updated (tenant, updated, ord) FROM STDIN BINARY", rows).await
    }

    async fn identify(&self, changed: &[Placed<'_>]) -> Result<(), Error> {
        let (unknown, known): (Vec<Placed<'_>>, Vec<Placed<'_>>) =
            changed.iter().partition(|placed| placed.identity == Identity::Unknown);
        let rows = unknown.iter().map(|placed| {
            let [ty, ord] = [i64::from(placed.item.ty.0), placed.home.ord].map(Field::Int);
            [Field::Int(self.tenant), ty, Field::Text(&placed.item.id), ord, Field::Int(1)]
        });
        copy(self.transaction, "COPY resource_id (tenant, type, id, ord, live) FROM STDIN BINARY", rows).await?;
        let known: Vec<Placed<'_>> = known.into_iter().filter(|placed| placed.change() != Change::Updated).collect();
        if known.is_empty() {
            return Ok(());
        }
        let update = "UPDATE resource_id i SET ord = w.ord, live = w.live FROM (SELECT w.*, i.ctid AS place \
            FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS w (type, id, ord, live) \
            JOIN LATERAL (SELECT ctid FROM resource_id WHERE tenant = $1 AND type = w.type AND id = w.id OFFSET 0) i \
            ON true) w WHERE i.ctid = w.place";
        let types: Vec<i64> = known.iter().map(|placed| placed.item.ty.0.into()).collect();
        let ids: Vec<&str> = known.iter().map(|placed| placed.item.id.as_str()).collect();
        let live: Vec<i64> = known.iter().map(|placed| (placed.change() != Change::Deleted).into()).collect();
        execute(self.transaction, update, &[&self.tenant, &types, &ids, &ords(&known), &live]).await.map(drop)
    }
}
