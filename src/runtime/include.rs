//! What comes along with a page: one round for the matches, then more for what `:iterate` asks, until nothing is new.

use crate::compiler::Compiled;
use crate::plan::{BUDGET, PAGE_SLOT};
use crate::runtime::ExecuteError;
use crate::runtime::execute::Run;
use crate::stores::Tuple;
use fhirc_codegen::program::{Program, StepId};
use fhirc_grammar::{Diagnostic, Span};
use std::collections::BTreeSet;

/// Included resources, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Included {
    pub(super) ords: Vec<i64>,
    /// Said if there were more than the budget.
    pub(super) cut: Option<Diagnostic>,
}

/// All resources that the includes of a search add to the matches of a page.
pub(super) async fn included(
    run: &mut Run<'_, '_>,
    program: &Program,
    search: &Compiled,
    matches: &[i64],
) -> Result<Included, ExecuteError> {
    let mut included = Included::default();
    let mut seen: BTreeSet<i64> = matches.iter().copied().collect();
    let mut from: Vec<i64> = matches.to_vec();
    let mut first = true;
    let budget = BUDGET as usize;
    while !from.is_empty() && included.cut.is_none() {
        run.slots.insert(PAGE_SLOT, from.drain(..).map(|ord| Tuple { ord, ..Tuple::default() }).collect());
        for include in &program.roots.includes {
            if !first && !include.again {
                continue;
            }
            let found = root_ords(run, program, include.step).await?;
            from.extend(found.into_iter().filter(|ord| seen.insert(*ord)));
            if included.ords.len() + from.len() > budget {
                included.cut = Some(too_many(search));
                break;
            }
        }
        included.ords.extend(&from);
        included.ords.truncate(budget);
        first = false;
    }
    Ok(included)
}

async fn root_ords(run: &mut Run<'_, '_>, program: &Program, root: StepId) -> Result<Vec<i64>, ExecuteError> {
    Ok(run.root(program, root, None).await?.into_iter().map(|tuple| tuple.ord).collect())
}

/// Keeps to the budget, and says so if more was found.
pub(super) fn cut<T>(found: &mut Vec<T>, search: &Compiled) -> Option<Diagnostic> {
    let budget = BUDGET as usize;
    let over = found.len() > budget;
    found.truncate(budget);
    over.then(|| too_many(search))
}

fn too_many(search: &Compiled) -> Diagnostic {
    let span = Span::new(0, u32::try_from(search.query.as_str().len()).unwrap_or(u32::MAX));
    let message = format!("more than {BUDGET} resources belong to this page: the others are left out");
    Diagnostic::warning("too-many-included", span, message).help("a smaller `_count` has fewer")
}
