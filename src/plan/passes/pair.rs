//! Pair: conditions on two parameters become one test of the rows of their composite, `code=c&value-quantity=v` as
//! `code-value-quantity=c$v`. Both find a resource by rows that lie together, where neither alone does.
//!
//! What the composite leaves out is noted by the store (see [`crate::definitions::Registry::compound`]): of such resources
//! the conditions are asked as they are. Whether that is cheaper is decided by cost.

use super::{Context, Outcome, Pass};
use crate::plan::Graph;
use crate::plan::pairs::{self, Pair};
use fhirc_codegen::algebra::{Access, Set, SetId};

pub(super) const PAIR: Pass = Pass { name: "pair", rule };

fn rule(context: Context<'_>, graph: &mut Graph, id: SetId) -> Outcome {
    // Elsewhere nobody knows whether rows are beside.
    if !context.stats.exact() {
        return Outcome::Same;
    }
    let Set::And(conditions) = graph.set(id) else { return Outcome::Same };
    let conditions = conditions.clone();
    let Some(Pair { first, second, rows, beside }) = pairs::among(graph, &conditions, context.registry) else {
        return Outcome::Same;
    };
    let span = graph.span(first);
    let add = |graph: &mut Graph, set| graph.add(set, Access::Probe, span);
    let rows = add(graph, rows);
    let all = match &beside {
        Set::Rows { key, .. } if context.stats.rows(*key) == Some(0) => rows,
        _ => {
            let beside = add(graph, beside);
            let told = add(graph, Set::Minus { from: rows, less: beside });
            let others = add(graph, Set::And(vec![beside, first, second]));
            add(graph, Set::Or(vec![told, others]))
        }
    };
    let rest = conditions.into_iter().filter(|condition| ![first, second].contains(condition));
    let parts: Vec<SetId> = std::iter::once(all).chain(rest).collect();
    match parts.as_slice() {
        [only] => Outcome::Is(*only),
        _ => Outcome::Set(Set::And(parts)),
    }
}
