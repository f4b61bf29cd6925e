//! `fhirc explain`

use crate::common::{Asked, Definitions, Meaning, open};
use crate::exit::Exit;
use crate::external::External;
use crate::output::Output;
use clap::{Args, ValueEnum};
use fhirc::codegen::stats::{Empty, Stats};
use fhirc::compiler::{Compiled, Compiler, Source};
use fhirc::definitions::Registry;
use fhirc::explain::{STAGES, Section, Stage, TARGETS, Target, explain};
use fhirc::runtime::{ExecuteError, Request, StepReport, compile, execute, measured};
use fhirc::stores::{Store, StoreUrl};
use fhirc::tenant::TenantContext;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  fhirc explain 'Observation?subject:Patient.name=smith'
  fhirc explain --stage all --target all 'Patient?_has:Observation:patient:code=8867-4'
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
    /// How it is printed; `dot` is for the optimized plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also runs the search on the store, and shows rows and time per step; needs `--store`
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
        if let Err(wrong) = self.check() {
            return output.usage(&wrong);
        }
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

    /// Options that say nothing together.
    fn check(&self) -> Result<(), String> {
        match (self.format, self.stage) {
            (Format::Dot, Wanted::Query | Wanted::Optimized) if self.analyze => {
                Err("--format dot shows a plan: `--analyze` is for text and json".to_owned())
            }
            (Format::Dot, Wanted::Query | Wanted::Optimized) | (Format::Text | Format::Json, _) => Ok(()),
            (Format::Dot, _) => Err("--format dot shows the optimized plan: leave `--stage` out".to_owned()),
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
        let options = self.meaning.options_for(&store, &tenant, &self.external, output).await;
        let exit = match options {
            Ok(options) => {
                let compiler = Compiler::new(store.registry(), options);
                self.planned(&compiler, source, (&store, of(&url)), tenant, output).await
            }
            Err(exit) => exit,
        };
        store.close().await;
        exit
    }

    /// Shows the search as the store would run it, planned with its counts.
    async fn planned(
        &self,
        compiler: &Compiler,
        source: &Source,
        (store, own): (&Store, For),
        tenant: TenantContext,
        output: &mut Output,
    ) -> Exit {
        let target = self.target.unwrap_or(own);
        if self.analyze && target != own {
            return output.usage("--analyze runs the search on the store: leave `--target` out");
        }
        let compiled = match compile(compiler, source).await {
            Ok(compiled) => compiled,
            // Shown with the stages that could still be made.
            Err(_) => return self.show(compiler, source, &Empty, target, output),
        };
        let measured = match measured(store, &tenant, &compiled).await {
            Ok(measured) => measured,
            Err(error) => return output.failed(&error.to_string()),
        };
        if !self.analyze {
            return self.show(compiler, source, &measured, target, output);
        }
        // Run before it is shown: what is shown is one document.
        match analyzed(&compiled, store, tenant).await {
            Ok(ran) => self.show_with(Some(&ran), (compiler, source, &measured, target), output),
            Err(error @ ExecuteError::Store(_)) => output.failed(&error.to_string()),
            // The sections say why, but where the store refused only what it had found by then.
            Err(error @ ExecuteError::Refused { .. }) => match self.show(compiler, source, &measured, target, output) {
                Exit::Done => output.rejected(&error.to_string()),
                refused => refused,
            },
            Err(error) => output.rejected(&error.to_string()),
        }
    }

    fn show(&self, compiler: &Compiler, source: &Source, stats: &dyn Stats, target: For, output: &mut Output) -> Exit {
        self.show_with(None, (compiler, source, stats, target), output)
    }

    /// Shows the stages, and what was seen of the steps where the search ran.
    fn show_with(
        &self,
        ran: Option<&Ran>,
        (compiler, source, stats, target): (&Compiler, &Source, &dyn Stats, For),
        output: &mut Output,
    ) -> Exit {
        let (mut sections, outcome) = explain(compiler, source, &targets(target), stats);
        if target == For::Reference && outcome.is_ok() {
            let (text, json) = (EVALUATED.to_owned(), json!(EVALUATED));
            sections.push(Section { stage: Stage::Query, target: None, text, json, dot: None });
        }
        let wanted: Vec<&Section> = sections.iter().filter(|section| self.wants(section)).collect();
        let refused = wanted.iter().any(|section| section.is_refusal());
        match self.format {
            Format::Text => {
                wanted.iter().for_each(|section| self.text(section, target, output));
                if let Some(ran) = ran {
                    output.line(format_args!("== analyze"));
                    let lines = ran.steps.iter().map(Seen::text);
                    lines.for_each(|text| output.line(format_args!("{}", text.trim_end())));
                    if let Some(besides) = ran.besides {
                        output.line(format_args!("besides, {besides} requests: counts for the plan, bodies"));
                    }
                }
            }
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
                let ran = ran.map(|ran| {
                    let steps: Vec<Json> = ran.steps.iter().map(Seen::json).collect();
                    json!({ "stage": "analyze", "target": null, "output": steps })
                });
                output.line(format_args!("{:#}", json!(json.chain(ran).collect::<Vec<_>>())));
            }
        }
        match outcome {
            Ok(warnings) => {
                for warning in warnings {
                    output.note(format_args!("{}", source.render(&warning).trim_end()));
                }
                if refused { Exit::Refused } else { Exit::Done }
            }
            Err(rejected) => output.uncompiled(&rejected),
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
}

/// What was seen of a search that ran.
struct Ran {
    steps: Vec<Seen>,
    /// Requests to the server that were of no step.
    besides: Option<u64>,
}

/// What was seen of a step that ran.
struct Seen {
    /// Counted from 1.
    step: usize,
    /// Nothing where the step was given up.
    rows: Option<usize>,
    time: Duration,
    /// Requests to the server, if they are counted.
    requests: Option<u64>,
    /// How the store ran it, if it tells.
    ran: Option<String>,
}

impl Seen {
    fn text(&self) -> String {
        let Seen { step, rows, time, requests, ran } = self;
        let rows = rows.map_or("given up".to_owned(), |rows| format!("{rows} rows"));
        let requests = requests.map(|requests| format!(", requests: {requests}")).unwrap_or_default();
        let ran = ran.as_deref().unwrap_or_default();
        format!("step {step}: {rows} in {:.3} ms{requests}\n{ran}", time.as_secs_f64() * 1e3)
    }

    fn json(&self) -> Json {
        let Seen { step, rows, time, requests, ran } = self;
        let mut seen =
            json!({ "step": step, "rows": rows, "ms": (time.as_secs_f64() * 1e6).round() / 1e3, "ran": ran });
        if let (Some(requests), Some(seen)) = (requests, seen.as_object_mut()) {
            seen.insert("requests".to_owned(), json!(requests));
        }
        seen
    }
}

/// Runs a search, and tells of each step.
async fn analyzed(compiled: &Compiled, store: &Store, tenant: TenantContext) -> Result<Ran, ExecuteError> {
    let mut steps = Vec::new();
    let mut observe = |report: StepReport<'_>| {
        steps.push((report.step, report.rows, report.time, report.requests, report.query.cloned()));
    };
    let (request, before) = (Request { tenant, cursor: None }, store.requests());
    execute(store, compiled, &request, Some(&mut observe)).await?;
    let all = store.requests().zip(before).map(|(after, before)| after.saturating_sub(before));
    let of_steps: u64 = steps.iter().filter_map(|(_, _, _, requests, _)| *requests).sum();
    let besides = all.map(|all| all.saturating_sub(of_steps));
    let mut seen = Vec::new();
    for (step, rows, time, requests, query) in steps {
        let ran = match query {
            None => Some(EVALUATED.to_owned()),
            Some(query) => store.explain(&query).await.ok().map(|(_, plan)| plan.trim_end().to_owned()),
        };
        seen.push(Seen { step: step.0 as usize + 1, rows, time, requests, ran });
    }
    Ok(Ran { steps: seen, besides })
}

/// What queries are generated for a store. Those that cannot be opened yet have none.
fn of(store: &StoreUrl) -> For {
    match store {
        StoreUrl::Sqlite(_) | StoreUrl::SqliteMemory => For::Sqlite,
        StoreUrl::Postgres(_) => For::Postgres,
        StoreUrl::Elasticsearch(_) => For::Elasticsearch,
        StoreUrl::Reference
        | StoreUrl::ReferenceFiles(_)
        | StoreUrl::MongoDb(_)
        | StoreUrl::S3(_)
        | StoreUrl::Files(_) => For::Reference,
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
