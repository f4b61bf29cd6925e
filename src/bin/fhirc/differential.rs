//! `fhirc differential`

use crate::exit::Exit;
use crate::output::Output;
use clap::Args;
use fhirc::differential::{Disagreement, Report, run};
use fhirc::stores::StoreUrl;
use std::fs;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  fhirc differential --store sqlite::memory: --seed 7 --count 2000
  fhirc differential --store sqlite:compare.db --count 200000 --save tests/corpus/differential";

/// Compares a store with the reference evaluator, on generated searches over generated resources.
///
/// Ids, order, pages, totals and what is included must be the same. A disagreement is shown with the search, the
/// resources, both answers and the plan. Every set of resources gets a tenant of its own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Differential {
    /// The store: `sqlite::memory:`, `sqlite:PATH`, `reference:`; it is created if it does not exist
    #[arg(long, value_name = "URL")]
    store: String,
    /// Where the random decisions begin: a seed gives the same comparisons every time
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many searches are compared
    #[arg(long, default_value_t = 2_000)]
    count: u32,
    /// A folder for a file per disagreement, to be run again
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

impl Differential {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let url: StoreUrl = match self.store.parse() {
            Ok(url) => url,
            Err(error) => return output.usage(&format!("--store: {error}")),
        };
        let mut unsaved = None;
        let mut observe = |report: &Report, found: &Disagreement| {
            output.line(format_args!("== disagreement at comparison {}", report.comparisons));
            output.line(format_args!("{found}"));
            unsaved = self.save(report, found).err().or(unsaved.take());
        };
        let report = match run(&url, self.seed, self.count, &mut observe).await {
            Ok(report) => report,
            Err(error) => return output.failed(&format!("store `{url}`: {error}")),
        };
        if let Some(unsaved) = unsaved {
            return output.failed(&unsaved);
        }
        let Report { comparisons, disagreements, matched, refused, rejected } = report;
        output
            .line(format_args!("{matched} with matches; besides, {refused} refused by the store, {rejected} invalid"));
        output.line(format_args!("{comparisons} comparisons, {disagreements} disagreements"));
        if disagreements == 0 { Exit::Done } else { Exit::Refused }
    }

    fn save(&self, report: &Report, found: &Disagreement) -> Result<(), String> {
        let Some(folder) = &self.save else { return Ok(()) };
        let path = folder.join(format!("seed-{}-{}.json", self.seed, report.comparisons));
        fs::write(&path, found.case.to_file()).map_err(|error| format!("{}: {error}", path.display()))
    }
}
