//! Uris and canonicals: compared as they are written. FHIR R4 3.1.1.4.14 (`#uri`), 2.3.0.4 (`#canonical`).

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::{Convert, Line, Values};
use crate::index::route::Element;
use crate::keys::Facet;

/// | data type | url and version | items |
pub(super) const TABLE: &[Line] = &[
    ("uri", uri),               // itself, none          | 83
    ("url", uri),
    ("oid", uri),
    ("uuid", uri),
    ("canonical", canonical),   // around the last `|`   | 85, 86
];

/// The url that a canonical resource publishes itself under goes with the resource's own version, so that
/// `url=http://a|1.0` and a reference to `http://a|1.0` find it (items 85, 123).
pub(super) fn by_element(element: Option<Element>) -> Option<Convert> {
    let element = element?;
    let publishes = element.name == "url" && element.owner.starts_with(|first: char| first.is_ascii_uppercase());
    publishes.then_some(uri as Convert)
}

fn uri(element: &Value, values: &mut Values<'_>) {
    if let Some(url) = values.text(element) {
        push(url, "", values);
    }
}

pub(super) fn canonical(element: &Value, values: &mut Values<'_>) {
    if let Some(text) = values.text(element) {
        let (url, version) = split_canonical(text);
        push(url, version, values);
    }
}

fn push(url: &str, version: &str, values: &mut Values<'_>) {
    values.push(Facet::Value, Base::Url, vec![Cell::Text(url.to_owned()), Cell::Text(version.to_owned())]);
}

/// The url and the version of a canonical; the version is empty if there is none. A fragment is part of the url.
pub fn split_canonical(text: &str) -> (&str, &str) {
    text.rsplit_once('|').unwrap_or((text, ""))
}
