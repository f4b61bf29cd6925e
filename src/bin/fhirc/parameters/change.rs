//! `fhirc parameters add`, `fhirc parameters retire`

use super::{Wrong, existing, list};
use crate::common::in_store;
use crate::exit::Exit;
use crate::output::Output;
use crate::reindex::reindex;
use clap::Args;
use fhirc::definitions::{SearchParam, load_package};
use fhirc::grammar::Diagnostic;
use fhirc::stores::{Defined, Store, StoreError, StoreUrl};

use std::path::PathBuf;

/// Adds SearchParameters to the definitions of a store, or changes those that have their URLs.
///
/// All or none: what is wrong with one is told, and nothing is changed. Resources that come later are indexed at once;
/// those that are there need `fhirc reindex`. Until then a search by a new parameter is refused, and one by a changed
/// parameter means what it meant before.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// SearchParameter resources, Bundles of them, or FHIR packages (folder or .tgz)
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    at: At,
}

/// Retires SearchParameters of a store, by their URLs: no search knows them from now on.
///
/// Their index rows are deleted by `fhirc reindex`. A code that a definition had taken over from another one goes back to
/// that, after a reindex.
#[derive(Debug, Args)]
pub(super) struct Retire {
    /// The URLs of the definitions
    #[arg(required = true, value_name = "URLS")]
    urls: Vec<String>,
    #[command(flatten)]
    at: At,
}

/// Where, and how far.
#[derive(Debug, Args)]
struct At {
    /// The store: `sqlite:PATH`
    #[arg(long, value_name = "URL")]
    store: String,
    /// Indexes what is there at once, as `fhirc reindex` does
    #[arg(long)]
    reindex: bool,
}

impl Add {
    pub(super) async fn run(self, output: &mut Output) -> Exit {
        let mut params = Vec::new();
        for path in &self.files {
            let (read, problems) = load_package(path);
            if problems.iter().any(|problem| problem.code == "unreadable-package") {
                refused(&problems, output);
                return Exit::Failed;
            }
            if problems.iter().any(Diagnostic::is_error) {
                return refused(&problems, output);
            }
            tell(&problems, output);
            params.extend(read);
        }
        if params.is_empty() {
            return output.usage("there is no SearchParameter in these files");
        }
        let urls = params.iter().map(|param| param.url.clone()).collect();
        self.at.change(Change::Define(params), urls, output).await
    }
}

impl Retire {
    pub(super) async fn run(self, output: &mut Output) -> Exit {
        let urls = self.urls.clone();
        self.at.change(Change::Retire(self.urls), urls, output).await
    }
}

fn tell(problems: &[Diagnostic], output: &mut Output) {
    for problem in problems.iter().filter(|problem| !problem.is_error()) {
        output.note(format_args!("warning: {}", problem.message));
    }
}

enum Change {
    Define(Vec<SearchParam>),
    Retire(Vec<String>),
}

impl Change {
    async fn run(self, store: &Store) -> Result<Defined, StoreError> {
        match self {
            Change::Define(params) => store.define(params).await,
            Change::Retire(urls) => store.retire(urls).await,
        }
    }
}

impl At {
    async fn change(self, change: Change, urls: Vec<String>, output: &mut Output) -> Exit {
        let (store, url) = match existing(&self.store).await {
            Ok(opened) => opened,
            Err(Wrong::Usage(wrong)) => return output.usage(&wrong),
            Err(Wrong::Failed(failed)) => return output.failed(&failed),
        };
        let exit = match change.run(&store).await {
            Ok(defined) => self.after(&defined, &urls, (&store, &url), output).await,
            Err(StoreError::Definitions { problems }) => refused(&problems, output),
            Err(StoreError::Unindexable { problems }) => {
                problems.iter().for_each(|problem| output.error(format_args!("{problem}")));
                output.note(format_args!("nothing was changed"));
                Exit::Refused
            }
            Err(error) => output.failed(&in_store(&url, &error)),
        };
        store.close().await;
        exit
    }

    async fn after(&self, defined: &Defined, urls: &[String], store: (&Store, &StoreUrl), output: &mut Output) -> Exit {
        tell(&defined.warnings, output);
        let (store, url) = store;
        if self.reindex {
            let exit = reindex(store, url, output).await;
            urls.iter().for_each(|url| list::standing(&store.registry(), url, output));
            return exit;
        }
        urls.iter().for_each(|url| list::standing(&store.registry(), url, output));
        if defined.to_build {
            output.note(format_args!("`fhirc reindex --store {url}` indexes the resources that are there"));
        } else if defined.to_clear {
            output
                .note(format_args!("`fhirc reindex --store {url}` deletes the index rows that nobody reads any more"));
        }
        Exit::Done
    }
}

fn refused(problems: &[Diagnostic], output: &mut Output) -> Exit {
    tell(problems, output);
    for problem in problems.iter().filter(|problem| problem.is_error()) {
        output.note(format_args!("error[{}]: {}", problem.code, problem.message));
        if let Some(help) = &problem.help {
            output.note(format_args!("  = help: {help}"));
        }
    }
    output.note(format_args!("nothing was changed"));
    Exit::Refused
}
