//! Threads that own connections: requests come over a channel, results go back by oneshot.

use super::group::{Group, Waiting};
use crate::stores::StoreError;
use crate::stores::stop::StopOnDrop;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Virtual machine steps between two looks at the cancellation flag: about 20 µs, not measurable in a query's time.
const STEPS_PER_LOOK: i32 = 2_000;

/// What a thread is asked to do.
enum Job {
    Run(Box<dyn FnOnce(&mut Connection) + Send>),
    /// To be written, with others that wait behind it.
    Write(Box<Waiting>),
}

/// How much longer the statements of a job may run.
#[derive(Debug, Default)]
pub(super) struct Bound(Arc<Looks>);

/// Looks that are left.
#[derive(Debug)]
struct Looks(AtomicU64);

/// As many looks as nothing takes.
const UNBOUND: u64 = u64::MAX;
/// A look found none left.
const SPENT: u64 = u64::MAX - 1;

impl Default for Looks {
    fn default() -> Looks {
        Looks(AtomicU64::new(UNBOUND))
    }
}

impl Looks {
    /// Takes one; whether there was none.
    fn spend(&self) -> bool {
        let left = match self.0.load(Ordering::Relaxed) {
            UNBOUND => return false,
            0 | SPENT => SPENT,
            left => left - 1,
        };
        // Only the thread of the connection looks.
        self.0.store(left, Ordering::Relaxed);
        left == SPENT
    }
}

impl Bound {
    /// Runs statements that are given up after about so many steps of the virtual machine.
    pub(super) fn within<T>(
        &self,
        steps: Option<u64>,
        run: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let looks = steps.map_or(UNBOUND, |steps| steps / STEPS_PER_LOOK.unsigned_abs() as u64);
        self.0.0.store(looks, Ordering::Relaxed);
        let answer = run();
        match (answer, self.0.0.swap(UNBOUND, Ordering::Relaxed)) {
            (Err(StoreError::Cancelled), SPENT) => Err(StoreError::GaveUp),
            (answer, _) => answer,
        }
    }
}

/// What waits for the threads.
#[derive(Clone, Debug)]
pub(super) struct Queue(Sender<Job>);

impl Queue {
    /// Queues a job at once and returns its answer. A queued job runs to its end even if the future is dropped.
    pub(super) fn submit<T, F>(&self, job: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.push(Job::Run(Box::new(move |connection| {
            // Nobody listens any more when the future was dropped; then the answer is dropped too.
            let _ = answer.send(job(connection));
        })));
        async move { answered.await.unwrap_or(Err(StoreError::Closed)) }
    }

    /// A job that cannot be queued is dropped, and with it the sender of its answer.
    fn push(&self, job: Job) {
        let _ = self.0.send(job);
    }
}

/// Threads that take requests from one queue, each with a connection of its own.
#[derive(Debug)]
pub(super) struct Workers {
    queue: Queue,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// One thread per connection, named `name`.
    pub(super) fn start(name: &str, connections: Vec<Connection>) -> Result<Workers, StoreError> {
        let (queue, jobs) = channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        let start = |connection| {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new().name(name.to_owned()).spawn(move || work(connection, &jobs))
        };
        let threads = connections
            .into_iter()
            .map(start)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| StoreError::io("a thread could not be started", error))?;
        Ok(Workers { queue: Queue(queue), threads })
    }

    /// Runs a read. Dropping the future stops the statement that runs.
    pub(super) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.read_within(|connection, _| job(connection)).await
    }

    /// Runs a read that gives up parts of itself.
    pub(super) async fn read_within<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &Bound) -> Result<T, StoreError> + Send + 'static,
    {
        let guard = StopOnDrop::default();
        let stop = guard.flag();
        self.submit(move |connection| {
            if stop.load(Ordering::Relaxed) {
                return Err(StoreError::Cancelled);
            }
            // Flag and bound belong to this job alone: an interrupt of the connection could hit the job after it.
            let bound = Bound::default();
            let looks = Arc::clone(&bound.0);
            let look = move || looks.spend() || stop.load(Ordering::Relaxed);
            connection.progress_handler(STEPS_PER_LOOK, Some(look)).map_err(StoreError::database("reading"))?;
            job(connection, &bound)
        })
        .await
    }

    /// As [`Queue::submit`].
    pub(super) fn submit<T, F>(&self, job: F) -> impl Future<Output = Result<T, StoreError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.queue.submit(job)
    }

    /// Queues a batch at once, to be written together with those that wait behind it.
    pub(super) fn write(&self, waiting: Waiting) {
        self.queue.push(Job::Write(Box::new(waiting)));
    }

    /// The queue, to queue jobs in later. The threads do not end before it is dropped.
    pub(super) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Lets queued jobs end, then closes the connections.
    pub(super) fn stop(self) {
        let Workers { queue, threads } = self;
        drop(queue);
        for thread in threads {
            // A thread ends by itself when the queue is closed; a panic in it has been answered as `Closed`.
            let _ = thread.join();
        }
    }
}

fn work(mut connection: Connection, jobs: &Mutex<Receiver<Job>>) {
    let mut held = None;
    loop {
        let next = match held.take() {
            Some(job) => Ok(job),
            None => lock(jobs).recv(),
        };
        let Ok(job) = next else { return };
        match job {
            // A bug in one request must not take the thread, and with it all later requests, away.
            Job::Run(job) => drop(catch_unwind(AssertUnwindSafe(|| job(&mut connection)))),
            Job::Write(first) => {
                let (group, next) = gather(*first, jobs);
                held = next;
                group.write(&mut connection);
            }
        }
        // Taking the flag of this job out cannot fail on an open connection; a set flag would stop the next job.
        let _ = connection.progress_handler(0, None::<fn() -> bool>);
    }
}

/// The batches that wait right behind the first, and what comes after them, if it was taken out of the queue already:
/// nothing overtakes.
fn gather(first: Waiting, jobs: &Mutex<Receiver<Job>>) -> (Group, Option<Job>) {
    let mut group = Group::of(first);
    loop {
        match lock(jobs).try_recv() {
            Ok(Job::Write(other)) if group.takes(&other) => group.push(*other),
            Ok(other) => return (group, Some(other)),
            Err(_) => return (group, None),
        }
    }
}

fn lock(jobs: &Mutex<Receiver<Job>>) -> MutexGuard<'_, Receiver<Job>> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner)
}
