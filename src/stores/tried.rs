//! Searches whose first way was given up: the next time they take the other at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Searches that are remembered; when there are more, all are forgotten.
const REMEMBERED: usize = 10_000;

/// How long a search is remembered: what was dense is sparse some day, and a busy machine may have been the reason.
const LASTS: Duration = Duration::from_secs(600);

/// What was given up while the store is open. It chooses a plan and never an answer.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// Whether anything was ever given up: else telling a search from others would be work for nothing.
    any: AtomicBool,
    searches: Mutex<BTreeMap<u128, Instant>>,
}

impl Tried {
    /// Remembers a search.
    pub(super) fn remember(&self, search: u128) {
        self.any.store(true, Ordering::Release);
        let mut tried = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.len() >= REMEMBERED {
            tried.clear();
        }
        tried.insert(search, Instant::now());
    }

    /// Whether a search is remembered; it is asked for only where any is.
    pub(super) fn knows(&self, search: impl FnOnce() -> u128) -> bool {
        self.any.load(Ordering::Acquire) && self.knows_at(search(), Instant::now())
    }

    fn knows_at(&self, search: u128, now: Instant) -> bool {
        let tried = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
        tried.get(&search).is_some_and(|then| now.saturating_duration_since(*then) < LASTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_up_is_tried_again_some_day() {
        let tried = Tried::default();
        assert!(!tried.knows(|| panic!("nothing was given up")));
        tried.remember(7);
        assert!(tried.knows(|| 7) && !tried.knows(|| 8));
        let now = Instant::now();
        assert!(tried.knows_at(7, now + LASTS / 2) && !tried.knows_at(7, now + LASTS));
    }
}
