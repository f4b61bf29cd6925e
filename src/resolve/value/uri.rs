//! Uris: exact, above and below by path segments. FHIR R4 3.1.1.4.10.

use crate::definitions::Modifier;
use crate::ir::{Test, UrlTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::Written;

/// `http://acme.org/fhir/ValueSet/123`, `:above`, `:below`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    let url = written.text.clone();
    let is_urn = url.starts_with("urn:");
    if is_urn && matches!(asked.modifier, Some(Modifier::Above | Modifier::Below)) {
        resolver.report(errors::bad_value("bad-uri", written.span, "a urn has nothing above or below it"));
        return None;
    }
    let test = match asked.modifier {
        Some(Modifier::Above) => UrlTest::Above(url),
        Some(Modifier::Below) => UrlTest::Below(url),
        _ => UrlTest::Is { url, version: None },
    };
    Some((Facet::Value, Test::Url(test)))
}
