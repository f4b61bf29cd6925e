//! Tree of a `_filter` expression. FHIR R4 3.1.3, `filter.ebnf`.

use serde::Serialize;

use crate::span::{Span, Spanned, equal_without_span};
use crate::tree::search::{Has, Name};

/// A filter and where it stands; a parenthesised one with its parentheses.
pub type Node = Spanned<Filter>;

/// A `_filter` expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Filter {
    /// `first op right op right …`, at least one tail. Evaluated from left to right: `and` and `or` have no
    /// precedence. Flat, so that ten thousand conditions are no deep tree.
    Logic {
        /// The leftmost operand.
        first: Box<Node>,
        /// The others, each with the operator in front of it.
        tail: Vec<LogicTail>,
    },
    /// `not (…)`.
    Not(Box<Node>),
    /// `path op value`.
    Compare {
        /// What is compared.
        path: FilterPath,
        /// How.
        op: Spanned<FilterOp>,
        /// With what.
        value: FilterValue,
    },
}

/// An operator and its right operand.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct LogicTail {
    /// `and` or `or`.
    pub op: Spanned<Logic>,
    /// The right operand.
    pub right: Node,
}

/// A logical operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Logic {
    /// `and`
    And,
    /// `or`
    Or,
}

/// The left side of a comparison: links and element groups, then the parameter asked there.
#[derive(Clone, Debug, Serialize)]
pub struct FilterPath {
    /// From the resource that is searched for outwards.
    pub links: Vec<FilterLink>,
    /// The parameter at the end.
    pub end: Name,
    /// The whole path, brackets included.
    pub span: Span,
}

/// A step of a filter's path.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum FilterLink {
    /// Along a reference parameter, `subject` or `subject:Patient`.
    Forward(Name),
    /// Against one, `_has:Observation:patient`.
    Has(Has),
    /// `name[filter]`: what follows holds on the same element as `filter`.
    Element {
        /// The grouping parameter.
        name: Spanned<String>,
        /// The condition on the element.
        filter: Box<Node>,
    },
}

/// The right side of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct FilterValue {
    /// What was written.
    pub kind: FilterValueKind,
    /// Where, quotes included.
    pub span: Span,
}

/// The two ways to write a value.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum FilterValueKind {
    /// A JSON string, without its quotes and escapes.
    String(String),
    /// A number, date or token, up to a blank or closing bracket.
    Bare(String),
}

impl FilterValue {
    /// The text, whichever way it was written.
    pub fn text(&self) -> &str {
        match &self.kind {
            FilterValueKind::String(text) | FilterValueKind::Bare(text) => text,
        }
    }
}

macro_rules! operators {
    ($($(#[$doc:meta])+ $op:ident = $word:literal,)+) => {
        /// A comparison of `_filter`. FHIR R4 3.1.3.1.2.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum FilterOp { $($(#[$doc])+ $op,)+ }

        impl FilterOp {
            /// All nineteen, in the order of the specification.
            pub const ALL: &[Self] = &[$(Self::$op),+];

            /// The word that is written.
            pub fn word(self) -> &'static str {
                match self { $(Self::$op => $word,)+ }
            }
        }
    };
}

operators! {
    /// Equal, precision included.
    Eq = "eq",
    /// Some value differs.
    Ne = "ne",
    /// Contains.
    Co = "co",
    /// Starts with.
    Sw = "sw",
    /// Ends with.
    Ew = "ew",
    /// Greater than.
    Gt = "gt",
    /// Less than.
    Lt = "lt",
    /// Greater than or equal.
    Ge = "ge",
    /// Less than or equal.
    Le = "le",
    /// Approximately.
    Ap = "ap",
    /// Starts after.
    Sa = "sa",
    /// Ends before.
    Eb = "eb",
    /// Present.
    Pr = "pr",
    /// Overlaps.
    Po = "po",
    /// Subsumes.
    Ss = "ss",
    /// Is subsumed by.
    Sb = "sb",
    /// Is in the value set or list.
    In = "in",
    /// Is not in the value set or list.
    Ni = "ni",
    /// Refers to.
    Re = "re",
}

impl FilterOp {
    /// The operator written `word`, if there is one. Words are lower case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.word() == word)
    }
}

equal_without_span! {
    FilterPath { links, end }
    FilterValue { kind }
}
