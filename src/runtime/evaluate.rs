//! A page without any query: the executable specification evaluates the search over the resources of a store.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::ir::Total;
use crate::reference::{self, Place, Reference};
use crate::runtime::definitions;
use crate::runtime::include::cut;
use crate::runtime::{CursorKey, ExecuteError, InvalidCursor, Observer, Page, Request, Resource, StepReport};
use crate::stores::StoreError;
use crate::stores::memory::{Live, MemoryStore};
use crate::values::Instant;
use fhirc_codegen::program::StepId;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// One page of a search, over the resources as they are now.
pub(super) async fn page(
    store: &MemoryStore,
    search: &Compiled,
    request: &Request,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    definitions::check(&store.registry(), search)?;
    let key = CursorKey::new(store.secret());
    let behind = match &request.cursor {
        Some(cursor) => Some(open(&key, cursor, search, request)?),
        None => None,
    };
    let begin = std::time::Instant::now();
    let mut found = evaluated(store, search, request, behind).await?;
    if let Some(observer) = observer {
        let (rows, time) = (found.matches.len(), begin.elapsed());
        observer(StepReport { step: StepId(0), query: None, rows, time });
    }
    let too_many = cut(&mut found.included, search);
    let resources = |ords: &[i64]| {
        let stored = store.bodies(&request.tenant, ords).into_iter();
        stored.map(|stored| Resource::cut(stored, &search.registry, search)).collect()
    };
    Ok(Page {
        matches: resources(&found.matches),
        included: resources(&found.included),
        total: (search.search.total != Total::None).then_some(found.total as u64),
        next: found.end.map(|end| key.seal_place(&end, search, &request.tenant)),
        outcome: too_many.into_iter().collect(),
    })
}

fn open(key: &CursorKey, cursor: &str, search: &Compiled, request: &Request) -> Result<Place, InvalidCursor> {
    let place: Place = key.open_place(cursor, search, &request.tenant)?;
    if place.fits(&search.search.order) { Ok(place) } else { Err(InvalidCursor::Foreign) }
}

/// Evaluation takes its time, so it runs beside other tasks.
async fn evaluated(
    store: &MemoryStore,
    search: &Compiled,
    request: &Request,
    behind: Option<Place>,
) -> Result<reference::Page, StoreError> {
    let (registry, live) = (Arc::clone(&search.registry), store.live(&request.tenant));
    let search = search.search.clone();
    let evaluate = move || {
        let resources = live.into_iter().filter_map(|live| resource(&registry, live)).collect();
        Reference::new(&registry, resources).page(&search, behind.as_ref())
    };
    spawn_blocking(evaluate).await.map_err(|_| StoreError::Closed)
}

/// A resource as the evaluator reads it. No search reaches a type that the definitions do not have.
fn resource(registry: &Registry, live: Live) -> Option<reference::Resource> {
    let Live { ord, ty, id, updated, json } = live;
    let ty = registry.resource_type_of_code(ty.0)?;
    Some(reference::Resource { ty, id, ord, last_updated: Some(Instant(updated)), json })
}
