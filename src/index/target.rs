//! What a reference refers to: a resource of this store, one that another resource contains, or something elsewhere.
//! FHIR R4 `references.html#literal`.

use serde_json::Value;

use super::scope::Scope;
use crate::definitions::{Registry, ResourceType};
use crate::keys::container;
use crate::values::is_absolute;
use fhirc_codegen::rows::KeyId;

/// What the text of a reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target<'t> {
    /// A resource of this store, whether it exists or not.
    Local {
        /// Its type.
        ty: ResourceType,
        /// Its logical id.
        id: &'t str,
        /// The version named after `_history`.
        version: Option<&'t str>,
    },
    /// An absolute URL on a foreign base, or a `urn:`.
    Foreign(&'t str),
    /// `#x`: the resource with this id that the resource itself contains; empty for `#`, the container.
    Contained(&'t str),
}

impl<'t> Target<'t> {
    /// Reads the text of a reference. `bases` are the server's own, without a slash at the end. `None` if the text
    /// is none of the forms a literal reference may have.
    pub fn read(text: &'t str, bases: &[String], registry: &Registry) -> Option<Self> {
        if let Some(fragment) = text.strip_prefix('#') {
            return Some(Self::Contained(fragment));
        }
        if let Some(local) = local(text, registry) {
            return Some(local);
        }
        let on_base = bases.iter().find_map(|base| text.strip_prefix(base.as_str())?.strip_prefix('/'));
        if let Some(local) = on_base.and_then(|rest| local(rest, registry)) {
            return Some(local);
        }
        is_absolute(text).then_some(Self::Foreign(text))
    }
}

/// `Type/id`, `Type/id/_history/version`
fn local<'t>(text: &'t str, registry: &Registry) -> Option<Target<'t>> {
    let (ty, rest) = text.split_once('/')?;
    let ty = registry.resource_type(ty)?;
    let (id, version) = match rest.split_once("/_history/") {
        Some((id, version)) => (id, Some(version)),
        None => (rest, None),
    };
    (is_id(id) && version.is_none_or(is_id)).then_some(Target::Local { ty, id, version })
}

/// FHIR R4 `datatypes.html#id`: 1 to 64 ASCII letters, digits, `-` and `.`.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// The type of what a Reference refers to, from its text, else from its `type`; never by following it.
pub(super) fn referenced_type(reference: &Value, scope: Scope<'_>) -> Option<ResourceType> {
    let registry = scope.registry;
    let text = reference.get("reference").and_then(Value::as_str);
    let stated = || reference.get("type").and_then(Value::as_str).and_then(|ty| stated_type(ty, registry));
    let Some(text) = text else { return stated() };
    match text.strip_prefix('#') {
        Some("") => Some(scope.container_type),
        Some(id) => contained(scope.container, id).and_then(|resource| resource_type(resource, registry)),
        None => type_in(text, registry).or_else(stated),
    }
}

/// The type in `[base/]Type/id[/_history/version]`.
fn type_in(text: &str, registry: &Registry) -> Option<ResourceType> {
    let instance = text.split_once("/_history/").map_or(text, |(instance, _)| instance);
    let (path, id) = instance.rsplit_once('/')?;
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    registry.resource_type(name).filter(|_| is_id(id))
}

/// `Reference.type` is a uri: a bare type name, or its canonical URL.
fn stated_type(text: &str, registry: &Registry) -> Option<ResourceType> {
    registry.resource_type(text.strip_prefix("http://hl7.org/fhir/StructureDefinition/").unwrap_or(text))
}

/// The contained resource with this id.
pub(super) fn contained<'v>(container: &'v Value, id: &str) -> Option<&'v Value> {
    let all = container.get("contained")?.as_array()?;
    all.iter().find(|resource| resource.get("id").and_then(Value::as_str) == Some(id))
}

/// The id of a contained resource in the whole store: `Observation/1#p`. No logical id looks like that, so that a
/// search for `Patient/p` never meets it (item 89).
pub(crate) fn contained_id(container_type: &str, container_id: &str, id: &str) -> String {
    format!("{container_type}/{container_id}#{id}")
}

/// The key of the row that says where a contained resource of a type stands.
pub(crate) fn container_key(registry: &Registry, ty: ResourceType) -> Option<KeyId> {
    registry.param(ty, "_id").map(container)
}

/// The type a resource says it is.
pub(super) fn resource_type(resource: &Value, registry: &Registry) -> Option<ResourceType> {
    registry.resource_type(resource.get("resourceType")?.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_literal_reference() {
        let registry = Registry::r4();
        let patient = registry.resource_type("Patient").unwrap();
        let local = |id, version| Some(Target::Local { ty: patient, id, version });
        let bases = ["http://example.org/fhir".to_owned()];
        let table = [
            ("Patient/1", local("1", None)),
            ("Patient/a-b.C/_history/2", local("a-b.C", Some("2"))),
            ("http://example.org/fhir/Patient/1", local("1", None)),
            ("http://example.org/fhir/Patient/1/_history/2", local("1", Some("2"))),
            ("https://example.org/fhir/Patient/1", Some(Target::Foreign("https://example.org/fhir/Patient/1"))),
            ("http://example.org/fhirx/Patient/1", Some(Target::Foreign("http://example.org/fhirx/Patient/1"))),
            (
                "urn:uuid:53fefa32-1111-2222-3333-55ee120877b7",
                Some(Target::Foreign("urn:uuid:53fefa32-1111-2222-3333-55ee120877b7")),
            ),
            ("#p", Some(Target::Contained("p"))),
            ("#", Some(Target::Contained(""))),
            ("patient/1", None),
            ("Patient/", None),
            ("Patient/1/2", None),
            ("Patient?identifier=a", None),
            ("Patient/a b", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(Target::read(text, &bases, registry), expected, "{text}");
        }
    }
}
