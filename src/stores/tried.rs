//! Searches whose first way was given up: the next time they take the other at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Searches that are remembered; when there are more, all are forgotten.
const REMEMBERED: usize = 10_000;

/// What was given up while the store is open. It chooses a plan and never an answer.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// Whether anything was ever given up: else telling a search from others would be work for nothing.
    any: AtomicBool,
    searches: Mutex<BTreeSet<u128>>,
}

impl Tried {
    /// Remembers a search.
    pub(super) fn remember(&self, search: u128) {
        self.any.store(true, Ordering::Release);
        let mut tried = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.len() >= REMEMBERED {
            tried.clear();
        }
        tried.insert(search);
    }

    /// Whether a search is remembered; it is asked for only where any is.
    pub(super) fn knows(&self, search: impl FnOnce() -> u128) -> bool {
        let contains = |search| self.searches.lock().unwrap_or_else(PoisonError::into_inner).contains(&search);
        self.any.load(Ordering::Acquire) && contains(search())
    }
}
