//! `fhirc load`

mod screen;
mod summary;

use crate::common::{Definitions, in_store};
use crate::exit::Exit;
use crate::output::Output;
use clap::Args;
use fhirc::load::{Limits, Report, inputs, load};
use fhirc::stores::{Store, StoreSettings, StoreUrl};
use fhirc::tenant::TenantContext;
use fhirc::values::Zone;
use screen::Screen;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  fhirc load --store sqlite:ward.db export/
  fhirc load --store sqlite:ward.db Patient.ndjson Observation.ndjson.gz
  curl -s https://example.org/bundle.json | fhirc load --store sqlite:ward.db -
  fhirc load --store sqlite:ward.db --zone Europe/Berlin --base https://fhir.example.org/r4 export/

Loading again is safe: a resource whose content is unchanged makes no new version.";

/// Loads resources into a store and indexes them for search.
///
/// Reads NDJSON, single resources and Bundles (transaction, batch, collection, searchset), also compressed with gzip.
/// Resources keep their ids and `meta.lastUpdated`; `meta.versionId` is the store's own count. What is wrong with a
/// line costs that line only, and is listed at the end. Resources are not validated: what is not where FHIR has it is
/// stored and not found, and values that cannot be read, such as dates, are warned of.
///
/// What is stored is stored some thousand resources at a time. Ctrl-C and SIGTERM end a load behind the last of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Load {
    /// The store, created if it does not exist: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE`,
    /// `elasticsearch://HOST:PORT/PREFIX`; or `reference:`, which keeps nothing and only tells what loading would do
    #[arg(long, value_name = "URL")]
    store: String,
    /// Whose resources they are
    #[arg(long, value_name = "NAME", default_value = "default")]
    tenant: String,
    /// The zone of dates that have none: `UTC`, `+02:00`, `Europe/Berlin` [default: the store's, UTC if new]
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// A base URL of your own server: absolute references on it are local [default: the store's, none if new]
    #[arg(long = "base", value_name = "URL")]
    bases: Vec<String>,
    #[command(flatten)]
    definitions: Definitions,
    /// Writes every refusal to this file, one JSON object per line
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Files and directories; `-` is standard input
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
}

impl Load {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let (url, tenant, settings) = match self.settings(output) {
            Ok(settings) => settings,
            Err(wrong) => {
                output.error(format_args!("{wrong}"));
                return Exit::Usage;
            }
        };
        match self.load(&url, &tenant, settings, output).await {
            Ok(report) => {
                summary::print(output, &report);
                if report.report.counts.resources() == 0 && report.refused() == 0 {
                    output.note(format_args!("warning: there was no resource to load"));
                }
                if url == StoreUrl::Reference {
                    output.note(format_args!(
                        "nothing is kept: `reference:` lives in memory, and ends with this command"
                    ));
                }
                exit(&report, output)
            }
            Err(failed) => {
                output.error(format_args!("{failed}"));
                Exit::Failed
            }
        }
    }

    fn settings(&self, output: &mut Output) -> Result<(StoreUrl, TenantContext, StoreSettings), String> {
        let url: StoreUrl = self.store.parse().map_err(|error| format!("--store: {error}"))?;
        let tenant = TenantContext::new(&self.tenant).map_err(|error| format!("--tenant: {error}"))?;
        let zone =
            self.zone.as_deref().map(str::parse::<Zone>).transpose().map_err(|error| format!("--zone: {error}"))?;
        let bases = (!self.bases.is_empty()).then(|| self.bases.clone());
        let registry = self.definitions.registry(output)?;
        Ok((url, tenant, StoreSettings { zone, bases, create: true, ..StoreSettings::new(registry) }))
    }

    async fn load(
        &self,
        url: &StoreUrl,
        tenant: &TenantContext,
        settings: StoreSettings,
        output: &mut Output,
    ) -> Result<summary::Loaded, String> {
        let (inputs, unreadable) = inputs(&self.files).map_err(|error| error.to_string())?;
        let total = inputs.iter().map(|input| input.bytes).sum();
        let mut screen = Screen::new(total, self.refused.as_deref()).map_err(|error| format!("--refused: {error}"))?;
        let store = Store::open(url, settings).await.map_err(|error| in_store(url, &error))?;
        let report = load(&store, tenant, inputs, Limits::default(), &mut screen).await;
        let written = screen.written();
        let lost = screen.finish();
        let size = store.size().await;
        store.close().await;
        if let Err(error) = lost {
            output.note(format_args!("warning: not every refusal could be written to the file: {error}"));
        }
        if report.is_err() && written > 0 {
            output.note(format_args!(
                "{written} resources are in the store, and whole; loading the same again goes on from there"
            ));
        }
        let report: Report = report.map_err(|error| in_store(url, &error))?;
        Ok(summary::Loaded { report, unreadable, size: size.ok() })
    }
}

fn exit(loaded: &summary::Loaded, output: &mut Output) -> Exit {
    if loaded.report.stopped {
        output.note(format_args!(
            "stopped before the end; what was loaded is stored. Run the same command again to go on: unchanged \
             resources are passed over."
        ));
        return Exit::Failed;
    }
    if loaded.refused() == 0 { Exit::Done } else { Exit::Refused }
}
