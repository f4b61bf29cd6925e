//! The store that is compared, and one comparison on it.

use super::case::{Answer, Case, Disagreement};
use super::data::{self, Line};
use super::pools::BASE;
use super::terms;
use crate::compiler::{Compiled, Compiler, Options};
use crate::definitions::Registry;
use crate::explain::{Stage, explain};
use crate::ir::{BaseUrl, Env, Search, Total};
use crate::reference::{Name, Reference, page};
use crate::runtime::{ExecuteError, Request, Resource, execute, execute_program, measured, terminology};
use crate::stores::{Store, StoreError, StoreSettings, StoreUrl};
use crate::tenant::TenantContext;
use crate::values::Instant;
use fhirc_codegen::program::Program;
use std::sync::Arc;

/// 2024-01-01T00:00:00Z: `ap` on dates depends on the clock.
const NOW: Instant = Instant(1_704_067_200_000_000);

/// Writes of one transaction; the resources of a set are spread over a few.
const BATCH: usize = 7;

/// A store under comparison. Every set of resources gets a tenant of its own.
#[derive(Debug)]
pub struct Subject {
    pub(super) store: Store,
    registry: Arc<Registry>,
    /// Tenants given so far.
    tenants: usize,
}

/// A set of resources in the store, and the same for the reference evaluator.
#[derive(Debug)]
pub(super) struct Loaded<'s> {
    pub(super) subject: &'s Subject,
    pub(super) tenant: TenantContext,
    pub(super) compiler: Compiler,
    pub(super) reference: Reference<'s>,
}

/// How a comparison ended.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Both gave the same; `matched`: something.
    Same { matched: bool },
    /// The search is wrong, or asks for what is not supported.
    Rejected,
    /// The store said by name what it cannot do.
    Refused(String),
    /// They differ.
    Differs(Box<Disagreement>),
}

impl Subject {
    /// Opens the store, which is created if it does not exist.
    ///
    /// # Errors
    /// The store cannot be opened.
    pub async fn open(url: &StoreUrl) -> Result<Subject, StoreError> {
        let bases = Some(vec![BASE.to_owned()]);
        let release = Arc::new(Registry::r4().clone());
        let store = Store::open(url, StoreSettings { bases, create: true, ..StoreSettings::new(release) }).await?;
        let registry = store.registry();
        let tenants = store.tenants().await?.len();
        Ok(Subject { store, registry, tenants })
    }

    /// Compares on a case of a file, all plans included. Nothing where the answers are the same.
    ///
    /// # Errors
    /// The store cannot write the resources, or the search does not run at all: [`StoreError::Unsupported`] if the store
    /// refuses it by name.
    pub async fn replay(&mut self, case: &Case) -> Result<Option<Disagreement>, StoreError> {
        let loaded = self.load(&case.writes).await?;
        match loaded.compare(&case.query, true).await? {
            Verdict::Same { .. } => Ok(None),
            Verdict::Differs(found) => Ok(Some(Disagreement { case: case.clone(), ..*found })),
            Verdict::Rejected | Verdict::Refused(_) => {
                Err(StoreError::Unsupported { what: format!("the search `{}`", case.query) })
            }
        }
    }

    pub(super) async fn load(&mut self, lines: &[Line]) -> Result<Loaded<'_>, StoreError> {
        self.tenants += 1;
        let name = format!("differential-{}", self.tenants);
        let tenant = TenantContext::new(&name).map_err(|_| StoreError::Unsupported { what: name })?;
        // The first ones come as a load into an empty store does.
        let put_off = if self.tenants == 1 { Some(self.store.begin_load().await?) } else { None };
        for batch in data::writes(&self.registry, lines).chunks(BATCH) {
            self.store.write(&tenant, batch.to_vec()).await?;
        }
        if let Some(put_off) = put_off {
            self.store.end_load(put_off).await?;
        }
        self.store.settle().await?;
        let mut terminology = terminology(&self.store, &tenant).await.map_err(store_error)?;
        terms::resources().iter().for_each(|resource| terminology.add(&resource.to_string()));
        let terminology = Arc::new(terminology);
        let bases = vec![BaseUrl::new(BASE)];
        let mut options = Options { bases, now: Some(NOW), terminology, ..Options::default() };
        let (name, lists) = terms::CURRENT_LIST;
        let registered = Arc::make_mut(&mut options.lists).add(&self.registry, name, lists);
        registered.map_err(|_| StoreError::Unsupported { what: format!("the functional list `{name}`") })?;
        let compiler = Compiler::new(Arc::clone(&self.registry), options);
        let reference = Reference::new(&self.registry, data::live(&self.registry, lines));
        let reference = reference.with_inner(data::appeared(&self.registry, lines));
        let reference = reference.with_earlier(data::earlier_versions(&self.registry, lines));
        Ok(Loaded { subject: self, tenant, compiler, reference })
    }
}

fn versioned(name: &str, version: i64) -> String {
    format!("{name}/_history/{version}")
}

fn store_error(error: ExecuteError) -> StoreError {
    match error {
        ExecuteError::Store(error) => error,
        other => StoreError::Unsupported { what: other.to_string() },
    }
}

impl Loaded<'_> {
    /// What the meaning of searches depends on beside their text.
    pub(super) fn env(&self) -> Env {
        self.compiler.env()
    }

    /// Compares one search; with `plans`, each of its plans too.
    pub(super) async fn compare(&self, query: &str, plans: bool) -> Result<Verdict, StoreError> {
        let Ok(compiled) = self.compiler.compile(query) else { return Ok(Verdict::Rejected) };
        let expected = self.expected(&compiled.search);
        let mut found = match self.found(&compiled, None, expected.pages.len()).await {
            Err(ExecuteError::Refused { diagnostics, .. }) => {
                let first = diagnostics.into_iter().next().map(|said| said.message);
                return Ok(Verdict::Refused(first.unwrap_or_default()));
            }
            found => found.map_err(|error| error.to_string()),
        };
        let mut what = "the search".to_owned();
        if plans && found.as_ref().is_ok_and(|found| *found == expected) {
            for (name, program) in self.programs(&compiled).await? {
                let by_plan = self.found(&compiled, Some(&program), expected.pages.len()).await;
                // Only passes make some plans flat enough for a statement: what is refused by name is no answer.
                if matches!(by_plan, Err(ExecuteError::Refused { .. })) {
                    continue;
                }
                found = by_plan.map_err(|error| error.to_string());
                if found.as_ref().is_ok_and(|found| *found == expected) {
                    continue;
                }
                what = name;
                break;
            }
        }
        if found.as_ref().is_ok_and(|found| *found == expected) {
            return Ok(Verdict::Same { matched: expected.pages.iter().any(|page| !page.is_empty()) });
        }
        let case = Case { why: String::new(), query: query.to_owned(), writes: Vec::new() };
        let explained = self.explained(query).await?;
        Ok(Verdict::Differs(Box::new(Disagreement { case, what, expected, found, explained })))
    }

    /// What the search must give.
    fn expected(&self, search: &Search) -> Answer {
        let answer = self.reference.search(search);
        let name = |(ty, id): &Name| format!("{}/{id}", self.compiler.registry().type_name(*ty));
        let count = search.page.count;
        let size = usize::try_from(count).unwrap_or(usize::MAX);
        let all = if size == 0 { 0 } else { answer.matches.len() };
        let mut pages: Vec<Vec<String>> = (0..all)
            .step_by(size.max(1))
            .map(|first| page(&answer.matches, first, count).iter().map(name).collect())
            .collect();
        if pages.is_empty() {
            pages.push(Vec::new());
        }
        let of_version = |(of, version): &(Name, i64)| versioned(&name(of), *version);
        let included = answer.included.iter().map(of_version).collect();
        let total = (search.total != Total::None).then_some(answer.total as u64);
        Answer { pages, included, total }
    }

    /// What the store gives, by its own program or a given one: all pages, one after the other, and one more than there
    /// should be at the most.
    async fn found(
        &self,
        compiled: &Compiled,
        program: Option<&Program>,
        pages: usize,
    ) -> Result<Answer, ExecuteError> {
        let (store, registry) = (&self.subject.store, self.compiler.registry());
        let mut answer = Answer::default();
        let mut request = Request { tenant: self.tenant.clone(), cursor: None };
        loop {
            let page = match program {
                Some(program) => execute_program(store, compiled, program, &request, None).await?,
                None => execute(store, compiled, &request, None).await?,
            };
            if answer.pages.is_empty() {
                let of_version = |found: &Resource| versioned(&found.name(registry), found.version);
                answer.included = page.included.iter().map(of_version).collect();
                answer.total = page.total;
            }
            answer.pages.push(page.matches.iter().map(|found| found.name(registry)).collect());
            if page.next.is_none() || answer.pages.len() > pages {
                return Ok(answer);
            }
            request.cursor = page.next;
        }
    }

    async fn explained(&self, query: &str) -> Result<String, StoreError> {
        let store = &self.subject.store;
        let Ok(compiled) = self.compiler.compile(query) else { return Ok(String::new()) };
        let measured = measured(store, &self.tenant, &compiled).await?;
        let (sections, _) = explain(&self.compiler, query, &[], &measured);
        let shown = sections.iter().filter(|section| matches!(section.stage, Stage::Ir | Stage::Optimized));
        Ok(shown.map(|section| section.text.as_str()).collect())
    }
}
