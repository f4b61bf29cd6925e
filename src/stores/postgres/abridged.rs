//! Texts that are longer than an index takes: rows hold them abridged, the whole is kept beside the rows, once for each
//! tenant, and goes with the last row that holds it.
//!
//! How many rows that are is counted with every write, under the lock of the tenant: nobody else brings a row of a text
//! whose last one goes. Who reads at that time sees both, or neither.

use super::sql::execute;
use crate::stores::StoreError;
use crate::stores::packed::{Column, PackedSet};
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::rows::KeyId;
use fhirc_codegen::sql::{LONGEST_TEXT, abridged, is_abridged};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tokio_postgres::Error;

/// How many rows more hold a text.
type Uses<'t> = BTreeMap<&'t str, i64>;

/// Keeps the whole of the texts that the rows that come hold abridged, marks their keys, and drops what only the rows
/// that go have held.
pub(super) async fn keep<'p>(
    transaction: &Transaction<'_>,
    tenant: Tenant,
    (added, removed): (impl Iterator<Item = &'p PackedSet>, impl Iterator<Item = &'p PackedSet>),
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let mut uses = Uses::new();
    for (key, text) in added.flat_map(long) {
        *uses.entry(text).or_default() += 1;
        tally.abridge(key);
    }
    for (_, text) in removed.flat_map(long) {
        *uses.entry(text).or_default() -= 1;
    }
    let kept = async {
        more(transaction, tenant, uses.iter().filter(|(_, uses)| **uses > 0)).await?;
        let fewer = uses.iter().filter(|(_, uses)| **uses < 0);
        fewer_of(transaction, tenant, fewer.map(|(text, uses)| (abridged(text), *uses))).await
    };
    kept.await.map_err(StoreError::postgres("keeping long texts"))
}

/// The texts of rows that are abridged, each as often as it stands there.
fn long(set: &PackedSet) -> impl Iterator<Item = (KeyId, &str)> {
    let some = set.values().filter(|packed| packed.longest() > LONGEST_TEXT);
    some.flat_map(|packed| packed.rows()).flat_map(|(key, _, columns)| {
        columns.filter_map(move |column| match column {
            Column::Text(text) if is_abridged(text) => Some((key, text)),
            _ => None,
        })
    })
}

async fn more<'u>(
    transaction: &Transaction<'_>,
    tenant: Tenant,
    of: impl Iterator<Item = (&'u &'u str, &'u i64)>,
) -> Result<(), Error> {
    let (texts, uses): (Vec<&str>, Vec<i64>) = of.unzip();
    if texts.is_empty() {
        return Ok(());
    }
    let forms: Vec<Cow<'_, str>> = texts.iter().map(|text| abridged(text)).collect();
    let insert = "INSERT INTO abridged (tenant, text, whole, uses) SELECT $1, w.text, w.whole, w.uses \
        FROM unnest($2::text[], $3::text[], $4::bigint[]) AS w (text, whole, uses) \
        ON CONFLICT (tenant, text) DO UPDATE SET uses = abridged.uses + excluded.uses";
    execute(transaction, insert, &[&tenant.0, &forms, &texts, &uses]).await.map(drop)
}

/// Notes that fewer rows hold texts, which are given in the form that rows hold.
pub(super) async fn fewer_of<'f>(
    transaction: &Transaction<'_>,
    tenant: Tenant,
    of: impl Iterator<Item = (Cow<'f, str>, i64)>,
) -> Result<(), Error> {
    let (forms, uses): (Vec<Cow<'_, str>>, Vec<i64>) = of.unzip();
    if forms.is_empty() {
        return Ok(());
    }
    let update = "UPDATE abridged a SET uses = a.uses + w.uses FROM (SELECT w.uses, a.ctid AS place \
        FROM unnest($2::text[], $3::bigint[]) AS w (text, uses) \
        JOIN LATERAL (SELECT ctid FROM abridged WHERE tenant = $1 AND text = w.text OFFSET 0) a ON true) w \
        WHERE a.ctid = w.place";
    execute(transaction, update, &[&tenant.0, &forms, &uses]).await?;
    let delete = "DELETE FROM abridged WHERE tenant = $1 AND text = ANY($2) AND uses <= 0";
    execute(transaction, delete, &[&tenant.0, &forms]).await.map(drop)
}
