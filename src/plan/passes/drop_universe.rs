//! Drop universes: what another condition implies need not be asked; types that exclude each other leave nothing.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use crate::plan::types::{implied, within};
use fhirc_codegen::algebra::{Set, SetId, Span};

pub(super) const DROP_UNIVERSE: Pass = Pass { name: "drop-universe", rule };

fn rule(_: Context<'_>, graph: &mut Graph, set: &Set, span: Span) -> Outcome {
    let Set::And(children) = set else { return Outcome::Same };
    let whole = graph.add(set.clone(), fhirc_codegen::algebra::Access::Probe, span);
    if implied(graph, whole).is_some_and(|universe| universe.0.is_empty()) {
        return Outcome::Set(Set::None);
    }
    let idle = |id: SetId| match graph.set(id) {
        Set::All(universe) => children
            .iter()
            .filter(|&&other| other != id && !matches!(graph.set(other), Set::All(_)))
            .any(|&other| implied(graph, other).is_some_and(|types| within(&types, universe))),
        _ => false,
    };
    let kept: Vec<SetId> = children.iter().copied().filter(|&child| !idle(child)).collect();
    match kept.as_slice() {
        _ if kept.len() == children.len() => Outcome::Same,
        [only] => Outcome::Is(*only),
        _ => Outcome::Set(Set::And(kept)),
    }
}
