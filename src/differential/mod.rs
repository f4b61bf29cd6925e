//! Generated comparison: searches over generated resources, on a store and by the reference evaluator.

mod brackets;
mod case;
mod conditions;
mod data;
mod elements;
mod filters;
mod generate;
mod mangle;
mod plans;
mod pools;
mod query;
mod random;
mod resources;
mod sample;
mod shrink;
mod subject;
mod terms;
mod together;
mod values;

pub use case::{Answer, Case, Disagreement};
pub use subject::Subject;

use crate::compiler::{Compiler, Options};
use crate::definitions::Registry;
use crate::ir::Env;
use crate::reference::Reference;
use crate::stores::{StoreError, StoreUrl};
use random::Random;
use sample::Samples;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use subject::Verdict;
use together::{Running, together};

/// Searches per set of resources: making and storing the resources costs as much as many searches.
const PER_SET: u32 = 40;

/// Of so many searches, one is run by all its plans.
const PLANS: usize = 6;

/// Searches that are compared side by side.
const WIDTH: usize = 8;

/// Attempts at a search that compiles.
const TRIED_PER_SEARCH: usize = 20;

/// Sets after which the store is opened anew: one in memory starts empty.
const SETS_PER_STORE: u64 = 100;

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Searches that were compared.
    pub comparisons: u32,
    /// Those to which the answers differ.
    pub disagreements: u32,
    /// Comparisons in which something matched.
    pub matched: u32,
    /// Searches besides that the store refused by name.
    pub refused: u32,
    /// What was refused, in the words of the first refusal of each, and how often.
    pub refusals: BTreeMap<String, u32>,
    /// Searches besides that the compiler did not take.
    pub rejected: u32,
}

impl Report {
    /// Counts a verdict; the disagreement, if it is one.
    fn take(&mut self, verdict: Verdict) -> Option<Box<Disagreement>> {
        match verdict {
            Verdict::Rejected => self.rejected += 1,
            Verdict::Refused(what) => {
                self.refused += 1;
                *self.refusals.entry(what).or_default() += 1;
            }
            Verdict::Same { matched } => {
                self.comparisons += 1;
                self.matched += u32::from(matched);
            }
            Verdict::Differs(found) => {
                self.comparisons += 1;
                self.disagreements += 1;
                return Some(found);
            }
        }
        None
    }
}

/// Makes `count` comparisons. What differs is shown to `observe`, shrunk for the first of each set of resources.
///
/// # Errors
/// The store cannot be opened, or cannot write the resources.
pub async fn run(
    url: &StoreUrl,
    seed: u64,
    count: u32,
    observe: &mut dyn FnMut(&Report, &Disagreement),
) -> Result<Report, StoreError> {
    let mut report = Report::default();
    let mut subject = Subject::open(url).await?;
    let mut set = 0;
    while report.comparisons < count {
        if set > 0 && set % SETS_PER_STORE == 0 {
            subject = Subject::open(url).await?;
        }
        compare_set(&mut subject, &mut Random::fork(seed, set), count, &mut report, observe).await?;
        set += 1;
    }
    Ok(report)
}

/// Searches that ask for what is in resources such as these, all of which compile: for measuring.
pub fn searches(resources: &[Json], seed: u64, count: usize) -> Vec<String> {
    let compiler = Compiler::r4(Options::default());
    let reference = Reference::new(Registry::r4(), data::live(Registry::r4(), resources));
    let samples = Samples::new(Registry::r4(), &reference, &compiler.env());
    let mut random = Random::fork(seed, 0);
    // Resources without any value to ask for would go on for ever.
    let tried = (0..count.saturating_mul(TRIED_PER_SEARCH)).filter_map(|_| samples.query(&mut random));
    let texts = tried.map(|query| query.to_string());
    texts.filter(|text| compiler.compile(text).is_ok()).take(count).collect()
}

async fn compare_set(
    subject: &mut Subject,
    random: &mut Random,
    count: u32,
    report: &mut Report,
    observe: &mut dyn FnMut(&Report, &Disagreement),
) -> Result<(), StoreError> {
    let registry = Registry::r4();
    let lines = data::generate(registry, random);
    let mut differing = Vec::new();
    let loaded = subject.load(&lines).await?;
    let env: Env = loaded.env();
    let samples = Samples::new(registry, &loaded.reference, &env);
    let mut queries = Vec::new();
    for _ in 0..PER_SET {
        if let Some(query) = samples.query(random) {
            // Few searches ask for two parameters that a composite combines.
            let plans = random.below(PLANS) == 0 || samples.asks_pair(&query);
            queries.push((query, plans));
        }
    }
    let mut queries = queries.into_iter();
    while report.comparisons < count {
        let left = usize::try_from(count - report.comparisons).unwrap_or(WIDTH);
        let some: Vec<_> =
            queries.by_ref().take(left.min(WIDTH)).map(|(query, plans)| (query.to_string(), query, plans)).collect();
        if some.is_empty() {
            break;
        }
        let mut running: Vec<Running<'_, _>> = Vec::new();
        for (text, _, plans) in &some {
            running.push(Box::pin(loaded.compare(text, *plans)));
        }
        let verdicts = together(running).await;
        for ((_, query, _), verdict) in some.into_iter().zip(verdicts) {
            if let Some(found) = report.take(verdict?) {
                differing.push((report.clone(), query, *found));
            }
        }
    }
    for (n, (report, query, mut found)) in differing.into_iter().enumerate() {
        if n == 0 {
            found = shrink::shrink(subject, query, lines.clone(), found).await?;
        } else {
            found.case.writes.clone_from(&lines);
        }
        observe(&report, &found);
    }
    Ok(())
}
