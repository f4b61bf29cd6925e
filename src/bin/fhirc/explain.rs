//! `fhirc explain`

use crate::common::{Asked, Definitions, Meaning, open};
use crate::exit::Exit;
use crate::external::External;
use crate::output::Output;
use clap::{Args, ValueEnum};
use fhirc::codegen::stats::{Empty, Stats};
use fhirc::compiler::{Compiler, Source};
use fhirc::definitions::Registry;
use fhirc::explain::{STAGES, Section, Stage, TARGETS, Target, explain};
use fhirc::runtime::{Request, StepReport, compile, execute, measured};
use fhirc::stores::{Store, StoreUrl};
use fhirc::tenant::TenantContext;
use serde_json::json;
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  fhirc explain 'Observation?subject:Patient.name=smith'
  fhirc explain --stage all --target all 'Patient?_has:Observation:patient:code=8480-6'
  fhirc explain --stage optimized --format dot 'Patient?_filter=name co \"smi\"' | dot -Tsvg > plan.svg
  fhirc explain --analyze --store sqlite:ward.db 'Observation?subject:Patient.name=smith'
  fhirc explain --stage ir --analyze --store reference:export/ 'Observation?subject:Patient.name=smith'";

/// Shows what a search was understood as, its plan, and the queries it becomes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(flatten)]
    meaning: Meaning,
    #[command(flatten)]
    external: External,
    #[command(flatten)]
    definitions: Definitions,
    /// Which stage
    #[arg(long, value_enum, default_value_t = Wanted::Query)]
    stage: Wanted,
    /// Which kind of store queries are generated for [default: that of the store, or sqlite]
    #[arg(long, value_enum)]
    target: Option<For>,
    /// How it is printed; `dot` is for plans
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also runs the search, and shows rows and time per step; needs `--store`
    #[arg(long, requires = "store")]
    analyze: bool,
    /// A store whose statistics the plan is made with
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Whose statistics
    #[arg(long, value_name = "NAME", default_value = "default")]
    tenant: String,
    #[command(flatten)]
    asked: Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Wanted {
    Tokens,
    Tree,
    Ir,
    Plan,
    Optimized,
    Program,
    Query,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum For {
    /// Nothing is generated: the reference evaluates the search itself
    Reference,
    Sqlite,
    Postgres,
    Elasticsearch,
    /// All that queries are generated for
    All,
}

const EVALUATED: &str = "evaluated by the reference, no query";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
}

impl Explain {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let prepared = self.definitions.registry(output).and_then(|registry| Ok((registry, self.asked.source()?)));
        let (registry, source) = match prepared {
            Ok(prepared) => prepared,
            Err(wrong) => return output.usage(&wrong),
        };
        match &self.store {
            None => match self.meaning.options(&registry, &self.external) {
                Ok(options) => {
                    let target = self.target.unwrap_or(For::Sqlite);
                    self.show(&Compiler::new(registry, options), &source, &Empty, target, output)
                }
                Err(wrong) => output.usage(&wrong),
            },
            Some(store) => self.with_store(store, registry, &source, output).await,
        }
    }

    async fn with_store(&self, url: &str, registry: Arc<Registry>, source: &Source, output: &mut Output) -> Exit {
        let parsed = url.parse::<StoreUrl>().map_err(|error| format!("--store: {error}"));
        let tenant = TenantContext::new(&self.tenant).map_err(|error| format!("--tenant: {error}"));
        let (url, tenant, settings) = match (parsed, tenant, self.meaning.settings(registry)) {
            (Ok(url), Ok(tenant), Ok(settings)) => (url, tenant, settings),
            (Err(wrong), ..) | (_, Err(wrong), _) | (_, _, Err(wrong)) => return output.usage(&wrong),
        };
        let store = match open(&url, settings, &tenant, output).await {
            Ok(store) => store,
            Err(failed) => return output.failed(&failed),
        };
        let options = self.meaning.options_for(&store, &tenant, &self.external).await;
        let exit = match options {
            Ok(options) => {
                let compiler = Compiler::new(store.registry(), options);
                self.planned(&compiler, source, &store, tenant, output).await
            }
            Err(wrong) => output.usage(&wrong),
        };
        store.close().await;
        exit
    }

    /// Shows the search as the store would run it, planned with its counts.
    async fn planned(
        &self,
        compiler: &Compiler,
        source: &Source,
        store: &Store,
        tenant: TenantContext,
        output: &mut Output,
    ) -> Exit {
        let usual = if matches!(store, Store::Reference(_)) { For::Reference } else { For::Sqlite };
        let target = self.target.unwrap_or(usual);
        let Ok(compiled) = compile(compiler, source).await else {
            return self.show(compiler, source, &Empty, target, output);
        };
        let measured = match measured(store, &tenant, &compiled.plan).await {
            Ok(measured) => measured,
            Err(error) => return output.failed(&error.to_string()),
        };
        match self.show(compiler, source, &measured, target, output) {
            Exit::Done if self.analyze => self.analyze(compiler, source, store, tenant, output).await,
            exit => exit,
        }
    }

    fn show(&self, compiler: &Compiler, source: &Source, stats: &dyn Stats, target: For, output: &mut Output) -> Exit {
        let (mut sections, outcome) = explain(compiler, source, &targets(target), stats);
        if target == For::Reference && outcome.is_ok() {
            let (text, json) = (EVALUATED.to_owned(), json!(EVALUATED));
            sections.push(Section { stage: Stage::Query, target: None, text, json, dot: None });
        }
        let wanted: Vec<&Section> = sections.iter().filter(|section| self.wants(section)).collect();
        let refused = wanted.iter().any(|section| section.is_refusal());
        match self.format {
            Format::Text => wanted.iter().for_each(|section| self.text(section, target, output)),
            Format::Dot => {
                wanted
                    .iter()
                    .filter_map(|section| section.dot.as_ref())
                    .for_each(|dot| output.line(format_args!("{dot}")));
            }
            Format::Json => {
                let json = wanted.iter().map(|section| {
                    let target = section.target.map(Target::name);
                    json!({ "stage": section.stage.name(), "target": target, "output": section.json })
                });
                output.line(format_args!("{:#}", json!(json.collect::<Vec<_>>())));
            }
        }
        match outcome {
            Ok(warnings) => {
                for warning in warnings {
                    output.note(format_args!("{}", source.render(&warning).trim_end()));
                }
                if refused { Exit::Refused } else { Exit::Done }
            }
            Err(rejected) => output.rejected(&rejected.to_string()),
        }
    }

    fn wants(&self, section: &Section) -> bool {
        match (self.format, self.stage) {
            (Format::Dot, _) => section.stage == Stage::Optimized,
            (_, Wanted::All) => true,
            // Where a query should stand stands why there is none.
            (_, Wanted::Query) if section.is_refusal() => true,
            (_, wanted) => STAGES.get(wanted as usize) == Some(&section.stage),
        }
    }

    fn text(&self, section: &Section, target: For, output: &mut Output) {
        let several = self.stage == Wanted::All || target == For::All;
        if several {
            let target = section.target.map_or(String::new(), |target| format!(" for {}", target.name()));
            output.line(format_args!("== {}{target}", section.stage.name()));
        }
        output.line(format_args!("{}", section.text.trim_end()));
        if several {
            output.line(format_args!(""));
        }
    }

    async fn analyze(
        &self,
        compiler: &Compiler,
        source: &Source,
        store: &Store,
        tenant: TenantContext,
        output: &mut Output,
    ) -> Exit {
        let compiled = match compile(compiler, source).await {
            Ok(compiled) => compiled,
            Err(rejected) => return output.rejected(&rejected.to_string()),
        };
        let mut steps = Vec::new();
        let mut observe = |report: StepReport<'_>| {
            steps.push((report.step, report.rows, report.time, report.query.cloned()));
        };
        let request = Request { tenant, cursor: None };
        if let Err(error) = execute(store, &compiled, &request, Some(&mut observe)).await {
            return output.rejected(&error.to_string());
        }
        output.line(format_args!("== analyze"));
        for (step, rows, time, query) in steps {
            let rows = rows.map_or("given up".to_owned(), |rows| format!("{rows} rows"));
            output.line(format_args!("step {}: {rows} in {:.3} ms", step.0 + 1, time.as_secs_f64() * 1e3));
            let Some(query) = query else {
                output.line(format_args!("{EVALUATED}"));
                continue;
            };
            if let Ok((_, plan)) = store.explain(&query).await {
                output.line(format_args!("{}", plan.trim_end()));
            }
        }
        Exit::Done
    }
}

fn targets(target: For) -> Vec<Target> {
    match target {
        For::Reference => Vec::new(),
        For::Sqlite => vec![Target::Sqlite],
        For::Postgres => vec![Target::Postgres],
        For::Elasticsearch => vec![Target::Elasticsearch],
        For::All => TARGETS.to_vec(),
    }
}
