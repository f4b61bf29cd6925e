//! A page of a search: from one snapshot where the store has such, by the program that its counts make best.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::plan::{Context, Plan, choose, split};
use crate::runtime::definitions;
use crate::runtime::measure::measure;
use crate::runtime::refused::refused;
use crate::runtime::run::Run;
use crate::runtime::{CursorKey, ExecuteError, Page, evaluate};
#[cfg(feature = "postgres")]
use crate::stores::postgres::PostgresStore;
use crate::stores::reading::{Reading, Unheld};
#[cfg(feature = "sqlite")]
use crate::stores::sqlite::{Snapshot, SqliteStore, now};
use crate::stores::{Store, StoreError};
use crate::tenant::TenantContext;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::{Program, Query, StepId};
use std::time::Duration;

/// Whose resources are searched, from where on.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The tenant.
    pub tenant: TenantContext,
    /// [`Page::next`] of the page before; the first page without one.
    pub cursor: Option<String>,
}

/// What one step did.
#[derive(Clone, Copy, Debug)]
pub struct StepReport<'q> {
    /// Its place in the program.
    pub step: StepId,
    /// The query that ran; nothing where the search was evaluated without one.
    pub query: Option<&'q Query>,
    /// Tuples that came back; nothing where the store gave up, see [`Query::visits`].
    pub rows: Option<usize>,
    /// How long it took.
    pub time: Duration,
    /// Requests to the server; nothing where they are not counted.
    pub requests: Option<u64>,
}

/// Sees each step as it ends.
pub type Observer<'o> = &'o mut (dyn FnMut(StepReport<'_>) + Send);

/// One page of a compiled search.
///
/// # Errors
/// The store cannot do what is asked, a parameter of the search has been changed or retired since it was compiled, the
/// cursor belongs to another search, or the store fails. Never a shorter answer.
pub async fn execute(
    store: &Store,
    search: &Compiled,
    request: &Request,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    match store {
        Store::Reference(resources) => evaluate::page(resources, search, request, observer).await,
        _ => run(store, search, None, request, observer).await,
    }
}

/// The same by some program: any that a plan of the search splits into must give the same page.
///
/// # Errors
/// As for [`execute`].
pub(crate) async fn execute_program(
    store: &Store,
    search: &Compiled,
    program: &Program,
    request: &Request,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    run(store, search, Some(program), request, observer).await
}

/// Reads a page from one snapshot, where the store has such.
async fn run(
    store: &Store,
    search: &Compiled,
    program: Option<&Program>,
    request: &Request,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    let asked = Asked { search, program, request, key: CursorKey::new(store.secret().await?) };
    match store {
        #[cfg(feature = "sqlite")]
        Store::Sqlite(store) => in_snapshot(store, asked, observer).await,
        #[cfg(feature = "postgres")]
        Store::Postgres(store) => in_transaction(store, &asked, observer).await,
        #[cfg(feature = "elasticsearch")]
        Store::Elasticsearch(store) => answer(&store.view(&request.tenant).await?, &asked, observer).await,
        _ => answer(&Unheld { store, tenant: &request.tenant }, &asked, observer).await,
    }
}

#[cfg(feature = "postgres")]
async fn in_transaction(
    store: &PostgresStore,
    asked: &Asked<'_>,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    let snapshot = store.snapshot(&asked.request.tenant).await?;
    let page = answer(&snapshot, asked, observer).await;
    snapshot.end();
    page
}

/// Puts the answer together where the connection is.
#[cfg(feature = "sqlite")]
async fn in_snapshot(
    store: &SqliteStore,
    asked: Asked<'_>,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    let Asked { search, program, request, key } = asked;
    let (search, program, of, watched) = (search.clone(), program.cloned(), request.clone(), observer.is_some());
    let read = move |snapshot: &Snapshot<'_>| {
        let mut noted = Vec::new();
        let mut note = |report: StepReport<'_>| noted.push(Noted::from(report));
        let observer: Option<Observer<'_>> = if watched { Some(&mut note) } else { None };
        let asked = Asked { search: &search, program: program.as_ref(), request: &of, key };
        let page = now(answer(snapshot, &asked, observer))?;
        Ok((page, noted))
    };
    let (page, noted) = store.snapshot(&request.tenant, read).await?;
    if let Some(observer) = observer {
        noted.iter().for_each(|noted| observer(noted.report()));
    }
    page
}

/// What is asked of a store.
struct Asked<'a> {
    search: &'a Compiled,
    /// Nothing: the one that the store's counts make best.
    program: Option<&'a Program>,
    request: &'a Request,
    key: CursorKey,
}

/// A report that is told later.
#[cfg(feature = "sqlite")]
struct Noted {
    step: StepId,
    query: Option<Query>,
    rows: Option<usize>,
    time: Duration,
    requests: Option<u64>,
}

#[cfg(feature = "sqlite")]
impl From<StepReport<'_>> for Noted {
    fn from(StepReport { step, query, rows, time, requests }: StepReport<'_>) -> Noted {
        Noted { step, query: query.cloned(), rows, time, requests }
    }
}

#[cfg(feature = "sqlite")]
impl Noted {
    fn report(&self) -> StepReport<'_> {
        let Noted { step, ref query, rows, time, requests } = *self;
        StepReport { step, query: query.as_ref(), rows, time, requests }
    }
}

async fn answer<R: Reading>(
    reading: &R,
    asked: &Asked<'_>,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    let &Asked { search, program, request, ref key } = asked;
    let after = match &request.cursor {
        Some(cursor) => Some(key.open(cursor, search, &request.tenant)?),
        None => None,
    };
    let registry = reading.registry();
    definitions::check(&registry, search)?;
    let mut run = Run::new(reading, search, &request.tenant, (registry, observer));
    loop {
        let page = match program {
            Some(program) => run.answer(program, after.clone(), key).await,
            None => match chosen(reading, search, &run.registry).await {
                Ok(best) => run.answer(&best, after.clone(), key).await,
                Err(failed) => Err(failed),
            },
        };
        let page = match page {
            Ok(page) if !R::IS_SNAPSHOT => confirmed(reading, search, &run.registry, page).await,
            page => page,
        };
        match page {
            // They are read anew, which happens once: nothing that was read since is told before its snapshot is taken.
            Err(ExecuteError::Store(StoreError::OtherCounts)) => {}
            // The steps may read rows of composites that the search does not name.
            Err(ExecuteError::Store(StoreError::OtherDefinitions)) => {
                run.registry = reading.refresh().await?;
                definitions::check(&run.registry, search)?;
            }
            page => return page.map_err(|error| refused(error, search)),
        }
    }
}

/// The page, if what it was put together of was all right until the end.
async fn confirmed<R: Reading>(
    reading: &R,
    search: &Compiled,
    registry: &Registry,
    page: Page,
) -> Result<Page, ExecuteError> {
    let lacking = reading.confirm(registry, &definitions::params(search)).await?;
    definitions::complete(search, &lacking)?;
    Ok(page)
}

/// The steps that answer a search on a store, planned with what the store knows of its data.
///
/// `registry`: the definitions that the store's rows are made under. The parameters of the search are the same in it.
async fn chosen<R: Reading>(reading: &R, search: &Compiled, registry: &Registry) -> Result<Program, ExecuteError> {
    let mut measured = measure(reading, &search.plan, registry).await?;
    if !R::IS_SNAPSHOT {
        measured.leave_answers_alone();
    }
    let plan = choose(&search.plan, Context { registry, stats: &measured });
    steps(reading.capabilities()?.as_ref(), search, &plan)
}

/// The steps that a plan of a search takes on a store.
///
/// # Errors
/// What the store cannot do.
pub(crate) fn program_of(store: &Store, search: &Compiled, plan: &Plan) -> Result<Program, ExecuteError> {
    steps(store.capabilities()?.as_ref(), search, plan)
}

fn steps(capabilities: &dyn Capabilities, search: &Compiled, plan: &Plan) -> Result<Program, ExecuteError> {
    split(plan, capabilities).map_err(|refusals| ExecuteError::Refused {
        query: search.query.clone(),
        diagnostics: refusals.iter().map(|refusal| refusal.diagnostic("this store")).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server runs each search as a task of its own: the future goes from thread to thread.
    #[test]
    fn a_search_can_be_spawned() {
        fn sent<T: Send>(_: impl FnOnce(&'static Store, &'static Compiled, &'static Request, Observer<'static>) -> T) {}
        sent(|store, search, request, observer| execute(store, search, request, Some(observer)));
    }
}
