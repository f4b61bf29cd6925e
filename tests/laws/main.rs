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
use fhirc::ir::BaseUrl;
use fhirc::resolve::Handling;
use fhirc::values::Instant;

/// The server's own base.
const BASE: &str = "http://example.org/fhir";

fn compiler(handling: Handling) -> Compiler {
    let now = Some(Instant(1_700_000_000_000_000));
    let bases = vec![BaseUrl::new(BASE)];
    Compiler::r4(Options {
        handling,
        now,
        bases,
        terminology: corpus::terminology(),
        lists: corpus::lists(),
        ..Options::default()
    })
}
