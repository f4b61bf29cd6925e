//! Tokens of a `_filter` expression.

use logos::{Lexer, Logos};

/// A piece of a filter. What a piece means depends on where it stands: a bare value may be made of any of them but
/// blanks and closing brackets.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum FilterToken {
    #[regex(r"\s+")]
    Blank,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    #[token(".")]
    Dot,
    #[token(":")]
    Colon,
    #[regex("[A-Za-z_][A-Za-z0-9_-]*")]
    Word,
    #[token("\"", quoted)]
    Quoted(Quote),
    #[default]
    #[regex(r#"[^\s()\[\].:"A-Za-z_]+"#)]
    Other,
}

/// What a quotation mark begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quote {
    /// A string with both its marks.
    Closed,
    /// A string that never ends.
    Open,
    /// Nothing: it stands inside a bare value.
    Inner,
}

/// A string begins only behind a blank, where a value can: `a"b c"` is the bare value `a"b` and then something else.
fn quoted<'t>(lexer: &mut Lexer<'t, FilterToken>) -> Quote {
    let before = lexer.source().get(..lexer.span().start).and_then(|text| text.chars().next_back());
    if before.is_some_and(|c| !c.is_whitespace()) {
        return Quote::Inner;
    }
    let mut escaped = false;
    for (at, byte) in lexer.remainder().bytes().enumerate() {
        match byte {
            b'"' if !escaped => {
                lexer.bump(at + 1);
                return Quote::Closed;
            }
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    lexer.bump(lexer.remainder().len());
    Quote::Open
}
