//! The syntax errors: one enum per grammar, the wording beside the variant.

mod filter;
mod path;
mod search;

pub(crate) use filter::{FilterError, OperandError};
pub(crate) use path::PathError;
pub(crate) use search::{KeyError, UrlError, ValueError};
