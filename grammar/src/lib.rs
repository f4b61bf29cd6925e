//! Syntax of FHIR search strings, `_filter` expressions and SearchParameter expressions: text in, trees with byte
//! spans out. Knows no parameter and no resource type.

mod decode;
mod diagnostic;
mod span;
mod tree;

pub use decode::Decoded;
pub use diagnostic::{Diagnostic, Label, Severity};
pub use span::{Span, Spanned};
pub use tree::filter::{
    Filter, FilterLink, FilterOp, FilterPath, FilterValue, FilterValueKind, Logic, LogicTail, Node,
};
pub use tree::path::{Literal, PathExpr, PathNode};
pub use tree::search::{Has, Include, Item, Key, Link, Name, Param, Part, Path, Search, SortKey, Text, Value};
