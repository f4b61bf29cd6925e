//! Shows every stage of a search: what the text was understood as, the plan, the queries.

mod outline;

use crate::compiler::{Compiler, Rejected, Representation, Source};
use crate::ir;
use crate::plan::{self, Context, Plan};
use fhirc_codegen::algebra::SlotId;
use fhirc_codegen::capability::Capabilities;
use fhirc_codegen::elasticsearch::{self, Fill, SearchBody};
use fhirc_codegen::lower::Unsupported;
use fhirc_codegen::program::{Op, Program, Query};
use fhirc_codegen::sql::{self, Postgres, Sql, Sqlite};
use fhirc_codegen::stats::Stats;
use fhirc_grammar::{Diagnostic, Search, Shown, filter_tokens, search_tokens, value_tokens};
use serde_json::{Value as Json, json};
use std::fmt::Write;

/// A stage of compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Tokens of the text.
    Tokens,
    /// The syntax tree.
    Tree,
    /// The typed search.
    Ir,
    /// The plan before any pass, and after each pass that changed it.
    Plan,
    /// The plan after all passes, logical and physical.
    Optimized,
    /// The steps.
    Program,
    /// The target's queries.
    Query,
}

/// All stages, in order.
pub const STAGES: [Stage; 7] =
    [Stage::Tokens, Stage::Tree, Stage::Ir, Stage::Plan, Stage::Optimized, Stage::Program, Stage::Query];

impl Stage {
    /// Its name: `tokens`.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Tokens => "tokens",
            Stage::Tree => "tree",
            Stage::Ir => "ir",
            Stage::Plan => "plan",
            Stage::Optimized => "optimized",
            Stage::Program => "program",
            Stage::Query => "query",
        }
    }
}

/// A kind of store that queries are generated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// Elasticsearch and OpenSearch.
    Elasticsearch,
}

/// All targets, in the order in which they are shown.
pub const TARGETS: [Target; 3] = [Target::Sqlite, Target::Postgres, Target::Elasticsearch];

impl Target {
    /// Its name: `sqlite`.
    pub fn name(self) -> &'static str {
        match self {
            Target::Sqlite => "sqlite",
            Target::Postgres => "postgres",
            Target::Elasticsearch => "elasticsearch",
        }
    }

    /// What it answers.
    pub fn capabilities(self) -> Box<dyn Capabilities> {
        match self {
            Target::Sqlite => Box::new(sql::Target::<Sqlite>::new()),
            Target::Postgres => Box::new(sql::Target::<Postgres>::new()),
            Target::Elasticsearch => Box::new(elasticsearch::Target),
        }
    }

    /// A query in its language, for people and as JSON.
    fn lower(self, query: &Query) -> Result<(String, Json), Unsupported> {
        match self {
            Target::Sqlite => sql::sql::<Sqlite>(query).map(statement),
            Target::Postgres => sql::sql::<Postgres>(query).map(statement),
            Target::Elasticsearch => elasticsearch::search(query).map(request),
        }
    }
}

/// What is shown in place of what is known only when a query runs.
struct Unknown;

impl Fill for Unknown {
    fn tenant(&self) -> i64 {
        1
    }

    fn slot(&self, slot: SlotId) -> Option<Vec<Vec<String>>> {
        Some(vec![vec![format!("<{slot:?}>")]])
    }

    fn names(&self, slot: SlotId) -> Option<Vec<[String; 2]>> {
        let url = format!("<{slot:?}>");
        Some(vec![[url.clone(), String::new()], [url, format!("<version in {slot:?}>")]])
    }
}

/// A request: of tenant 1, with the names of slots in place of what they will hold.
fn request(body: SearchBody) -> (String, Json) {
    let filled =
        body.fill(&Unknown).and_then(|requests| serde_json::to_value(requests.body()).ok()).unwrap_or_default();
    (format!("{filled:#}\n"), filled)
}

fn statement(sql: Sql) -> (String, Json) {
    let binds: Vec<String> = sql.binds.iter().map(|bind| format!("{bind:?}")).collect();
    let text = format!("{}\n-- parameters: {}\n", sql.text, binds.join(", "));
    (text, json!({ "sql": sql.text, "parameters": binds }))
}

/// What one stage made of the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The stage.
    pub stage: Stage,
    /// The target, for stages that depend on it.
    pub target: Option<Target>,
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Json,
    /// As a DOT graph, for plans.
    pub dot: Option<String>,
}

impl Section {
    /// Whether it says why a target does not answer, instead of what it would be asked.
    pub fn is_refusal(&self) -> bool {
        self.stage == Stage::Program && self.json.get("refused").is_some()
    }
}

/// Every stage of a search, planned with `stats`, for each of `targets`. Warnings come beside them.
///
/// # Errors
/// Everything that is wrong with the text, with the sections of the stages that could still be made.
pub fn explain(
    compiler: &Compiler,
    query: impl Into<Source>,
    targets: &[Target],
    stats: &dyn Stats,
) -> (Vec<Section>, Result<Vec<Diagnostic>, Rejected>) {
    let query: Source = query.into();
    let mut sections = Vec::new();
    let mut passes = String::new();
    let registry = compiler.registry();
    let mut observe = |made: Representation<'_>| match made {
        Representation::Tree(tree) => {
            sections.push(tokens(query.as_str(), tree));
            let json = serde_json::to_value(tree).unwrap_or_default();
            sections.push(section(Stage::Tree, outline::outline(&json), json));
        }
        Representation::Search(search) => {
            let text = ir::print(search, registry);
            sections.push(section(Stage::Ir, text.clone(), Json::String(text)));
        }
        Representation::Built(plan) => passes = format!("as built\n{}", plan::print(plan, registry)),
        Representation::Passed(pass, plan) => {
            // Writing to a string does not fail.
            let _ = write!(passes, "after {pass}\n{}", plan::print(plan, registry));
        }
    };
    let compiled = match compiler.compile_observed(&query, &mut observe) {
        Ok(compiled) => compiled,
        Err(rejected) => return (sections, Err(rejected)),
    };
    sections.push(section(Stage::Plan, passes.clone(), Json::String(passes)));
    let chosen = plan::choose(&compiled.plan, Context { registry, stats });
    let text = plan::print(&chosen, registry);
    let dot = Some(plan::print_dot(&chosen, registry));
    sections.push(Section { dot, ..section(Stage::Optimized, text.clone(), Json::String(text)) });
    for &target in targets {
        sections.extend(on_target(compiler, &query, target, &chosen));
    }
    (sections, Ok(compiled.warnings))
}

fn section(stage: Stage, text: String, json: Json) -> Section {
    Section { stage, target: None, text, json, dot: None }
}

fn tokens(query: &str, tree: &Search) -> Section {
    let mut found = search_tokens(query);
    for param in &tree.params {
        let is_filter = param.key.code() == "_filter";
        found.extend(if is_filter { filter_tokens(&param.value.raw) } else { value_tokens(&param.value.raw) });
    }
    let line =
        |token: &Shown| format!("{:>4}..{:<4} {:<12} {:?}\n", token.span.start, token.span.end, token.kind, token.text);
    let text = found.iter().map(line).collect();
    section(Stage::Tokens, text, serde_json::to_value(&found).unwrap_or_default())
}

/// Program and queries for one target, or why there are none.
fn on_target(compiler: &Compiler, query: &Source, target: Target, plan: &Plan) -> Vec<Section> {
    let of = |stage, text: String, json| Section { target: Some(target), ..section(stage, text, json) };
    let program = match plan::split(plan, target.capabilities().as_ref()) {
        Ok(program) => program,
        Err(refusals) => {
            let text: String =
                refusals.iter().map(|refusal| query.render(&refusal.diagnostic(target.name()))).collect();
            return vec![of(Stage::Program, text.clone(), json!({ "refused": text }))];
        }
    };
    let text = plan::print_program(&program, compiler.registry());
    let (queries, json) = queries(target, &program);
    vec![of(Stage::Program, text.clone(), Json::String(text)), of(Stage::Query, queries, json)]
}

fn queries(target: Target, program: &Program) -> (String, Json) {
    let mut text = String::new();
    let mut json = Vec::new();
    for (n, step) in program.steps.iter().enumerate() {
        // A loop has one query.
        let op = if let Op::Loop { body, .. } = &step.op { body.first().map(|step| &step.op) } else { Some(&step.op) };
        let Some(Op::Query { query, .. } | Op::Refine { candidates: query, .. }) = op else { continue };
        let (query, value) = target.lower(query).unwrap_or_else(|error| (error.to_string(), json!(error.to_string())));
        // Writing to a string does not fail.
        let _ =
            if program.steps.len() > 1 { write!(text, "-- step {}\n{query}", n + 1) } else { write!(text, "{query}") };
        json.push(value);
    }
    if target == Target::Elasticsearch && text.contains("<slot-") {
        // Writing to a string does not fail.
        let _ = writeln!(text, "-- what a slot holds is sent in lists of at most {} values", elasticsearch::MAX_TERMS);
    }
    (text, Json::Array(json))
}
