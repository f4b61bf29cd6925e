//! The load itself: reading, parsing and extracting run while the chunk before is being written.

use super::bundle::Placed;
use super::input::Input;
use super::parse::parse_all;
use super::place::{Place, Refusal};
use super::reader::{Raw, read};
use super::report::{Counts, Report};
use crate::definitions::Registry;
use crate::stores::{Batch, Committed, PutOff, Store, StoreError, Write};
use crate::tenant::TenantContext;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Bounds of the memory that a load uses: a few chunks are read, parsed and indexed at a time; one transaction gathers
/// what came of them while another is written.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Documents in a chunk.
    pub chunk_documents: usize,
    /// Bytes in a chunk.
    pub chunk_bytes: usize,
    /// Resources in a transaction, after which it takes no further chunk: a tenth of those before, within these bounds.
    /// Of more resources, more share the pages that are written, which in a large store are most of the work; in a short
    /// load the first and the last transaction run alone.
    pub least_resources: usize,
    /// See [`Limits::least_resources`].
    pub most_resources: usize,
    /// Bytes that wait to be written in one transaction, as [`Batch::size`] counts them.
    pub transaction_bytes: usize,
    /// Bytes in one line or document; a longer one is refused.
    pub document_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            chunk_documents: 1_000,
            chunk_bytes: 4 << 20,
            least_resources: 10_000,
            most_resources: 20_000,
            transaction_bytes: 120 << 20,
            document_bytes: 256 << 20,
        }
    }
}

/// Looks on while a load runs, and may stop it.
pub trait Watch {
    /// A chunk was written. `bytes` were read from the inputs so far, as they lie there.
    fn progress(&mut self, counts: &Counts, bytes: u64) {
        let _ = (counts, bytes);
    }

    /// Something was not loaded.
    fn refused(&mut self, refusal: &Refusal) {
        let _ = refusal;
    }

    /// Whether to stop before the next chunk. What was written stays; loading the same input again goes on from there.
    fn stop(&self) -> bool {
        false
    }
}

/// Does not look.
impl Watch for () {}

type Chunk = Vec<Result<Raw, Refusal>>;

/// Loads all inputs, in their order. What is wrong with the input is in the report; an error is the store's.
///
/// # Errors
/// The store failed. What earlier chunks wrote stays.
pub async fn load(
    store: &Store,
    tenant: &TenantContext,
    inputs: Vec<Input>,
    limits: Limits,
    watch: &mut dyn Watch,
) -> Result<Report, StoreError> {
    let begun = Instant::now();
    let bytes = Arc::new(AtomicU64::new(0));
    // One chunk waits while another is read: more would only take memory.
    let (sender, mut chunks) = mpsc::channel::<Chunk>(1);
    let count = Arc::clone(&bytes);
    let reading = spawn_blocking(move || read_all(&inputs, limits, &count, &sender));
    let before = store.statistics(tenant).await?.live();
    let report = Report::default();
    let mut loading = Loading { store, tenant, limits, report, gathered: None, pending: None, before, put_off: None };
    let loaded = loading.all(&mut chunks, &bytes, watch).await;
    // The reader ends by itself when nobody takes its chunks any more.
    drop(chunks);
    let ended = match loading.put_off.take() {
        Some(put_off) => store.end_load(put_off).await,
        None => Ok(()),
    };
    watch.progress(&loading.report.counts, bytes.load(Ordering::Relaxed));
    loaded.and(ended)?;
    reading.await.map_err(|_| StoreError::Closed)?;
    Ok(Report { elapsed: begun.elapsed(), ..loading.report })
}

struct Loading<'a> {
    store: &'a Store,
    tenant: &'a TenantContext,
    limits: Limits,
    report: Report,
    gathered: Option<(Vec<Place>, Batch)>,
    pending: Option<Pending>,
    /// Resources that the tenant had, and those that were handed to the store since.
    before: usize,
    /// What the store does at the end of many writes.
    put_off: Option<PutOff>,
}

/// What is being written.
struct Pending {
    places: Vec<Place>,
    commit: Pin<Box<dyn Future<Output = Result<Committed, StoreError>> + Send>>,
}

impl Loading<'_> {
    async fn all(
        &mut self,
        chunks: &mut mpsc::Receiver<Chunk>,
        bytes: &AtomicU64,
        watch: &mut dyn Watch,
    ) -> Result<(), StoreError> {
        while let Some(chunk) = chunks.recv().await {
            if watch.stop() {
                self.report.stopped = true;
                break;
            }
            self.chunk(chunk, watch).await?;
            watch.progress(&self.report.counts, bytes.load(Ordering::Relaxed));
        }
        self.write().await?;
        self.settle().await
    }

    async fn chunk(&mut self, chunk: Chunk, watch: &mut dyn Watch) -> Result<(), StoreError> {
        let registry: Arc<Registry> = self.store.registry();
        let zone = self.store.zone().clone();
        let parsed =
            spawn_blocking(move || parse_all(chunk, &registry, &zone)).await.map_err(|_| StoreError::Closed)?;
        let (places, writes) = self.sort_out(parsed, watch);
        let batch = self.store.prepare(self.tenant, writes).await?;
        for (position, warning) in batch.warnings() {
            if let Some(place) = places.get(position) {
                self.report.warnings.add(warning.reason.clone(), place.clone(), Some(warning.detail.clone()));
            }
        }
        let gathered = match self.gathered.take() {
            None => (places, batch),
            Some((mut before, mut all)) => {
                before.extend(places);
                all.append(batch);
                (before, all)
            }
        };
        let full = gathered.1.len() >= self.enough() || gathered.1.size() >= self.limits.transaction_bytes;
        self.gathered = Some(gathered);
        if !full {
            return Ok(());
        }
        if self.put_off.is_none() {
            self.put_off = Some(self.store.begin_load().await?);
        }
        self.write().await
    }

    /// Resources that make a transaction now.
    fn enough(&self) -> usize {
        (self.before / 10).min(self.limits.most_resources).max(self.limits.least_resources)
    }

    /// Writes what was gathered, behind what is being written.
    async fn write(&mut self) -> Result<(), StoreError> {
        self.settle().await?;
        if let Some((places, batch)) = self.gathered.take() {
            self.before += batch.len();
            self.pending = Some(Pending { places, commit: Box::pin(self.store.commit(batch)) });
        }
        Ok(())
    }

    fn sort_out(&mut self, parsed: Vec<Result<Placed, Refusal>>, watch: &mut dyn Watch) -> (Vec<Place>, Vec<Write>) {
        let mut kept = (Vec::with_capacity(parsed.len()), Vec::with_capacity(parsed.len()));
        for item in parsed {
            match item {
                Ok(Placed { place, write, note }) => {
                    if let Some(note) = note {
                        self.report.warnings.add(note.to_owned(), place.clone(), None);
                    }
                    kept.0.push(place);
                    kept.1.push(write);
                }
                Err(refusal) => {
                    watch.refused(&refusal);
                    self.report.refuse(refusal);
                }
            }
        }
        kept
    }

    /// Waits for what is being written.
    async fn settle(&mut self) -> Result<(), StoreError> {
        let Some(Pending { places, commit }) = self.pending.take() else { return Ok(()) };
        let committed = match commit.await {
            Err(StoreError::InPart { outcomes, position, source }) => {
                outcomes.iter().flatten().for_each(|outcome| self.report.counts.add(outcome.change));
                return Err(StoreError::InPart { outcomes, position, source });
            }
            committed => committed?,
        };
        debug_assert_eq!(places.len(), committed.outcomes.len(), "every write has an outcome");
        for outcome in &committed.outcomes {
            self.report.counts.add(outcome.change);
        }
        self.report.counts.rows += committed.rows_added;
        Ok(())
    }
}

/// Cuts the inputs into chunks until all are read or nobody takes them any more.
fn read_all(inputs: &[Input], limits: Limits, count: &Arc<AtomicU64>, chunks: &mpsc::Sender<Chunk>) {
    let mut chunk = Chunk::new();
    let mut bytes = 0;
    let mut emit = |item: Result<Raw, Refusal>| {
        bytes += item.as_ref().map_or(0, |raw| raw.json.len());
        chunk.push(item);
        if chunk.len() < limits.chunk_documents && bytes < limits.chunk_bytes {
            return ControlFlow::Continue(());
        }
        bytes = 0;
        send(chunks, std::mem::take(&mut chunk))
    };
    let read = inputs.iter().try_for_each(|input| read(input, limits.document_bytes, count, &mut emit));
    if read.is_continue() && !chunk.is_empty() {
        // The last one; whether it is taken no longer matters here.
        let _ = send(chunks, chunk);
    }
}

fn send(chunks: &mpsc::Sender<Chunk>, chunk: Chunk) -> ControlFlow<()> {
    if chunks.blocking_send(chunk).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
