//! Media types below another: `text` above `text/html` above `text/html; charset=utf-8`. FHIR R4 3.1.1.4.10.1.

use crate::ir::Test;
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::terminology::Direction;
use crate::resolve::value::Written;

/// The system that elements bound to media types have.
pub(super) const SYSTEM: &str = "urn:ietf:bcp:13";

/// `contenttype:below=text`, `contenttype:below=text/html` (item 74). A suffix as in `application/fhir+json` is part of
/// the subtype, no level of its own.
pub(super) fn related(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    direction: Direction,
    written: &Written,
) -> Option<(Facet, Test)> {
    if direction == Direction::Above {
        resolver.report(errors::not_supported("what stands above a media type", asked.span));
        return None;
    }
    let name = match written.pieces.as_slice() {
        [name] => name,
        [system, name] if system == SYSTEM => name,
        _ => return bad_media_type(resolver, written),
    };
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() > 2 || !parts.iter().all(|part| is_token(part)) {
        return bad_media_type(resolver, written);
    }
    Some((Facet::Value, Test::MediaType(name.to_ascii_lowercase())))
}

/// RFC 6838 4.2: what the names of types and subtypes consist of.
fn is_token(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+".contains(c);
    !name.is_empty() && name.chars().all(allowed)
}

fn bad_media_type(resolver: &mut Resolver<'_>, written: &Written) -> Option<(Facet, Test)> {
    let message = format!("`{}` is no media type", written.text);
    let help = "`type` or `type/subtype`, without parameters";
    resolver.report(errors::bad_value("bad-media-type", written.span, message).help(help));
    None
}
