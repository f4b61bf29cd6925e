//! Searches whose first way was given up: the next time they take the other at once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Searches that are remembered; when there are more, all are forgotten.
const REMEMBERED: usize = 10_000;

/// What was given up while the store is open. It chooses a plan and never an answer.
#[derive(Debug, Default)]
pub(super) struct Tried(Mutex<BTreeSet<u128>>);

impl Tried {
    /// Remembers a search.
    pub(super) fn remember(&self, search: u128) {
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.len() >= REMEMBERED {
            tried.clear();
        }
        tried.insert(search);
    }

    /// Whether a search is remembered.
    pub(super) fn knows(&self, search: u128) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&search)
    }
}
