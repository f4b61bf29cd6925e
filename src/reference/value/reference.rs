//! References: to local resources, contained ones, resources elsewhere, canonicals. FHIR R4 3.1.1.4.12; items 76 to 91.

use serde_json::Value;

use super::token::{self, Token};
use super::uri::{self, Url};
use crate::definitions::ResourceType;
use crate::ir::ReferenceTest;
use crate::reference::path::Element;
use crate::reference::universe::{Node, Universe};

/// What a reference leads to.
#[derive(Clone, Debug)]
pub(in crate::reference) enum Ref {
    /// A resource of this store, whether it exists or not.
    Local { ty: ResourceType, id: String, version: Option<String> },
    /// `#id`: a resource in the same container (item 89); empty for the container itself.
    Contained(String),
    /// A url or urn that is not on our own bases: as written (item 82).
    Elsewhere(String),
    /// A canonical or other url.
    Canonical(Url),
}

impl Ref {
    /// As a value of `node`: `#` is the container itself, which has a type and an id; what it contains has none
    /// (item 89), and what it does not contain is no value.
    pub(super) fn seen_from(self, universe: &Universe<'_>, node: Node<'_>) -> Option<Ref> {
        match self {
            Ref::Contained(id) if id.is_empty() => {
                Some(Ref::Local { ty: node.stored.ty, id: node.stored.id.clone(), version: None })
            }
            Ref::Contained(id) => universe.inside(node, &id).is_some().then_some(Ref::Contained(id)),
            other => Some(other),
        }
    }
}

/// What an element refers to; nothing where it has only an identifier or a display (decision 81).
pub(in crate::reference) fn stored(universe: &Universe<'_>, element: &Element<'_>) -> Option<Ref> {
    match element.datatype {
        "Reference" => literal(universe, element.get("reference")?.as_str()?),
        // A uri that a reference parameter reads names a canonical resource: `ConceptMap.source`.
        "canonical" | "uri" | "url" => {
            let text = element.text()?;
            Some(match text.strip_prefix('#') {
                Some(id) => Ref::Contained(id.to_owned()),
                None => Ref::Canonical(uri::canonical(text)),
            })
        }
        // A resource in the place of a reference to it.
        name => {
            let (ty, id) = (universe.registry.resource_type(name)?, element.get("id")?.as_str()?);
            Some(Ref::Local { ty, id: id.to_owned(), version: None })
        }
    }
}

/// Is `member` an entry of a List, and not flagged as deleted (item 112)?
pub(in crate::reference) fn lists(universe: &Universe<'_>, list: Node<'_>, member: Node<'_>) -> bool {
    let entries = universe.find(list, "List.entry", Element::resource(list, universe.registry));
    let live = entries.iter().filter(|entry| entry.get("deleted").and_then(Value::as_bool) != Some(true));
    let texts = live.filter_map(|entry| entry.get("item")?.get("reference")?.as_str());
    let refs: Vec<_> = texts.filter_map(|text| literal(universe, text)).collect();
    refs.iter().any(|to| match to {
        Ref::Local { ty, id, .. } => !member.is_contained() && *ty == member.ty && id == member.id(),
        Ref::Contained(id) => universe.inside(list, id) == Some(member),
        Ref::Elsewhere(_) | Ref::Canonical(_) => false,
    })
}

/// `Type/id`, `Type/id/_history/version`, either of them on an own base, `#id`, or another url (item 76). Any other text
/// refers to nothing.
fn literal(universe: &Universe<'_>, text: &str) -> Option<Ref> {
    if let Some(id) = text.strip_prefix('#') {
        return Some(Ref::Contained(id.to_owned()));
    }
    let relative = universe.env.bases.iter().find_map(|base| base.strip(text)).unwrap_or(text);
    let elsewhere = || has_scheme(text).then(|| Ref::Elsewhere(text.to_owned()));
    if is_absolute(relative) {
        return elsewhere();
    }
    let parts: Vec<&str> = relative.split('/').collect();
    let (name, id, version) = match *parts.as_slice() {
        [name, id] => (name, id, None),
        [name, id, "_history", version] => (name, id, Some(version)),
        _ => return elsewhere(),
    };
    match universe.registry.resource_type(name) {
        Some(ty) if is_id(id) && version.is_none_or(is_id) => {
            Some(Ref::Local { ty, id: id.to_owned(), version: version.map(str::to_owned) })
        }
        _ => elsewhere(),
    }
}

/// What a logical id and a version look like: R4 `datatypes.html#id`.
fn is_id(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

/// Whether it begins as a url does: RFC 3986 section 3.1.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|next| next.is_ascii_alphanumeric() || "+-.".contains(next))
        && !rest.is_empty()
}

fn is_absolute(text: &str) -> bool {
    text.starts_with("urn:") || text.contains("://")
}

/// The type of the resource that an element refers to, as `resolve() is Patient` asks: by the reference itself, or what
/// it says of its target. Whether the target exists does not matter (item 90).
pub(in crate::reference) fn target_type<'v>(
    universe: &Universe<'v>,
    node: Node<'v>,
    element: &Element<'v>,
) -> Option<ResourceType> {
    let named = || universe.registry.resource_type(element.get("type")?.as_str()?);
    match stored(universe, element) {
        Some(Ref::Local { ty, .. }) => Some(ty),
        Some(Ref::Contained(id)) => universe.inside(node, &id).map(|target| target.ty),
        Some(Ref::Elsewhere(url)) => typed_url(universe, &url).or_else(named),
        Some(Ref::Canonical(_)) | None => named(),
    }
}

/// `Patient` in `http://elsewhere.org/fhir/Patient/23`.
fn typed_url(universe: &Universe<'_>, url: &str) -> Option<ResourceType> {
    let url = url.split_once("/_history/").map_or(url, |(url, _)| url);
    let mut segments = url.rsplit('/');
    let _id = segments.next()?;
    universe.registry.resource_type(segments.next()?)
}

/// The identifier inside a Reference: `:identifier` (item 80).
pub(in crate::reference) fn identifier(element: &Element<'_>) -> Option<Token> {
    if element.datatype != "Reference" {
        return None;
    }
    let identifier: &Value = element.get("identifier")?;
    token::identifier(identifier)
}

/// Does a stored reference pass?
pub(in crate::reference) fn passes(test: &ReferenceTest, stored: &Ref) -> bool {
    match (test, stored) {
        // Without a version in the search, a reference to any version matches (item 88).
        (ReferenceTest::Local { ty, id, version }, Ref::Local { ty: to, id: to_id, version: to_version }) => {
            ty == to && id == to_id && (version.is_none() || version == to_version)
        }
        (ReferenceTest::Foreign(url), Ref::Elsewhere(to)) => url == to,
        _ => false,
    }
}
