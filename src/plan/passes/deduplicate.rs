//! Deduplicate: the same condition twice in a junction is one; the same own column over several types is one.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use crate::plan::types::union;
use fhirc_codegen::algebra::{Access, Set, SetId};
use fhirc_codegen::rows::RowKind;

pub(super) const DEDUPLICATE: Pass = Pass { name: "deduplicate", rule };

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    match graph.set(id) {
        Set::And(children) => {
            let once = once(children);
            if once.len() == children.len() { Outcome::Same } else { Outcome::Set(Set::And(once)) }
        }
        Set::Or(children) => {
            let once = once(children);
            let mut merged = merged(graph, &once);
            match merged.len() {
                0 if once.len() == children.len() => Outcome::Same,
                0 => Outcome::Set(Set::Or(once)),
                1 => merged.pop().map_or(Outcome::Same, Outcome::Set),
                _ => {
                    let span = graph.span(id);
                    let parts = merged.into_iter().map(|set| graph.add(set, Access::Probe, span));
                    Outcome::Set(Set::Or(parts.collect()))
                }
            }
        }
        _ => Outcome::Same,
    }
}

/// The sets, those that merge as one; nothing if none do.
fn merged(graph: &Graph, ids: &[SetId]) -> Vec<Set> {
    let mut alike = ids.iter().filter(|id| may_merge(graph.set(**id)));
    if alike.nth(1).is_none() {
        return Vec::new();
    }
    let mut merged: Vec<Set> = Vec::with_capacity(ids.len());
    for &id in ids {
        let next = graph.set(id);
        match merged.iter_mut().find_map(|set| Some((merge(set, next)?, set))) {
            Some((both, set)) => *set = both,
            None => merged.push(next.clone()),
        }
    }
    if merged.len() == ids.len() { Vec::new() } else { merged }
}

/// Whether the set is of a kind that merges.
fn may_merge(set: &Set) -> bool {
    matches!(set, Set::All(_) | Set::Rows { kind: RowKind::Id | RowKind::Updated, .. })
}

/// Each child once, in order.
fn once(children: &[SetId]) -> Vec<SetId> {
    let mut once = Vec::with_capacity(children.len());
    for child in children {
        if !once.contains(child) {
            once.push(*child);
        }
    }
    once
}

/// Two universes as one; the same test of an own column over two universes as one. Rows of a key belong to one type
/// and never merge.
fn merge(a: &Set, b: &Set) -> Option<Set> {
    match (a, b) {
        (Set::All(a), Set::All(b)) => Some(Set::All(union(a, b))),
        (
            Set::Rows { key, kind: kind @ (RowKind::Id | RowKind::Updated), universe: a, test },
            Set::Rows { kind: other, universe: b, test: other_test, .. },
        ) if kind == other && test == other_test => {
            Some(Set::Rows { key: *key, kind: *kind, universe: union(a, b), test: test.clone() })
        }
        _ => None,
    }
}
