//! Tokens of a search parameter's two sides, after percent-decoding.

use logos::Logos;

/// A piece of a key, of a `_sort` key and of an `_include` value.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum KeyToken {
    #[token(".")]
    Dot,
    #[token(":")]
    Colon,
    #[token("*")]
    Star,
    #[regex("[A-Za-z0-9_-]+")]
    Word,
    #[default]
    #[regex("[^.:*A-Za-z0-9_-]")]
    Other,
}

/// A piece of a value.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum ValueToken {
    #[token(",")]
    Comma,
    #[token("$")]
    Dollar,
    #[token("|")]
    Pipe,
    #[regex(r"\\[,$|\\]")]
    Escape,
    /// A backslash with whatever it should escape.
    #[regex(r"\\[^,$|\\]?")]
    BadEscape,
    #[default]
    #[regex(r"[^,$|\\]+")]
    Plain,
}
