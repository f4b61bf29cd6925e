//! What builds ask of the stores that keep index rows by themselves.

use super::build::{Built, Chunk, Leftover};
use super::definitions::Builder;
use super::version::RowSet;
use super::{Store, StoreError};
use crate::definitions::ParamId;
use std::sync::Arc;

/// One question to the drivers that keep index rows by themselves, and what is said for the others, which look at nothing.
macro_rules! rows {
    ($self:expr, $store:ident => $driver:expr, $asked:ident => $others:expr) => {
        match $self {
            #[cfg(feature = "sqlite")]
            Store::Sqlite($store) => $driver,
            #[cfg(feature = "postgres")]
            Store::Postgres($store) => $driver,
            _ => {
                let _ = $asked;
                $others
            }
        }
    };
}

impl Store {
    pub(super) async fn chunk(
        &self,
        builder: Option<(u32, Arc<Builder>)>,
    ) -> Result<Option<Chunk<String>>, StoreError> {
        rows!(self, store => store.chunk(builder).await, builder => Ok(None))
    }

    pub(super) async fn build(&self, chunk: Chunk<RowSet>) -> Result<Built, StoreError> {
        rows!(self, store => store.build(chunk).await, chunk => Ok(Built::Overtaken))
    }

    pub(super) async fn leftovers(&self, params: &[ParamId]) -> Result<Vec<Leftover>, StoreError> {
        rows!(self, store => store.leftovers(params).await, params => Ok(Vec::new()))
    }

    pub(super) async fn clear(&self, leftover: Leftover) -> Result<(u64, Option<Leftover>), StoreError> {
        rows!(self, store => store.clear(leftover).await, leftover => Ok((0, None)))
    }

    pub(super) async fn cleared(&self, params: Vec<ParamId>) -> Result<(), StoreError> {
        rows!(self, store => store.cleared(params).await, params => Ok(()))
    }
}
