//! Prune link targets: a link is not followed to types that its parameter cannot refer to.

use super::{Context, Outcome, Pass};
use crate::definitions::TypeSet;
use crate::keys::Key;
use crate::plan::Graph;
use crate::plan::types::implied;
use fhirc_codegen::algebra::{Access, Edge, End, Set, SetId, Span};

pub(super) const PRUNE: Pass = Pass { name: "prune", rule };

fn rule(context: Context<'_>, graph: &mut Graph, set: &Set, span: Span) -> Outcome {
    let Set::Via { edge, from: End::Source, far } = set else { return Outcome::Same };
    let Some(targets) = targets(context, *edge) else { return Outcome::Same };
    let reachable = |id: SetId| match implied(graph, id) {
        Some(universe) => universe.0.iter().any(|ty| targets.iter().any(|target| target.code() == ty.0)),
        None => true,
    };
    match graph.set(*far) {
        Set::Or(ends) => {
            let ends = ends.clone();
            let kept: Vec<SetId> = ends.iter().copied().filter(|&end| reachable(end)).collect();
            if kept.len() == ends.len() {
                return Outcome::Same;
            }
            let far = graph.add(Set::Or(kept), Access::Probe, span);
            Outcome::Set(Set::Via { edge: *edge, from: End::Source, far })
        }
        _ if !reachable(*far) => Outcome::Set(Set::None),
        _ => Outcome::Same,
    }
}

fn targets(context: Context<'_>, edge: Edge) -> Option<TypeSet> {
    Key::from_id(edge.key, context.registry).map(|key| context.registry.targets(key.param))
}
