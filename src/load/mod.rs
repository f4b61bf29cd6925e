//! Loading: NDJSON, Bundles and single resources into a store, in chunks, with bounded memory.

mod bundle;
mod check;
mod identity;
mod input;
mod open;
mod parse;
mod place;
mod reader;
mod report;
mod run;
#[cfg(test)]
mod tests;

pub use input::{Input, MissingInput, inputs};
pub use open::open;
pub use place::{Place, Refusal};
pub use report::{Counts, EXAMPLES, Example, Group, Groups, Report};
pub use run::{Limits, Watch, load};
