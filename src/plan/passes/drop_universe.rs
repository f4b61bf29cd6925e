//! Drop universes: what another condition implies need not be asked; types that exclude each other leave nothing.

use super::{Context, Outcome, Pass};
use crate::keys;
use crate::plan::Graph;
use crate::plan::types::{implied, is_inside, is_top};
use fhirc_codegen::algebra::{Set, SetId};
use fhirc_codegen::rows::{KeyId, RowKind};

pub(super) const DROP_UNIVERSE: Pass = Pass { name: "drop-universe", rule };

fn rule(context: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let graph = &*graph;
    let Set::And(children) = graph.set(id) else { return Outcome::Same };
    if implied(graph, id).is_some_and(|types| types.is_empty()) {
        return Outcome::Set(Set::None);
    }
    let idle = |id: SetId| {
        let mut others = children.iter().copied().filter(|&other| other != id);
        match graph.set(id) {
            Set::All(universe) => others
                .filter(|&other| !matches!(graph.set(other), Set::All(_)) && is_top(graph, other))
                .any(|other| implied(graph, other).is_some_and(|types| types.within(universe))),
            Set::Rows { key, kind: RowKind::Present, .. } if is_standing(context, *key) => {
                others.any(|other| is_inside(graph, other))
            }
            _ => false,
        }
    };
    if !children.iter().any(|&child| idle(child)) {
        return Outcome::Same;
    }
    let kept: Vec<SetId> = children.iter().copied().filter(|&child| !idle(child)).collect();
    match kept.as_slice() {
        [only] => Outcome::Is(*only),
        _ => Outcome::Set(Set::And(kept)),
    }
}

/// Whether the rows of a key stand for the universe of contained resources of their type.
fn is_standing(context: Context<'_>, key: KeyId) -> bool {
    let own = keys::Key::from_id(key, context.registry).map(|key| key.param);
    own.is_some_and(|param| keys::standing(param) == key && context.registry.definition(param).code == "_id")
}
