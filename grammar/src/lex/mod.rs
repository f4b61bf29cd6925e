//! Tokens: what the productions read.

pub(crate) mod filter;
pub(crate) mod path;
pub(crate) mod search;
pub(crate) mod show;
pub(crate) mod url;

use std::ops::Range;

use logos::Logos;

use crate::decode::Decoded;
use crate::span::Span;

/// A piece of decoded text of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'t, K> {
    pub(crate) kind: K,
    pub(crate) text: &'t str,
    /// Its first byte in the decoded text.
    pub(crate) at: usize,
    /// Its place in the text the user typed.
    pub(crate) span: Span,
}

impl<K> Token<'_, K> {
    /// Its bytes in the decoded text.
    pub(crate) fn range(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

/// All tokens of a piece of `text`. Every kind of token has a default that takes what nothing else takes, so that no
/// text is lost.
pub(crate) fn tokens<'t, K>(text: &'t Decoded, piece: Range<usize>) -> Vec<Token<'t, K>>
where
    K: Logos<'t, Source = str, Extras = ()> + Default,
{
    let start = piece.start;
    let mut lexer = K::lexer(text.text().get(piece).unwrap_or_default());
    let mut tokens = Vec::new();
    while let Some(kind) = lexer.next() {
        let range = lexer.span();
        let range = start + range.start..start + range.end;
        let span = text.span(range.clone());
        tokens.push(Token { kind: kind.unwrap_or_default(), text: lexer.slice(), at: range.start, span });
    }
    tokens
}
