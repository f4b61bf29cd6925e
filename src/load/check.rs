//! What every resource must have before it is written: a known type, an id.

use super::place::Reason;
use crate::definitions::{Registry, ResourceType};
use serde_json::{Map, Value as Json};

/// The type of a resource.
pub(super) fn resource_type(resource: &Map<String, Json>, registry: &Registry) -> Result<ResourceType, Reason> {
    match resource.get("resourceType") {
        Some(Json::String(name)) => registry.resource_type(name).ok_or_else(|| unknown_type(name, registry)),
        Some(_) => Err(Reason::new("`resourceType` is not a string")),
        None => Err(Reason::new("the object has no `resourceType`, so it is no resource")),
    }
}

fn unknown_type(name: &str, registry: &Registry) -> Reason {
    let version = registry.version().name();
    match registry.nearest_type(name) {
        Some(near) => Reason::new(format!("`{name}` is no resource type of {version}: did you mean `{near}`?")),
        None => Reason::new(format!("`{name}` is no resource type of {version}")),
    }
}

/// Contained resources must be of known types too: what they hold is found over references.
pub(super) fn contained(resource: &Map<String, Json>, registry: &Registry) -> Result<(), Reason> {
    let list = match resource.get("contained") {
        None => return Ok(()),
        Some(Json::Array(list)) => list,
        Some(_) => return Err(Reason::new("`contained` is not a list")),
    };
    for inner in list {
        let inner = inner.as_object().ok_or_else(|| Reason::new("a contained resource is not an object"))?;
        resource_type(inner, registry).map_err(|reason| reason.inside("contained"))?;
    }
    Ok(())
}

/// The logical id of a resource, if it has one. FHIR R4 2.24.0.1, `id`.
pub(super) fn id(resource: &Map<String, Json>) -> Result<Option<String>, Reason> {
    match resource.get("id") {
        None => Ok(None),
        Some(Json::String(id)) if is_id(id) => Ok(Some(id.clone())),
        Some(Json::String(id)) => Err(bad_id(id)),
        Some(_) => Err(Reason::new("`id` is not a string")),
    }
}

/// A text that is no id.
fn bad_id(id: &str) -> Reason {
    let shown: String = id.chars().take(80).collect();
    Reason::new("an id has 1 to 64 of the characters A-Z a-z 0-9 - .").detail(format!("`{shown}`"))
}

/// Whether the text is an id: `[A-Za-z0-9\-\.]{1,64}`.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// `Type/id`, as an entry's url or a reference writes it.
pub(super) fn type_and_id(text: &str) -> Option<(&str, &str)> {
    text.split_once('/').filter(|(_, id)| is_id(id))
}
