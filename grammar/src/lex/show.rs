//! Tokens for people: what `explain` shows of the first stage.

use serde::Serialize;
use std::fmt::Debug;

use logos::Logos;

use super::filter::FilterToken;
use super::search::ValueToken;
use super::tokens;
use super::url::UrlToken;
use crate::decode::Decoded;
use crate::span::Span;

/// A token as it was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Shown {
    /// Its kind: `Comma`, `Word`.
    pub kind: String,
    /// Its text, after percent-decoding.
    pub text: String,
    /// Its place in the text the user typed.
    pub span: Span,
}

/// The tokens of a whole search string, before percent-decoding.
pub fn search_tokens(text: &str) -> Vec<Shown> {
    shown::<UrlToken>(&Decoded::plain(text))
}

/// The tokens of a parameter's value.
pub fn value_tokens(value: &Decoded) -> Vec<Shown> {
    shown::<ValueToken>(value)
}

/// The tokens of a `_filter` expression.
pub fn filter_tokens(value: &Decoded) -> Vec<Shown> {
    shown::<FilterToken>(value)
}

fn shown<'t, K>(text: &'t Decoded) -> Vec<Shown>
where
    K: Logos<'t, Source = str, Extras = ()> + Default + Debug,
{
    let show = |token: super::Token<'t, K>| {
        let kind = format!("{:?}", token.kind);
        Shown { kind, text: token.text.to_owned(), span: token.span }
    };
    tokens(text, 0..text.text().len()).into_iter().map(show).collect()
}
