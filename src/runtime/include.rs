//! What comes along with a page: one round for the matches, then more for what `:iterate` asks, until nothing is new.
//! What there is no room for is of the last round, the last in the order of creation.

use crate::compiler::Compiled;
use crate::ir::MOST_INCLUDED;
use crate::plan::PAGE_SLOT;
use crate::runtime::ExecuteError;
use crate::runtime::run::Run;
use crate::stores::reading::Reading;
use crate::stores::{LiveVersion, StoreError, Stored, Tuple};
use fhirc_codegen::ord::type_of;
use fhirc_codegen::program::{Op, Program, StepId, Versions, VersionsBy};
use fhirc_codegen::rows::Value;
use fhirc_grammar::{Diagnostic, Span};
use std::collections::BTreeSet;

/// Included resources.
#[derive(Debug, Default)]
pub(super) struct Included {
    /// Current ones, in the order of creation.
    pub(super) ords: Vec<i64>,
    /// Earlier versions, which references name, in the order of creation, then of their numbers.
    pub(super) earlier: Vec<Stored>,
    /// Said if there were more than the budget.
    pub(super) cut: Option<Diagnostic>,
}

impl Included {
    /// Takes what a round found, as far as there is room, in the order in which it comes back; whether that is all.
    fn take(&mut self, ords: &mut [i64], mut earlier: Vec<Stored>) -> bool {
        ords.sort_unstable();
        earlier.sort_by_key(by_version);
        let room = (MOST_INCLUDED as usize).saturating_sub(self.ords.len() + self.earlier.len());
        let within = ords.len() + earlier.len() <= room;
        self.ords.extend(ords.iter().take(room));
        self.earlier.extend(earlier.into_iter().take(room.saturating_sub(ords.len())));
        within
    }

    fn in_order(mut self) -> Included {
        self.ords.sort_unstable();
        self.earlier.sort_by_key(by_version);
        self
    }
}

fn by_version(stored: &Stored) -> (i64, i64) {
    (stored.ord, stored.version)
}

/// All resources that the includes of a search add to the matches of a page.
pub(super) async fn included<R: Reading>(
    run: &mut Run<'_, '_, R>,
    program: &Program,
    search: &Compiled,
    matches: &[i64],
) -> Result<Included, ExecuteError> {
    let mut included = Included::default();
    let mut seen: BTreeSet<i64> = matches.iter().copied().collect();
    let mut named = BTreeSet::new();
    let mut from: Vec<i64> = matches.to_vec();
    let mut first = true;
    while !from.is_empty() && included.cut.is_none() {
        run.slots.insert(PAGE_SLOT, from.drain(..).map(|ord| Tuple { ord, ..Tuple::default() }).collect());
        for include in program.roots.includes.iter().filter(|include| first || include.again) {
            let found = root_ords(run, program, include.step).await?;
            from.extend(found.into_iter().filter(|ord| seen.insert(*ord)));
        }
        let (mut earlier, mut all) = (Vec::new(), true);
        if let Some(versions) = &program.roots.versions {
            let (found, whole) = live_versions(run, program, versions, (first, &mut named)).await?;
            all = whole;
            for LiveVersion { stored, current } in found {
                // What is named in its current version is the resource as anything else refers to it. An earlier
                // version is an end: what it refers to is in no index.
                if !current {
                    earlier.push(stored);
                } else if seen.insert(stored.ord) {
                    from.push(stored.ord);
                }
            }
        }
        let within = included.take(&mut from, earlier);
        included.cut = (!all || !within).then(|| too_many(search));
        first = false;
    }
    Ok(included.in_order())
}

async fn root_ords<R: Reading>(
    run: &mut Run<'_, '_, R>,
    program: &Program,
    root: StepId,
) -> Result<Vec<i64>, ExecuteError> {
    Ok(run.root(program, root, None).await?.into_iter().map(|tuple| tuple.ord).collect())
}

/// The versions that the resources in the slot name and that were not named before, and whether these are all.
async fn live_versions<R: Reading>(
    run: &mut Run<'_, '_, R>,
    program: &Program,
    versions: &Versions,
    (first, named): (bool, &mut BTreeSet<(i64, i64)>),
) -> Result<(Vec<LiveVersion>, bool), ExecuteError> {
    let wanted: Vec<&VersionsBy> = versions.wanted.iter().filter(|by| first || by.again).collect();
    if wanted.is_empty() {
        return Ok((Vec::new(), true));
    }
    let tuples = run.root(program, versions.step, None).await?;
    let named = tuples.iter().filter_map(|tuple| version(tuple, &wanted)).filter(|version| named.insert(*version));
    let named: Vec<(i64, i64)> = named.collect();
    // The query tells somewhat more than that many.
    let whole = tuples.len() <= 2 * MOST_INCLUDED as usize;
    let found = if named.is_empty() { Ok(Vec::new()) } else { run.versions(&named).await };
    Ok((found.map_err(|error| at(program, versions.step, error))?, whole))
}

/// What a store refuses without knowing where the query asks for it, which the step does.
fn at(program: &Program, step: StepId, error: StoreError) -> ExecuteError {
    let root = program.steps.get(step.0 as usize).and_then(|step| match &step.op {
        Op::Query { query, .. } => query.root_node(),
        _ => None,
    });
    ExecuteError::Store(match (error, root) {
        (StoreError::Refused { what, .. }, Some(root)) => StoreError::Refused { what, span: root.span },
        (other, _) => other,
    })
}

/// The number of the resource and of the version that a reference names, if it is wanted. Stores number versions from 1;
/// what is no such number names nothing.
fn version(Tuple { ord, keys }: &Tuple, wanted: &[&VersionsBy]) -> Option<(i64, i64)> {
    let [Some(Value::Int(key)), Some(Value::Text(text))] = keys.as_slice() else { return None };
    let ty = type_of(*ord);
    let is_wanted = wanted.iter().any(|by| i64::from(by.key.0) == *key && by.targets.0.contains(&ty));
    let version: i64 = text.parse().ok().filter(|_| is_wanted)?;
    (version.to_string() == *text).then_some((*ord, version))
}

/// Says that more belong to a page than come along with it.
pub(super) fn too_many(search: &Compiled) -> Diagnostic {
    let spans = search.search.includes.iter().map(|include| include.span);
    let span = spans.reduce(Span::to).unwrap_or(Span::new(0, 0));
    let message = format!("more than {MOST_INCLUDED} resources belong to this page: the others are left out");
    Diagnostic::warning("too-many-included", span, message)
        .help("a smaller `_count` has fewer, and so have fewer includes")
}
