//! Elasticsearch and OpenSearch: one document per live resource, one request per query.

mod arrangement;
mod capability;
pub mod clause;
mod columns;
pub mod document;
mod fill;
mod finish;
pub mod gather;
mod keyword;
mod named;
mod pattern;
mod rows;
mod target;
#[cfg(test)]
mod tests;
mod told;

pub use clause::SearchBody;
pub use fill::{Fill, MAX_TERMS, Requests};
pub use finish::{together, told_by};
pub use keyword::{LINKS, REFERENCES, TARGETS, identity, link_of, reference_of, target_of};
pub use named::names_of;
pub use told::{row_of, rows_field};

use crate::lower::{Unsupported, lower};
use crate::program::Query;

/// The Elasticsearch target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target;

/// Lowers a query to a search request. The tenant and the slots are filled in when it runs: [`SearchBody::fill`].
///
/// A hit tells, by [`crate::program::Yield`]:
/// - `Page` in an order that is [gathered](gather::is_gathered): all members, with the fields that sort; what the query
///   says of a bound and a position is for whoever puts them in order. Else its sort values, one per sort key, then `ord`. A number that is missing is told as `i64::MAX` ascending
///   and `i64::MIN` descending, which no value is;
/// - `Count`: no hit; the total, up to the limit if there is one;
/// - `Rid`: the field `rid`, see [`identity`];
/// - `Targets`: the field [`told_by`] the edge: [`TARGETS`], which [`target_of`] reads; of links without a version, and for
///   `Versions`, [`REFERENCES`], which [`reference_of`] reads; of canonical links [`LINKS`], which [`link_of`] reads;
/// - `Names`: fields that [`names_of`] reads;
/// - `Rows`: `rid` and the field [`rows_field`], which [`row_of`] reads.
///
/// One request asks for as many hits as one may have at most; where more are wanted, [`Requests::after`] goes on.
///
/// # Errors
/// The first thing that Elasticsearch does not answer, or that is not well formed.
pub fn search(query: &Query) -> Result<SearchBody, Unsupported> {
    lower(Target, query)
}
