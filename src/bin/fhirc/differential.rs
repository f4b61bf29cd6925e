//! `fhirc differential`

use crate::exit::Exit;
use crate::output::Output;
use clap::Args;
use fhirc::differential::{Disagreement, Report, run, searches};
use fhirc::stores::StoreUrl;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  fhirc differential --store sqlite::memory: --seed 7 --count 2000
  fhirc differential --store sqlite:compare.db --count 200000 --save tests/corpus/differential
  fhirc differential --searches sample.ndjson --count 100 > queries.txt";

/// Compares a store with the reference evaluator, on generated searches over generated resources.
///
/// Ids, order, pages, totals and what is included must be the same. A disagreement is shown with the search, the
/// resources, both answers and the plan. Every set of resources gets a tenant of its own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Differential {
    /// The store: `sqlite::memory:`, `sqlite:PATH`, `reference:`; it is created if it does not exist
    #[arg(long, value_name = "URL", required_unless_present = "searches")]
    store: Option<String>,
    /// Prints searches for resources such as those in this NDJSON file, as `fhirc bench` takes them, and compares nothing
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "save"])]
    searches: Option<PathBuf>,
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
        if let Some(path) = &self.searches {
            return self.print(path, output);
        }
        let url: StoreUrl = match self.store.as_deref().unwrap_or_default().parse() {
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
        let Report { comparisons, disagreements, matched, refused, refusals, rejected } = report;
        for (what, times) in refusals {
            output.line(format_args!("refused {times} times: {what}"));
        }
        output
            .line(format_args!("{matched} with matches; besides, {refused} refused by the store, {rejected} invalid"));
        output.line(format_args!("{comparisons} comparisons, {disagreements} disagreements"));
        if disagreements == 0 { Exit::Done } else { Exit::Refused }
    }

    fn print(&self, path: &Path, output: &mut Output) -> Exit {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return output.failed(&format!("{}: {error}", path.display())),
        };
        let resources: Result<Vec<Value>, _> = text.lines().map(serde_json::from_str).collect();
        let resources = match resources {
            Ok(resources) => resources,
            Err(error) => return output.failed(&format!("{}: {error}", path.display())),
        };
        let searches = searches(&resources, self.seed, self.count as usize);
        if searches.is_empty() {
            return output.failed(&format!("{}: no resources to search for", path.display()));
        }
        for (n, search) in (1..).zip(searches) {
            output.line(format_args!("random-{n}\t{search}"));
        }
        Exit::Done
    }

    fn save(&self, report: &Report, found: &Disagreement) -> Result<(), String> {
        let Some(folder) = &self.save else { return Ok(()) };
        let path = folder.join(format!("seed-{}-{}.json", self.seed, report.comparisons));
        fs::write(&path, found.case.to_file()).map_err(|error| format!("{}: {error}", path.display()))
    }
}
