//! Flatten: `And(And(a, b), c)` becomes `And(a, b, c)`; the same for `Or`.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Set, SetId};

pub(super) const FLATTEN: Pass = Pass { name: "flatten", rule };

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let (graph, set) = (&*graph, graph.set(id));
    let (children, junction): (_, fn(Vec<SetId>) -> Set) = match set {
        Set::And(children) => (children, Set::And),
        Set::Or(children) => (children, Set::Or),
        _ => return Outcome::Same,
    };
    let nested = |id: SetId| match (set, graph.set(id)) {
        (Set::And(_), Set::And(inner)) | (Set::Or(_), Set::Or(inner)) => Some(inner),
        _ => None,
    };
    if !children.iter().any(|&child| nested(child).is_some()) {
        return Outcome::Same;
    }
    let parts = children.iter().flat_map(|child| nested(*child).map_or(std::slice::from_ref(child), Vec::as_slice));
    let flat = parts.copied().collect();
    Outcome::Set(junction(flat))
}
