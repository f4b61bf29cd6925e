//! Tokens of a SearchParameter expression.

use logos::Logos;

/// A piece of an expression. Words have no fixed meaning: `contains` is an operator in FHIRPath and an element of
/// ValueSet, and where it stands decides.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[logos(skip r"\s+")]
pub(crate) enum PathToken {
    #[token(".")]
    Dot,
    #[token(",")]
    Comma,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    #[token("|")]
    Pipe,
    #[token("=")]
    Equals,
    #[token("!=")]
    NotEquals,
    /// An operator of FHIRPath that no definition uses.
    #[regex(r"!~|<=|>=|[~<>+\-*/&]")]
    Operator,
    /// `$this`, `$index`
    #[regex(r"\$[A-Za-z]*")]
    Special,
    /// `%resource`, `%context`
    #[regex(r"%[A-Za-z]*")]
    Environment,
    #[regex("[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[regex("[0-9]+")]
    Integer,
    #[regex(r"[0-9]+\.[0-9]+")]
    Decimal,
    #[regex(r"'([^'\\]|\\.)*'")]
    String,
    /// A string that never ends.
    #[regex(r"'([^'\\]|\\.)*\\?", priority = 1)]
    OpenString,
    /// A date or time.
    #[regex("@[0-9T:.Z+-]*")]
    Instant,
    /// A name in backticks.
    #[regex("`[^`]*`?")]
    Delimited,
    #[default]
    #[regex(r"[^\s]", priority = 0)]
    Other,
}
