//! Prune link targets: a link is not followed to types that its parameter cannot refer to.

use super::{Context, Outcome, Pass};
use crate::definitions::TypeSet;
use crate::keys::Key;
use crate::plan::Graph;
use crate::plan::rows::type_code;
use crate::plan::types::{Types, implied};
use fhirc_codegen::algebra::{Access, Edge, End, Set, SetId};

pub(super) const PRUNE: Pass = Pass { name: "prune", rule };

fn rule(context: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let &Set::Via { edge, from: End::Source, far } = graph.set(id) else { return Outcome::Same };
    let Some(targets) = targets(context, edge) else { return Outcome::Same };
    let targets: Types = targets.iter().map(type_code).collect();
    let reachable = |id: SetId| implied(graph, id).is_none_or(|types| !types.and(targets).is_empty());
    match graph.set(far) {
        Set::Or(ends) if ends.iter().all(|&end| reachable(end)) => Outcome::Same,
        Set::Or(ends) => {
            let kept: Vec<SetId> = ends.iter().copied().filter(|&end| reachable(end)).collect();
            let far = graph.add(Set::Or(kept), Access::Probe, graph.span(id));
            Outcome::Set(Set::Via { edge, from: End::Source, far })
        }
        _ if !reachable(far) => Outcome::Set(Set::None),
        _ => Outcome::Same,
    }
}

fn targets(context: Context<'_>, edge: Edge) -> Option<TypeSet> {
    Key::from_id(edge.key, context.registry).map(|key| context.registry.targets(key.param))
}
