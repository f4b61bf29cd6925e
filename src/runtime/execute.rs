//! The interpreter: steps in order, each step's tuples into its slot.

use crate::compiler::Compiled;
use crate::fnv::Fnv;
use crate::plan::{Context, PAGE_SLOT, Plan, choose, split};
use crate::runtime::definitions;
use crate::runtime::include::Included;
use crate::runtime::measure::measure;
use crate::runtime::refused::refused;
use crate::runtime::{CursorKey, ExecuteError, Page, Resource, evaluate};
use crate::stores::reading::{Reading, Unheld};
#[cfg(feature = "sqlite")]
use crate::stores::sqlite::{Snapshot, SqliteStore, now};
use crate::stores::{LiveVersion, Slots, Store, StoreError, Tuple};
use crate::tenant::TenantContext;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::program::{After, Op, Program, Query, Step, StepId};
use std::time::{Duration, Instant};

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
        Store::Postgres(store) => {
            let snapshot = store.snapshot(&request.tenant).await?;
            let page = answer(&snapshot, &asked, observer).await;
            snapshot.end().await;
            page
        }
        #[cfg(feature = "elasticsearch")]
        Store::Elasticsearch(store) => answer(&store.view(&request.tenant).await?, &asked, observer).await,
        _ => answer(&Unheld { store, tenant: &request.tenant }, &asked, observer).await,
    }
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
}

#[cfg(feature = "sqlite")]
impl From<StepReport<'_>> for Noted {
    fn from(StepReport { step, query, rows, time }: StepReport<'_>) -> Noted {
        Noted { step, query: query.cloned(), rows, time }
    }
}

#[cfg(feature = "sqlite")]
impl Noted {
    fn report(&self) -> StepReport<'_> {
        StepReport { step: self.step, query: self.query.as_ref(), rows: self.rows, time: self.time }
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
    let epoch = definitions::check(&reading.registry(), search)?;
    let best;
    let program = match program {
        Some(program) => program,
        None => {
            best = chosen(reading, search).await?;
            &best
        }
    };
    let mut run = Run { reading, search, tenant: &request.tenant, epoch, slots: Slots::new(), observer };
    run.answer(program, after, key).await.map_err(|error| refused(error, search))
}

/// What tells a search of a tenant from others.
fn name(search: &Compiled, tenant: &TenantContext) -> u128 {
    let mut hash = Fnv::new();
    hash.update(tenant.name().as_bytes());
    hash.update(&[0]);
    hash.update(search.query.as_str().as_bytes());
    hash.value()
}

/// The steps that answer a search on a store, planned with what the store knows of its data.
async fn chosen<R: Reading>(reading: &R, search: &Compiled) -> Result<Program, ExecuteError> {
    let mut measured = measure(reading, &search.plan).await?;
    if !R::IS_SNAPSHOT {
        measured.leave_answers_alone();
    }
    let plan = choose(&search.plan, Context { registry: &search.registry, stats: &measured });
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

/// Cuts the one tuple too many that tells whether there is a next page, and says where that begins.
fn cut(tuples: &mut Vec<Tuple>, search: &Compiled, tenant: &TenantContext, key: &CursorKey) -> Option<String> {
    let size = search.search.page.count as usize;
    let more = tuples.len() > size;
    tuples.truncate(size);
    let last = tuples.last().filter(|_| more)?;
    let after = After { keys: last.keys.clone(), ord: last.ord };
    Some(key.seal(&after, search, tenant))
}

/// A program that is running.
pub(super) struct Run<'r, 'o, R> {
    reading: &'r R,
    search: &'r Compiled,
    tenant: &'r TenantContext,
    /// That of the definitions under which the search was last found to mean what it meant.
    epoch: u32,
    pub(super) slots: Slots,
    observer: Option<Observer<'o>>,
}

impl<R: Reading> Run<'_, '_, R> {
    async fn answer(&mut self, program: &Program, after: Option<After>, key: &CursorKey) -> Result<Page, ExecuteError> {
        let search = self.search;
        let mut page = Page { total: self.total(program).await?, ..Page::default() };
        let Some(mut tuples) = self.page(program, after).await? else { return Ok(page) };
        page.next = cut(&mut tuples, search, self.tenant, key);
        self.slots.insert(PAGE_SLOT, tuples.clone());
        let ords: Vec<i64> = tuples.iter().map(|tuple| tuple.ord).collect();
        let included = self.included(program, search, &ords).await?;
        page.matches = self.bodies(&ords, search).await?;
        page.included = self.bodies(&included.ords, search).await?;
        page.included.extend(included.earlier.into_iter().map(|stored| Resource::earlier(stored, search)));
        page.outcome.extend(included.cut);
        Ok(page)
    }

    async fn total(&mut self, program: &Program) -> Result<Option<u64>, ExecuteError> {
        let Some(root) = program.roots.total else { return Ok(None) };
        let tuples = self.root(program, root, None).await?;
        Ok(tuples.first().map(|tuple| u64::try_from(tuple.ord).unwrap_or_default()))
    }

    /// The tuples of a page, by another way where the first is given up.
    async fn page(&mut self, program: &Program, after: Option<After>) -> Result<Option<Vec<Tuple>>, ExecuteError> {
        let Some(root) = program.roots.page else { return Ok(None) };
        let Some(instead) = program.roots.instead else { return self.first(program, root, after).await.map(Some) };
        let (search, tenant) = (self.search, self.tenant);
        if self.reading.has_given_up(|| name(search, tenant)) {
            return self.root(program, instead, after).await.map(Some);
        }
        match self.first(program, root, after.clone()).await {
            Err(ExecuteError::Store(StoreError::GaveUp)) => {
                // A later page may lie where matches are rare: that tells nothing of the first one.
                if after.is_none() {
                    self.reading.gave_up(name(search, tenant));
                }
                self.root(program, instead, after).await.map(Some)
            }
            page => page.map(Some),
        }
    }

    /// The tuples of a page. Where its step meets only members with a value for the first sort key, the next step goes
    /// on with the others: there, or, behind a position among them, at once.
    async fn first(
        &mut self,
        program: &Program,
        root: StepId,
        after: Option<After>,
    ) -> Result<Vec<Tuple>, ExecuteError> {
        let Some(rest) = program.roots.rest else { return self.root(program, root, after).await };
        let without_value = |after: &After| matches!(after.keys.first(), Some(None));
        if after.as_ref().is_some_and(without_value) {
            return self.root(program, rest, after).await;
        }
        let mut tuples = self.root(program, root, after).await?;
        // The size of the page and one more.
        let wanted = self.search.search.page.count as usize + 1;
        if tuples.len() < wanted {
            tuples.extend(self.root(program, rest, None).await?);
            tuples.truncate(wanted);
        }
        Ok(tuples)
    }

    /// Runs the step of a root and the steps between it and the root before, which it reads.
    pub(super) async fn root(
        &mut self,
        program: &Program,
        root: StepId,
        after: Option<After>,
    ) -> Result<Vec<Tuple>, ExecuteError> {
        let begin = program.roots.before(root);
        let mut last = Vec::new();
        for (n, step) in (0u32..).zip(&program.steps).skip(begin as usize) {
            if n > root.0 {
                break;
            }
            let after = if n == root.0 { after.clone() } else { None };
            last = self.step(StepId(n), step, after).await?;
            if let Some(slot) = step.fills {
                self.slots.insert(slot, last.clone());
            }
        }
        Ok(last)
    }

    async fn step(&mut self, id: StepId, step: &Step, after: Option<After>) -> Result<Vec<Tuple>, ExecuteError> {
        let query = match &step.op {
            Op::Query { query, .. } => query,
            Op::Loop { body, until_empty, budget } => return self.looped(id, body, *until_empty, *budget).await,
            _ => {
                let what = "a step that is no query".to_owned();
                return Err(ExecuteError::Store(StoreError::Unsupported { what }));
            }
        };
        self.one(id, query, after).await
    }

    /// Runs the query of a step.
    pub(super) async fn one(
        &mut self,
        id: StepId,
        query: &Query,
        after: Option<After>,
    ) -> Result<Vec<Tuple>, ExecuteError> {
        let mut query = query.clone();
        if let Some(take) = &mut query.take {
            take.after = after;
        }
        let begin = Instant::now();
        let tuples = self.query(&query).await;
        let rows = match &tuples {
            Ok(tuples) => Some(tuples.len()),
            Err(ExecuteError::Store(StoreError::GaveUp)) => None,
            Err(_) => return tuples,
        };
        if let Some(observer) = &mut self.observer {
            observer(StepReport { step: id, query: Some(&query), rows, time: begin.elapsed() });
        }
        tuples
    }

    /// Runs a query. Where definitions have changed since the step before, the search goes on if its own have not.
    async fn query(&mut self, query: &Query) -> Result<Vec<Tuple>, ExecuteError> {
        loop {
            match self.reading.run(query, &self.slots, self.epoch).await {
                Err(StoreError::OtherDefinitions) => {
                    self.epoch = definitions::check(self.reading.refresh().await?.as_ref(), self.search)?;
                }
                answer => return Ok(answer?),
            }
        }
    }

    /// The resources with these numbers, cut down to what the search wants of them.
    async fn bodies(&mut self, ords: &[i64], search: &Compiled) -> Result<Vec<Resource>, ExecuteError> {
        let stored = self.reading.bodies(ords).await?;
        Ok(stored.into_iter().map(|stored| Resource::cut(stored, search)).collect())
    }

    /// These versions of resources, by their numbers.
    pub(super) async fn versions(&mut self, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        self.reading.versions(of).await
    }

    async fn included(
        &mut self,
        program: &Program,
        search: &Compiled,
        matches: &[i64],
    ) -> Result<Included, ExecuteError> {
        crate::runtime::include::included(self, program, search, matches).await
    }
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
