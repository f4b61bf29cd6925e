//! The interpreter: steps in order, each step's tuples into its slot.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::fnv::Fnv;
use crate::plan::PAGE_SLOT;
use crate::runtime::include::Included;
use crate::runtime::{CursorKey, ExecuteError, Observer, Page, Resource, StepReport};
use crate::stores::reading::Reading;
use crate::stores::{LiveVersion, Slots, StoreError, Tuple};
use crate::tenant::TenantContext;
use fhirc_codegen::program::{After, Op, Program, Query, Step, StepId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// What tells a search of a tenant from others.
fn name(search: &Compiled, tenant: &TenantContext) -> u128 {
    let mut hash = Fnv::new();
    hash.update(tenant.name().as_bytes());
    hash.update(&[0]);
    hash.update(search.query.as_str().as_bytes());
    hash.value()
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
    /// The definitions under which the search was last found to mean what it meant.
    pub(super) registry: Arc<Registry>,
    pub(super) slots: Slots,
    observer: Option<Observer<'o>>,
}

impl<'r, 'o, R: Reading> Run<'r, 'o, R> {
    /// `registry`: the definitions of the store, which the search agrees with.
    pub(super) fn new(
        reading: &'r R,
        search: &'r Compiled,
        tenant: &'r TenantContext,
        (registry, observer): (Arc<Registry>, Option<Observer<'o>>),
    ) -> Run<'r, 'o, R> {
        Run { reading, search, tenant, registry, slots: Slots::new(), observer }
    }

    /// The page behind a position, and where the next one begins.
    pub(super) async fn answer(
        &mut self,
        program: &Program,
        after: Option<After>,
        key: &CursorKey,
    ) -> Result<Page, ExecuteError> {
        let search = self.search;
        let mut page = Page { total: self.total(program).await?, ..Page::default() };
        let Some(mut tuples) = self.page(program, after).await? else { return Ok(page) };
        page.next = cut(&mut tuples, search, self.tenant, key);
        self.slots.insert(PAGE_SLOT, tuples.clone());
        let ords: Vec<i64> = tuples.iter().map(|tuple| tuple.ord).collect();
        let included = self.included(program, search, &ords).await?;
        // All are read at once.
        let all = [ords.as_slice(), included.ords.as_slice()].concat();
        let come_along: BTreeSet<i64> = included.ords.into_iter().collect();
        for stored in self.reading.bodies(&all).await? {
            let of = if come_along.contains(&stored.ord) { &mut page.included } else { &mut page.matches };
            of.push(Resource::cut(stored, search));
        }
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
        for (n, step) in (0..root.0).zip(&program.steps).skip(begin as usize) {
            let found = self.step(StepId(n), step, None).await?;
            if let Some(slot) = step.fills {
                self.slots.insert(slot, found);
            }
        }
        let Some(step) = program.steps.get(root.0 as usize) else { return Ok(Vec::new()) };
        let found = self.step(root, step, after).await?;
        if let Some(slot) = step.fills {
            self.slots.insert(slot, found.clone());
        }
        Ok(found)
    }

    async fn step(&mut self, id: StepId, step: &Step, after: Option<After>) -> Result<Vec<Tuple>, ExecuteError> {
        let query = match &step.op {
            Op::Query { query, .. } => query,
            Op::Refine { candidates, by, bound, .. } => return self.refined(id, candidates, by, *bound).await,
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
        let (begin, before) = (Instant::now(), self.reading.requests());
        let tuples = self.reading.run(&query, &self.slots, self.registry.epoch()).await.map_err(ExecuteError::from);
        let rows = match &tuples {
            Ok(tuples) => Some(tuples.len()),
            Err(ExecuteError::Store(StoreError::GaveUp)) => None,
            Err(_) => return tuples,
        };
        if let Some(observer) = &mut self.observer {
            let requests = self.reading.requests().zip(before).map(|(after, before)| after.saturating_sub(before));
            observer(StepReport { step: id, query: Some(&query), rows, time: begin.elapsed(), requests });
        }
        tuples
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
