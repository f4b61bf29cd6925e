//! Counts that the planner asks for: kept with every write, read at once.

use super::tenants::Tenant;
use crate::stores::version::Item;
use crate::stores::{Change, StoreError};
use fhirc_codegen::algebra::{Edge, End};
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use fhirc_codegen::stats::Stats;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How a batch changes the counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) added: u64,
    pub(super) removed: u64,
    counts: BTreeMap<i64, i64>,
}

/// The row that counts the changes of a tenant's counts: who has read the others needs to look at this one only.
const CHANGES: i64 = 0;

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
        for row in item.result.added.values().flatten() {
            *self.counts.entry(i64::from(row.key.0)).or_default() += 1;
            self.added += 1;
        }
        for row in item.result.removed.values().flatten() {
            *self.counts.entry(i64::from(row.key.0)).or_default() -= 1;
            self.removed += 1;
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
            upsert.execute(params![tenant.0, CHANGES, 1])?;
            Ok(())
        };
        store().map_err(StoreError::database("keeping counts"))
    }
}

/// Counts of one tenant, as they were when they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    counts: Arc<BTreeMap<i64, u64>>,
}

/// Counts that were read, by tenant: a search of a few hundredths of a millisecond should not read a thousand of them.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<BTreeMap<i64, Statistics>>);

impl Remembered {
    /// The counts of a tenant as they are now.
    pub(super) fn statistics(&self, connection: &Connection, tenant: Tenant) -> Result<Statistics, StoreError> {
        let changes = changes(connection, tenant).map_err(StoreError::database("reading counts"))?;
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.0).cloned();
        if let Some(known) = known.filter(|known| known.count(CHANGES) == changes) {
            return Ok(known);
        }
        let read = Statistics::read(connection, tenant)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.0, read.clone());
        Ok(read)
    }
}

/// How often the counts of a tenant have changed.
fn changes(connection: &Connection, tenant: Tenant) -> rusqlite::Result<u64> {
    let mut select = connection.prepare_cached("SELECT rows FROM stat WHERE tenant = ? AND key = ?")?;
    let changes = select.query_row(params![tenant.0, CHANGES], |row| row.get::<_, i64>(0)).optional()?;
    Ok(u64::try_from(changes.unwrap_or_default()).unwrap_or_default())
}

impl Statistics {
    fn read(connection: &Connection, tenant: Tenant) -> Result<Statistics, StoreError> {
        let read = || {
            let mut select = connection.prepare_cached("SELECT key, rows FROM stat WHERE tenant = ?")?;
            let counts = select.query_map([tenant.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
            let unsigned = |(key, rows): (i64, i64)| (key, u64::try_from(rows).unwrap_or_default());
            counts.map(|count| count.map(unsigned)).collect::<rusqlite::Result<_>>()
        };
        Ok(Statistics { counts: Arc::new(read().map_err(StoreError::database("reading counts"))?) })
    }

    fn count(&self, key: i64) -> u64 {
        self.counts.get(&key).copied().unwrap_or_default()
    }
}

impl Stats for Statistics {
    fn rows(&self, key: KeyId) -> Option<u64> {
        Some(self.count(i64::from(key.0)))
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        self.count(of_type(ty))
    }

    /// Not known: how many resources stand at an end is not counted.
    fn fan_out(&self, _edge: Edge, _end: End) -> Option<u64> {
        None
    }
}
