//! Places in the text as the user typed it, and nodes that carry one.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use serde::Serialize;

/// A half-open range of bytes in the text as the user typed it, before percent-decoding. Both ends lie on character
/// boundaries of that text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`. An `end` before `start` gives the empty span at `start`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end: end.max(start) }
    }

    /// From offsets in bytes; what lies beyond 4 GiB is put at the last place a span can name.
    pub fn from_offsets(range: Range<usize>) -> Self {
        Self::new(offset(range.start), offset(range.end))
    }

    /// The empty span at `at`: a place where something is missing.
    pub fn empty(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// The shortest span that covers both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the end of this one.
    pub fn after(self) -> Self {
        Self::empty(self.end)
    }

    /// Is no byte covered?
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The covered piece of `source`; nothing if the span does not belong to it.
    pub fn text(self, source: &str) -> Option<&str> {
        source.get(self.start as usize..self.end as usize)
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A node and where it stands. The span takes no part in equality and hashing: two trees are equal when they say the
/// same, wherever it was written.
#[derive(Clone, Debug, Serialize)]
pub struct Spanned<T> {
    /// What was written.
    pub node: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `node` at `span`.
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<T: Eq> Eq for Spanned<T> {}

impl<T: Hash> Hash for Spanned<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.node.hash(state);
    }
}

/// Equality and hashing of a struct over the named fields, which are all but its span.
macro_rules! equal_without_span {
    ($($type:ident { $($field:ident),+ })+) => {$(
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                $(self.$field == other.$field)&&+
            }
        }

        impl Eq for $type {}

        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                $(self.$field.hash(state);)+
            }
        }
    )+};
}
pub(crate) use equal_without_span;
