//! Texts that are longer than an index takes: rows hold them abridged, the whole is kept beside the rows.
//!
//! What is kept once stays: rows of earlier versions may come back, and other rows may hold the same text.

use super::sql::execute;
use crate::stores::StoreError;
use crate::stores::packed::{Column, PackedSet};
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::sql::{LONGEST_TEXT, abridged, is_abridged};
use std::collections::BTreeSet;

/// Keeps the whole of the texts that these rows hold abridged, and marks their keys.
pub(super) async fn keep(
    transaction: &Transaction<'_>,
    tenant: Tenant,
    sets: impl Iterator<Item = &PackedSet>,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    let mut long: BTreeSet<&str> = BTreeSet::new();
    for packed in sets.flat_map(|set| set.values()).filter(|packed| packed.longest() > LONGEST_TEXT) {
        for (key, _, columns) in packed.rows() {
            for column in columns {
                if let Column::Text(text) = column
                    && is_abridged(text)
                {
                    long.insert(text);
                    tally.abridge(key);
                }
            }
        }
    }
    if long.is_empty() {
        return Ok(());
    }
    let (forms, long): (Vec<_>, Vec<&str>) = long.into_iter().map(|text| (abridged(text), text)).unzip();
    let insert = "INSERT INTO abridged (tenant, text, whole) SELECT $1, w.text, w.whole \
        FROM unnest($2::text[], $3::text[]) AS w (text, whole) ON CONFLICT DO NOTHING";
    let kept = execute(transaction, insert, &[&tenant.0, &forms, &long]).await;
    kept.map(drop).map_err(StoreError::postgres("keeping long texts"))
}
