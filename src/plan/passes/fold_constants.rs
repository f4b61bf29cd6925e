//! Fold constants: no resource in an intersection is no resource, twice not is once, and so on.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use crate::plan::types::{implied, is_top};
use fhirc_codegen::algebra::{Set, SetId, Test, Universe};

pub(super) const FOLD_CONSTANTS: Pass = Pass { name: "fold-constants", rule };

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let graph = &*graph;
    let none = |id: SetId| *graph.set(id) == Set::None;
    match graph.set(id) {
        Set::All(Universe(types)) if types.is_empty() => Outcome::Set(Set::None),
        Set::Rows { test, .. } if never(test) => Outcome::Set(Set::None),
        Set::And(children) if children.iter().any(|&child| none(child)) => Outcome::Set(Set::None),
        Set::And(children) | Set::Or(children) if children.len() == 1 => {
            children.first().map_or(Outcome::Same, |&only| Outcome::Is(only))
        }
        Set::Or(children) if children.is_empty() => Outcome::Set(Set::None),
        Set::Or(children) if children.iter().any(|&child| none(child)) => {
            let some: Vec<SetId> = children.iter().copied().filter(|&child| !none(child)).collect();
            match some.as_slice() {
                [] => Outcome::Set(Set::None),
                [only] => Outcome::Is(*only),
                _ => Outcome::Set(Set::Or(some)),
            }
        }
        Set::Minus { from, less } if none(*less) => Outcome::Is(*from),
        Set::Minus { from, less } if none(*from) || covers(graph, *less, *from) => Outcome::Set(Set::None),
        // What is not outside is inside.
        Set::Minus { from, less } => match graph.set(*less) {
            Set::Minus { from: same, less: inner } if same == from => Outcome::Set(Set::And(vec![*from, *inner])),
            _ => Outcome::Same,
        },
        Set::Via { far: from, .. } | Set::Closure { seed: from, .. } if none(*from) => Outcome::Set(Set::None),
        _ => Outcome::Same,
    }
}

/// Whether `whole` is a universe that certainly holds all of `part`.
fn covers(graph: &Graph, whole: SetId, part: SetId) -> bool {
    let Set::All(universe) = graph.set(whole) else { return false };
    is_top(graph, part) && implied(graph, part).is_some_and(|types| types.within(universe))
}

/// Whether no row passes the test.
fn never(test: &Test) -> bool {
    match test {
        Test::Atom(_) => false,
        Test::All(tests) => tests.iter().any(never),
        Test::Any(tests) => tests.iter().all(never),
    }
}
