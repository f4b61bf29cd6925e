//! Writing a batch in one transaction.

use super::build::Spans;
use super::current::{Base, bases, current};
use super::lock::{self, Hold};
use super::number::Numbers;
use super::record::{self, Placed};
use super::rows::{delete_all, insert_all};
use super::stub::renumber;
use super::{Shared, abridged, stat};
use crate::stores::definitions::Definitions;
use crate::stores::layout::Layout;
use crate::stores::number::Identity;
use crate::stores::packed::PackedSet;
use crate::stores::rows::Tables;
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use crate::stores::version::Item;
use crate::stores::{Batch, Change, Committed, StoreError, WriteOutcome};
use deadpool_postgres::Transaction;
use tokio_postgres::error::{DbError, Severity};

/// Where a write goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    pub(super) ord: i64,
    /// When the version before was made, if there is one.
    pub(super) before: Option<i64>,
}

/// Code systems that were numbered, to be remembered when the transaction has come about.
pub(super) type Fresh = Vec<(String, i64)>;

/// Why a transaction does not come about.
enum Stop {
    /// Rows are taken out that only whole tables tell.
    WithoutIndexes,
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(failed: StoreError) -> Stop {
        Stop::Failed(failed)
    }
}

/// Writes batches of one tenant in a transaction: all or none. `again`: a transaction that they were written in before
/// did not come about.
pub(super) async fn commit(
    shared: &Shared,
    batches: &mut [&mut Batch],
    again: bool,
) -> Result<Vec<Committed>, StoreError> {
    let mut again = again;
    loop {
        match attempt(shared, batches, again).await {
            Ok(committed) => return Ok(committed),
            Err(Stop::Failed(failed)) => return Err(failed),
            Err(Stop::WithoutIndexes) => shared.make_indexes().await?,
        }
        again = true;
    }
}

async fn attempt(shared: &Shared, batches: &mut [&mut Batch], again: bool) -> Result<Vec<Committed>, Stop> {
    let Some(tenant) = batches.first().map(|batch| batch.tenant.clone()) else { return Ok(Vec::new()) };
    let tenant = shared.to_write(&tenant).await?;
    let mut link = shared.links.lend().await?;
    let written = async {
        let transaction = link.transaction().await.map_err(StoreError::postgres("beginning a transaction"))?;
        unhurried(&transaction).await?;
        lock::definitions(&transaction, Hold::Shared).await?;
        lock::tenant(&transaction, tenant).await?;
        let definitions = shared.definitions(&transaction).await?;
        let to = To { transaction: &transaction, shared, definitions: &definitions, tenant };
        let (mut all, mut fresh) = (Vec::with_capacity(batches.len()), Fresh::new());
        for batch in batches {
            all.push(to.batch(batch, again, &mut fresh).await?);
        }
        transaction.commit().await.map_err(uncertain)?;
        shared.known.systems.remember(fresh);
        Ok::<_, Stop>(all)
    }
    .await;
    let written = match written {
        Err(Stop::WithoutIndexes) => {
            link.settled(Ok(()))?;
            return Err(Stop::WithoutIndexes);
        }
        Err(Stop::Failed(failed)) => Err(failed),
        Ok(written) => Ok(written),
    };
    if matches!(written, Err(StoreError::Lost { .. } | StoreError::Uncertain)) {
        shared.known.forget();
    }
    link.settled(written).map_err(Stop::Failed)
}

/// Writing is not bound in time: what a reader waits for has no meaning there.
pub(super) async fn unhurried(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let set = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
               SET LOCAL idle_in_transaction_session_timeout = 0";
    transaction.batch_execute(set).await.map_err(StoreError::postgres("beginning a transaction"))
}

/// Only a server that goes on and says that it refuses has certainly not committed. What breaks, or ends the server,
/// leaves it open.
pub(super) fn uncertain(error: tokio_postgres::Error) -> StoreError {
    let refuses = |said: &DbError| {
        let code = said.code().code();
        let connection = code.starts_with("08") || code.starts_with("57P") || code == "40003";
        said.parsed_severity() == Some(Severity::Error) && !connection
    };
    match error.as_db_error().is_some_and(refuses) {
        true => StoreError::postgres("committing")(error),
        false => StoreError::Uncertain,
    }
}

/// Where a batch is written to.
struct To<'t> {
    transaction: &'t Transaction<'t>,
    shared: &'t Shared,
    definitions: &'t Definitions,
    tenant: Tenant,
}

impl To<'_> {
    async fn batch(&self, batch: &mut Batch, again: bool, fresh: &mut Fresh) -> Result<Committed, Stop> {
        let mut committed = Committed::default();
        let outdated = again || batch.epoch != self.definitions.registry.epoch();
        for run in &mut batch.runs {
            self.run(run, outdated, &mut committed, fresh).await?;
        }
        Ok(committed)
    }

    /// Writes a run, in which every resource stands once. `outdated`: its rows were made under other definitions, or
    /// may have been cut to a build that is further now.
    async fn run(
        &self,
        items: &mut [Item],
        outdated: bool,
        committed: &mut Committed,
        fresh: &mut Fresh,
    ) -> Result<(), Stop> {
        let &To { transaction, shared, definitions, tenant } = self;
        let known = bases(transaction, tenant, items.iter().map(Item::identity)).await?;
        self.rebase(items, &known, outdated).await?;
        let takes_out = items.iter().any(|item| item.result.removed.values().any(|rows| rows.len() > 0));
        if takes_out && !shared.has_indexes(transaction).await? {
            return Err(Stop::WithoutIndexes);
        }
        let spans = Spans::read(transaction, definitions, tenant.0).await?;
        for (item, base) in items.iter_mut().zip(&known) {
            // A resource that is created now lies behind all spans.
            if let Identity::Known(ord) = base.identity {
                definitions.without(&mut item.result, &spans.lacking(item.ty, ord));
            }
        }
        let items = &*items;
        let mut numbers = Numbers::new(transaction, &shared.known.systems, tenant);
        let placed = self.place(items, &known, &mut numbers).await?;
        let mut sets: Vec<&PackedSet> = placed.iter().map(|placed| &placed.item.result.added).collect();
        sets.extend(placed.iter().map(|placed| &placed.item.result.removed));
        numbers.provide(&sets).await?;
        write_rows((transaction, tenant), &shared.layout, &placed, &mut numbers).await?;
        record::write(transaction, tenant, &placed).await.map_err(StoreError::postgres("writing resources"))?;
        let mut tally = Tally::default();
        let added = placed.iter().map(|placed| &placed.item.result.added);
        let removed = placed.iter().map(|placed| &placed.item.result.removed);
        abridged::keep(transaction, tenant, (added, removed), &mut tally).await?;
        for Placed { item, home, .. } in &placed {
            tally.count(item);
            let outcome = WriteOutcome { change: item.result.change, ord: home.ord, version: item.result.version };
            committed.outcomes.push(outcome);
        }
        committed.rows_added += tally.added;
        committed.rows_removed += tally.removed;
        fresh.append(&mut numbers.fresh);
        Ok(stat::store(&tally, transaction, tenant).await?)
    }

    /// Thinks those through again that somebody else has written since the batch was thought through.
    async fn rebase(&self, items: &mut [Item], known: &[Base], outdated: bool) -> Result<(), StoreError> {
        let &To { transaction, shared, definitions, tenant } = self;
        let mut stale: Vec<&mut Item> = items
            .iter_mut()
            .zip(known)
            .filter(|(item, base)| outdated || item.base != base.version)
            .map(|(item, _)| item)
            .collect();
        if stale.is_empty() {
            return Ok(());
        }
        let current = current(transaction, tenant, stale.iter().map(|item| item.identity())).await?;
        definitions.versioning(&shared.zone, shared.clock.now(), |with| {
            let mut pairs = stale.iter_mut().zip(&current);
            pairs.try_for_each(|(item, current)| item.rebase(current.as_ref(), with))
        })?;
        Ok(())
    }

    /// Gives each resource its number.
    async fn place<'a>(
        &self,
        items: &'a [Item],
        known: &[Base],
        numbers: &mut Numbers<'a, '_>,
    ) -> Result<Vec<Placed<'a>>, StoreError> {
        let is_new = |item: &Item, base: &Base| {
            !matches!(base.identity, Identity::Known(_)) && item.result.change != Change::Absent
        };
        let pairs = || items.iter().zip(known);
        let new: Vec<_> = pairs().filter(|(item, base)| is_new(item, base)).map(|(item, _)| item.identity()).collect();
        let mut created = match new.is_empty() {
            true => Vec::new(),
            false => numbers.create(&new).await?,
        }
        .into_iter();
        let mut arrived = Vec::new();
        let mut placed = Vec::with_capacity(items.len());
        for (item, base) in pairs() {
            let ord = match base.identity {
                Identity::Known(ord) => ord,
                Identity::Unknown | Identity::Stub(_) if !is_new(item, base) => 0,
                Identity::Unknown | Identity::Stub(_) => created.next().unwrap_or_default(),
            };
            if let (Identity::Stub(stub), true) = (base.identity, is_new(item, base)) {
                arrived.push((stub, ord));
            }
            placed.push(Placed { item, home: Home { ord, before: base.updated }, identity: base.identity });
        }
        renumber(self.transaction, &self.shared.layout, self.tenant, &arrived).await?;
        Ok(placed)
    }
}

async fn write_rows<'a>(
    (transaction, tenant): (&Transaction<'_>, Tenant),
    layout: &'a Layout,
    placed: &[Placed<'a>],
    numbers: &mut Numbers<'a, '_>,
) -> Result<(), StoreError> {
    let mut removed = Tables::new(layout);
    let mut added = Tables::new(layout);
    let mut in_order: Vec<&Placed<'a>> = placed.iter().collect();
    in_order.sort_unstable_by_key(|placed| placed.home.ord);
    for Placed { item, home, .. } in in_order {
        removed.add_all(home.ord, &item.result.removed, numbers)?;
        added.add_all(home.ord, &item.result.added, numbers)?;
    }
    delete_all(&removed, transaction, tenant).await?;
    insert_all(&added, transaction, tenant).await
}
