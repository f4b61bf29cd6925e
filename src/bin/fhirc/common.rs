//! Options that several commands share.

use crate::exit::Exit;
use crate::external::External;
use crate::output::Output;
use clap::Args;
use fhirc::compiler::{Options, Source};
use fhirc::definitions::{Registry, load_package};
use fhirc::grammar::{Diagnostic, render};
use fhirc::ir::BaseUrl;
use fhirc::load::{self, EXAMPLES};
use fhirc::resolve::{CurrentLists, Handling, NamedQueries};
use fhirc::runtime::terminology;
use fhirc::stores::{Store, StoreError, StoreSettings, StoreUrl};
use fhirc::tenant::TenantContext;
use fhirc::values::{Instant, Zone, parse_date};
use std::path::PathBuf;
use std::sync::Arc;

/// What the meaning of a search depends on beside its text.
#[derive(Clone, Debug, Args)]
pub(crate) struct Meaning {
    /// Refuses parameters that are not known, instead of leaving them out with a warning
    #[arg(long)]
    pub(crate) strict: bool,
    /// The zone of dates that have none: `UTC`, `+02:00`, `Europe/Berlin` [default: the store's, or UTC]. A store keeps
    /// that of its first load, and takes no other
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// A base URL of your own server: absolute references on it are local [default: the store's, or none]. As for the
    /// zone, a store keeps its own
    #[arg(long = "base", value_name = "URL")]
    pub(crate) bases: Vec<String>,
    /// The clock that `ap` on dates reads, as a FHIR instant [default: the machine's]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) now: Option<String>,
    /// What `_query=NAME` stands for: `NAME=Observation?code=8867-4&value-quantity={limit}`, to which a search then says
    /// `limit=…`; repeatable
    #[arg(long = "named-query", value_name = "NAME=SEARCH")]
    named_queries: Vec<String>,
    /// What is on the functional list `_list=$NAME`: the entries of the Lists that a search finds, as in
    /// `current-problems=List?status=current&code=problems`; repeatable
    #[arg(long = "current-list", value_name = "NAME=SEARCH")]
    current_lists: Vec<String>,
}

impl Meaning {
    /// The options of a compiler for no store in particular.
    pub(crate) fn options(&self, registry: &Registry, external: &External) -> Result<Options, String> {
        let options = self.own(registry)?;
        let terminology = external.alone()?.unwrap_or(Arc::clone(&options.terminology));
        Ok(Options { terminology, ..options })
    }

    fn own(&self, registry: &Registry) -> Result<Options, String> {
        let handling = if self.strict { Handling::Strict } else { Handling::Lenient };
        let bases = self.bases.iter().map(|base| BaseUrl::new(base)).collect();
        let zone = self.zone()?.unwrap_or(Zone::UTC);
        let (mut queries, mut lists) = (NamedQueries::default(), CurrentLists::default());
        registered("--named-query", &self.named_queries, |name, search| queries.add(registry, name, search))?;
        registered("--current-list", &self.current_lists, |name, search| lists.add(registry, name, search))?;
        let (queries, lists) = (Arc::new(queries), Arc::new(lists));
        Ok(Options { handling, zone, bases, now: self.now()?, queries, lists, ..Options::default() })
    }

    /// The options of a compiler for a store: its zone and bases, since its rows depend on them, and its
    /// CodeSystems and ValueSets, behind which a terminology server may stand. What is wrong is told.
    pub(crate) async fn options_for(
        &self,
        store: &Store,
        tenant: &TenantContext,
        external: &External,
        output: &mut Output,
    ) -> Result<Options, Exit> {
        let bases = store.bases().iter().map(|base| BaseUrl::new(base)).collect();
        let stored = terminology(store, tenant).await.map_err(|error| output.failed(&error.to_string()))?;
        let options = external.behind(stored).and_then(|terminology| Ok((terminology, self.own(&store.registry())?)));
        let (terminology, own) = options.map_err(|wrong| output.usage(&wrong))?;
        Ok(Options { zone: store.zone().clone(), bases, terminology, ..own })
    }

    /// What a store is opened with.
    pub(crate) fn settings(&self, registry: Arc<Registry>) -> Result<StoreSettings, String> {
        let bases = (!self.bases.is_empty()).then(|| self.bases.clone());
        Ok(StoreSettings { zone: self.zone()?, bases, ..StoreSettings::new(registry) })
    }

    fn zone(&self) -> Result<Option<Zone>, String> {
        self.zone.as_deref().map(str::parse).transpose().map_err(|error| format!("--zone: {error}"))
    }

    fn now(&self) -> Result<Option<Instant>, String> {
        let read = |text: &str| parse_date(text, &Zone::UTC).map(|date| Instant(date.interval.start()));
        self.now.as_deref().map(read).transpose().map_err(|error| format!("--now: {error}"))
    }
}

/// Registers each `NAME=SEARCH` of an option.
fn registered(
    option: &str,
    texts: &[String],
    mut add: impl FnMut(&str, &str) -> Result<(), Vec<Diagnostic>>,
) -> Result<(), String> {
    for text in texts {
        let (name, search) = text.split_once('=').ok_or_else(|| format!("{option}: `NAME=SEARCH`"))?;
        add(name, search).map_err(|wrong| {
            let shown: String = wrong.iter().map(|diagnostic| render(search, diagnostic)).collect();
            format!("{option} {name}:\n{}", shown.trim_end())
        })?;
    }
    Ok(())
}

/// The definitions that hold.
#[derive(Clone, Debug, Args)]
pub(crate) struct Definitions {
    /// Adds the SearchParameters of a FHIR package (folder or .tgz), Bundle or resource; repeatable. An existing store
    /// must have them: `fhirc parameters add`
    #[arg(long = "package", value_name = "PATH")]
    packages: Vec<PathBuf>,
}

impl Definitions {
    /// FHIR R4 with the SearchParameters of the packages. What is wrong in a package is told, and refused.
    pub(crate) fn registry(&self, output: &mut Output) -> Result<Arc<Registry>, String> {
        let mut registry = Registry::r4().clone();
        for path in &self.packages {
            let (params, mut problems) = load_package(path);
            let (next, more) = registry.with_params(params);
            registry = next;
            problems.extend(more);
            for problem in problems.iter().filter(|problem| !problem.is_error()) {
                output.note(format_args!("{}: warning: {}", path.display(), problem.message));
            }
            let errors: Vec<&str> =
                problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.message.as_str()).collect();
            if !errors.is_empty() {
                return Err(format!("{}: {}", path.display(), errors.join("; ")));
            }
        }
        Ok(Arc::new(registry))
    }
}

/// What is searched for.
#[derive(Clone, Debug, Args)]
pub(crate) struct Asked {
    /// Parameters in the body of a form, as `POST …/_search` sends them: they count beside those of the search; `-`
    /// reads them from standard input
    #[arg(long, value_name = "FORM")]
    body: Option<String>,
    /// The search, as in a URL; quote it for the shell
    query: String,
}

impl Asked {
    /// The search, body included.
    pub(crate) fn source(&self) -> Result<Source, String> {
        match self.body.as_deref() {
            None => Ok(Source::from(&self.query)),
            Some("-") => {
                let body = std::io::read_to_string(std::io::stdin());
                body.map(|body| Source::form(&self.query, &body)).map_err(|error| format!("--body: {error}"))
            }
            Some(body) => Ok(Source::form(&self.query, body)),
        }
    }
}

/// Where a search runs.
#[derive(Clone, Debug, Args)]
pub(crate) struct Where {
    /// The store: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`, `elasticsearch://HOST:PORT/PREFIX`; or
    /// `reference:PATH`, which evaluates the search over files as `load` takes them
    #[arg(long, value_name = "URL")]
    pub(crate) store: String,
    /// Whose resources are searched
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) tenant: String,
}

impl Where {
    /// The store and the tenant by their names.
    pub(crate) fn parse(&self) -> Result<(StoreUrl, TenantContext), String> {
        let url = self.store.parse().map_err(|error| format!("--store: {error}"))?;
        let tenant = TenantContext::new(&self.tenant).map_err(|error| format!("--tenant: {error}"))?;
        Ok((url, tenant))
    }
}

/// Opens an existing store. What is wrong in the files of one that is read from files is told, since it is not searched.
pub(crate) async fn open(
    url: &StoreUrl,
    settings: StoreSettings,
    tenant: &TenantContext,
    output: &mut Output,
) -> Result<Store, String> {
    let opened = load::open(url, settings, tenant).await;
    let (store, report) = opened.map_err(|error| in_store(url, &error))?;
    for (reason, group) in report.iter().flat_map(|report| report.refused.by_count()) {
        let places: Vec<String> = group.examples.iter().map(|example| example.place.to_string()).collect();
        let (count, more) = (group.count, if group.count > EXAMPLES as u64 { ", …" } else { "" });
        output.note(format_args!("warning: not searched: {count} x {reason}: {}{more}", places.join(", ")));
    }
    Ok(store)
}

/// What a store said.
pub(crate) fn in_store(url: &StoreUrl, error: &StoreError) -> String {
    match error {
        // They name the place themselves.
        StoreError::Missing { .. } | StoreError::NotAStore { .. } | StoreError::ReadOnly { .. } => error.to_string(),
        _ => format!("store `{url}`: {error}"),
    }
}
