//! Tree of a search string. FHIR R4 3.1.1, `search.ebnf`.

use serde::Serialize;

use crate::decode::Decoded;
use crate::span::{Span, Spanned, equal_without_span};

/// A search string: what is searched, and by which parameters, in the order written.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Search {
    /// What stands before the `?`.
    pub path: Path,
    /// What stands behind it. Repetitions are kept: they are conjunctions.
    pub params: Vec<Param>,
}

/// What is searched. A final `/_search` leaves no trace.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Path {
    /// All resource types: `?_lastUpdated=gt2024`.
    System,
    /// One resource type: `Patient?name=eve`.
    Type(Spanned<String>),
    /// The members of a compartment: `Patient/23/Observation`, `Patient/23/*`. FHIR R4 3.1.1.2.
    Compartment {
        /// Type of the resource that is the compartment.
        ty: Spanned<String>,
        /// Its id.
        id: Spanned<String>,
        /// Type of the members; nothing stands for `*`, all of them.
        member: Option<Spanned<String>>,
    },
}

/// One `key=value`.
#[derive(Clone, Debug, Serialize)]
pub struct Param {
    /// Before the first `=`.
    pub key: Key,
    /// After it.
    pub value: Value,
    /// Both.
    pub span: Span,
}

/// The left side of a parameter: links to other resources, then the parameter asked there.
///
/// `subject:Patient.name:exact` has one link and ends with `name:exact`.
/// `_has:Observation:patient:code` has one link and ends with `code`.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// The links, from the resource that is searched for outwards.
    pub links: Vec<Link>,
    /// The parameter at the end.
    pub end: Name,
    /// The whole key.
    pub span: Span,
}

impl Key {
    /// Code of the parameter at the end.
    pub fn code(&self) -> &str {
        &self.end.name.node
    }

    /// Modifier of the parameter at the end.
    pub fn modifier(&self) -> Option<&str> {
        self.end.modifier.as_ref().map(|modifier| modifier.node.as_str())
    }

    /// Does it ask about another resource than the one searched for?
    pub fn is_chained(&self) -> bool {
        !self.links.is_empty()
    }
}

/// A step from one resource to others.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Link {
    /// Along a reference parameter, `subject` or `subject:Patient`. FHIR R4 3.1.1.4.13.
    Forward(Name),
    /// Against one, `_has:Observation:patient`. FHIR R4 3.1.1.4.14.
    Has(Has),
}

/// A parameter's code with at most one modifier. On a link the modifier is a target type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Name {
    /// The code.
    pub name: Spanned<String>,
    /// What stands behind the `:`.
    pub modifier: Option<Spanned<String>>,
}

/// `_has:ty:reference`: the resources of type `ty` whose parameter `reference` refers to this one.
#[derive(Clone, Debug, Serialize)]
pub struct Has {
    /// Type of the referring resources.
    pub ty: Spanned<String>,
    /// Their reference parameter.
    pub reference: Spanned<String>,
    /// From `_has` to the reference parameter.
    pub span: Span,
}

/// The right side of a parameter, percent-decoded. How it splits depends on the parameter, so it is split on demand:
/// [`Value::items`], [`crate::parse_sort`], [`crate::parse_include`], [`crate::parse_filter`].
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// The whole value, backslashes untouched.
    pub raw: Decoded,
    /// Where it stands.
    pub span: Span,
}

/// One alternative of a value: what stands between commas. Empty (one part of one empty text) in `a,,b`.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// Split at `$`; never empty.
    pub parts: Vec<Part>,
    /// The whole alternative.
    pub span: Span,
}

impl Item {
    /// The whole text without escapes, `$` and `|` put back: for parameter types that give them no meaning.
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(Part::text).collect();
        parts.join("$")
    }

    /// Was nothing written?
    pub fn is_empty(&self) -> bool {
        self.span.is_empty()
    }
}

/// One part of a composite value: what stands between `$`.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Split at `|`; never empty.
    pub pieces: Vec<Text>,
    /// The whole part.
    pub span: Span,
}

impl Part {
    /// The whole text without escapes, `|` put back.
    pub fn text(&self) -> String {
        let pieces: Vec<&str> = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        pieces.join("|")
    }
}

/// Text without separators, its escapes undone.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// What is meant.
    pub text: String,
    /// Where it was written, escapes included.
    pub span: Span,
}

/// One key of `_sort`. FHIR R4 3.1.1.5.1.
#[derive(Clone, Debug, Serialize)]
pub struct SortKey {
    /// Was a `-` in front?
    pub descending: bool,
    /// The parameter sorted by.
    pub key: Key,
    /// Sign and key.
    pub span: Span,
}

/// The value of `_include` and `_revinclude`. FHIR R4 3.1.1.5.4.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Include {
    /// `*`: along every reference parameter of every type.
    All,
    /// `source:parameter` or `source:parameter:target`.
    Of {
        /// Type of the referring resource.
        source: Spanned<String>,
        /// Its reference parameter; nothing stands for `*`, all of them.
        parameter: Option<Spanned<String>>,
        /// Type of the resource referred to, if restricted.
        target: Option<Spanned<String>>,
    },
}

equal_without_span! {
    Param { key, value }
    Key { links, end }
    Has { ty, reference }
    Value { raw }
    Item { parts }
    Part { pieces }
    Text { text }
    SortKey { descending, key }
}
