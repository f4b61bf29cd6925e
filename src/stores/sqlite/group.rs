//! Group commit: batches that wait at the same time are written in one transaction.
//!
//! Pages that neighbours change too are then written to the log once.

use super::Shared;
use super::commit::{commit, in_transaction, write_batch};
use super::deferred::Deferred;
use crate::stores::{Batch, Committed, StoreError};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The most resources that share a transaction: more would let the first wait for long.
const MOST: usize = 256;

/// A batch that waits to be written, and who waits for it.
pub(super) struct Waiting {
    pub(super) shared: Arc<Shared>,
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<Committed, StoreError>>,
}

/// Batches to be written together, in their order.
pub(super) struct Group {
    waiting: Vec<Waiting>,
    resources: usize,
}

impl Group {
    pub(super) fn of(first: Waiting) -> Group {
        Group { resources: first.batch.len(), waiting: vec![first] }
    }

    /// Whether there is room for another.
    pub(super) fn takes(&self, other: &Waiting) -> bool {
        self.resources + other.batch.len() <= MOST
    }

    pub(super) fn push(&mut self, other: Waiting) {
        self.resources += other.batch.len();
        self.waiting.push(other);
    }

    /// Writes all, and answers each when it is durable as configured.
    ///
    /// A failure undoes the transaction for all; then each is written in one of its own, so that it costs none but the
    /// batch that failed. That spares a savepoint for each, which copies every page before it is changed.
    pub(super) fn write(self, connection: &mut Connection) {
        let mut waiting = self.waiting;
        let together = match waiting.as_mut_slice() {
            [] | [_] => None,
            many => write_together(connection, many),
        };
        let again = together.is_none() && waiting.len() > 1;
        let mut together = together.map(Vec::into_iter);
        for mut one in waiting {
            let shared = Arc::clone(&one.shared);
            let answer = match together.as_mut().and_then(Iterator::next) {
                Some(committed) => Ok(committed),
                // A bug costs the batch that meets it: its answer is dropped, which tells.
                None => match catch_unwind(AssertUnwindSafe(|| commit(connection, &shared, &mut one.batch, again))) {
                    Ok(answer) => answer,
                    Err(_) => continue,
                },
            };
            // Nobody listens any more when the future was dropped; it is written all the same.
            let _ = one.answer.send(answer);
        }
    }
}

/// Writes all in one transaction, or nothing at all.
fn write_together(connection: &mut Connection, group: &mut [Waiting]) -> Option<Vec<Committed>> {
    let shared = Arc::clone(&group.first()?.shared);
    let write = |connection: &Connection, deferred: &Deferred| {
        let batches = group.iter_mut().map(|one| &mut one.batch);
        batches.map(|batch| write_batch((connection, deferred), &shared, batch, false)).collect::<Result<Vec<_>, _>>()
    };
    let written = catch_unwind(AssertUnwindSafe(|| in_transaction(connection, &shared, write)));
    if written.is_err() {
        shared.systems.forget();
    }
    written.ok()?.ok()
}
