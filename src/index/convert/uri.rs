//! Uris and canonicals: compared as they are written. FHIR R4 `search.html#uri`, `references.html#canonical`.

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::{Convert, Line, Values};
use crate::definitions::{Registry, TypeKind};
use crate::index::route::Element;
use crate::keys::Facet;
use crate::values::split_canonical;

/// | data type | url and version | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("uri", uri), // itself, none          | 83
    ("url", uri),
    ("oid", uri),
    ("uuid", uri),
    ("canonical", canonical), // around the last `|`   | 85, 86
];

/// The url that a canonical resource publishes itself under goes with the resource's own version, so that
/// `url=http://a|1.0` and a reference to `http://a|1.0` find it (items 85, 123).
pub(super) fn by_element(element: Element, registry: &Registry) -> Option<Convert> {
    let owner = registry.type_info(element.owner)?;
    let publishes = element.name == "url" && owner.kind == TypeKind::Resource;
    (publishes && registry.element(element.owner, "version").is_some()).then_some(own_url as Convert)
}

fn own_url(element: &Value, values: &mut Values<'_>) {
    if let Some(url) = values.text(element) {
        let version = values.scope.resource.get("version").and_then(Value::as_str).unwrap_or_default();
        push(url, version, values);
    }
}

fn uri(element: &Value, values: &mut Values<'_>) {
    if let Some(url) = values.text(element) {
        push(url, "", values);
    }
}

pub(super) fn canonical(element: &Value, values: &mut Values<'_>) {
    if let Some(text) = values.text(element) {
        let (url, version) = split_canonical(text);
        push(&url, version, values);
    }
}

fn push(url: &str, version: &str, values: &mut Values<'_>) {
    values.push(Facet::Value, Base::Url, vec![Cell::Text(url.to_owned()), Cell::Text(version.to_owned())]);
}
