//! Passes: each rewrites sets into equal sets. One rule, one file.

pub(super) mod choose;
mod deduplicate;
mod drop_universe;
mod factor;
mod flatten;
mod fold_constants;
mod prune;
mod prune_empty;
mod push_down;

use crate::definitions::Registry;
use crate::plan::graph::renumbered;
use crate::plan::{Graph, IncludeRoot, Plan, Produced, Root, validate};
use fhirc_codegen::algebra::{Access, Set, SetId, Span};
use fhirc_codegen::stats::Stats;
use std::collections::HashMap;
use std::fmt;

/// What a rule knows beside the set at hand.
#[derive(Clone, Copy)]
pub struct Context<'r> {
    /// The definitions.
    pub registry: &'r Registry,
    /// What the store counts; [`fhirc_codegen::stats::Empty`] where there is no store yet.
    pub stats: &'r dyn Stats,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context")
    }
}

/// What a rule makes of a set whose parts are rewritten already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing.
    Same,
    /// Another set, equal to it.
    Set(Set),
    /// A set that is in the graph already.
    Is(SetId),
}

/// A logical pass: a name and one rule, applied to every set from the leaves up.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Its name, as `explain` and the tests show it.
    pub name: &'static str,
    /// The rule. It must not change which resources the set holds.
    pub rule: fn(Context<'_>, &mut Graph, &Set, Span) -> Outcome,
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All logical passes, in order.
pub const PASSES: [Pass; 11] = [
    fold_constants::FOLD_CONSTANTS,
    flatten::FLATTEN,
    deduplicate::DEDUPLICATE,
    // After flatten: a universe and what implies it then stand in one junction.
    drop_universe::DROP_UNIVERSE,
    prune::PRUNE,
    // After drop_universe: a difference is lifted over conditions, not over bare universes.
    push_down::PUSH_DOWN,
    // After prune, which looks at each type of a link apart.
    factor::FACTOR,
    // Pruning leaves empty sets, pushing down leaves nested junctions and universes.
    fold_constants::FOLD_CONSTANTS,
    flatten::FLATTEN,
    deduplicate::DEDUPLICATE,
    drop_universe::DROP_UNIVERSE,
];

/// Passes that need a store's counts, in order: what they leave is folded again.
pub(super) const COUNTED: [Pass; 5] = [
    prune_empty::PRUNE_EMPTY,
    fold_constants::FOLD_CONSTANTS,
    flatten::FLATTEN,
    deduplicate::DEDUPLICATE,
    drop_universe::DROP_UNIVERSE,
];

/// The plan after all logical passes.
pub fn optimize(plan: Plan, context: Context<'_>) -> Plan {
    optimize_observed(plan, context, &mut |_, _| {})
}

/// The same, telling `observe` of the plan after each pass that changed it.
pub fn optimize_observed(plan: Plan, context: Context<'_>, observe: &mut dyn FnMut(&Pass, &Plan)) -> Plan {
    PASSES.iter().fold(plan, |plan, pass| {
        let (next, changed) = apply(pass, &plan, context);
        if cfg!(debug_assertions) {
            let broken = validate(&next, context.registry);
            debug_assert!(broken.is_empty(), "pass {} broke {broken:?}", pass.name);
        }
        if changed {
            observe(pass, &next);
        }
        next
    })
}

/// One pass over the whole plan, and whether it changed anything.
pub(super) fn apply(pass: &Pass, plan: &Plan, context: Context<'_>) -> (Plan, bool) {
    let mut graph = Graph::default();
    let mut places: HashMap<SetId, SetId> = HashMap::new();
    let mut changed = false;
    for id in plan.graph.reachable(&plan.roots()) {
        let span = plan.graph.span(id);
        let set = renumbered(plan.graph.set(id), |child| places.get(&child).copied().unwrap_or(child));
        let outcome = (pass.rule)(context, &mut graph, &set, span);
        changed |= outcome != Outcome::Same;
        let place = match outcome {
            Outcome::Same => graph.add(set, Access::Probe, span),
            Outcome::Set(set) => graph.add(set, Access::Probe, span),
            Outcome::Is(place) => place,
        };
        places.insert(id, place);
    }
    let place = |id: SetId| places.get(&id).copied().unwrap_or(id);
    let produced = |produced: &Produced| Produced { set: place(produced.set), ..produced.clone() };
    let rest = plan.page.rest.as_ref().map(produced);
    let instead = plan.page.instead.as_ref().map(|(visits, other)| (*visits, produced(other)));
    let page = Root { set: place(plan.page.set), instead, rest, ..plan.page.clone() };
    let total = plan.total.as_ref().map(produced);
    let includes = plan.includes.iter().map(|root| IncludeRoot { set: place(root.set), ..root.clone() }).collect();
    (Plan { graph, page, total, includes, versions: plan.versions.clone() }, changed)
}
