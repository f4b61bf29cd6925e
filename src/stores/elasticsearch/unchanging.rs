//! Definitions of this store are those that it was made with: what would change them is refused by name.

use super::ElasticsearchStore;
use crate::definitions::{ParamId, Registry, SearchParam};
use crate::stores::build::{Built, Chunk, Leftover};
use crate::stores::definitions::Builder;
use crate::stores::version::RowSet;
use crate::stores::{Defined, StoreError};
use std::sync::Arc;

fn refused() -> StoreError {
    let what = "for changed definitions: a new store is made with them, and the resources loaded into it".to_owned();
    StoreError::Unsupported { what }
}

#[expect(clippy::unused_async, reason = "the face of all drivers")]
impl ElasticsearchStore {
    /// The definitions that the store was made with.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.shared.held.get().registry)
    }

    /// The same: nobody changes them.
    ///
    /// # Errors
    /// Never.
    pub async fn refresh(&self) -> Result<Arc<Registry>, StoreError> {
        Ok(self.registry())
    }

    /// Refused.
    ///
    /// # Errors
    /// Always.
    pub async fn define(&self, _: Vec<SearchParam>) -> Result<Defined, StoreError> {
        Err(refused())
    }

    /// Refused.
    ///
    /// # Errors
    /// Always.
    pub async fn retire(&self, _: Vec<String>) -> Result<Defined, StoreError> {
        Err(refused())
    }

    pub(in crate::stores) async fn chunk(
        &self,
        _: Option<(u32, Arc<Builder>)>,
    ) -> Result<Option<Chunk<String>>, StoreError> {
        Ok(None)
    }

    pub(in crate::stores) async fn build(&self, _: Chunk<RowSet>) -> Result<Built, StoreError> {
        Ok(Built::Overtaken)
    }

    pub(in crate::stores) async fn leftovers(&self, _: &[ParamId]) -> Result<Vec<Leftover>, StoreError> {
        Ok(Vec::new())
    }

    pub(in crate::stores) async fn clear(&self, _: Leftover) -> Result<(u64, Option<Leftover>), StoreError> {
        Ok((0, None))
    }

    pub(in crate::stores) async fn cleared(&self, _: Vec<ParamId>) -> Result<(), StoreError> {
        Ok(())
    }
}
