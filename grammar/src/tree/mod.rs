//! The syntax trees.

pub(crate) mod filter;
pub(crate) mod path;
pub(crate) mod search;
