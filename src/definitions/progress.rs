//! How far the rows of a build are.

use std::sync::atomic::{AtomicU64, Ordering};

/// Resources whose rows are made, of those that were there when the build began. Shared by all who look at one build,
/// so that it goes on while they hold it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// The resources done, and all that are to be done.
    pub fn get(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Says how far it is. The two numbers need not fit each other at every moment.
    pub fn set(&self, done: u64, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
    }
}
