//! A page without any query: the executable specification evaluates the search over the resources of a store.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::ir::Total;
use crate::reference::{self, Inner, Member, Place, Reference};
use crate::runtime::definitions;
use crate::runtime::include::cut;
use crate::runtime::{CursorKey, ExecuteError, InvalidCursor, Observer, Page, Request, Resource, StepReport};
use crate::stores::memory::{Live, MemoryStore};
use crate::stores::{StoreError, Stored, inner};
use crate::values::Instant;
use fhirc_codegen::program::StepId;
use fhirc_codegen::rows::TypeCode;
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
    let resources = |members: &[Member]| {
        let stored = members.iter().filter_map(|member| body(store, request, member));
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

/// A resource of a page as the store has it.
fn body(store: &MemoryStore, request: &Request, member: &Member) -> Option<Stored> {
    let stored = store.bodies(&request.tenant, &[member.ord]).into_iter().next()?;
    match &member.inside {
        None => Some(stored),
        // It has no number of its own here.
        Some((ty, id)) => inner::inside(stored, TypeCode(ty.code()), id, member.ord),
    }
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
    let (registry, (live, containers)) = (Arc::clone(&search.registry), store.with_containers(&request.tenant));
    let search = search.search.clone();
    let evaluate = move || {
        let resources = live.into_iter().filter_map(|live| resource(&registry, live)).collect();
        let appeared = containers.into_iter().filter_map(|container| resource(&registry, container));
        let appeared = appeared.flat_map(|of| Inner::of(&registry, &(of.ty, of.id), &of.json)).collect();
        Reference::new(&registry, resources).with_inner(appeared).page(&search, behind.as_ref())
    };
    spawn_blocking(evaluate).await.map_err(|_| StoreError::Closed)
}

/// A resource as the evaluator reads it. No search reaches a type that the definitions do not have.
fn resource(registry: &Registry, live: Live) -> Option<reference::Resource> {
    let Live { ord, ty, id, updated, json } = live;
    let ty = registry.resource_type_of_code(ty.0)?;
    Some(reference::Resource { ty, id, ord, last_updated: Some(Instant(updated)), json })
}
