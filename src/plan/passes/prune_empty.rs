//! Prune what has no rows: a parameter that no resource has, a link target that the store does not hold.
//!
//! The store counts rows with the same commit that writes them. Rows that come between the count and the query are not
//! found, as if they had come later; so this is done only in plans without negation.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Set, Span};
use fhirc_codegen::rows::KeyId;

pub(super) const PRUNE_EMPTY: Pass = Pass { name: "prune-empty", rule };

fn rule(context: Context<'_>, _: &mut Graph, set: &Set, _: Span) -> Outcome {
    let empty = |key: KeyId| context.stats.rows(key) == Some(0);
    match set {
        Set::Rows { key, .. } if *key != KeyId(0) && empty(*key) => Outcome::Set(Set::None),
        Set::Via { edge, .. } if empty(edge.key) => Outcome::Set(Set::None),
        Set::Closure { edge, seed, .. } if empty(edge.key) => Outcome::Is(*seed),
        _ => Outcome::Same,
    }
}
