//! Productions, one per rule of the grammar files, and what they share.

pub(crate) mod filter;
mod input;
pub(crate) mod path;
pub(crate) mod search;

pub(crate) use input::{Fault, Parsed, Sink, Tokens, fail, token};
