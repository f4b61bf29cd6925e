//! What holds of every query: passes and choices keep the answer, pages make up the whole, no text makes anything panic.

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod budget;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod composites;
#[cfg(test)]
#[path = "../corpus/mod.rs"]
mod corpus;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod hostile;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod pages;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod passes;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod random;
#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "../server/mod.rs"]
mod server;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod versions;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod world;

use fhirc::compiler::{Compiler, Options};
use fhirc::resolve::Handling;

/// The server's own base.
const BASE: &str = "http://example.org/fhir";

fn compiler(handling: Handling) -> Compiler {
    Compiler::r4(Options { handling, ..corpus::options(BASE) })
}
