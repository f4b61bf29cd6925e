//! From resources to index rows: SearchParameter expressions compiled into one program per resource type, which is
//! walked once over the JSON for all its parameters.

mod compile;
mod compound;
mod convert;
mod evaluate;
mod extract;
mod harvest;
mod place;
mod presence;
mod programs;
mod route;
mod routing;
mod scope;
mod settings;
mod target;
mod trie;
mod tuples;
mod unindexed;
mod warning;
mod words;

#[cfg(test)]
mod tests;

pub use evaluate::{Found, evaluate, evaluate_at};
pub use extract::{ContainedRows, Extraction, Extractor};
pub use scope::Scope;
pub use settings::ExtractSettings;
pub use target::Target;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) use target::{contained_id, container_key};
pub use unindexed::Unindexed;
pub use warning::{Problem, Warning};
