//! What a production reads, and how it fails: nom over tokens, with errors collected beside the result.

use std::cell::RefCell;
use std::iter::{Copied, Enumerate};
use std::slice;

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Input, Needed};

use crate::decode::Decoded;
use crate::diagnostic::Diagnostic;
use crate::lex::Token;
use crate::span::{Span, Spanned};

/// More problems than this of one text help nobody and cost memory.
const MAX_DIAGNOSTICS: usize = 100;

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Sink(RefCell<Vec<Diagnostic>>);

impl Sink {
    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        let mut found = self.0.borrow_mut();
        if found.len() < MAX_DIAGNOSTICS {
            found.push(diagnostic);
        }
    }

    /// The problems in the order of their places.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.0.into_inner();
        found.sort_by_key(|diagnostic| diagnostic.span);
        found
    }
}

/// The tokens not yet read, the text they are from, and where to report what is wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens<'t, K> {
    rest: &'t [Token<'t, K>],
    text: &'t Decoded,
    /// Where the last of them ends in the source.
    end: u32,
    pub(crate) sink: &'t Sink,
    /// How many brackets are open around it.
    pub(crate) depth: u32,
}

/// What a production returns.
pub(crate) type Parsed<'t, K, T> = IResult<Tokens<'t, K>, T, Fault>;

/// Why a production returned nothing.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It does not apply here; another may.
    NoMatch,
    /// It applies, and the text is wrong.
    Wrong(Box<Diagnostic>),
    /// As `Wrong`, and what follows cannot be understood either.
    Fatal(Box<Diagnostic>),
}

impl<I> ParseError<I> for Fault {
    fn from_error_kind(_: I, _: ErrorKind) -> Self {
        Self::NoMatch
    }

    fn append(_: I, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// The production applies, and the text is wrong.
pub(crate) fn fail(diagnostic: Diagnostic) -> nom::Err<Fault> {
    nom::Err::Failure(Fault::Wrong(Box::new(diagnostic)))
}

/// One token of the kind.
pub(crate) fn token<'t, K: Copy + PartialEq>(kind: K) -> impl Fn(Tokens<'t, K>) -> Parsed<'t, K, Token<'t, K>> + Copy {
    move |input| match input.next() {
        Some((rest, token)) if token.kind == kind => Ok((rest, token)),
        _ => Err(nom::Err::Error(Fault::NoMatch)),
    }
}

impl<'t, K: Copy> Tokens<'t, K> {
    pub(crate) fn new(tokens: &'t [Token<'t, K>], text: &'t Decoded, sink: &'t Sink) -> Self {
        let end = tokens.last().map_or_else(|| text.full_span().end, |token| token.span.end);
        Self { rest: tokens, text, end, sink, depth: 0 }
    }

    /// The next token and what follows it.
    pub(crate) fn next(self) -> Option<(Self, Token<'t, K>)> {
        let (first, rest) = self.rest.split_first()?;
        Some((Self { rest, ..self }, *first))
    }

    /// What follows the next token.
    pub(crate) fn skip(self) -> Self {
        self.next().map_or(self, |(rest, _)| rest)
    }

    /// The next token.
    pub(crate) fn peek(self) -> Option<Token<'t, K>> {
        self.rest.first().copied()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    /// Place of the next token; the empty place at the end if there is none.
    pub(crate) fn place(self) -> Span {
        self.peek().map_or(Span::empty(self.end), |token| token.span)
    }

    /// Where the tokens that were read end: the empty place before the next token.
    pub(crate) fn before(self) -> Span {
        Span::empty(self.place().start)
    }

    /// What follows the tokens up to the first one that `stops`, and these tokens.
    pub(crate) fn split(self, stops: impl Fn(K) -> bool) -> (Self, Self) {
        self.take_split(self.rest.iter().take_while(|token| !stops(token.kind)).count())
    }

    /// The tokens that were read to get from here to `later`.
    pub(crate) fn up_to(self, later: Self) -> Self {
        self.take(self.rest.len().saturating_sub(later.rest.len()))
    }

    pub(crate) fn tokens(self) -> &'t [Token<'t, K>] {
        self.rest
    }

    /// All tokens as one piece of text; where it would stand if there are none.
    pub(crate) fn whole(self) -> Spanned<&'t str> {
        let (Some(first), Some(last)) = (self.rest.first(), self.rest.last()) else {
            return Spanned::new("", Span::empty(self.end));
        };
        let range = first.range().start..last.range().end;
        let span = self.text.span(range.clone());
        Spanned::new(self.text.text().get(range).unwrap_or_default(), span)
    }

    /// The same input inside one more bracket.
    pub(crate) fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }

    /// The same input as deep as `outer`.
    pub(crate) fn as_deep_as(self, outer: Self) -> Self {
        Self { depth: outer.depth, ..self }
    }

    /// Place of bytes of the decoded text.
    pub(crate) fn span_of(self, range: std::ops::Range<usize>) -> Span {
        self.text.span(range)
    }
}

impl<'t, K: Copy> Input for Tokens<'t, K> {
    type Item = Token<'t, K>;
    type Iter = Copied<slice::Iter<'t, Token<'t, K>>>;
    type IterIndices = Enumerate<Self::Iter>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        self.take_split(index).1
    }

    fn take_from(&self, index: usize) -> Self {
        self.take_split(index).0
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        let (taken, rest) = self.rest.split_at_checked(index).unwrap_or((self.rest, &[]));
        let end = rest.first().map_or(self.end, |next| next.span.start);
        (Self { rest, ..*self }, Self { rest: taken, end, ..*self })
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(|token| predicate(*token))
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter().copied()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.iter_elements().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.rest.len() { Ok(count) } else { Err(Needed::new(count - self.rest.len())) }
    }
}
