//! Push down: conditions beside a negation go into what it is taken from, so that no universe is listed.
//!
//! `And(a, Minus(All, b), Minus(All, c))` becomes `Minus(And(a, All), Or(b, c))`.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Access, Set, SetId};

pub(super) const PUSH_DOWN: Pass = Pass { name: "push-down", rule };

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let Set::And(children) = graph.set(id) else { return Outcome::Same };
    if !children.iter().any(|&child| matches!(graph.set(child), Set::Minus { .. })) {
        return Outcome::Same;
    }
    let span = graph.span(id);
    let (mut kept, mut taken): (Vec<SetId>, Vec<SetId>) = (Vec::new(), Vec::new());
    for &child in children {
        match graph.set(child) {
            Set::Minus { from, less } => {
                kept.push(*from);
                taken.push(*less);
            }
            _ => kept.push(child),
        }
    }
    let less = match taken.as_slice() {
        [only] => *only,
        _ => graph.add(Set::Or(taken), Access::Probe, span),
    };
    kept.dedup();
    let from = match kept.as_slice() {
        [only] => *only,
        _ => graph.add(Set::And(kept), Access::Probe, span),
    };
    Outcome::Set(Set::Minus { from, less })
}
