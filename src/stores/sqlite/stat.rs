//! Counts that the planner asks for: kept with every write, read at once.

use super::tenants::Tenant;
use crate::stores::version::Item;
use crate::stores::{Change, Statistics, StoreError};
use fhirc_codegen::rows::{KeyId, Row, TypeCode};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// How a batch changes the counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) added: u64,
    pub(super) removed: u64,
    counts: BTreeMap<i64, i64>,
}

/// Live resources of a type are counted under the negative number of the type; keys are positive.
fn of_type(ty: TypeCode) -> i64 {
    -i64::from(ty.0)
}

impl Tally {
    pub(super) fn count(&mut self, item: &Item) {
        match item.result.change {
            Change::Created => *self.counts.entry(of_type(item.ty)).or_default() += 1,
            Change::Deleted => *self.counts.entry(of_type(item.ty)).or_default() -= 1,
            Change::Updated | Change::Unchanged | Change::Absent => {}
        }
        item.result.added.values().for_each(|rows| self.come(rows));
        for row in item.result.removed.values().flatten() {
            *self.counts.entry(i64::from(row.key.0)).or_default() -= 1;
            self.removed += 1;
        }
    }

    /// Counts rows that come.
    pub(super) fn come(&mut self, rows: &[Row]) {
        for row in rows {
            *self.counts.entry(i64::from(row.key.0)).or_default() += 1;
            self.added += 1;
        }
    }

    pub(super) fn store(&self, connection: &Connection, tenant: Tenant) -> Result<(), StoreError> {
        let store = || {
            let mut upsert = connection.prepare_cached(
                "INSERT INTO stat (tenant, key, rows) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (tenant, key) DO UPDATE SET rows = rows + excluded.rows",
            )?;
            for (key, change) in self.counts.iter().filter(|(_, change)| **change != 0) {
                upsert.execute(params![tenant.0, key, change])?;
            }
            Ok(())
        };
        store().map_err(StoreError::database("keeping counts"))
    }
}

impl Statistics {
    pub(super) fn read(connection: &Connection, tenant: Tenant) -> Result<Statistics, StoreError> {
        let read = || {
            let mut select = connection.prepare_cached("SELECT key, rows FROM stat WHERE tenant = ?")?;
            let counts = select.query_map([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            counts.collect::<rusqlite::Result<Vec<(i64, i64)>>>()
        };
        let (mut resources, mut rows) = (BTreeMap::new(), BTreeMap::new());
        for (key, count) in read().map_err(StoreError::database("reading counts"))? {
            let count = u64::try_from(count).unwrap_or_default();
            match (u8::try_from(key.saturating_neg()), u32::try_from(key)) {
                (Ok(ty), _) => drop(resources.insert(TypeCode(ty), count)),
                (_, Ok(key)) => drop(rows.insert(KeyId(key), count)),
                _ => return Err(StoreError::Corrupt { what: format!("counts of a key {key}") }),
            }
        }
        Ok(Statistics { resources, rows: Some(rows) })
    }
}
