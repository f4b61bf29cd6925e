//! Statements of searches that come again: they are planned once for each connection, instead of every time.

use super::link::Link;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Statement};

/// Shapes of statements that are told from new ones; when there are more, all are forgotten.
const TOLD: usize = 10_000;

/// The most statements that a connection keeps prepared, each with its plan in the memory of the server; when there are
/// more, all are given up.
const PREPARED: usize = 250;

/// Which statements came before, by any connection. Those that never come again are not worth a name.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    state: RandomState,
    known: Mutex<HashSet<u64>>,
}

impl Shapes {
    /// Whether a statement has come before, and was answered.
    fn is_known(&self, text: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&self.state.hash_one(text))
    }

    /// Remembers a statement that was answered.
    pub(super) fn remember(&self, text: &str) {
        let shape = self.state.hash_one(text);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= TOLD {
            known.clear();
        }
        known.insert(shape);
    }

    /// A statement that came before, under a name of the connection. That it can be prepared, it has shown.
    pub(super) async fn prepared(&self, link: &Link, text: &str, types: &[Type]) -> Result<Option<Statement>, Error> {
        if !self.is_known(text) {
            return Ok(None);
        }
        if link.statement_cache.size() >= PREPARED {
            link.statement_cache.clear();
        }
        link.prepare_typed_cached(text, types).await.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_when_it_comes_again() {
        let shapes = Shapes::default();
        assert!(!shapes.is_known("a"));
        shapes.remember("a");
        assert!(shapes.is_known("a") && !shapes.is_known("b"));
        (0..TOLD).for_each(|n| shapes.remember(&n.to_string()));
        assert!(shapes.known.lock().unwrap().len() <= TOLD);
    }
}
