//! The plans of one search: as built, after each pass, chosen with and without statistics. All must give the same.

use super::subject::Loaded;
use crate::compiler::{Compiled, Representation};
use crate::plan::{Context, Plan, abridged, choose, paired};
use crate::runtime::{measured, program_of};
use crate::stores::{Store, StoreError};
use fhirc_codegen::algebra::{Access, Edge, End, Node, Set, Sets};
use fhirc_codegen::program::{Op, Program, Step};
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use fhirc_codegen::stats::{Counted, Empty, Stats};
use std::collections::BTreeSet;

/// The most sets of a plan that is run.
const MAX_SETS: usize = 120;

/// No counts, but what decides answers.
struct Unknown<'s>(&'s dyn Stats);

impl Stats for Unknown<'_> {
    fn rows(&self, key: KeyId) -> Option<u64> {
        Empty.rows(key)
    }

    fn frequent(&self, key: KeyId, value: &Value) -> Option<u64> {
        Empty.frequent(key, value)
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.0.abridged(key)
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        Empty.resources(ty)
    }

    fn fan_out(&self, edge: Edge, end: End) -> Option<u64> {
        Empty.fan_out(edge, end)
    }
}

/// A million of all that there is, with what decides answers.
struct Many<'s>(&'s dyn Stats);

impl Stats for Many<'_> {
    fn rows(&self, key: KeyId) -> Option<u64> {
        self.0.rows(key).map(|rows| if rows == 0 { 0 } else { MANY })
    }

    fn frequent(&self, key: KeyId, value: &Value) -> Option<u64> {
        self.0.frequent(key, value)
    }

    fn exact(&self) -> bool {
        self.0.exact()
    }

    fn once(&self, key: KeyId) -> bool {
        self.0.once(key)
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.0.abridged(key)
    }

    fn passing(&self) -> Option<u32> {
        Some(1)
    }

    fn resources(&self, _: TypeCode) -> u64 {
        MANY
    }

    fn fan_out(&self, edge: Edge, end: End) -> Option<u64> {
        self.0.fan_out(edge, end)
    }
}

const MANY: u64 = 1_000_000;

/// As if whatever is asked for was counted, and many links led away from one end: far sides are then computed once.
struct Sparse<'s>(&'s dyn Stats, End);

impl Stats for Sparse<'_> {
    fn rows(&self, _key: KeyId) -> Option<u64> {
        Some(MANY)
    }

    fn frequent(&self, _key: KeyId, _value: &Value) -> Option<u64> {
        None
    }

    fn counted(&self, _rows: &Set) -> Option<Counted> {
        Some(Counted::About(20_000))
    }

    fn keeping(&self) -> u32 {
        25
    }

    fn passing(&self) -> Option<u32> {
        Some(1)
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.0.abridged(key)
    }

    fn resources(&self, _: TypeCode) -> u64 {
        MANY
    }

    fn fan_out(&self, _edge: Edge, end: End) -> Option<u64> {
        Some(if end == self.1 { 100 } else { 1 })
    }
}

impl Loaded<'_> {
    /// Programs of all plans, each with the name of its plan. What is refused after a pass is left out: passes may
    /// remove what a store cannot do.
    pub(super) async fn programs(&self, compiled: &Compiled) -> Result<Vec<(String, Program)>, StoreError> {
        let store = &self.subject.store;
        let mut plans: Vec<(String, Plan)> = Vec::new();
        let mut observe = |made: Representation<'_>| match made {
            Representation::Built(plan) => plans.push(("the plan as built".to_owned(), plan.clone())),
            Representation::Passed(pass, plan) => plans.push((format!("the plan after {pass}"), plan.clone())),
            Representation::Tree(_) | Representation::Search(_) => {}
        };
        // It compiled before.
        let _ = self.compiler.compile_observed(&compiled.query, &mut observe);
        let statistics = measured(store, &self.tenant, compiled).await?;
        let registry = self.compiler.registry();
        let built = plans.first().map(|(_, plan)| plan.clone());
        if let Some(built) = built {
            let chosen = choose(&built, Context { registry, stats: &statistics });
            plans.push(("the plan as built, chosen with statistics".to_owned(), chosen));
        }
        for (end, name) in [(End::Source, "references"), (End::Target, "referrers")] {
            let sparse = choose(&compiled.plan, Context { registry, stats: &Sparse(&statistics, end) });
            if sparse.graph.nodes().any(is_set) {
                plans.push((format!("the plan chosen for many {name}"), sparse));
            }
        }
        let chosen = choose(&compiled.plan, Context { registry, stats: &Unknown(&statistics) });
        plans.push(("the plan chosen without statistics".to_owned(), chosen));
        let stats = &Many(&statistics);
        plans.push((
            "the plan chosen as if there were many".to_owned(),
            choose(&compiled.plan, Context { registry, stats }),
        ));
        if let Some(paired) = paired(&compiled.plan, Context { registry, stats: &statistics }) {
            let chosen = choose(&paired, Context { registry, stats: &statistics });
            plans.push(("the plan with pairs".to_owned(), paired));
            plans.push(("the plan with pairs, chosen with statistics".to_owned(), chosen));
        }
        // What is not chosen is asked as what is: texts that are abridged are known in any case.
        for (_, plan) in &mut plans {
            plan.abridged = abridged(&plan.graph, &plan.page.order, &statistics);
        }
        // Only passes make a plan of any width fit into what a database takes.
        plans.retain(|(_, plan)| plan.graph.reachable(&plan.roots()).len() <= MAX_SETS);
        let program = |(name, plan): (String, Plan)| Some((name, program_of(store, compiled, &plan).ok()?));
        let mut programs: Vec<(String, Program)> = plans.into_iter().filter_map(program).collect();
        let mut known = BTreeSet::new();
        programs.retain(|(_, program)| asks(store, program).is_none_or(|asked| known.insert(asked)));
        let larger =
            |(name, program): &(String, Program)| Some((format!("{name}, sets too large"), too_large(program)?));
        let too_large: Vec<(String, Program)> = programs.iter().filter_map(larger).collect();
        let given_up = programs.last().and_then(|(name, program)| Some((name.clone(), given_up(program)?)));
        // The first time it is tried, the second time the other way is taken at once.
        if let Some((name, program)) = given_up {
            programs.push((format!("{name}, given up"), program.clone()));
            programs.push((format!("{name}, given up before"), program));
        }
        programs.extend(too_large);
        Ok(programs)
    }
}

/// What a program asks its store, if that alone decides what it answers.
fn asks(store: &Store, program: &Program) -> Option<String> {
    let mut asked = format!("{:?}", program.roots);
    for Step { op, fills } in &program.steps {
        let (queries, how) = match op {
            Op::Query { query, .. } => (vec![query], String::new()),
            Op::Refine { candidates, by, bound, .. } => (vec![candidates], format!("{by:?} {bound}")),
            Op::Loop { body, until_empty, budget } => {
                let queries =
                    body.iter().map(|step| if let Op::Query { query, .. } = &step.op { Some(query) } else { None });
                (queries.collect::<Option<_>>()?, format!("{until_empty:?} {budget}"))
            }
            _ => return None,
        };
        let queries = queries.into_iter().map(|query| store.asks(query)).collect::<Option<Vec<_>>>()?;
        asked += &format!("{fills:?} {how} {queries:?}");
    }
    Some(asked)
}

/// The program with a page that is given up at the first row; nothing if it has no other way.
fn given_up(program: &Program) -> Option<Program> {
    program.roots.instead?;
    let mut program = program.clone();
    for step in &mut program.steps {
        if let Op::Query { query, .. } = &mut step.op {
            query.visits = query.visits.map(|_| 1);
        }
    }
    Some(program)
}

fn is_set(node: &Node) -> bool {
    matches!(node.access, Access::Set { .. })
}

/// The program with sets that prove larger than they may be, so that each resource is tested; nothing if it has none.
fn too_large(program: &Program) -> Option<Program> {
    let mut program = program.clone();
    let mut found = false;
    for step in &mut program.steps {
        let Op::Query { query, .. } = &mut step.op else { continue };
        let mut sets = Sets::default();
        for (_, node) in query.sets.iter() {
            found |= is_set(node);
            let access = if is_set(node) { Access::Set { most: 0 } } else { node.access };
            sets.push(Node { access, ..node.clone() });
        }
        query.sets = sets;
    }
    found.then_some(program)
}
