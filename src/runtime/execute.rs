//! The interpreter: steps in order, each step's tuples into its slot.

use crate::compiler::Compiled;
use crate::plan::{Context, PAGE_SLOT, Plan, choose, split};
use crate::runtime::include::Included;
use crate::runtime::measure::measured;
use crate::runtime::shape;
use crate::runtime::{CursorKey, ExecuteError, Page, Resource};
use crate::stores::{Slots, Store, StoreError, Stored, Tuple};
use crate::tenant::TenantContext;
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
    /// The query that ran.
    pub query: &'q Query,
    /// Tuples that came back.
    pub rows: usize,
    /// How long it took.
    pub time: Duration,
}

/// Sees each step as it ends.
pub type Observer<'o> = &'o mut (dyn FnMut(StepReport<'_>) + Send);

/// One page of a compiled search.
///
/// # Errors
/// The store cannot do what is asked, the cursor belongs to another search, or the store fails. Never a shorter answer.
pub async fn execute(
    store: &Store,
    search: &Compiled,
    request: &Request,
    observer: Option<Observer<'_>>,
) -> Result<Page, ExecuteError> {
    let program = program(store, search, &request.tenant).await?;
    execute_program(store, search, &program, request, observer).await
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
    let key = CursorKey::new(store.secret().await?);
    let after = match &request.cursor {
        Some(cursor) => Some(key.open(cursor, search, &request.tenant)?),
        None => None,
    };
    let mut run = Run { store, tenant: &request.tenant, slots: Slots::new(), observer };
    let mut page = Page { total: run.total(program).await?, ..Page::default() };
    let Some(mut tuples) = run.page(program, after).await? else { return Ok(page) };
    page.next = cut(&mut tuples, search, &request.tenant, &key);
    run.slots.insert(PAGE_SLOT, tuples.clone());
    let ords: Vec<i64> = tuples.iter().map(|tuple| tuple.ord).collect();
    let included = run.included(program, search, &ords).await?;
    page.matches = run.bodies(&ords, search).await?;
    page.included = run.bodies(&included.ords, search).await?;
    page.outcome.extend(included.cut);
    Ok(page)
}

/// The steps that answer a search on a store, planned with what the store knows of its data.
///
/// # Errors
/// What the store cannot do.
pub(crate) async fn program(store: &Store, search: &Compiled, tenant: &TenantContext) -> Result<Program, ExecuteError> {
    let measured = measured(store, tenant, &search.plan).await?;
    let context = Context { registry: store.registry(), stats: &measured };
    program_of(store, search, &choose(&search.plan, context))
}

/// The steps that a plan of a search takes on a store.
///
/// # Errors
/// What the store cannot do.
pub(crate) fn program_of(store: &Store, search: &Compiled, plan: &Plan) -> Result<Program, ExecuteError> {
    split(plan, store.capabilities().as_ref()).map_err(|refusals| ExecuteError::Refused {
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
pub(super) struct Run<'r, 'o> {
    store: &'r Store,
    tenant: &'r TenantContext,
    pub(super) slots: Slots,
    observer: Option<Observer<'o>>,
}

impl Run<'_, '_> {
    async fn total(&mut self, program: &Program) -> Result<Option<u64>, ExecuteError> {
        let Some(root) = program.roots.total else { return Ok(None) };
        let tuples = self.root(program, root, None).await?;
        Ok(tuples.first().map(|tuple| u64::try_from(tuple.ord).unwrap_or_default()))
    }

    async fn page(&mut self, program: &Program, after: Option<After>) -> Result<Option<Vec<Tuple>>, ExecuteError> {
        match program.roots.page {
            Some(root) => self.root(program, root, after).await.map(Some),
            None => Ok(None),
        }
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
        let Op::Query { query, .. } = &step.op else {
            let what = "a step that is no query".to_owned();
            return Err(ExecuteError::Store(StoreError::Unsupported { what }));
        };
        let mut query = query.clone();
        if let Some(take) = &mut query.take {
            take.after = after;
        }
        let begin = Instant::now();
        let tuples = self.store.run(self.tenant, &query, &self.slots).await?;
        if let Some(observer) = &mut self.observer {
            observer(StepReport { step: id, query: &query, rows: tuples.len(), time: begin.elapsed() });
        }
        Ok(tuples)
    }

    /// The resources with these numbers, cut down to what the search wants of them.
    async fn bodies(&self, ords: &[i64], search: &Compiled) -> Result<Vec<Resource>, ExecuteError> {
        let registry = self.store.registry();
        let resource = |stored: Stored| {
            let Stored { ty, id, version, updated, body, .. } = stored;
            let body = match registry.resource_type_of_code(ty.0) {
                Some(ty) => shape::cut(registry, &search.search.shape, ty, body),
                None => body,
            };
            Resource { ty, id, version, updated, body }
        };
        Ok(self.store.bodies(self.tenant, ords).await?.into_iter().map(resource).collect())
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
