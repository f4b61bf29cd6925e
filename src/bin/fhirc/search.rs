//! `fhirc search`

use crate::bundle::Bundle;
use crate::common::{Asked, Definitions, Meaning, Where, open};
use crate::exit::Exit;
use crate::external::External;
use crate::output::Output;
use clap::{Args, ValueEnum};
use fhirc::compiler::{Compiled, Compiler, Source};
use fhirc::runtime::{ExecuteError, Page, Request, Resource, compile, execute};
use fhirc::stores::Store;
use fhirc::values::Instant;

const EXAMPLES: &str = "\
Examples:
  fhirc search --store sqlite:ward.db 'Patient?name=smith&_sort=birthdate'
  fhirc search --store sqlite:ward.db --format ids --all 'Observation?subject:Patient.name=smith'
  fhirc search --store sqlite:ward.db --format bundle 'Patient?_id=patient-1&_revinclude=Observation:subject'
  fhirc search --store reference:export/ 'Patient?name=smith'
  fhirc search --store sqlite:ward.db --format ndjson --all 'Patient?_has:Observation:patient:code=8867-4' > patients.ndjson";

/// Searches a store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Search {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    meaning: Meaning,
    #[command(flatten)]
    external: External,
    #[command(flatten)]
    definitions: Definitions,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Walks through all pages instead of printing one
    #[arg(long)]
    all: bool,
    /// Where to go on: the cursor that the page before ended with
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
    #[command(flatten)]
    asked: Asked,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line per resource: identity, version, time of change
    Table,
    /// `Type/id`, or `Type/id#id` for what another resource contains, one a line, matches only
    Ids,
    /// The resources, one a line: matches, then what was included
    Ndjson,
    /// A Bundle of type searchset
    Bundle,
}

impl Search {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let registry = self.definitions.registry(output);
        let prepared = registry
            .and_then(|registry| Ok((self.place.parse()?, self.meaning.settings(registry)?, self.asked.source()?)));
        let ((url, tenant), settings, source) = match prepared {
            Ok(prepared) => prepared,
            Err(wrong) => return output.usage(&wrong),
        };
        let store = match open(&url, settings, &tenant, output).await {
            Ok(store) => store,
            Err(failed) => return output.failed(&failed),
        };
        let request = Request { tenant, cursor: self.cursor.clone() };
        let exit = match self.meaning.options_for(&store, &request.tenant, &self.external, output).await {
            Ok(options) => {
                let compiler = Compiler::new(store.registry(), options);
                self.search(&compiler, source, &store, request, output).await
            }
            Err(exit) => exit,
        };
        store.close().await;
        exit
    }

    async fn search(
        &self,
        compiler: &Compiler,
        source: Source,
        store: &Store,
        mut request: Request,
        output: &mut Output,
    ) -> Exit {
        let compiled = match compile(compiler, source).await {
            Ok(compiled) => compiled,
            Err(rejected) => return output.uncompiled(&rejected),
        };
        for warning in &compiled.warnings {
            output.note(format_args!("{}", compiled.query.render(warning).trim_end()));
        }
        let mut bundle = Bundle::default();
        loop {
            let page = match execute(store, &compiled, &request, None).await {
                Ok(page) => page,
                Err(
                    refused @ (ExecuteError::Refused { .. } | ExecuteError::Outdated { .. } | ExecuteError::Cursor(_)),
                ) => {
                    return output.rejected(&refused.to_string());
                }
                Err(ExecuteError::Store(error)) => return output.failed(&error.to_string()),
            };
            for notice in &page.outcome {
                output.note(format_args!("{}", compiled.query.render(notice).trim_end()));
            }
            let nothing =
                page.matches.is_empty() && page.total.is_none_or(|total| total == 0) && request.cursor.is_none();
            match self.format {
                Format::Bundle => bundle.add(&page, compiler),
                _ => self.print(&page, compiler, output),
            }
            match (self.all, page.next) {
                (true, Some(next)) => request.cursor = Some(next),
                (_, next) => {
                    if nothing {
                        output.note(format_args!(
                            "no match; `fhirc explain --analyze --store …` shows what each step found"
                        ));
                    }
                    self.end(next, &compiled, bundle, output);
                    return Exit::Done;
                }
            }
        }
    }

    fn print(&self, page: &Page, compiler: &Compiler, output: &mut Output) {
        if let (Some(total), Format::Table) = (page.total, self.format) {
            output.line(format_args!("{total} matches"));
        }
        for found in &page.matches {
            self.print_one(found, "match", compiler, output);
        }
        for found in page.included.iter().filter(|_| self.format != Format::Ids) {
            self.print_one(found, "include", compiler, output);
        }
    }

    fn print_one(&self, found: &Resource, mode: &str, compiler: &Compiler, output: &mut Output) {
        let identity = found.name(compiler.registry());
        match self.format {
            Format::Ids => output.line(format_args!("{identity}")),
            Format::Ndjson => output.line(format_args!("{}", found.body)),
            Format::Table | Format::Bundle => {
                let updated = Instant(found.updated);
                output.line(format_args!("{mode:<8}{identity:<56}  v{:<4} {updated}", found.version));
            }
        }
    }

    fn end(&self, next: Option<String>, compiled: &Compiled, bundle: Bundle, output: &mut Output) {
        if self.format == Format::Bundle {
            output.line(format_args!("{:#}", bundle.json(next.as_deref(), compiled)));
        } else if let Some(next) = next {
            output.note(format_args!("more: --all, or --cursor {next}"));
        }
    }
}
