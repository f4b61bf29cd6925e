//! Passes: each rewrites sets into equal sets. One rule, one file.

pub(super) mod choose;
mod deduplicate;
mod drop_source;
mod drop_universe;
mod factor;
mod flatten;
mod fold_constants;
mod pair;
mod prune;
mod prune_empty;
mod push_down;

use crate::definitions::Registry;
use crate::plan::hash::FastMap;
use crate::plan::{Graph, Plan, validate};
use fhirc_codegen::algebra::{Access, Set, SetId};
use fhirc_codegen::stats::Stats;
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
    pub rule: fn(Context<'_>, &mut Graph, SetId) -> Outcome,
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All logical passes, in order.
pub const PASSES: [Pass; 12] = [
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
    // Last: what is left of a set at the end of a link no longer tells what its members are.
    drop_source::DROP_SOURCE,
];

/// Passes that need a store's counts, in order: what they leave is folded again.
pub(super) const COUNTED: [Pass; 6] = [
    prune_empty::PRUNE_EMPTY,
    fold_constants::FOLD_CONSTANTS,
    flatten::FLATTEN,
    deduplicate::DEDUPLICATE,
    drop_universe::DROP_UNIVERSE,
    drop_source::DROP_SOURCE,
];

/// The plan after all logical passes.
pub fn optimize(plan: Plan, context: Context<'_>) -> Plan {
    optimize_observed(plan, context, &mut |_, _| {})
}

/// The same, telling `observe` of the plan after each pass that changed it.
pub fn optimize_observed(plan: Plan, context: Context<'_>, observe: &mut dyn FnMut(&Pass, &Plan)) -> Plan {
    let mut plan = plan;
    applied(&PASSES, &mut plan, context, observe);
    plan
}

/// Passes, one after the other.
pub(super) fn applied(passes: &[Pass], plan: &mut Plan, context: Context<'_>, observe: &mut dyn FnMut(&Pass, &Plan)) {
    let mut sets = plan.graph.reachable(&plan.roots());
    for pass in passes {
        let changed = apply(pass, plan, &sets, context);
        if cfg!(debug_assertions) {
            let broken = validate(plan, context.registry);
            debug_assert!(broken.is_empty(), "pass {} broke {broken:?}", pass.name);
        }
        if changed {
            observe(pass, plan);
            sets = plan.graph.reachable(&plan.roots());
        }
    }
}

/// One pass over the sets of a plan, and whether it changed anything. What is no longer asked for stays in the graph,
/// unreachable: most passes change little, and leave all else as it lies.
fn apply(pass: &Pass, plan: &mut Plan, sets: &[SetId], context: Context<'_>) -> bool {
    let mut places: FastMap<SetId, SetId> = FastMap::default();
    let mut changed = false;
    for &id in sets {
        let here = plan.graph.moved(id, |child| places.get(&child).copied().unwrap_or(child));
        let place = match (pass.rule)(context, &mut plan.graph, here) {
            Outcome::Same => here,
            Outcome::Set(set) => plan.graph.add(set, Access::Probe, plan.graph.span(id)),
            Outcome::Is(place) => place,
        };
        changed |= place != here;
        if place != id {
            places.insert(id, place);
        }
    }
    let place = |id: SetId| places.get(&id).copied().unwrap_or(id);
    plan.roots_mut().for_each(|root| *root = place(*root));
    changed
}
