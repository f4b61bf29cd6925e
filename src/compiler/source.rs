//! The text of a search: a URL, and perhaps the body of a form behind it. FHIR R4 3.1.1.1.1.

use fhirc_grammar::limits::{MAX_FORM_BYTES, MAX_SEARCH_BYTES};
use fhirc_grammar::{Diagnostic, Span, render};
use std::fmt;

/// The text that a search was compiled from. Spans are places in [`Source::as_str`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    text: String,
    /// Where the body begins, which one `?` or `&` parts from the URL.
    body: Option<usize>,
}

impl Source {
    /// What a `POST` to `…/_search` asks: the parameters of the URL, then those of its form, all of which count
    /// (item 109). It is the search whose URL has them all.
    pub fn form(url: &str, body: &str) -> Source {
        let (url, body) = (url.trim_end(), body.trim_end());
        if body.is_empty() {
            return Source::from(url);
        }
        let joint = if url.contains('?') { '&' } else { '?' };
        Source { text: format!("{url}{joint}{body}"), body: Some(url.len() + joint.len_utf8()) }
    }

    /// The search as one URL.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A diagnostic for a person, who sees that of the two texts, URL or body, in which it is.
    pub fn render(&self, diagnostic: &Diagnostic) -> String {
        let spans = || std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|label| label.span));
        let (Some(at), Some((url, body))) = (self.body, self.parts()) else { return render(&self.text, diagnostic) };
        let at = Span::from_offsets(at..at).start;
        if spans().all(|span| span.end < at) {
            return render(url, diagnostic);
        }
        if spans().any(|span| span.start < at) {
            return render(&self.text, diagnostic);
        }
        let mut inside = diagnostic.clone();
        let own = |span: Span| Span::new(span.start.saturating_sub(at), span.end.saturating_sub(at));
        inside.span = own(inside.span);
        inside.labels.iter_mut().for_each(|label| label.span = own(label.span));
        render(body, &inside)
    }

    /// The most bytes it may have: bodies exist for what is too long for a URL.
    pub(super) fn limit(&self) -> usize {
        if self.body.is_some() { MAX_FORM_BYTES } else { MAX_SEARCH_BYTES }
    }

    /// URL and body.
    fn parts(&self) -> Option<(&str, &str)> {
        let at = self.body?;
        Some((self.text.get(..at.checked_sub(1)?)?, self.text.get(at..)?))
    }
}

impl From<&str> for Source {
    fn from(url: &str) -> Self {
        Source { text: url.to_owned(), body: None }
    }
}

impl From<&String> for Source {
    fn from(url: &String) -> Self {
        Source::from(url.as_str())
    }
}

impl From<&Source> for Source {
    fn from(source: &Source) -> Self {
        source.clone()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_the_search_whose_url_has_it_all() {
        for (url, body, joined) in [
            ("Patient/_search", "name=eve", "Patient/_search?name=eve"),
            ("Patient/_search?name=eve", "name=adam&_count=5\r\n", "Patient/_search?name=eve&name=adam&_count=5"),
            ("Patient?", "name=eve", "Patient?&name=eve"),
            ("", "_id=1", "?_id=1"),
            ("Patient?name=eve ", " \n", "Patient?name=eve"),
        ] {
            assert_eq!(Source::form(url, body).as_str(), joined);
        }
    }

    #[test]
    fn a_diagnostic_shows_the_text_that_it_is_about() {
        let source = Source::form("Patient?a=1", "b=2");
        let shown = |start, end| {
            let shown = source.render(&Diagnostic::error("x", Span::new(start, end), "wrong"));
            shown.lines().skip(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(shown(8, 9), ["  | Patient?a=1", "  |         ^"]);
        assert_eq!(shown(12, 13), ["  | b=2", "  | ^"]);
        assert_eq!(shown(14, 15), ["  | b=2", "  |   ^"]);
        assert_eq!(shown(8, 13), ["  | Patient?a=1&b=2", "  |         ^^^^^"]);
    }
}
