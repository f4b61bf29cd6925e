//! Opening a store that is searched: files that are no store are read into one.

use super::input::{Input, MissingInput, inputs};
use super::report::Report;
use super::run::{Limits, load};
use crate::stores::memory::{MemoryStore, Origin};
use crate::stores::{Clock, Store, StoreError, StoreSettings, StoreUrl};
use crate::tenant::TenantContext;
use crate::values::Instant;
use std::fs;
use std::slice;
use std::time::UNIX_EPOCH;

/// Opens a store. The files of `reference:PATH` are read for `tenant`; what came of that is in the report. A resource
/// there that does not say when it last changed did so when the files did: the same files are the same store. It takes no
/// writes ([`StoreError::OnlySearched`]).
///
/// # Errors
/// As [`Store::open`]; or there is nothing at the path.
pub async fn open(
    url: &StoreUrl,
    settings: StoreSettings,
    tenant: &TenantContext,
) -> Result<(Store, Option<Report>), StoreError> {
    let StoreUrl::ReferenceFiles(path) = url else { return Ok((Store::open(url, settings).await?, None)) };
    let (inputs, unreadable) = inputs(slice::from_ref(path)).map_err(missing)?;
    let clock = match (settings.clock, inputs.iter().filter_map(changed).max()) {
        (Clock::System, Some(changed)) => Clock::Fixed(changed),
        (clock, _) => clock,
    };
    let store = Store::Reference(MemoryStore::open(Origin::Files, StoreSettings { clock, ..settings }));
    let mut report = load(&store, tenant, inputs, Limits::default(), &mut ()).await?;
    unreadable.into_iter().for_each(|refusal| report.refuse(refusal));
    if let Store::Reference(files) = &store {
        files.seal();
    }
    Ok((store, Some(report)))
}

/// When a file was last changed.
fn changed(input: &Input) -> Option<Instant> {
    let changed = fs::metadata(input.path.as_ref()?).and_then(|metadata| metadata.modified()).ok()?;
    let micros = changed.duration_since(UNIX_EPOCH).ok()?.as_micros();
    i64::try_from(micros).ok().map(Instant)
}

fn missing(MissingInput { source, .. }: MissingInput) -> StoreError {
    StoreError::io("reading the files", source)
}
