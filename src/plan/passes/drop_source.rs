//! Drop source universes: whoever holds a link is a live resource of the link's type, which need not be asked.

use super::{Context, Outcome, Pass};
use crate::keys::{self, Level};
use crate::plan::Graph;
use crate::plan::types::key_type;
use fhirc_codegen::algebra::{Access, End, Set, SetId, Universe};

pub(super) const DROP_SOURCE: Pass = Pass { name: "drop-source-universe", rule };

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let Set::Via { edge, from: End::Target, far } = *graph.set(id) else { return Outcome::Same };
    let Set::And(children) = graph.set(far) else { return Outcome::Same };
    let ty = key_type(edge.key);
    let idle = |id: SetId| matches!(graph.set(id), Set::All(Universe(types)) if types.contains(&ty));
    if keys::level(edge.key) != Level::Top || !children.iter().any(|&child| idle(child)) {
        return Outcome::Same;
    }
    let kept: Vec<SetId> = children.iter().copied().filter(|&child| !idle(child)).collect();
    let far = match kept.as_slice() {
        [] => return Outcome::Same,
        [only] => *only,
        _ => {
            let span = graph.span(far);
            graph.add(Set::And(kept), Access::Probe, span)
        }
    };
    Outcome::Set(Set::Via { edge, from: End::Target, far })
}
