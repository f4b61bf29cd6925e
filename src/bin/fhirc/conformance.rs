//! `fhirc conformance`

use crate::exit::Exit;
use crate::output::Output;
use clap::Args;
use fhirc::conformance::{Group, run};
use fhirc::stores::StoreUrl;
use fhirc::tenant::TenantContext;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  fhirc conformance conformance/cases --store sqlite::memory: --out answers.jsonl";

/// Runs the searches of a conformance suite and writes their answers.
///
/// DIR holds one JSON file per group: its resources and its cases. Every group runs in a tenant of its own, which is
/// its name. A store in memory is a new one for each; in PostgreSQL each has a schema of its own, which stays.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Conformance {
    /// The folder with the groups
    dir: PathBuf,
    /// The store: `sqlite::memory:`, `sqlite:PATH`, `reference:`, `postgres://…`
    #[arg(long, value_name = "URL")]
    store: String,
    /// Where the answers go, one JSON object a line
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Conformance {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let url: StoreUrl = match self.store.parse() {
            Ok(url) => url,
            Err(error) => return output.usage(&format!("--store: {error}")),
        };
        match self.groups(&url, output).await {
            Ok(exit) => exit,
            Err(failed) => output.failed(&failed),
        }
    }

    async fn groups(&self, url: &StoreUrl, output: &mut Output) -> Result<Exit, String> {
        let at = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let listed = fs::read_dir(&self.dir).map_err(|error| at(&self.dir, &error))?;
        let mut files: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        let out = fs::File::create(&self.out).map_err(|error| at(&self.out, &error))?;
        let mut out = BufWriter::new(out);
        let (mut count, mut exit) = (0, Exit::Done);
        for file in &files {
            let text = fs::read(file).map_err(|error| at(file, &error))?;
            let group: Group = serde_json::from_slice(&text).map_err(|error| at(file, &error))?;
            let tenant = TenantContext::new(&group.group).map_err(|error| at(file, &error))?;
            match run(&group, &url.apart(&group.group), &tenant).await {
                Ok(answers) => {
                    for answer in answers {
                        let line = serde_json::to_string(&answer).map_err(|error| at(file, &error))?;
                        writeln!(out, "{line}").map_err(|error| at(&self.out, &error))?;
                        count += 1;
                    }
                }
                Err(error) => {
                    output.error(format_args!("{}", at(file, &error)));
                    exit = Exit::Refused;
                }
            }
        }
        out.flush().map_err(|error| at(&self.out, &error))?;
        output.line(format_args!("{count} answers of {} groups in {}", files.len(), self.out.display()));
        Ok(exit)
    }
}
