//! Deduplicate: the same condition twice in a junction is one; the same own column over several types is one.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use crate::plan::types::union;
use fhirc_codegen::algebra::{Access, Set, SetId, Span};
use fhirc_codegen::rows::RowKind;

pub(super) const DEDUPLICATE: Pass = Pass { name: "deduplicate", rule };

fn rule(_: Context<'_>, graph: &mut Graph, set: &Set, span: Span) -> Outcome {
    match set {
        Set::And(children) => {
            let once = once(children);
            if once.len() == children.len() { Outcome::Same } else { Outcome::Set(Set::And(once)) }
        }
        Set::Or(children) => {
            let mut merged: Vec<Set> = Vec::new();
            for &child in &once(children) {
                let next = graph.set(child).clone();
                match merged.iter_mut().find_map(|set| Some((merge(set, &next)?, set))) {
                    Some((both, set)) => *set = both,
                    None => merged.push(next),
                }
            }
            if merged.len() == children.len() {
                return Outcome::Same;
            }
            Outcome::Set(Set::Or(merged.into_iter().map(|set| graph.add(set, Access::Probe, span)).collect()))
        }
        _ => Outcome::Same,
    }
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
