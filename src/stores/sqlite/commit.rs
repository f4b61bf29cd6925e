//! Writing a batch in one transaction.

use super::Shared;
use super::build::Spans;
use super::current::{base, current};
use super::deferred::Deferred;
use super::number::Numbers;
use super::record;
use super::rows::{delete_all, insert_all};
use super::stat;
use super::stub::renumber;
use super::tenants::to_write;
use crate::stores::definitions::Definitions;
use crate::stores::layout::Layout;
use crate::stores::number::{Identity, Numbering};
use crate::stores::rows::Tables;
use crate::stores::tally::Tally;
use crate::stores::tenants::Tenant;
use crate::stores::version::{Item, Owner};
use crate::stores::{Batch, Change, Committed, StoreError, WriteOutcome};
use rusqlite::{Connection, TransactionBehavior};

/// Writes a batch, whole or not at all. `again`: a transaction that it was written in before did not come about.
pub(super) fn commit(
    connection: &mut Connection,
    shared: &Shared,
    batch: &mut Batch,
    again: bool,
) -> Result<Committed, StoreError> {
    let write =
        |connection: &Connection, deferred: &Deferred| write_batch((connection, deferred), shared, batch, again);
    in_transaction(connection, shared, write)
}

/// Runs a write in a transaction of its own. What was numbered in one that failed is forgotten.
pub(super) fn in_transaction<T>(
    connection: &mut Connection,
    shared: &Shared,
    write: impl FnOnce(&Connection, &Deferred) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let written = (|| {
        // Immediate: the write lock is taken before anything is read, so what was read stays true.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::database("beginning a transaction"))?;
        let deferred = shared.deferred(&transaction)?;
        let written = write(&transaction, &deferred)?;
        transaction.commit().map_err(StoreError::database("committing"))?;
        Ok(written)
    })();
    if written.is_err() {
        shared.systems.forget();
    }
    written
}

/// Writes a batch within a transaction.
pub(super) fn write_batch(
    (connection, deferred): (&Connection, &Deferred),
    shared: &Shared,
    batch: &mut Batch,
    again: bool,
) -> Result<Committed, StoreError> {
    let definitions = shared.definitions(connection)?;
    let tenant = to_write(&shared.tenants, connection, &batch.tenant)?;
    let mut committed = Committed::default();
    let outdated = again || batch.epoch != definitions.registry.epoch();
    let to = To { connection, deferred, shared, definitions: &definitions, tenant };
    for run in &mut batch.runs {
        write(&to, run, outdated, &mut committed)?;
    }
    Ok(committed)
}

/// Where a write goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    pub(super) ord: i64,
    /// When the version before was made, if there is one.
    pub(super) before: Option<i64>,
}

/// Where a batch is written to.
struct To<'a> {
    connection: &'a Connection,
    deferred: &'a Deferred,
    shared: &'a Shared,
    definitions: &'a Definitions,
    tenant: Tenant,
}

/// Writes a run, in which every resource stands once. `outdated`: its rows were made under other definitions, or may
/// have been cut to a build that is further now.
fn write(to: &To<'_>, items: &mut [Item], outdated: bool, committed: &mut Committed) -> Result<(), StoreError> {
    let &To { connection, deferred, shared, definitions, tenant } = to;
    let mut numbers = Numbers::new(connection, &shared.systems, tenant.0);
    let mut spans = Spans::new(connection, definitions, tenant);
    let mut known = Vec::with_capacity(items.len());
    for item in items.iter_mut() {
        let base = base(connection, tenant, item.ty, &item.id)?;
        if outdated || base.version != item.base {
            // Somebody else has written the resource since the batch was thought through.
            let current = current(connection, tenant, item.ty, &item.id)?;
            definitions.versioning(&shared.zone, shared.clock.now(), |with| item.rebase(current.as_ref(), with))?;
        }
        // A resource that is created now lies behind all spans.
        if let Identity::Known(ord) = base.identity {
            definitions.without(&mut item.result, &spans.lacking(item.ty, ord)?);
        }
        known.push(base);
    }
    let mut homes = Vec::with_capacity(items.len());
    let mut arrived = Vec::new();
    for (item, known) in items.iter().zip(&known) {
        let ord = match known.identity {
            Identity::Known(ord) => ord,
            _ if item.result.change == Change::Absent => 0,
            Identity::Unknown => numbers.create(item.ty, &item.id)?,
            Identity::Stub(stub) => {
                let ord = numbers.create(item.ty, &item.id)?;
                arrived.push((stub, ord));
                ord
            }
        };
        homes.push(Home { ord, before: known.updated });
    }
    renumber(connection, &shared.layout, tenant.0, &arrived)?;
    let mut tally = Tally::default();
    write_rows((connection, deferred), &shared.layout, items, &homes, &mut numbers)?;
    numbers.finish()?;
    for (item, home) in items.iter().zip(&homes) {
        record::write(connection, tenant, item, *home).map_err(StoreError::database("writing a resource"))?;
        tally.count(item);
        let outcome = WriteOutcome { change: item.result.change, ord: home.ord, version: item.result.version };
        committed.outcomes.push(outcome);
    }
    committed.rows_added += tally.added;
    committed.rows_removed += tally.removed;
    stat::store(&tally, connection, tenant)
}

fn write_rows<'a>(
    (connection, deferred): (&Connection, &'a Deferred),
    layout: &'a Layout,
    items: &'a [Item],
    homes: &[Home],
    numbers: &mut Numbers<'a, '_>,
) -> Result<(), StoreError> {
    // Contained resources are numbered as they appear, before anything that refers to them.
    for owner in items.iter().flat_map(|item| item.result.added.owners()) {
        if let Owner::Contained(ty, id) = owner {
            numbers.resource(*ty, id)?;
        }
    }
    let mut removed = Tables::new(layout).but(deferred.tables());
    let mut added = Tables::new(layout).but(deferred.tables());
    let mut in_order: Vec<(&Item, &Home)> = items.iter().zip(homes).collect();
    in_order.sort_unstable_by_key(|(_, home)| home.ord);
    for (item, home) in in_order {
        removed.add_all(home.ord, &item.result.removed, numbers)?;
        added.add_all(home.ord, &item.result.added, numbers)?;
    }
    delete_all(&removed, connection, numbers.tenant())?;
    insert_all(&added, connection, numbers.tenant())
}
