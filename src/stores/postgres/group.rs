//! The queue of writers: batches are written in the order in which they came, those of a tenant one after the other,
//! and small ones that wait at the same time together.

use super::Shared;
use super::commit::commit;
use super::fault::of_all;
use crate::stores::{Batch, Committed, StoreError};
use crate::tenant::TenantContext;
use std::future::poll_fn;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
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
        write(&shared, group).await;
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
/// costs none but the batch that fails; unless the server is gone, which costs all at once.
async fn write(shared: &Shared, mut group: Vec<Waiting>) {
    let mut again = false;
    if group.len() > 1 {
        let mut batches: Vec<&mut Batch> = group.iter_mut().map(|waiting| &mut waiting.batch).collect();
        match attempt(shared, &mut batches, again).await {
            Ok(all) => {
                for (waiting, committed) in group.into_iter().zip(all) {
                    let _ = waiting.answer.send(Ok(committed));
                }
                return;
            }
            Err(error) if of_all(&error).is_some() => {
                for waiting in group {
                    let _ = waiting.answer.send(Err(of_all(&error).unwrap_or(StoreError::Closed)));
                }
                return;
            }
            Err(_) => again = true,
        }
    }
    for mut waiting in group {
        let answer = attempt(shared, &mut [&mut waiting.batch], again).await;
        let answer = answer.map(|all| all.into_iter().next().unwrap_or_default());
        // Nobody listens any more when the future was dropped; it is written all the same.
        let _ = waiting.answer.send(answer);
    }
}

/// Writes batches in one transaction. A connection that breaks before that was to be committed has written nothing, so
/// it is tried once more: the server may have been restarted.
async fn attempt(shared: &Shared, batches: &mut [&mut Batch], again: bool) -> Result<Vec<Committed>, StoreError> {
    match guarded(commit(shared, batches, again)).await {
        Err(StoreError::Lost { .. }) => guarded(commit(shared, batches, true)).await,
        answer => answer,
    }
}

/// A bug is an answer too: it must cost no batch but the one that meets it.
async fn guarded<T>(job: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    // What a bug leaves behind is made anew: the transaction is rolled back, the batch thought through again.
    let mut job = pin!(job);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| job.as_mut().poll(context)));
        polled.unwrap_or(Poll::Ready(Err(StoreError::Closed)))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_an_answer() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bug = guarded(async {
            let none: Vec<Result<(), StoreError>> = Vec::new();
            none.into_iter().next().unwrap()
        });
        assert!(matches!(runtime.block_on(bug), Err(StoreError::Closed)));
        assert!(runtime.block_on(guarded(async { Ok(()) })).is_ok());
    }
}
