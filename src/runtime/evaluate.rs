//! A page without any query: the executable specification evaluates the search over the resources of a store.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::ir::Total;
use crate::reference::{self, Earlier, Inner, Member, Place, Reference};
use crate::runtime::definitions;
use crate::runtime::include::too_many;
use crate::runtime::{CursorKey, ExecuteError, InvalidCursor, Observer, Page, Request, Resource, StepReport};
use crate::stores::memory::{Live, MemoryStore, Snapshot};
use crate::stores::stop::StopOnDrop;
use crate::stores::{StoreError, Stored, inner};
use crate::values::Instant;
use fhirc_codegen::program::StepId;
use fhirc_codegen::rows::TypeCode;
use std::collections::HashMap;
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
    let snapshot = store.snapshot(&request.tenant);
    // The bodies are those that were looked into, whatever is written meanwhile.
    let current = snapshot.live.iter().map(|live| (true, &live.stored));
    let stored = current.chain(snapshot.earlier.iter().map(|stored| (false, stored)));
    let bodies: Bodies =
        stored.map(|(now, stored)| ((stored.ord, stored.version), (now, Arc::clone(stored)))).collect();
    let found = evaluated(snapshot, search, behind).await?;
    if let Some(observer) = observer {
        let (rows, time) = (Some(found.matches.len()), begin.elapsed());
        observer(StepReport { step: StepId(0), query: None, rows, time, requests: None });
    }
    let resources = |members: &[Member]| {
        let stored = members.iter().filter_map(|member| body(&bodies, member));
        let cut = |(current, stored)| Resource { current, ..Resource::cut(stored, search) };
        stored.map(cut).collect()
    };
    Ok(Page {
        matches: resources(&found.matches),
        included: resources(&found.included),
        total: (search.search.total != Total::None).then_some(found.total as u64),
        next: found.end.map(|end| key.seal_place(&end, search, &request.tenant)),
        outcome: found.cut.then(|| too_many(search)).into_iter().collect(),
    })
}

/// Versions of resources, by the number of the resource and their own, and whether they are the current ones.
type Bodies = HashMap<(i64, i64), (bool, Arc<Stored>)>;

/// A resource of a page as the store had it.
fn body(bodies: &Bodies, member: &Member) -> Option<(bool, Stored)> {
    let (current, stored) = bodies.get(&(member.ord, member.version))?;
    let stored = Stored::clone(stored);
    let stored = match &member.inside {
        None => Some(stored),
        // It has no number of its own here.
        Some((ty, id)) => inner::inside(stored, TypeCode(ty.code()), id, member.ord),
    };
    Some((*current, stored?))
}

fn open(key: &CursorKey, cursor: &str, search: &Compiled, request: &Request) -> Result<Place, InvalidCursor> {
    let place: Place = key.open_place(cursor, search, &request.tenant)?;
    if place.fits(&search.search.order) { Ok(place) } else { Err(InvalidCursor::Foreign) }
}

/// Evaluation takes its time, so it runs beside other tasks. It ends soon after the future is dropped.
async fn evaluated(
    Snapshot { live, containers, earlier }: Snapshot,
    search: &Compiled,
    behind: Option<Place>,
) -> Result<reference::Page, StoreError> {
    let (registry, search) = (Arc::clone(&search.registry), search.search.clone());
    let guard = StopOnDrop::default();
    let stop = guard.flag();
    let evaluate = move || {
        let resources = live.into_iter().filter_map(|live| resource(&registry, live)).collect();
        let appeared = containers.into_iter().filter_map(|container| resource(&registry, container));
        let appeared = appeared.flat_map(|of| Inner::of(&registry, &(of.ty, of.id), &of.json)).collect();
        let earlier = earlier.iter().filter_map(|stored| self::earlier(&registry, stored)).collect();
        let reference = Reference::new(&registry, resources).with_inner(appeared).with_earlier(earlier).until(stop);
        reference.page(&search, behind.as_ref())
    };
    spawn_blocking(evaluate).await.map_err(|_| StoreError::Closed)
}

/// A resource as the evaluator reads it. No search reaches a type that the definitions do not have.
fn resource(registry: &Registry, live: Live) -> Option<reference::Resource> {
    let Live { stored, json } = live;
    let ty = registry.resource_type_of_code(stored.ty.0)?;
    let (id, version, ord, last_updated) =
        (stored.id.clone(), stored.version, stored.ord, Some(Instant(stored.updated)));
    Some(reference::Resource { ty, id, version, ord, last_updated, json })
}

fn earlier(registry: &Registry, stored: &Stored) -> Option<Earlier> {
    let ty = registry.resource_type_of_code(stored.ty.0)?;
    Some(Earlier { ty, id: stored.id.clone(), version: stored.version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Compiler, Options};
    use crate::stores::memory::Origin;
    use crate::stores::{StoreSettings, Write};
    use serde_json::json;
    use std::task::Poll;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// The observer is told between the evaluation and the reading of the bodies.
    #[test]
    fn a_page_keeps_what_is_deleted_meanwhile() {
        let registry = Arc::new(Registry::r4().clone());
        let ty = TypeCode(registry.resource_type("Patient").unwrap().code());
        let store = MemoryStore::open(Origin::Writes, StoreSettings::new(registry));
        let request = Request::default();
        let write = |write| block_on(store.write(&request.tenant, vec![write])).unwrap();
        let body = json!({"resourceType": "Patient", "id": "a"});
        write(Write::Put { ty, id: "a".to_owned(), body, keep_updated: false });
        let search = Compiler::r4(Options::default()).compile("Patient").unwrap();
        let mut delete = |_: StepReport<'_>| {
            let delete = || write(Write::Delete { ty, id: "a".to_owned() });
            std::thread::scope(|scope| scope.spawn(delete).join()).unwrap();
        };
        let found = block_on(page(&store, &search, &request, Some(&mut delete))).unwrap();
        let ids: Vec<_> = found.matches.iter().map(|found| found.id.as_str()).collect();
        assert_eq!(ids, ["a"]);
        assert!(store.snapshot(&request.tenant).live.is_empty());
    }

    /// Each patient refers to the one before: who comes along with the first is found round by round, for minutes.
    #[test]
    fn evaluation_ends_when_nobody_waits() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let registry = Arc::new(Registry::r4().clone());
        let ty = TypeCode(registry.resource_type("Patient").unwrap().code());
        let store = MemoryStore::open(Origin::Writes, StoreSettings::new(registry));
        let put = |n: u32| {
            let link = json!([{"other": {"reference": format!("Patient/{}", n.saturating_sub(1))}, "type": "seealso"}]);
            let body = json!({"resourceType": "Patient", "id": n.to_string(), "link": link});
            Write::Put { ty, id: n.to_string(), body, keep_updated: false }
        };
        let request = Request::default();
        runtime.block_on(store.write(&request.tenant, (0..400).map(put).collect())).unwrap();
        let query = "Patient?_id=0&_revinclude:iterate=Patient:link";
        let search = Compiler::r4(Options::default()).compile(query).unwrap();
        runtime.block_on(async {
            let mut answer = std::pin::pin!(page(&store, &search, &request, None));
            let begun = std::future::poll_fn(|context| Poll::Ready(answer.as_mut().poll(context).is_pending())).await;
            assert!(begun);
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(std::future::poll_fn(|context| Poll::Ready(answer.as_mut().poll(context).is_pending())).await);
        });
        // A runtime waits for what runs beside it.
        let begin = std::time::Instant::now();
        drop(runtime);
        assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
    }
}
