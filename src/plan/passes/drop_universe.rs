//! Drop universes: what another condition implies need not be asked; types that exclude each other leave nothing.

use super::{Context, Outcome, Pass};
use crate::keys;
use crate::plan::Graph;
use crate::plan::types::{implied, is_inside, is_top, within};
use fhirc_codegen::algebra::{Access, Set, SetId, Span};
use fhirc_codegen::rows::{KeyId, RowKind};

pub(super) const DROP_UNIVERSE: Pass = Pass { name: "drop-universe", rule };

fn rule(context: Context<'_>, graph: &mut Graph, set: &Set, span: Span) -> Outcome {
    let Set::And(children) = set else { return Outcome::Same };
    let whole = graph.add(set.clone(), Access::Probe, span);
    if implied(graph, whole).is_some_and(|universe| universe.0.is_empty()) {
        return Outcome::Set(Set::None);
    }
    let idle = |id: SetId| {
        let mut others = children.iter().copied().filter(|&other| other != id);
        match graph.set(id) {
            Set::All(universe) => others
                .filter(|&other| !matches!(graph.set(other), Set::All(_)) && is_top(graph, other))
                .any(|other| implied(graph, other).is_some_and(|types| within(&types, universe))),
            Set::Rows { key, kind: RowKind::Present, .. } if is_standing(context, *key) => {
                others.any(|other| is_inside(graph, other))
            }
            _ => false,
        }
    };
    let kept: Vec<SetId> = children.iter().copied().filter(|&child| !idle(child)).collect();
    match kept.as_slice() {
        _ if kept.len() == children.len() => Outcome::Same,
        [only] => Outcome::Is(*only),
        _ => Outcome::Set(Set::And(kept)),
    }
}

/// Whether the rows of a key stand for the universe of contained resources of their type.
fn is_standing(context: Context<'_>, key: KeyId) -> bool {
    let own = keys::Key::from_id(key, context.registry).map(|key| key.param);
    own.is_some_and(|param| keys::standing(param) == key && context.registry.definition(param).code == "_id")
}
