//! What generated comparisons ask of a store besides.

use super::{Store, StoreError};
use fhirc_codegen::program::Query;

impl Store {
    /// What tells the requests of a query from those of others, if these are all that its answer depends on. Plans may
    /// differ in what such a store does not look at.
    pub(crate) fn asks(&self, query: &Query) -> Option<String> {
        match (self, query) {
            #[cfg(feature = "elasticsearch")]
            (Store::Elasticsearch(store), query) => store.asks(query),
            _ => None,
        }
    }

    /// Lets searches meet all that was written so far, where that is put off: see `refresh` in the URL of a store.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        match self {
            #[cfg(feature = "elasticsearch")]
            Store::Elasticsearch(store) => store.settle().await,
            _ => Ok(()),
        }
    }
}
