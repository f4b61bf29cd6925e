//! `fhirc reindex`

use crate::common::in_store;
use crate::exit::Exit;
use crate::interrupt::stop_flag;
use crate::output::{Output, thousands};
use clap::Args;
use fhirc::definitions::Registry;
use fhirc::stores::{Indexing, Store, StoreSettings, StoreUrl, Watch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  fhirc parameters add nickname.json --store sqlite:ward.db
  fhirc reindex --store sqlite:ward.db";

/// Indexes what a store holds under new and changed SearchParameters, and deletes the rows of old ones.
///
/// Searches and writes go on meanwhile. A new parameter can be searched, and a changed one means the new, as soon as
/// its last resource is indexed. It may be stopped at any time: run again, it goes on from there.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Reindex {
    /// The store: `sqlite:PATH`
    #[arg(long, value_name = "URL")]
    store: String,
}

impl Reindex {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let url: StoreUrl = match self.store.parse() {
            Ok(url) => url,
            Err(error) => return output.usage(&format!("--store: {error}")),
        };
        let store = match Store::open(&url, StoreSettings::new(Arc::new(Registry::r4().clone()))).await {
            Ok(store) => store,
            Err(error) => return output.failed(&in_store(&url, &error)),
        };
        let exit = reindex(&store, &url, output).await;
        store.close().await;
        exit
    }
}

/// Runs all builds of a store to their ends, shows how far they are, and what was done.
pub(crate) async fn reindex(store: &Store, url: &StoreUrl, output: &mut Output) -> Exit {
    let begun = Instant::now();
    let mut screen = Screen { registry: store.registry(), bar: None, stop: stop_flag() };
    let report = store.reindex(&mut screen).await;
    if let Some(bar) = screen.bar {
        bar.finish_and_clear();
    }
    let report = match report {
        Ok(report) => report,
        Err(error) => return output.failed(&in_store(url, &error)),
    };
    if report.resources == 0 && report.cleared == 0 && !report.stopped {
        output.line(format_args!("nothing to do: every search parameter is indexed"));
        return Exit::Done;
    }
    let seconds = begun.elapsed().as_millis() / 100;
    // Where rows stand in documents, these are counted that were rid of old ones.
    let cleared = if matches!(url, StoreUrl::Elasticsearch(_)) { "rid of old ones" } else { "deleted" };
    output.line(format_args!(
        "{} resources read, {} index rows added, {} {cleared} in {}.{} s",
        thousands(report.resources),
        thousands(report.added),
        thousands(report.cleared),
        seconds / 10,
        seconds % 10
    ));
    if report.stopped {
        output.note(format_args!("stopped before the end; `fhirc reindex --store {url}` goes on from there"));
        return Exit::Failed;
    }
    Exit::Done
}

/// Progress on a terminal, Ctrl-C.
struct Screen {
    registry: Arc<Registry>,
    bar: Option<ProgressBar>,
    stop: Arc<AtomicBool>,
}

impl Watch for Screen {
    fn progress(&mut self, at: &Indexing) {
        if !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(bar);
        match at.ty.and_then(|ty| self.registry.resource_type_of_code(ty.0)) {
            Some(ty) => {
                let (done, total) = at.types;
                bar.set_length(at.resources.1);
                bar.set_position(at.resources.0);
                bar.set_message(format!("{} (type {} of {total})", self.registry.type_name(ty), done + 1));
            }
            None => bar.set_message(format!("{} old rows deleted", thousands(at.cleared))),
        }
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

fn bar() -> ProgressBar {
    let template = "{bar:30} {human_pos} of {human_len} resources, {msg}, {eta} to go";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr()).with_style(style)
}
