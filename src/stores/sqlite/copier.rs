//! Copying the write-ahead log into the database beside the writer, which SQLite otherwise does behind a commit.
//!
//! The log begins again from its start when all of it is copied and nothing is written meanwhile. While transactions
//! follow each other that never happens by itself, so behind some of them the writer waits for the copy.

use crate::stores::StoreError;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Sizes of the log, in pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// So much more is copied at a time: hot pages are in it several times, and are copied once.
    pub(super) copy: u32,
    /// From here on the writer waits, unless its last transaction was large.
    pub(super) wait: u32,
}

/// Transactions that the log holds before the writer waits, if they are large: it waits for the copy of the last one.
const LARGE: u32 = 4;

/// The thread that copies.
#[derive(Debug)]
pub(super) struct Copier {
    asked: SyncSender<Job>,
    thread: JoinHandle<()>,
}

/// What it is asked to do.
#[derive(Debug)]
pub(super) enum Job {
    Copy,
    /// To copy and then tell.
    Tell(SyncSender<()>),
    Stop,
}

impl Copier {
    /// Copies what `writer` commits from now on, over a connection of its own to the same file.
    pub(super) fn start(writer: &mut Connection, own: Connection, bounds: Bounds) -> Result<Copier, StoreError> {
        // One request waits while another is served: a third would ask for the same.
        let (asked, jobs) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("sqlite-copier".to_owned())
            .spawn(move || work(&own, &jobs))
            .map_err(|error| StoreError::io("a thread could not be started", error))?;
        let mut log = Log::new(bounds, asked.clone());
        let committed = move |_: &mut _, pages| {
            log.grew(u32::try_from(pages).unwrap_or_default());
            Ok(())
        };
        writer.wal_hook(Some(committed)).map_err(StoreError::database("opening the store"))?;
        Ok(Copier { asked, thread })
    }

    /// Closes its connection, so that the writer's is the last one.
    pub(super) fn stop(self) {
        // It ends by itself, or has panicked.
        let _ = self.asked.send(Job::Stop);
        let _ = self.thread.join();
    }
}

/// The log, as the writer knows it.
pub(super) struct Log {
    bounds: Bounds,
    asked: SyncSender<Job>,
    /// Its pages behind the last commit.
    pages: u32,
    /// Its pages when a copy was last asked for.
    copied: u32,
}

impl Log {
    pub(super) fn new(bounds: Bounds, asked: SyncSender<Job>) -> Log {
        Log { bounds, asked, pages: 0, copied: 0 }
    }

    /// A commit left it with so many pages.
    pub(super) fn grew(&mut self, pages: u32) {
        let transaction = pages.saturating_sub(self.pages);
        if pages < self.pages {
            // It began again.
            self.copied = 0;
        }
        self.pages = pages;
        if pages >= self.bounds.wait.max(LARGE.saturating_mul(transaction)) {
            let (tell, told) = sync_channel(1);
            if self.asked.send(Job::Tell(tell)).is_ok() {
                // No answer: the thread is gone.
                let _ = told.recv();
            }
            self.copied = pages;
        } else if pages.saturating_sub(self.copied) >= self.bounds.copy {
            // Full: somebody has asked already.
            let _ = self.asked.try_send(Job::Copy);
            self.copied = pages;
        }
    }
}

fn work(connection: &Connection, jobs: &Receiver<Job>) {
    for job in jobs {
        // Without waiting for anybody. What fails now is done with the next, or when the store is closed.
        let copy = || connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        match job {
            Job::Copy => drop(copy()),
            Job::Tell(tell) => {
                drop(copy());
                let _ = tell.send(());
            }
            Job::Stop => return,
        }
    }
}
