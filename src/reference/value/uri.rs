//! Uris and canonicals. FHIR R4 3.1.1.4.10; items 83 to 86.

use crate::ir::{TextMatch, UrlTest};
use crate::reference::path::{self, Element};
use crate::reference::universe::Node;

/// A url and the version that goes with it.
#[derive(Clone, Debug)]
pub(in crate::reference) struct Url {
    /// With the version, if there is one.
    pub(in crate::reference) whole: String,
    /// Without the version; a fragment is part of it (decision 86).
    pub(in crate::reference) url: String,
    /// The version of a canonical, or of the resource whose own url this is.
    pub(in crate::reference) version: Option<String>,
}

/// The url of an element: exactly as it stands, nothing is normalised (item 83).
pub(super) fn stored(node: Node<'_>, element: &Element<'_>) -> Option<Url> {
    let text = element.text()?;
    match element.datatype {
        "canonical" => Some(canonical(text)),
        // A canonical resource is found by `url|version` too (items 85, 123).
        "uri" if element.is_own_url() => {
            let version = node.json.get("version").and_then(path::text).map(str::to_owned);
            Some(Url { version, ..plain(text) })
        }
        "uri" | "url" | "oid" | "uuid" => Some(plain(text)),
        _ => None,
    }
}

/// `url|version#fragment`.
pub(super) fn canonical(text: &str) -> Url {
    let Some((url, rest)) = text.rsplit_once('|') else { return plain(text) };
    let (version, url) = match rest.split_once('#') {
        Some((version, fragment)) => (version, format!("{url}#{fragment}")),
        None => (rest, url.to_owned()),
    };
    if version.is_empty() {
        return plain(&url);
    }
    Url { whole: format!("{url}|{version}"), url, version: Some(version.to_owned()) }
}

fn plain(text: &str) -> Url {
    Url { whole: text.to_owned(), url: text.to_owned(), version: None }
}

/// Does a stored url pass?
pub(super) fn passes(test: &UrlTest, stored: &Url) -> bool {
    match test {
        // Without a version every version and none (item 85).
        UrlTest::Is { url, version } => stored.url == *url && (version.is_none() || stored.version == *version),
        UrlTest::Below(url) => is_at_or_below(&stored.url, url),
        // What ends inside the scheme is no url above it.
        UrlTest::Above(url) => {
            let path = url.find("://").map_or(0, |at| at + "://".len());
            stored.url == *url || stem(&stored.url).len() >= path && is_at_or_below(url, &stored.url)
        }
        UrlTest::BelowVersion { url, version } => {
            let below = |stored: &String| stored.strip_prefix(version.as_str()).is_some_and(ends_segment);
            stored.url == *url && stored.version.as_ref().is_some_and(below)
        }
        // Another version of the same url is no other url, as without a version it is the same.
        UrlTest::Differs(url) => stored.url != *url && stored.whole != *url,
        UrlTest::Part(how, text) => part(*how, &stored.whole, text),
    }
}

/// Is `url` this one, or one below `root` by path segments (item 84)? Urns have neither above nor below.
fn is_at_or_below(url: &str, root: &str) -> bool {
    url == root || url.strip_prefix(stem(root)).is_some_and(|rest| rest.starts_with('/'))
}

/// Without the slash at the end.
fn stem(url: &str) -> &str {
    url.strip_suffix('/').unwrap_or(url)
}

/// Behind the segments of a version the next one begins, or nothing follows: `1.2` covers 1.2.3, not 1.20 (item 85).
fn ends_segment(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('.')
}

/// `_filter` on a url, by its bytes.
fn part(how: TextMatch, stored: &str, text: &str) -> bool {
    match how {
        TextMatch::Starts | TextMatch::StartsWhole => stored.starts_with(text),
        TextMatch::Ends => stored.ends_with(text),
        TextMatch::Contains => stored.contains(text),
        TextMatch::Equals | TextMatch::Exact => stored == text,
        TextMatch::Differs => stored != text,
        TextMatch::Less => stored < text,
        TextMatch::LessOrEqual => stored <= text,
        TextMatch::Greater => stored > text,
        TextMatch::GreaterOrEqual => stored >= text,
    }
}
