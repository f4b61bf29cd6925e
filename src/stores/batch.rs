//! Batches: writes thought through together, to be written in one transaction.

use super::version::{Current, Item, VersionError, Versioning, WriteWarning};
use super::{StoreError, Write, WriteOutcome};
use crate::parallel;
use crate::tenant::TenantContext;
use fhirc_codegen::rows::TypeCode;
use std::collections::{HashMap, HashSet};

/// Writes whose versions and index rows are made, and that are not written yet. Written in one transaction.
#[derive(Debug)]
pub struct Batch {
    pub(crate) tenant: TenantContext,
    /// The definitions that rows were extracted under.
    pub(crate) epoch: u32,
    /// Runs of writes that each name a resource once; a second write of it stands in a later run.
    pub(crate) runs: Vec<Vec<Item>>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Committed {
    /// One per write, in their order.
    pub outcomes: Vec<WriteOutcome>,
    /// Index rows that came.
    pub rows_added: u64,
    /// Index rows that went.
    pub rows_removed: u64,
}

type Identity = (TypeCode, String);

impl Batch {
    /// Makes the versions of all writes, on all cores. `current` holds what the store has, per write.
    pub(crate) fn new(
        (tenant, epoch): (TenantContext, u32),
        writes: Vec<Write>,
        current: Vec<Option<Current>>,
        with: &Versioning<'_>,
    ) -> Result<Batch, StoreError> {
        let mut pending: HashMap<Identity, Option<Current>> = HashMap::new();
        let mut runs = Vec::new();
        let mut position = 0;
        let again = repeated(&writes);
        for run in split(writes, current) {
            let start = position;
            position += run.len();
            let resume = |(write, stored): (Write, Option<Current>)| {
                let (ty, id) = write.identity();
                let earlier = pending.get(&(ty, id.to_owned())).cloned();
                (write, earlier.unwrap_or(stored))
            };
            let run: Vec<_> = if again.is_empty() { run } else { run.into_iter().map(resume).collect() };
            let made = parallel::map(run, |(write, current)| {
                let item = Item::new(write, current.as_ref(), with)?;
                let after = again.contains(&(item.ty, item.id.clone())).then(|| item.after(current.as_ref()));
                Ok((item, after))
            });
            let mut items = Vec::with_capacity(made.len());
            for (offset, made) in made.into_iter().enumerate() {
                let (item, after) = made.map_err(|error| refused(start + offset, error))?;
                if let Some(after) = after {
                    pending.insert((item.ty, item.id.clone()), after);
                }
                items.push(item);
            }
            runs.push(items);
        }
        Ok(Batch { tenant, epoch, runs })
    }

    /// How many writes it has.
    pub fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory, about.
    pub fn size(&self) -> usize {
        self.runs.iter().flatten().map(Item::size).sum()
    }

    /// Takes the writes of another batch of the same tenant behind its own, to be written in one transaction.
    pub(crate) fn append(&mut self, other: Batch) {
        // Rows that were made under older definitions are made again, all of them: it is rare.
        self.epoch = self.epoch.min(other.epoch);
        let mut runs = other.runs.into_iter();
        if let (Some(last), Some(mut next)) = (self.runs.last_mut(), runs.next()) {
            let seen: HashSet<(TypeCode, &str)> = last.iter().map(Item::identity).collect();
            if next.iter().all(|item| !seen.contains(&item.identity())) {
                last.append(&mut next);
            } else {
                self.runs.push(next);
            }
        }
        self.runs.extend(runs);
    }

    /// What extraction noticed, with the position of the write in the batch.
    pub fn warnings(&self) -> impl Iterator<Item = (usize, &WriteWarning)> {
        let items = self.runs.iter().flatten().enumerate();
        items.flat_map(|(position, item)| item.result.warnings.iter().map(move |warning| (position, warning)))
    }
}

fn refused(position: usize, error: VersionError) -> StoreError {
    match error {
        VersionError::Meta(why) => StoreError::Invalid { position, why },
        VersionError::StoredBody => StoreError::Corrupt { what: format!("the body that write {position} replaces") },
        VersionError::TooLong => StoreError::Limit { what: "the index rows of one resource are longer than 4 GiB" },
    }
}

/// The error of a write that is thought through again.
impl From<VersionError> for StoreError {
    fn from(error: VersionError) -> StoreError {
        refused(0, error)
    }
}

/// Identities that the batch writes more than once.
fn repeated(writes: &[Write]) -> HashSet<Identity> {
    let mut seen = HashSet::with_capacity(writes.len());
    let again = writes.iter().map(Write::identity).filter(|identity| !seen.insert(*identity));
    again.map(|(ty, id)| (ty, id.to_owned())).collect()
}

/// Cuts the writes where an identity comes again.
fn split(writes: Vec<Write>, current: Vec<Option<Current>>) -> Vec<Vec<(Write, Option<Current>)>> {
    let mut runs = Vec::new();
    let mut run: Vec<(Write, Option<Current>)> = Vec::new();
    let mut seen: HashSet<Identity> = HashSet::new();
    for pair in writes.into_iter().zip(current) {
        let (ty, id) = pair.0.identity();
        let identity = (ty, id.to_owned());
        if seen.contains(&identity) {
            runs.push(std::mem::take(&mut run));
            seen.clear();
        }
        seen.insert(identity);
        run.push(pair);
    }
    runs.push(run);
    runs
}
