//! Text in, plan out: the stages up to the optimized plan, in one call.

mod source;

pub use source::Source;

use crate::definitions::Registry;
use crate::ir::{BaseUrl, Env, Search};
use crate::plan::{self, Context, Plan};
use crate::resolve::{CurrentLists, Handling, NamedQueries, NoTerminology, Settings, Terminology, resolve};
use crate::values::{FOLD_VERSION, Instant, Zone};
use fhirc_codegen::stats::Empty;
use fhirc_grammar::{Diagnostic, parse_search_within};
use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Compiles searches against one set of definitions.
#[derive(Clone, Debug)]
pub struct Compiler {
    registry: Arc<Registry>,
    options: Options,
}

/// What a caller can decide about compilation.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is done with a parameter that is not known.
    pub handling: Handling,
    /// The zone of dates without one.
    pub zone: Zone,
    /// The server's own bases: references on them are local.
    pub bases: Vec<BaseUrl>,
    /// A fixed clock, for `ap` on dates; without one, the time at which a query is compiled.
    pub now: Option<Instant>,
    /// Matches on a page where the query does not say.
    pub default_count: u32,
    /// Value sets and code systems; `runtime::terminology` reads those of a store.
    pub terminology: Arc<dyn Terminology>,
    /// What `_query` may name.
    pub queries: Arc<NamedQueries>,
    /// What `_list=$…` may name.
    pub lists: Arc<CurrentLists>,
}

impl Default for Options {
    /// Lenient, UTC, no bases, the clock of the machine, pages of 20, no terminology, nothing under a name.
    fn default() -> Self {
        Options {
            handling: Handling::Lenient,
            zone: Zone::UTC,
            bases: Vec::new(),
            now: None,
            default_count: 20,
            terminology: Arc::new(NoTerminology),
            queries: Arc::default(),
            lists: Arc::default(),
        }
    }
}

/// A search that can run.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text it came from.
    pub query: Source,
    /// How parameters that are not known were treated.
    pub handling: Handling,
    /// The definitions that it was resolved against: what its parameters are numbers of.
    pub registry: Arc<Registry>,
    /// What it means.
    pub search: Search,
    /// The sets it asks for, after all logical passes.
    pub plan: Plan,
    /// What the caller should know: parameters that were left out, values that match nothing.
    pub warnings: Vec<Diagnostic>,
}

/// A search that cannot run: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The text.
    pub query: Source,
    /// At least one error; warnings stand among them.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostics.iter().try_for_each(|diagnostic| f.write_str(&self.query.render(diagnostic)))
    }
}

impl std::error::Error for Rejected {}

impl Compiler {
    /// A compiler for the definitions of FHIR R4.
    pub fn r4(options: Options) -> Compiler {
        Compiler::new(Arc::new(Registry::r4().clone()), options)
    }

    /// A compiler for some definitions.
    pub fn new(registry: Arc<Registry>, options: Options) -> Compiler {
        Compiler { registry, options }
    }

    /// The definitions.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What the caller decided.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Compiles a search: `Patient?name=eve`, `?_lastUpdated=gt2024`, `Patient/23/Observation?code=1234-5`.
    ///
    /// # Errors
    /// Everything that is wrong with the text, together.
    pub fn compile(&self, query: &str) -> Result<Compiled, Rejected> {
        self.compile_observed(query, &mut |_| {})
    }

    /// Compiles what a `POST` to `…/_search` asks: the parameters of its URL and of its body, which merge as repetition
    /// (item 109): [`Source::form`]. In a form `+` is a blank, as in a URL.
    ///
    /// # Errors
    /// As [`Compiler::compile`]; what is in the body is shown in the body.
    pub fn compile_form(&self, url: &str, body: &str) -> Result<Compiled, Rejected> {
        self.compile_observed(Source::form(url, body), &mut |_| {})
    }

    /// The same, showing `observe` each representation as it is made.
    ///
    /// # Errors
    /// As [`Compiler::compile`].
    pub fn compile_observed(
        &self,
        query: impl Into<Source>,
        observe: &mut dyn FnMut(Representation<'_>),
    ) -> Result<Compiled, Rejected> {
        let query: Source = query.into();
        let reject = |diagnostics| Rejected { query: query.clone(), diagnostics };
        let bases: Vec<&str> = self.options.bases.iter().map(BaseUrl::as_str).collect();
        let (tree, mut diagnostics) = parse_search_within(query.as_str(), &bases, query.limit());
        let Some(tree) = tree else { return Err(reject(diagnostics)) };
        observe(Representation::Tree(&tree));
        // What could be read is resolved even if something else could not: all problems are told at once.
        let resolved = resolve(&tree, &self.registry, &self.settings());
        diagnostics.extend(resolved.diagnostics);
        diagnostics.sort_by_key(|diagnostic| (diagnostic.span.start, diagnostic.span.end));
        let Some(search) = resolved.search.filter(|_| !diagnostics.iter().any(Diagnostic::is_error)) else {
            return Err(reject(diagnostics));
        };
        observe(Representation::Search(&search));
        let built = plan::build(&search, &self.registry);
        observe(Representation::Built(&built));
        let context = Context { registry: &self.registry, stats: &Empty };
        let plan = plan::optimize_observed(built, context, &mut |pass, plan| {
            observe(Representation::Passed(pass.name, plan));
        });
        let registry = Arc::clone(&self.registry);
        Ok(Compiled { query, handling: self.options.handling, registry, search, plan, warnings: diagnostics })
    }

    /// What the meaning of a search that is compiled now depends on beside its text.
    pub fn env(&self) -> Env {
        let Options { zone, bases, now, .. } = self.options.clone();
        let now = now.unwrap_or_else(clock);
        Env { fhir: self.registry.version(), now, zone, bases, fold: FOLD_VERSION }
    }

    fn settings(&self) -> Settings {
        let Options { handling, default_count, terminology, queries, lists, .. } = self.options.clone();
        let terminology = terminology.for_search().unwrap_or(terminology);
        Settings { env: self.env(), handling, default_count, terminology, queries, lists }
    }
}

/// A stage's result, as an observer sees it.
#[derive(Clone, Copy, Debug)]
pub enum Representation<'a> {
    /// The syntax tree.
    Tree(&'a fhirc_grammar::Search),
    /// The typed search.
    Search(&'a Search),
    /// The plan before any pass.
    Built(&'a Plan),
    /// The plan after a pass that changed it.
    Passed(&'static str, &'a Plan),
}

/// The time of the machine, in microseconds.
fn clock() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
