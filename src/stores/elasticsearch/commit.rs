//! Writing a batch: a request with a document per resource, of which each is written or not by its version.

use super::Shared;
use super::bulk::{Bulk, DOING, Deed, Fate, Same, partly};
use super::current::Depth;
use super::document::{Document, Record, name};
use super::fault::Said;
use super::inner::identity;
use super::place::Refresh;
use crate::stores::definitions::Definitions;
use crate::stores::number::next_ord;
use crate::stores::packed::{Packed, PackedSet};
use crate::stores::tenants::Tenant;
use crate::stores::version::{Item, Keeps, Owner};
use crate::stores::{Batch, Change, Committed, StoreError, WriteOutcome};
use fhirc_codegen::ord::first_ord;
use fhirc_codegen::rows::TypeCode;
use std::collections::{BTreeMap, BTreeSet};

/// How often a resource is thought through again that others are writing too.
const ATTEMPTS: usize = 50;

/// What became of a write, and how many rows it has; or why the server does not take it.
type Told = Result<(WriteOutcome, u64), Said>;

/// A write, and what is there.
struct Placed<'i> {
    item: &'i mut Item,
    /// Nothing was there.
    known: Option<Record>,
    ord: i64,
}

impl Shared {
    /// Writes batches of one tenant in which every resource stands once, with what becomes of each. Each resource is
    /// written or not; where this fails, some may be written. `again`: they were tried before, with others.
    pub(super) async fn commit(&self, batches: &mut [&mut Batch], again: bool) -> Result<Vec<Committed>, StoreError> {
        let Some(tenant) = batches.first().map(|batch| batch.tenant.clone()) else { return Ok(Vec::new()) };
        let tenant = self.to_write(&tenant).await?;
        let mut all: Vec<Committed> = batches.iter().map(|_| Committed::default()).collect();
        // The oldest definitions that any of them was thought through under.
        let epoch = batches.iter().map(|batch| batch.epoch).min().unwrap_or_default();
        let most = batches.iter().map(|batch| batch.runs.len()).max().unwrap_or_default();
        for n in 0..most {
            let runs = batches.iter_mut().map(|batch| batch.runs.get_mut(n).map_or(&mut [][..], Vec::as_mut_slice));
            let (mut items, mut ends) = (Vec::new(), Vec::new());
            for run in runs {
                items.extend(run);
                ends.push(items.len());
            }
            let outcomes = self.run(tenant, &mut items, (again, epoch)).await;
            // What came before is written.
            let told = outcomes.map_err(|error| if n > 0 { partly(error) } else { error })?;
            if told.iter().any(Result::is_err) {
                // Who writes something twice writes alone: what was written before is of one batch.
                let before = all.into_iter().flat_map(|committed| committed.outcomes).map(Some);
                let outcomes = before.chain(told.iter().map(|told| told.as_ref().ok().map(|(outcome, _)| *outcome)));
                let len = batches.iter().map(|batch| batch.len()).sum();
                return Err(in_part(outcomes.collect(), len, told));
            }
            let mut outcomes = told.into_iter().flatten();
            let mut start = 0;
            for (committed, end) in all.iter_mut().zip(ends) {
                for (outcome, added) in outcomes.by_ref().take(end - start) {
                    committed.outcomes.push(outcome);
                    committed.rows_added += added;
                }
                start = end;
            }
        }
        Ok(all)
    }

    /// Writes a run, in which every resource stands once, and which was thought through under definitions of an epoch.
    async fn run(
        &self,
        tenant: Tenant,
        items: &mut [&mut Item],
        (mut again, mut epoch): (bool, u32),
    ) -> Result<Vec<Told>, StoreError> {
        let mut outcomes: Vec<Option<Told>> = vec![None; items.len()];
        // Those that somebody else was faster with come again, when others are written.
        for attempt in 0..ATTEMPTS {
            let failed = |error| if attempt > 0 { partly(error) } else { error };
            let definitions = self.held.get();
            let outdated = std::mem::replace(&mut epoch, definitions.registry.epoch()) != epoch;
            let (mut places, mut rest) = (Vec::new(), Vec::new());
            for (n, (item, outcome)) in items.iter_mut().zip(&outcomes).enumerate() {
                if outcome.is_none() {
                    places.push(n);
                    rest.push(&mut **item);
                }
            }
            if rest.is_empty() {
                return Ok(outcomes.into_iter().flatten().collect());
            }
            let mut placed = self.known(tenant, rest, again).await.map_err(failed)?;
            let ours = self.rebase(tenant, &mut placed, (&definitions, outdated)).await.map_err(failed)?;
            self.number(tenant, &mut placed).await.map_err(failed)?;
            let fates = self.write(tenant, &placed, (&ours, &definitions)).await.map_err(failed)?;
            if fates.contains(&Fate::Fenced) {
                self.catch_up(tenant, epoch).await.map_err(failed)?;
            }
            for ((n, placed), fate) in places.into_iter().zip(&placed).zip(fates) {
                let told = match fate {
                    Fate::Done => Ok(placed.outcome()),
                    Fate::Refused(said) => Err(said),
                    Fate::Overtaken | Fate::Fenced => continue,
                };
                if let Some(place) = outcomes.get_mut(n) {
                    *place = Some(told);
                }
            }
            again = true;
        }
        Err(StoreError::Busy)
    }

    /// What is there of each.
    async fn known<'i>(
        &self,
        tenant: Tenant,
        items: Vec<&'i mut Item>,
        again: bool,
    ) -> Result<Vec<Placed<'i>>, StoreError> {
        let identities: Vec<(TypeCode, &str)> = items.iter().map(|item| item.identity()).collect();
        let depth = if again { Depth::Body } else { Depth::Record };
        let known = self.records(tenant, &identities, depth).await?;
        let place = |(item, known): (&'i mut Item, Option<Record>)| {
            let ord = known.as_ref().map_or(0, |known| known.ord);
            Placed { item, known, ord }
        };
        Ok(items.into_iter().zip(known).map(place).collect())
    }

    /// Thinks those through again that somebody else has written since, or all of them, if they are outdated: they were
    /// thought through under other definitions. Tells which are there already as they would be written: an answer was lost
    /// on the way.
    async fn rebase(
        &self,
        tenant: Tenant,
        placed: &mut [Placed<'_>],
        (definitions, outdated): (&Definitions, bool),
    ) -> Result<Vec<bool>, StoreError> {
        let ours = |placed: &Placed<'_>| {
            let of = |known: &Record| {
                let result = &placed.item.result;
                // A deletion has no body, and nor has what was read without: only its identity tells.
                known.version == result.version
                    && known.rid.is_some() == result.body.is_some()
                    && known.body.as_deref() == result.body.as_deref()
            };
            placed.item.is_change() && placed.known.as_ref().is_some_and(of)
        };
        let is_ours: Vec<bool> = placed.iter().map(ours).collect();
        let version = |placed: &Placed<'_>| placed.known.as_ref().map(|known| known.version);
        let mut stale: Vec<&mut Placed<'_>> = placed
            .iter_mut()
            .zip(&is_ours)
            .filter(|(placed, ours)| !**ours && (outdated || placed.item.base != version(placed)))
            .map(|(placed, _)| placed)
            .collect();
        if stale.is_empty() {
            return Ok(is_ours);
        }
        let identities: Vec<(TypeCode, &str)> = stale.iter().map(|placed| placed.item.identity()).collect();
        let records = self.records(tenant, &identities, Depth::Body).await?;
        definitions.versioning_for(Keeps::Documents, &self.zone, self.clock.now(), |with| {
            stale.iter_mut().zip(records).try_for_each(|(placed, record)| {
                placed.known.clone_from(&record);
                placed.ord = record.as_ref().map_or(0, |record| record.ord);
                placed.item.rebase(record.map(Record::current).as_ref(), with)
            })
        })?;
        Ok(is_ours)
    }

    /// Gives numbers to those that are new, in their order.
    async fn number(&self, tenant: Tenant, placed: &mut [Placed<'_>]) -> Result<(), StoreError> {
        let mut new: BTreeMap<TypeCode, Vec<&mut Placed<'_>>> = BTreeMap::new();
        for placed in placed.iter_mut().filter(|placed| placed.known.is_none() && placed.item.is_change()) {
            new.entry(placed.item.ty).or_default().push(placed);
        }
        for (ty, new) in new {
            let counter = format!("{}-{}", tenant.0, ty.0);
            let first = self.notes.take(&self.link, &counter, first_ord(ty), count(new.len())).await?;
            // The last one must be a number of the type as well.
            next_ord(ty, Some(first + count(new.len()) - 2))?;
            (first..).zip(new).for_each(|(ord, placed)| placed.ord = ord);
        }
        Ok(())
    }

    /// Writes what is not there, the resources behind those that they contain: a resource that was acknowledged is whole.
    async fn write(
        &self,
        tenant: Tenant,
        placed: &[Placed<'_>],
        (ours, definitions): (&[bool], &Definitions),
    ) -> Result<Vec<Fate>, StoreError> {
        let changed = || {
            let all = placed.iter().zip(ours).enumerate();
            all.filter(|(_, (placed, ours))| !**ours && placed.item.is_change()).map(|(n, (placed, _))| (n, placed))
        };
        let (added, removed): (Vec<_>, Vec<_>) =
            changed().map(|(_, placed)| (&placed.item.result.added, &placed.item.result.removed)).unzip();
        let numbers = self.inner_numbers(tenant, (contained_by(added), contained_by(removed))).await?;
        let (mut inner, mut containers) = (Bulk::new(), Vec::new());
        for (n, placed) in changed() {
            self.contained(tenant, placed.item, (&numbers, definitions), &mut inner)?;
            containers.resize(inner.len(), n);
        }
        // One waits for the other, so that a search meets both at once, or nearly: see `ARCHITECTURE.md`.
        let mut aliases: BTreeSet<String> = inner.aliases().map(str::to_owned).collect();
        let refresh = if aliases.is_empty() { self.refresh } else { Refresh::Later };
        // Of those that are there in a later version, the resource is too. In the same version they may have come from a
        // write that ended before its resource was written.
        let mut told: BTreeMap<usize, Fate> = BTreeMap::new();
        for (n, fate) in containers.into_iter().zip(self.bulk(tenant, inner, refresh).await?) {
            if let Fate::Refused(_) | Fate::Fenced = fate {
                told.entry(n).or_insert(fate);
            }
        }
        let (mut own, mut places) = (Bulk::new(), Vec::new());
        for (n, placed) in changed().filter(|(n, _)| !told.contains_key(n)) {
            own.push(self.own(tenant, placed, definitions)?);
            places.push(n);
        }
        if !aliases.is_empty() {
            aliases.extend(own.aliases().map(str::to_owned));
        }
        let written = places.into_iter().zip(self.bulk(tenant, own, refresh).await?);
        if self.refresh != Refresh::Later {
            self.refresh(&aliases).await.map_err(partly)?;
        }
        told.extend(written);
        Ok((0..placed.len()).map(|n| told.get(&n).cloned().unwrap_or(Fate::Done)).collect())
    }

    /// The document of a resource.
    fn own(
        &self,
        tenant: Tenant,
        Placed { item, ord, .. }: &Placed<'_>,
        definitions: &Definitions,
    ) -> Result<Deed, StoreError> {
        let result = &item.result;
        let record = Record::new(tenant, item.ty, &item.id, *ord);
        let record = Record { version: result.version, updated: Some(result.updated), ..record };
        let record = match &result.body {
            Some(body) => Record { ty: Some(item.ty.0), body: Some(body.to_string()), ..record.live() },
            None => record,
        };
        let rows = result.added.iter().find(|(owner, _)| *owner == Owner::Itself).map(|(_, rows)| rows);
        self.deed((tenant, definitions), (&item.id, record), rows, Same::Kept)
    }

    /// Writes the document of a resource, with rows that were made under these definitions.
    pub(super) fn deed(
        &self,
        (tenant, definitions): (Tenant, &Definitions),
        (id, record): (&str, Record),
        rows: Option<&Packed>,
        same: Same,
    ) -> Result<Deed, StoreError> {
        let registry = &definitions.registry;
        let alias = self.indexes.alias(tenant, TypeCode(record.code), registry);
        let name = name(tenant, id)?;
        Deed::index(alias, name, &Document::new(record, rows, registry)?, same)
    }
}

/// The resources that others contain, of which these are rows.
fn contained_by(sets: Vec<&PackedSet>) -> Vec<(TypeCode, &str)> {
    sets.into_iter().flat_map(PackedSet::owners).filter_map(identity).collect()
}

/// What is told of a batch of which the server does not take all.
fn in_part(mut outcomes: Vec<Option<WriteOutcome>>, len: usize, told: Vec<Told>) -> StoreError {
    let source = told.into_iter().find_map(Result::err).map_or(StoreError::Closed, |said| said.failed(DOING));
    let position = outcomes.iter().position(Option::is_none).unwrap_or_default();
    outcomes.resize(len, None);
    if outcomes.iter().all(Option::is_none) {
        return source;
    }
    StoreError::InPart { outcomes, position, source: Box::new(source) }
}

impl Placed<'_> {
    /// What became of it, when it is written, and how many rows it has.
    fn outcome(&self) -> (WriteOutcome, u64) {
        let result = &self.item.result;
        let added = result.added.values().map(|rows| rows.len() as u64).sum();
        (WriteOutcome { change: result.change, ord: self.ord, version: result.version }, added)
    }
}

impl Item {
    /// Whether anything is to be written.
    fn is_change(&self) -> bool {
        match self.result.change {
            Change::Created | Change::Updated | Change::Deleted => true,
            Change::Unchanged | Change::Absent => false,
        }
    }
}

fn count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}
