//! Percent-decoding that remembers where every character came from.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use serde::{Serialize, Serializer};

use crate::error::UrlError;
use crate::lex::Token;
use crate::lex::url::UrlToken;
use crate::parse::Sink;
use crate::span::Span;

/// Text after percent-decoding, and the place of each of its characters in the text the user typed.
///
/// Equality and hashing see the text alone.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    text: String,
    /// Ascending in `at`; the first has `at` 0 unless the text is empty.
    runs: Vec<Run>,
    /// Where the text begins in the source: the place of an empty text.
    origin: u32,
}

/// Consecutive characters that were written alike.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset of its first byte in the decoded text.
    at: u32,
    /// Offset of its first byte in the source.
    source: u32,
    /// Bytes of source per decoded byte: 1 as written, 3 for `%XX`.
    factor: u32,
}

impl Run {
    fn source_of(self, at: u32) -> u32 {
        self.source.saturating_add(at.saturating_sub(self.at).saturating_mul(self.factor))
    }
}

impl Decoded {
    /// Text that stands as it is written, from byte 0 of its source: a `_filter` given by itself.
    pub fn plain(text: &str) -> Self {
        let mut decoded = Self::at(0);
        decoded.push(text, 0, 1);
        decoded
    }

    /// Nothing yet, at byte `origin` of the source.
    pub(crate) fn at(origin: u32) -> Self {
        Self { origin, ..Self::default() }
    }

    /// Appends text whose bytes take `factor` bytes each in the source, from `source` on.
    pub(crate) fn push(&mut self, text: &str, source: u32, factor: u32) {
        if text.is_empty() {
            return;
        }
        let at = Span::from_offsets(0..self.text.len()).end;
        let continues = self.runs.last().is_some_and(|run| run.factor == factor && run.source_of(at) == source);
        if !continues {
            self.runs.push(Run { at, source, factor });
        }
        self.text.push_str(text);
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the bytes `range` of the decoded text stand in the source.
    pub fn span(&self, range: Range<usize>) -> Span {
        let Span { start, end } = Span::from_offsets(range);
        let from = self.run(start).map_or(self.origin, |run| run.source_of(start));
        match end.checked_sub(1).filter(|_| start < end).and_then(|last| self.run(last)) {
            Some(run) => Span::new(from, run.source_of(end)),
            None => Span::empty(from),
        }
    }

    /// Where the whole text stands in the source.
    pub fn full_span(&self) -> Span {
        self.span(0..self.text.len())
    }

    fn run(&self, at: u32) -> Option<Run> {
        let after = self.runs.partition_point(|run| run.at <= at);
        self.runs.get(after.checked_sub(1)?).copied()
    }
}

/// What `+` stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plus {
    /// A blank, as in forms and so in search parameters.
    Blank,
    /// Itself, as in the path of a URL.
    Literal,
}

/// Undoes the percent-encoding of a piece of a search string that begins at byte `origin`; nothing if it is wrong,
/// which is reported.
pub(crate) fn decode(piece: &[Token<'_, UrlToken>], origin: u32, plus: Plus, sink: &Sink) -> Option<Decoded> {
    let mut decoded = Decoded::at(origin);
    let mut fine = true;
    for token in piece {
        let source = token.span.start;
        match token.kind {
            UrlToken::Escapes => fine &= unescape(token, &mut decoded, sink),
            UrlToken::BadEscape => {
                sink.report(UrlError::BadEscape.at(token.span));
                fine = false;
            }
            UrlToken::Plus if plus == Plus::Blank => decoded.push(" ", source, 1),
            _ => decoded.push(token.text, source, 1),
        }
    }
    fine.then_some(decoded)
}

/// Appends what a run of escapes spells; `false` if it spells no UTF-8.
fn unescape(run: &Token<'_, UrlToken>, decoded: &mut Decoded, sink: &Sink) -> bool {
    let digits = run.text.split('%').skip(1);
    let bytes: Vec<u8> = digits.filter_map(|digits| u8::from_str_radix(digits, 16).ok()).collect();
    let (mut at, mut fine) = (0, true);
    for chunk in bytes.utf8_chunks() {
        decoded.push(chunk.valid(), run.span.start.saturating_add(at * 3), 3);
        let bad = Span::from_offsets(chunk.valid().len()..chunk.valid().len() + chunk.invalid().len());
        if !bad.is_empty() {
            let escapes = Span::new((at + bad.start) * 3, (at + bad.end) * 3);
            let span = Span::new(run.span.start + escapes.start, run.span.start + escapes.end);
            sink.report(UrlError::NotUtf8 { escapes: escapes.text(run.text).unwrap_or_default() }.at(span));
            fine = false;
        }
        at += bad.end;
    }
    fine
}

impl PartialEq for Decoded {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Decoded {}

impl Hash for Decoded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Serialize for Decoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
