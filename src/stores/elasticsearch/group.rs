//! The queue of writes: one after the other, so that resources are numbered in the order in which they came. What waits
//! meanwhile goes together.

use super::Shared;
use crate::stores::{Batch, Committed, StoreError};
use fhirc_codegen::rows::TypeCode;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

type Answer = oneshot::Sender<Result<Committed, StoreError>>;

/// The task that writes.
pub(super) struct Writer {
    queue: UnboundedSender<(Batch, Answer)>,
    task: JoinHandle<()>,
}

impl Writer {
    /// Starts it on the runtime at hand.
    pub(super) fn start(shared: &Arc<Shared>) -> Writer {
        let (queue, queued) = mpsc::unbounded_channel();
        Writer { queue, task: tokio::spawn(run(Arc::clone(shared), queued)) }
    }

    /// Queues a batch; the answer comes when it is written.
    pub(super) fn queue(&self, batch: Batch) -> oneshot::Receiver<Result<Committed, StoreError>> {
        let (answer, answered) = oneshot::channel();
        // A writer that has ended drops the answer, which says so.
        let _ = self.queue.send((batch, answer));
        answered
    }

    /// Lets all that is queued end.
    pub(super) async fn stop(self) {
        let Writer { queue, task } = self;
        drop(queue);
        let _ = task.await;
    }
}

/// Writes that go together, at most, but for a batch that is larger by itself.
const MOST: usize = 2_000;

async fn run(shared: Arc<Shared>, mut queued: UnboundedReceiver<(Batch, Answer)>) {
    let mut next = None;
    loop {
        let first = match next.take() {
            Some(first) => first,
            None => match queued.recv().await {
                Some(first) => first,
                None => return,
            },
        };
        let mut group = Group::new(first);
        while group.writes < MOST
            && let Ok(more) = queued.try_recv()
        {
            if let Some(other) = group.join(more) {
                next = Some(other);
                break;
            }
        }
        group.write(&shared).await;
    }
}

/// Batches that are written together.
struct Group {
    batches: Vec<(Batch, Answer)>,
    /// What they write.
    identities: BTreeSet<(TypeCode, String)>,
    writes: usize,
}

fn identities(batch: &Batch) -> Vec<(TypeCode, String)> {
    batch.runs.iter().flatten().map(|item| (item.ty, item.id.clone())).collect()
}

impl Group {
    fn new(first: (Batch, Answer)) -> Group {
        let (identities, writes) = (identities(&first.0).into_iter().collect(), first.0.len());
        Group { batches: vec![first], identities, writes }
    }

    /// Takes a batch in, unless it is another tenant's, writes what one of these does, or one of them writes something
    /// twice, which must not be begun anew when another fails: then it comes back.
    fn join(&mut self, (batch, answer): (Batch, Answer)) -> Option<(Batch, Answer)> {
        let is_other = self.batches.iter().any(|(known, _)| known.tenant != batch.tenant || known.runs.len() > 1);
        let of_batch = identities(&batch);
        if is_other || batch.runs.len() > 1 || of_batch.iter().any(|identity| self.identities.contains(identity)) {
            return Some((batch, answer));
        }
        self.writes += batch.len();
        self.identities.extend(of_batch);
        self.batches.push((batch, answer));
        None
    }

    /// Writes all, or, if that fails, one by one: what is wrong with one costs no other.
    async fn write(mut self, shared: &Shared) {
        let mut all: Vec<&mut Batch> = self.batches.iter_mut().map(|(batch, _)| batch).collect();
        let together = shared.commit(&mut all, false).await;
        let alone = self.batches.len() == 1;
        match together {
            Ok(committed) => {
                for ((_, answer), committed) in self.batches.into_iter().zip(committed) {
                    let _ = answer.send(Ok(committed));
                }
            }
            Err(error) if alone || is_broken(&error) => {
                let errors = self.batches.iter().skip(1).map(|_| StoreError::Partly).collect::<Vec<_>>();
                for ((_, answer), error) in self.batches.into_iter().zip(std::iter::once(error).chain(errors)) {
                    let _ = answer.send(Err(error));
                }
            }
            Err(_) => {
                for (mut batch, answer) in self.batches {
                    let committed = shared.commit(&mut [&mut batch], true).await;
                    let _ = answer.send(committed.map(|all| all.into_iter().next().unwrap_or_default()));
                }
            }
        }
    }
}

/// Whether the server is gone, for all of them.
fn is_broken(error: &StoreError) -> bool {
    matches!(error, StoreError::Partly | StoreError::Lost { .. } | StoreError::TimedOut { .. })
}
