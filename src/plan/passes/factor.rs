//! Factor: `Or(And(a, x), And(b, x))` becomes `And(Or(a, b), x)`: what is asked alike of many types is asked once.
//!
//! An untyped chain is followed to 147 types. A condition that does not depend on the type (`_has` over a reference to
//! any) then stands in the query once, not 294 times, for which SQLite has too few cursors beside computed tables.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Access, Set, SetId, Span};

pub(super) const FACTOR: Pass = Pass { name: "factor", rule };

/// Intersections that differ in their first part, which is the universe as built.
struct Alike {
    firsts: Vec<SetId>,
    /// Empty for what is no intersection: it is like nothing else.
    rest: Vec<SetId>,
    /// The set itself, where it is the only one.
    whole: SetId,
}

fn rule(_: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let Set::Or(children) = graph.set(id) else { return Outcome::Same };
    let groups = groups(graph, children);
    if groups.len() == children.len() {
        return Outcome::Same;
    }
    let span = graph.span(id);
    let parts: Vec<SetId> = groups.into_iter().map(|group| factored(graph, group, span)).collect();
    match parts.as_slice() {
        [only] => Outcome::Is(*only),
        _ => Outcome::Set(Set::Or(parts)),
    }
}

fn groups(graph: &Graph, children: &[SetId]) -> Vec<Alike> {
    let mut groups: Vec<Alike> = Vec::new();
    for &whole in children {
        let (first, rest) = match graph.set(whole) {
            Set::And(parts) => parts.split_first().map_or((whole, &[][..]), |(first, rest)| (*first, rest)),
            _ => (whole, &[][..]),
        };
        match groups.iter_mut().find(|group| !rest.is_empty() && group.rest == rest) {
            Some(group) => group.firsts.push(first),
            None => groups.push(Alike { firsts: vec![first], rest: rest.to_vec(), whole }),
        }
    }
    groups
}

fn factored(graph: &mut Graph, group: Alike, span: Span) -> SetId {
    if group.firsts.len() == 1 {
        return group.whole;
    }
    let any = graph.add(Set::Or(group.firsts), Access::Probe, span);
    let parts = std::iter::once(any).chain(group.rest).collect();
    graph.add(Set::And(parts), Access::Probe, span)
}
