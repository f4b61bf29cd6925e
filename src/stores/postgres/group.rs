//! The queue of writers: batches are written in the order in which they came, those of a tenant one after the other,
//! and small ones that wait at the same time together.

use super::Shared;
use super::commit::commit;
use crate::stores::{Batch, Committed, StoreError};
use crate::tenant::TenantContext;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Batches that are written at the same time, at the most: tenants that share a lane wait for each other.
const LANES: usize = 4;

/// The most resources that share a transaction: more would let the first wait for long.
const MOST: usize = 256;

/// A batch that waits to be written, and who waits for it.
struct Waiting {
    batch: Batch,
    answer: oneshot::Sender<Result<Committed, StoreError>>,
}

/// Tasks that write.
#[derive(Debug)]
pub(super) struct Lanes(Vec<(UnboundedSender<Waiting>, JoinHandle<()>)>);

impl Lanes {
    /// Starts them on the runtime that this is called on.
    pub(super) fn start(shared: &Arc<Shared>) -> Lanes {
        let start = |_| {
            let (sender, receiver) = unbounded_channel();
            (sender, tokio::spawn(work(Arc::clone(shared), receiver)))
        };
        Lanes((0..LANES).map(start).collect())
    }

    /// Queues a batch at once. It is written even if nobody waits for the answer any more.
    pub(super) fn queue(&self, batch: Batch) -> oneshot::Receiver<Result<Committed, StoreError>> {
        let (answer, answered) = oneshot::channel();
        let lane = lane(&batch.tenant);
        if let Some((sender, _)) = self.0.get(lane) {
            // A batch that cannot be queued is dropped, and with it the sender of its answer.
            let _ = sender.send(Waiting { batch, answer });
        }
        answered
    }

    /// Lets all that is queued end.
    pub(super) async fn stop(self) {
        let (senders, tasks): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        drop(senders);
        for task in tasks {
            // A bug in it was answered as `Closed`.
            let _ = task.await;
        }
    }
}

fn lane(tenant: &TenantContext) -> usize {
    let mut hash = DefaultHasher::new();
    tenant.name().hash(&mut hash);
    usize::try_from(hash.finish() % LANES as u64).unwrap_or_default()
}

async fn work(shared: Arc<Shared>, mut queue: UnboundedReceiver<Waiting>) {
    let mut held = None;
    loop {
        let next = match held.take() {
            Some(next) => Some(next),
            None => queue.recv().await,
        };
        let Some(first) = next else { return };
        let (group, next) = gather(first, &mut queue);
        held = next;
        // A bug costs the batches that meet it: their answers are dropped, which tells.
        let _ = tokio::spawn(write(Arc::clone(&shared), group)).await;
    }
}

/// The batches of the same tenant that wait right behind the first, and what comes after them.
fn gather(first: Waiting, queue: &mut UnboundedReceiver<Waiting>) -> (Vec<Waiting>, Option<Waiting>) {
    let mut resources = first.batch.len();
    let mut group = vec![first];
    while let Ok(next) = queue.try_recv() {
        resources += next.batch.len();
        let fits = group.first().is_some_and(|first| first.batch.tenant == next.batch.tenant) && resources <= MOST;
        if !fits {
            return (group, Some(next));
        }
        group.push(next);
    }
    (group, None)
}

/// Writes all in one transaction. Where it does not come about, each is written in one of its own, so that what fails
/// costs none but the batch that fails.
async fn write(shared: Arc<Shared>, mut group: Vec<Waiting>) {
    let mut again = false;
    if group.len() > 1 {
        let mut batches: Vec<&mut Batch> = group.iter_mut().map(|waiting| &mut waiting.batch).collect();
        match commit(&shared, &mut batches, false).await {
            Ok(all) => {
                for (waiting, committed) in group.into_iter().zip(all) {
                    let _ = waiting.answer.send(Ok(committed));
                }
                return;
            }
            // Written again, it might be written twice.
            Err(StoreError::Uncertain) => {
                for waiting in group {
                    let _ = waiting.answer.send(Err(StoreError::Uncertain));
                }
                return;
            }
            Err(_) => again = true,
        }
    }
    for mut waiting in group {
        let answer = one(&shared, &mut waiting.batch, again).await;
        // Nobody listens any more when the future was dropped; it is written all the same.
        let _ = waiting.answer.send(answer);
    }
}

/// Writes a batch. A connection that breaks before the transaction was to be committed has written nothing, so it is
/// tried once more: the server may have been restarted.
async fn one(shared: &Shared, batch: &mut Batch, again: bool) -> Result<Committed, StoreError> {
    let answer = match commit(shared, &mut [&mut *batch], again).await {
        Err(StoreError::Lost { .. }) => commit(shared, &mut [batch], true).await,
        answer => answer,
    };
    answer.map(|all| all.into_iter().next().unwrap_or_default())
}
