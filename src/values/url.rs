//! Urls: what tells one, and the version that a canonical ends with. FHIR R4 `references.html#canonical`, RFC 3986.

use std::borrow::Cow;

/// The code system of `true` and `false`, as their rows have it. FHIR R4 `search.html#token`.
pub const SPECIAL_VALUES: &str = "http://hl7.org/fhir/special-values";

/// The url and the version of a canonical, `url|version#fragment`; the version is empty if there is none. The fragment is
/// part of the url, wherever the version stands (decision 86).
pub fn split_canonical(text: &str) -> (Cow<'_, str>, &str) {
    let Some((url, rest)) = text.rsplit_once('|') else { return (Cow::Borrowed(text), "") };
    match rest.split_once('#') {
        Some((version, fragment)) => (Cow::Owned(format!("{url}#{fragment}")), version),
        None => (Cow::Borrowed(url), rest),
    }
}

/// Whether a text is absolute: a scheme and something behind it. RFC 3986 section 3.1.
pub fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(in_scheme) && !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_before_the_fragment() {
        let table = [
            ("http://a", ("http://a", "")),
            ("http://a|1.2", ("http://a", "1.2")),
            ("http://a|", ("http://a", "")),
            ("http://a#x", ("http://a#x", "")),
            ("http://a|1.2#x", ("http://a#x", "1.2")),
            ("http://a|b|2", ("http://a|b", "2")),
        ];
        for (text, (url, version)) in table {
            assert_eq!(split_canonical(text), (Cow::Borrowed(url), version), "{text}");
        }
    }

    #[test]
    fn a_scheme_makes_a_text_absolute() {
        let table =
            [("urn:x", true), ("mailto:a@b", true), ("http://a", true), ("urn:", false), ("1:2", false), ("a", false)];
        for (text, expected) in table {
            assert_eq!(is_absolute(text), expected, "{text}");
        }
    }
}
