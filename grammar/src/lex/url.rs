//! Tokens of a search string as it is typed, before percent-decoding.

use logos::Logos;

/// A piece of a search string.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum UrlToken {
    #[token("/")]
    Slash,
    #[token("?")]
    Question,
    #[token("&")]
    Ampersand,
    #[token("=")]
    Equals,
    #[token("+")]
    Plus,
    /// A run of escapes: together they may spell one character.
    #[regex("(%[0-9A-Fa-f]{2})+")]
    Escapes,
    /// A `%` that starts no escape.
    #[token("%")]
    BadEscape,
    #[default]
    #[regex("[^/?&=+%]+")]
    Text,
}
