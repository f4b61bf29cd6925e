//! Builds: rows of new keys for resources that were there before, batch by batch, and the end of rows that nobody reads.
//!
//! A build has a *span* per resource type and tenant: the resources that were there when it began, by their numbers, and
//! how far it is. A resource has rows of the build if it lies outside of every open span, or before the place that its
//! span is at: so whoever writes knows without looking which rows are there, and keeps exactly those. A batch of the
//! build makes the rows of the next resources and moves the span on in one transaction. The last batch lets the
//! parameters answer in the same one. Whoever comes after a batch that was not written begins it again.

use super::definitions::Builder;
use super::version::RowSet;
use super::{Store, StoreError};
use crate::definitions::ParamId;
use crate::parallel;
use fhirc_codegen::rows::{KeyId, TypeCode};
use fhirc_grammar::Diagnostic;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Resources of a batch, which is one transaction: a tenth of a second or so, after which waiting writes have their turn.
/// Tests need many batches of few resources.
pub(crate) const BATCH: usize = if cfg!(test) { 2 } else { 1_000 };
/// Bytes of their bodies, after which a batch ends early.
pub(crate) const BATCH_BYTES: usize = 4 << 20;
/// Rows that are deleted in one transaction.
pub(crate) const CLEARED: usize = if cfg!(test) { 3 } else { 5_000 };

/// What defining or retiring came to.
#[derive(Clone, Debug)]
pub struct Defined {
    /// What is worth saying.
    pub warnings: Vec<Diagnostic>,
    /// Whether resources that were there before need rows: [`Store::reindex`] makes them.
    pub to_build: bool,
    /// Whether rows lie around that nobody reads: [`Store::reindex`] deletes them.
    pub to_clear: bool,
}

/// How far a reindex is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexing {
    /// The type whose resources are read now; nothing while rows are deleted.
    pub ty: Option<TypeCode>,
    /// Types of the build that are done, and all of them.
    pub types: (u64, u64),
    /// Resources of the build that are done, and all of them. Deleted ones count.
    pub resources: (u64, u64),
    /// Rows that were deleted so far.
    pub cleared: u64,
}

/// Looks on while a reindex runs, and may stop it.
pub trait Watch {
    /// A batch was written.
    fn progress(&mut self, at: &Indexing) {
        let _ = at;
    }

    /// Whether to stop before the next batch. What was done stays; another reindex goes on from there.
    fn stop(&self) -> bool {
        false
    }
}

/// Does not look.
impl Watch for () {}

/// What a reindex did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Resources that were read, of a store of documents those whose documents were written.
    pub resources: u64,
    /// Rows that came.
    pub added: u64,
    /// Rows of old and retired definitions that went; where they stand in documents, the documents that were written anew
    /// without them.
    pub cleared: u64,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// The next resources of a build, and where its span was when they were read.
#[derive(Debug)]
pub(crate) struct Chunk<T> {
    pub(crate) build: u32,
    pub(crate) ty: TypeCode,
    /// The number of the tenant.
    pub(crate) tenant: i64,
    /// The number up to which the span was done, and up to which it is done with these.
    pub(crate) done: i64,
    pub(crate) upto: i64,
    pub(crate) types: (u64, u64),
    pub(crate) resources: Vec<Found<T>>,
    pub(crate) builder: Arc<Builder>,
}

/// A version of a resource with its body, or with the rows that were made of it.
#[derive(Debug)]
pub(crate) struct Found<T> {
    pub(crate) ord: i64,
    pub(crate) version: i64,
    pub(crate) it: T,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// So many rows came.
    Written(u64),
    /// Somebody else was here in the meantime: nothing was written.
    Overtaken,
}

/// Rows of a retired parameter in one table of one tenant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leftover {
    pub(crate) tenant: i64,
    pub(crate) keys: (KeyId, KeyId),
    /// The table, by its position in the driver's list.
    pub(crate) table: usize,
    /// Where to go on.
    pub(crate) after: i64,
}

impl Chunk<String> {
    fn make(self) -> Result<Chunk<RowSet>, StoreError> {
        let Chunk { build, ty, tenant, done, upto, types, resources, builder } = self;
        let rows = parallel::map(resources, |Found { ord, version, it }| {
            builder.rows(ty, &it).map(|it| Found { ord, version, it })
        });
        let resources = rows.into_iter().collect::<Result<_, _>>()?;
        Ok(Chunk { build, ty, tenant, done, upto, types, resources, builder })
    }
}

/// Runs all builds of a store to their ends, then deletes the rows that nobody reads any more.
pub(super) async fn reindex(store: &Store, watch: &mut (dyn Watch + Send)) -> Result<Reindexed, StoreError> {
    let mut report = Reindexed::default();
    let mut builder = None;
    while let Some(chunk) = store.chunk(builder.take()).await? {
        if watch.stop() {
            return Ok(Reindexed { stopped: true, ..report });
        }
        let (build, ty, types, count) = (chunk.build, chunk.ty, chunk.types, chunk.resources.len() as u64);
        builder = Some((build, Arc::clone(&chunk.builder)));
        let progress = store.registry().progress(build);
        let chunk = spawn_blocking(|| chunk.make()).await.map_err(|_| StoreError::Closed)??;
        if let Built::Written(rows) = store.build(chunk).await? {
            report.resources += count;
            report.added += rows;
            watch.progress(&Indexing { ty: Some(ty), types, resources: progress.get(), cleared: 0 });
        }
    }
    clear(store, watch, &mut report).await?;
    Ok(report)
}

async fn clear(store: &Store, watch: &mut (dyn Watch + Send), report: &mut Reindexed) -> Result<(), StoreError> {
    let retired: Vec<ParamId> = store.registry().retired();
    if retired.is_empty() {
        return Ok(());
    }
    for mut leftover in store.leftovers(&retired).await? {
        loop {
            if watch.stop() {
                report.stopped = true;
                return Ok(());
            }
            let (gone, next) = store.clear(leftover).await?;
            report.cleared += gone;
            watch.progress(&Indexing { cleared: report.cleared, ..Indexing::default() });
            match next {
                Some(next) => leftover = next,
                None => break,
            }
        }
    }
    store.cleared(retired).await
}
