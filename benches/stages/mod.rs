//! The compiler cut into its stages, each a function that is never inlined: profilers tell them by name.

use fhirc::codegen::program::{Op, Program};
use fhirc::codegen::sql::{self, Sql, Sqlite};
use fhirc::codegen::stats::Empty;
use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::Registry;
use fhirc::grammar::{Search as Tree, parse_search_within};
use fhirc::ir::{BaseUrl, Search};
use fhirc::plan::{self, Context, Plan};
use fhirc::resolve::{self, CurrentLists, Settings};
use fhirc::terminology::StoredTerminology;
use fhirc::values::Instant;
use std::sync::Arc;

/// The longest text of a search.
const MOST_BYTES: usize = fhirc::grammar::limits::MAX_SEARCH_BYTES;

/// The address of the server in `tests/corpus`.
const BASE: &str = "http://example.org/fhir";

/// What compiles.
pub(crate) struct Stages {
    pub(crate) compiler: Compiler,
    settings: Settings,
}

/// What each stage makes of one query.
pub(crate) struct Made {
    pub(crate) tree: Tree,
    pub(crate) search: Search,
    pub(crate) plan: Plan,
    pub(crate) chosen: Plan,
    pub(crate) program: Program,
}

impl Stages {
    pub(crate) fn new() -> Stages {
        let now = Some(Instant(1_700_000_000_000_000));
        let bases = vec![BaseUrl::new(BASE)];
        let resources: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../tests/corpus/terminology.json")).unwrap();
        let mut terminology = StoredTerminology::default();
        resources.iter().for_each(|resource| terminology.add(&resource.to_string()));
        let mut lists = CurrentLists::default();
        let allergies =
            "List?status=current&code=http://terminology.hl7.org/CodeSystem/list-example-use-codes|allergies";
        lists.add(Registry::r4(), "current-allergies", allergies).unwrap();
        let (terminology, lists) = (Arc::new(terminology), Arc::new(lists));
        let options = Options { now, bases, terminology, lists, ..Options::default() };
        let compiler = Compiler::r4(options);
        let Options { handling, default_count, terminology, queries, lists, .. } = compiler.options().clone();
        let settings = Settings { env: compiler.env(), handling, default_count, terminology, queries, lists };
        Stages { compiler, settings }
    }

    /// Each stage's result, for a query that compiles and runs on SQLite.
    pub(crate) fn made(&self, query: &str) -> Made {
        let tree = self.parse(query);
        let search = self.resolve(&tree);
        let plan = self.plan(&search);
        let chosen = self.choose(&plan);
        let program = self.split(&chosen);
        Made { tree, search, plan, chosen, program }
    }

    /// Text to tree.
    #[inline(never)]
    pub(crate) fn parse(&self, query: &str) -> Tree {
        parse_search_within(query, &[BASE], MOST_BYTES).0.unwrap()
    }

    /// Tree to typed search.
    #[inline(never)]
    pub(crate) fn resolve(&self, tree: &Tree) -> Search {
        resolve::resolve(tree, self.compiler.registry(), &self.settings).search.unwrap()
    }

    /// Typed search to plan, all logical passes included.
    #[inline(never)]
    pub(crate) fn plan(&self, search: &Search) -> Plan {
        let registry = self.compiler.registry();
        plan::optimize(plan::build(search, registry), Context { registry, stats: &Empty })
    }

    /// The physical pass.
    #[inline(never)]
    pub(crate) fn choose(&self, plan: &Plan) -> Plan {
        plan::choose(plan, Context { registry: self.compiler.registry(), stats: &Empty })
    }

    /// Plan to steps.
    #[inline(never)]
    pub(crate) fn split(&self, plan: &Plan) -> Program {
        split(plan)
    }

    /// Steps to statements of SQLite.
    #[inline(never)]
    pub(crate) fn lower(&self, program: &Program) -> Vec<Sql> {
        lower(program)
    }

    /// Text to statements, as a search goes. None of the above: what they count is theirs.
    #[inline(never)]
    pub(crate) fn whole(&self, query: &str) -> Vec<Sql> {
        let compiled = self.compiler.compile(query).unwrap();
        let context = Context { registry: self.compiler.registry(), stats: &Empty };
        lower(&split(&plan::choose(&compiled.plan, context)))
    }
}

fn split(plan: &Plan) -> Program {
    plan::split(plan, &sql::Target::<Sqlite>::new()).unwrap()
}

fn lower(program: &Program) -> Vec<Sql> {
    let queries = program.steps.iter().filter_map(|step| match &step.op {
        Op::Query { query, .. } => Some(query),
        _ => None,
    });
    queries.map(|query| sql::sql::<Sqlite>(query).unwrap()).collect()
}

/// The queries of `tests/corpus/queries.txt`: name and text.
pub(crate) fn corpus() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../../tests/corpus/queries.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(name, query)| (name, query.trim())).collect()
}

/// Three links and a `_filter`.
pub(crate) const CHAIN: &str = "DiagnosticReport?result:Observation.encounter:Encounter.service-provider:Organization.name=meridian\
    &_filter=status eq final and (issued ge 2023-01-01 or not (code eq loinc|58410-2))";
