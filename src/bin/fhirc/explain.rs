//! `fhirc explain`

use crate::common::{Definitions, Meaning, open};
use crate::exit::Exit;
use crate::output::Output;
use clap::{Args, ValueEnum};
use fhirc::codegen::stats::{Empty, Stats};
use fhirc::compiler::Compiler;
use fhirc::definitions::Registry;
use fhirc::explain::{STAGES, Section, Stage, TARGETS, Target, explain};
use fhirc::grammar::render;
use fhirc::runtime::{Request, StepReport, execute, measured};
use fhirc::stores::{Store, StoreUrl};
use fhirc::tenant::TenantContext;
use serde_json::json;
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  fhirc explain 'Observation?subject:Patient.name=smith'
  fhirc explain --stage all --target all 'Patient?_has:Observation:patient:code=8480-6'
  fhirc explain --stage optimized --format dot 'Patient?_filter=name co \"smi\"' | dot -Tsvg > plan.svg
  fhirc explain --analyze --store sqlite:ward.db 'Observation?subject:Patient.name=smith'";

/// Shows what a search was understood as, its plan, and the queries it becomes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Explain {
    #[command(flatten)]
    meaning: Meaning,
    #[command(flatten)]
    definitions: Definitions,
    /// Which stage
    #[arg(long, value_enum, default_value_t = Wanted::Query)]
    stage: Wanted,
    /// Which kind of store queries are generated for
    #[arg(long, value_enum, default_value_t = For::Sqlite)]
    target: For,
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
    /// The search, as in a URL; quote it for the shell
    query: String,
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
    Sqlite,
    Postgres,
    Elasticsearch,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Dot,
}

impl Explain {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let registry = match self.definitions.registry(output) {
            Ok(registry) => registry,
            Err(wrong) => return output.usage(&wrong),
        };
        match &self.store {
            None => match self.meaning.options() {
                Ok(options) => self.show(&Compiler::new(registry, options), &Empty, output),
                Err(wrong) => output.usage(&wrong),
            },
            Some(store) => self.with_store(store, registry, output).await,
        }
    }

    async fn with_store(&self, url: &str, registry: Arc<Registry>, output: &mut Output) -> Exit {
        let parsed = url.parse::<StoreUrl>().map_err(|error| format!("--store: {error}"));
        let tenant = TenantContext::new(&self.tenant).map_err(|error| format!("--tenant: {error}"));
        let (url, tenant, settings) = match (parsed, tenant, self.meaning.settings(registry)) {
            (Ok(url), Ok(tenant), Ok(settings)) => (url, tenant, settings),
            (Err(wrong), ..) | (_, Err(wrong), _) | (_, _, Err(wrong)) => return output.usage(&wrong),
        };
        let store = match open(&url, settings).await {
            Ok(store) => store,
            Err(failed) => return output.failed(&failed),
        };
        let exit = match self.meaning.options_for(&store, &tenant).await {
            Ok(options) => {
                let compiler = Compiler::new(Arc::clone(store.registry()), options);
                self.planned(&compiler, &store, tenant, output).await
            }
            Err(wrong) => output.usage(&wrong),
        };
        store.close().await;
        exit
    }

    /// Shows the search as the store would run it, planned with its counts.
    async fn planned(&self, compiler: &Compiler, store: &Store, tenant: TenantContext, output: &mut Output) -> Exit {
        let Ok(compiled) = compiler.compile(&self.query) else { return self.show(compiler, &Empty, output) };
        let measured = match measured(store, &tenant, &compiled.plan).await {
            Ok(measured) => measured,
            Err(error) => return output.failed(&error.to_string()),
        };
        match self.show(compiler, &measured, output) {
            Exit::Done if self.analyze => self.analyze(compiler, store, tenant, output).await,
            exit => exit,
        }
    }

    fn show(&self, compiler: &Compiler, stats: &dyn Stats, output: &mut Output) -> Exit {
        let (sections, outcome) = explain(compiler, &self.query, &self.targets(), stats);
        let wanted: Vec<&Section> = sections.iter().filter(|section| self.wants(section.stage)).collect();
        match self.format {
            Format::Text => wanted.iter().for_each(|section| self.text(section, output)),
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
                    output.note(format_args!("{}", render(&self.query, &warning).trim_end()));
                }
                Exit::Done
            }
            Err(rejected) => output.rejected(&rejected.to_string()),
        }
    }

    fn wants(&self, stage: Stage) -> bool {
        match (self.format, self.stage) {
            (Format::Dot, _) => stage == Stage::Optimized,
            (_, Wanted::All) => true,
            (_, wanted) => STAGES.get(wanted as usize) == Some(&stage),
        }
    }

    fn targets(&self) -> Vec<Target> {
        let named = match self.target {
            For::All => return TARGETS.to_vec(),
            For::Sqlite => "sqlite",
            For::Postgres => "postgres",
            For::Elasticsearch => "elasticsearch",
        };
        TARGETS.into_iter().filter(|target| target.name() == named).collect()
    }

    fn text(&self, section: &Section, output: &mut Output) {
        if self.stage == Wanted::All || self.target == For::All {
            let target = section.target.map_or(String::new(), |target| format!(" for {}", target.name()));
            output.line(format_args!("== {}{target}", section.stage.name()));
        }
        output.line(format_args!("{}", section.text.trim_end()));
        if self.stage == Wanted::All || self.target == For::All {
            output.line(format_args!(""));
        }
    }

    async fn analyze(&self, compiler: &Compiler, store: &Store, tenant: TenantContext, output: &mut Output) -> Exit {
        let compiled = match compiler.compile(&self.query) {
            Ok(compiled) => compiled,
            Err(rejected) => return output.rejected(&rejected.to_string()),
        };
        let mut steps = Vec::new();
        let mut observe = |report: StepReport<'_>| {
            steps.push((report.step, report.rows, report.time, report.query.clone()));
        };
        let request = Request { tenant, cursor: None };
        if let Err(error) = execute(store, &compiled, &request, Some(&mut observe)).await {
            return output.rejected(&error.to_string());
        }
        output.line(format_args!("== analyze"));
        for (step, rows, time, query) in steps {
            output.line(format_args!("step {}: {rows} rows in {:.3} ms", step.0 + 1, time.as_secs_f64() * 1e3));
            if let Ok((_, plan)) = store.explain(&query).await {
                output.line(format_args!("{}", plan.trim_end()));
            }
        }
        Exit::Done
    }
}
