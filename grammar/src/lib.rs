//! Syntax of FHIR search strings, `_filter` expressions and SearchParameter expressions: text in, trees with byte
//! spans out. Knows no parameter and no resource type.

mod decode;
mod diagnostic;
mod error;
mod escape;
mod lex;
pub mod limits;
mod parse;
mod print;
mod render;
mod span;
mod tree;
mod words;

pub use decode::Decoded;
pub use diagnostic::{Diagnostic, Label, Severity};
pub use lex::show::{Shown, filter_tokens, search_tokens, value_tokens};
pub use parse::filter::parse_filter;
pub use parse::path::parse_path;
pub use parse::search::{parse_include, parse_search, parse_search_within, parse_sort};
pub use render::render;
pub use span::{Span, Spanned};
pub use tree::filter::{
    Filter, FilterLink, FilterOp, FilterPath, FilterValue, FilterValueKind, Logic, LogicTail, Node,
};
pub use tree::path::{Literal, PathExpr, PathNode};
pub use tree::search::{Has, Include, Item, Key, Link, Name, Param, Part, Path, Search, SortKey, Text, Value};
pub use words::{nearest, quote};
