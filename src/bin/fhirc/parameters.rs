//! `fhirc parameters`

mod change;
mod list;

use crate::common::in_store;
use crate::exit::Exit;
use crate::output::Output;
use change::{Add, Retire};
use clap::{Args, Subcommand};
use fhirc::definitions::Registry;
use fhirc::stores::{Store, StoreSettings, StoreUrl};
use std::sync::Arc;

const EXAMPLES: &str = "\
Examples:
  fhirc parameters Patient
  fhirc parameters Patient --store sqlite:ward.db
  fhirc parameters --store sqlite:ward.db
  fhirc parameters add nickname.json --store sqlite:ward.db --reindex
  fhirc parameters retire http://example.org/nickname --store sqlite:ward.db

A SearchParameter that is merely loaded as a resource changes nothing.";

/// Lists search parameters, and adds, changes and retires those of a store.
///
/// With a type: its parameters, each with its type and what a reference leads to. With a store alone: the definitions
/// that differ from FHIR's, and whether searches can use them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Parameters {
    #[command(subcommand)]
    change: Option<Change>,
    /// The resource type
    #[arg(value_name = "TYPE", required_unless_present = "store")]
    ty: Option<String>,
    /// The store whose definitions are listed: `sqlite:PATH` [default: FHIR R4 alone]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Change {
    Add(Add),
    Retire(Retire),
}

impl Parameters {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        match self.change {
            Some(Change::Add(add)) => return add.run(output).await,
            Some(Change::Retire(retire)) => return retire.run(output).await,
            None => {}
        }
        let registry = match &self.store {
            None => Arc::new(Registry::r4().clone()),
            Some(url) => match definitions(url).await {
                Ok(registry) => registry,
                Err(Wrong::Usage(wrong)) => return output.usage(&wrong),
                Err(Wrong::Failed(failed)) => return output.failed(&failed),
            },
        };
        match &self.ty {
            Some(ty) => list::of_type(&registry, ty, output),
            None => list::changed(&registry, output),
        }
    }
}

/// What went wrong before anything was done.
enum Wrong {
    Usage(String),
    Failed(String),
}

async fn definitions(url: &str) -> Result<Arc<Registry>, Wrong> {
    let (store, _) = existing(url).await?;
    let registry = store.registry();
    store.close().await;
    Ok(registry)
}

/// Opens a store by the text of its URL.
async fn existing(url: &str) -> Result<(Store, StoreUrl), Wrong> {
    let url: StoreUrl = url.parse().map_err(|error| Wrong::Usage(format!("--store: {error}")))?;
    let settings = StoreSettings::new(Arc::new(Registry::r4().clone()));
    let store = Store::open(&url, settings).await.map_err(|error| Wrong::Failed(in_store(&url, &error)))?;
    Ok((store, url))
}
