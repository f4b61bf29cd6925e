//! Prune what has no rows: a parameter that no resource has, a link target that the store does not hold.
//!
//! The store counts rows with the same commit that writes them. Rows that come between the count and the query are not
//! found, as if they had come later; so this is done only in plans without negation.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Set, SetId};
use fhirc_codegen::rows::KeyId;

pub(super) const PRUNE_EMPTY: Pass = Pass { name: "prune-empty", rule };

fn rule(context: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    let set = graph.set(id);
    match set {
        _ if !is_idle(context, set) => Outcome::Same,
        Set::Closure { seed, .. } => Outcome::Is(*seed),
        _ => Outcome::Set(Set::None),
    }
}

/// Whether the rows or links that the set looks at do not exist.
pub(super) fn is_idle(context: Context<'_>, set: &Set) -> bool {
    let empty = |key: KeyId| context.stats.rows(key) == Some(0);
    match set {
        Set::Rows { key, .. } => *key != KeyId(0) && empty(*key),
        Set::Elements { key, .. } => empty(*key),
        Set::Via { edge, .. } | Set::Closure { edge, .. } => empty(edge.key),
        _ => false,
    }
}
