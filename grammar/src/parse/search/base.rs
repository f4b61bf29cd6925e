//! The server's base in front of a search string.

use crate::diagnostic::Diagnostic;
use crate::error::UrlError;
use crate::span::Span;

/// A base that is not this server's, or a word in front of it.
pub(super) struct Foreign {
    /// Bytes of what does not belong to the search.
    pub(super) length: usize,
    pub(super) diagnostic: Diagnostic,
}

/// Bytes of the base that `text`, which begins at byte `start` of the source, has in front. URLs are compared as they
/// are written: scheme, case and port matter.
pub(super) fn base_length(text: &str, start: usize, bases: &[&str]) -> Result<usize, Foreign> {
    if let Some(method) = ["GET", "POST", "HEAD"].into_iter().find(|method| begins_with_word(text, method)) {
        let diagnostic = UrlError::MethodInFront { method }.at(Span::from_offsets(start..start + method.len()));
        return Err(Foreign { length: text.find('?').unwrap_or(text.len()), diagnostic });
    }
    let own = bases.iter().filter_map(|base| own_base(text, base)).max();
    match own {
        Some(length) => Ok(length),
        None => foreign_base(text).map_or(Ok(0), |base| {
            let span = Span::from_offsets(start..start + base.len());
            let diagnostic = UrlError::ForeignBase { base, known: bases }.at(span);
            Err(Foreign { length: text.find('?').unwrap_or(text.len()), diagnostic })
        }),
    }
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

fn own_base(text: &str, base: &str) -> Option<usize> {
    let base = base.trim_end_matches('/');
    let rest = text.strip_prefix(base).filter(|_| !base.is_empty())?;
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(base.len())
}

/// The part of a full URL before its resource type, which is taken to begin with a capital letter.
fn foreign_base(text: &str) -> Option<&str> {
    let scheme = ["http://", "https://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))?;
    let path = text.split('?').next()?;
    let mut end = scheme.len();
    for (at, segment) in path.get(scheme.len()..)?.split('/').enumerate() {
        let is_type = segment.starts_with(|c: char| c.is_ascii_uppercase()) || segment == "_search";
        if at > 0 && (segment.is_empty() || is_type) {
            break;
        }
        end += segment.len() + usize::from(at > 0);
    }
    path.get(..end)
}
