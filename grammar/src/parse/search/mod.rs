//! Productions of `search.ebnf`.

mod base;
mod include;
mod key;
mod path;
mod sort;
mod url;
mod value;

pub use include::parse_include;
pub use sort::parse_sort;
pub use url::{parse_search, parse_search_within};
