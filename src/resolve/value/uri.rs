//! Uris: exact, above and below by path segments. FHIR R4 3.1.1.4.10.

use crate::definitions::Modifier;
use crate::ir::{Test, UrlTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::Written;
use crate::values::split_canonical;

/// `http://acme.org/fhir/ValueSet/123`, `:above`, `:below`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    let url = written.text.clone();
    let is_urn = url.starts_with("urn:");
    if is_urn && matches!(asked.modifier, Some(Modifier::Above | Modifier::Below)) {
        resolver.report(errors::bad_value("bad-uri", written.span, "a urn has nothing above or below it"));
        return None;
    }
    // `|` cannot stand in a uri: it is the version of a canonical, or of the resource whose own url this is.
    let (bare, version) = split_canonical(&url);
    if !version.is_empty() {
        return canonical(resolver, asked, &bare, version, written).map(|test| (Facet::Value, Test::Url(test)));
    }
    let url = bare.into_owned();
    let test = match asked.modifier {
        Some(Modifier::Above) => UrlTest::Above(url),
        Some(Modifier::Below) => UrlTest::Below(url),
        _ => UrlTest::Is { url, version: None },
    };
    Some((Facet::Value, Test::Url(test)))
}

/// `url|version`: that version only, or with `:below` those that begin with its segments (item 85).
fn canonical(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    url: &str,
    version: &str,
    written: &Written,
) -> Option<UrlTest> {
    let (url, version) = (url.to_owned(), version.to_owned());
    match asked.modifier {
        None => Some(UrlTest::Is { url, version: Some(version) }),
        Some(Modifier::Below) => Some(UrlTest::BelowVersion { url, version }),
        Some(_) => {
            let message = "only `:below` compares versions";
            resolver.report(errors::bad_value("bad-uri", written.span, message));
            None
        }
    }
}
