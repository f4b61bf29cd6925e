//! Counts that the planner asks for: kept with every write, read at once.

use super::packed::Packed;
use super::tenants::Tenant;
use super::version::Item;
use super::{Change, Statistics, StoreError};
use fhirc_codegen::rows::{KeyId, TypeCode};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How a batch changes the counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) added: u64,
    pub(super) removed: u64,
    counts: BTreeMap<i64, i64>,
    repeated: BTreeSet<KeyId>,
    abridged: BTreeSet<KeyId>,
}

/// The row that counts the changes of a tenant's counts: who has read the others needs to look at this one only.
pub(super) const CHANGES: i64 = 0;

/// Keys of which a resource has, or once had, several rows are marked by a row under their number and this.
pub(super) const REPEATED: i64 = 1 << 32;

/// Keys of which a row is, or once was, abridged are marked by a row under their number and this.
pub(super) const ABRIDGED: i64 = 2 << 32;

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
        self.repeat(&item.result.repeated);
        for rows in item.result.removed.values() {
            self.removed += self.change(rows, -1);
        }
    }

    /// Marks keys of which a resource has several rows.
    pub(super) fn repeat(&mut self, keys: &BTreeSet<KeyId>) {
        self.repeated.extend(keys);
    }

    /// Marks a key of which a row is abridged.
    #[cfg(feature = "postgres")]
    pub(super) fn abridge(&mut self, key: KeyId) {
        self.abridged.insert(key);
    }

    /// Counts rows that come.
    pub(super) fn come(&mut self, rows: &Packed) {
        self.added += self.change(rows, 1);
    }

    /// Counts rows, those of one key together; how many there are.
    fn change(&mut self, rows: &Packed, by: i64) -> u64 {
        let (mut last, mut count) = (KeyId(0), 0);
        for key in rows.keys() {
            if key != last {
                self.count_key(last, count);
                (last, count) = (key, 0);
            }
            count += by;
        }
        self.count_key(last, count);
        rows.len() as u64
    }

    fn count_key(&mut self, key: KeyId, change: i64) {
        if change != 0 {
            *self.counts.entry(i64::from(key.0)).or_default() += change;
        }
    }

    /// The counts that change, in the order of their keys.
    pub(super) fn changes(&self) -> impl Iterator<Item = (i64, i64)> {
        self.counts.iter().filter(|(_, change)| **change != 0).map(|(key, change)| (*key, *change))
    }

    /// The keys of the marks that shall stand.
    pub(super) fn marks(&self) -> impl Iterator<Item = i64> {
        let repeated = self.repeated.iter().map(|key| REPEATED + i64::from(key.0));
        repeated.chain(self.abridged.iter().map(|key| ABRIDGED + i64::from(key.0)))
    }
}

/// Counts that were read, by tenant, with the number of changes then: a search of a tenth of a millisecond should not
/// read a thousand counts.
#[derive(Debug, Default)]
pub(super) struct Remembered(Mutex<BTreeMap<i64, (i64, Statistics)>>);

impl Remembered {
    /// The counts of a tenant, if they are those after so many changes.
    pub(super) fn at(&self, tenant: Tenant, changes: i64) -> Option<Statistics> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.0).cloned();
        known.filter(|(then, _)| *then == changes).map(|(_, statistics)| statistics)
    }

    /// The counts of a tenant that were read last, and the number of changes then.
    #[cfg(feature = "postgres")]
    pub(super) fn last(&self, tenant: Tenant) -> Option<(i64, Statistics)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant.0).cloned()
    }

    /// Forgets all, to read it again.
    #[cfg(feature = "postgres")]
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Remembers counts. Changes that came in since the number of changes was read only make the next search read again.
    pub(super) fn remember(&self, tenant: Tenant, changes: i64, statistics: &Statistics) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.0, (changes, statistics.clone()));
    }
}

impl Statistics {
    /// Counts as they are kept, by key.
    ///
    /// # Errors
    /// A key that nobody counts under.
    pub(super) fn of(counts: impl IntoIterator<Item = (i64, i64)>) -> Result<Statistics, StoreError> {
        let (mut resources, mut rows) = (BTreeMap::new(), BTreeMap::new());
        let (mut repeated, mut abridged) = (BTreeSet::new(), BTreeSet::new());
        for (key, count) in counts {
            if key == CHANGES {
                continue;
            }
            let count = u64::try_from(count).unwrap_or_default();
            if let Ok(ty) = u8::try_from(key.saturating_neg()) {
                resources.insert(TypeCode(ty), count);
                continue;
            }
            match [0, REPEATED, ABRIDGED].map(|mark| u32::try_from(key.saturating_sub(mark))) {
                [Ok(key), ..] => drop(rows.insert(KeyId(key), count)),
                [_, Ok(key), _] => drop(repeated.insert(KeyId(key))),
                [.., Ok(key)] => drop(abridged.insert(KeyId(key))),
                _ => return Err(StoreError::Corrupt { what: format!("counts of a key {key}") }),
            }
        }
        Ok(Statistics {
            resources: Arc::new(resources),
            rows: Some(Arc::new(rows)),
            repeated: Some(Arc::new(repeated)),
            abridged: Arc::new(abridged),
        })
    }
}
