//! The value of `_sort`. FHIR R4 3.1.1.5.1.

use super::key::parse_key;
use crate::decode::Decoded;
use crate::diagnostic::Diagnostic;
use crate::error::ValueError;
use crate::tree::search::{SortKey, Value};

/// The keys of a `_sort` value, in the order of their weight. No value at all has none.
///
/// # Errors
/// One diagnostic for every key that is missing or malformed.
pub fn parse_sort(value: &Value) -> Result<Vec<SortKey>, Vec<Diagnostic>> {
    let (text, mut keys, mut wrong, mut at) = (value.raw.text(), Vec::new(), Vec::new(), 0);
    if text.is_empty() {
        return Ok(keys);
    }
    for piece in text.split(',') {
        match sort_key(&value.raw, piece, at) {
            Ok(key) => keys.push(key),
            Err(diagnostic) => wrong.push(diagnostic),
        }
        at += piece.len() + 1;
    }
    if wrong.is_empty() { Ok(keys) } else { Err(wrong) }
}

/// `sort-key = [ "-" ] key` (search.ebnf), the text `piece` that begins at byte `at` of `text`
fn sort_key(text: &Decoded, piece: &str, at: usize) -> Result<SortKey, Diagnostic> {
    let span = text.span(at..at + piece.len());
    let unsigned = piece.strip_prefix('-').unwrap_or(piece);
    if unsigned.is_empty() {
        return Err(ValueError::EmptySortKey.at(span));
    }
    let key = parse_key(text, at + piece.len() - unsigned.len()..at + piece.len())?;
    Ok(SortKey { descending: unsigned.len() < piece.len(), key, span })
}
