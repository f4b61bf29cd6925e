//! `fhirc generate`

mod files;
mod sink;

use crate::exit::Exit;
use crate::output::{Output, thousands};
use clap::Args;
use fhirc::generate::{Settings, generate};
use files::Files;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sink::Sink;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

const HELP: &str = "\
For each patient about 25 resources, 23 KB of JSON, R4:
  Organization       1 for 25 patients, at least 16; departments of hospitals of networks
  Practitioner       1 for 20 patients, at least 5
  Patient            1
  Encounter          4.1 in the mean, 0 to 20
  Condition          2.9   SNOMED CT and ICD-10
  Observation        12    LOINC with UCUM units, codes, texts, blood pressure panels
  DiagnosticReport   1.0   over the observations of the laboratory
  MedicationRequest  2.8   RxNorm and ATC
  Procedure          1.0   SNOMED CT

The same numbers of patients and seed give the same bytes on every machine. Nobody in it is real.

Examples:
  fhirc generate --patients 100 | fhirc load --store sqlite:sample.db -
  fhirc generate --patients 10000 --seed 7 --out sample/
  fhirc generate --patients 100000 --gzip > sample.ndjson.gz";

/// Generates sample data: realistic resources of any number, as NDJSON.
///
/// Without --out, all resources go to standard output, mostly after those they refer to.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Generate {
    /// The number of patients
    #[arg(long, value_name = "N")]
    patients: u32,
    /// Another seed gives other resources
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Writes one file for each resource type into this folder, which is created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Compresses with gzip
    #[arg(long)]
    gzip: bool,
    /// Overwrites files in the folder
    #[arg(long, requires = "out")]
    yes: bool,
}

impl Generate {
    /// Runs the command.
    pub(crate) fn run(self, output: &mut Output) -> Exit {
        let Some(dir) = &self.out else {
            output.stream(|out| self.stream(out));
            return Exit::Done;
        };
        let existing = if self.yes { None } else { Files::existing(dir, self.gzip) };
        if let Some(path) = existing {
            return output.usage(&format!("`{}` exists; --yes overwrites it", path.display()));
        }
        match self.write(dir) {
            Ok(files) => {
                for (name, count) in files.counts() {
                    output.line(format_args!("{name:<30}{:>14}", thousands(count)));
                }
                Exit::Done
            }
            Err(error) => output.failed(&format!("{}: {error}", dir.display())),
        }
    }

    fn settings(&self) -> Settings {
        Settings { patients: self.patients, seed: self.seed }
    }

    fn stream(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut sink = Sink::new(out, self.gzip);
        for resource in generate(self.settings()) {
            sink.line(&resource.json)?;
        }
        sink.finish()
    }

    fn write(&self, dir: &Path) -> io::Result<Files> {
        let mut files = Files::create(dir, self.gzip)?;
        let bar = io::stderr().is_terminal().then(|| bar(self.patients));
        for resource in generate(self.settings()) {
            files.line(resource.ty, &resource.json)?;
            if let Some(bar) = bar.as_ref().filter(|_| resource.ty == "Patient") {
                bar.inc(1);
            }
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        files.finish()?;
        Ok(files)
    }
}

fn bar(patients: u32) -> ProgressBar {
    let template = "{bar:30} {pos} of {len} patients, {eta} to go";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(u64::from(patients)), ProgressDrawTarget::stderr()).with_style(style)
}
