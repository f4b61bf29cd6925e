//! Resources that stand inside others: which count, and in which order.

use super::{Name, Resource};
use crate::definitions::{Registry, ResourceType};
use serde_json::Value;

/// A contained resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inner {
    /// What contains it.
    pub container: Name,
    /// Its type.
    pub ty: ResourceType,
    /// Its id, which is unique in the container only.
    pub id: String,
}

impl Inner {
    /// The resources that one contains, in the order of their ids: those of one write appear in it.
    pub fn of(registry: &Registry, container: &Name, json: &Value) -> Vec<Inner> {
        let mut inner: Vec<Inner> = contained(registry, json)
            .into_iter()
            .map(|(ty, id, _)| Inner { container: container.clone(), ty, id: id.to_owned() })
            .collect();
        inner.sort_by(|a, b| a.id.cmp(&b.id));
        inner
    }
}

/// Those of all resources, one after the other.
pub(super) fn of_all(registry: &Registry, resources: &[Resource]) -> Vec<Inner> {
    let of = |resource: &Resource| Inner::of(registry, &(resource.ty, resource.id.clone()), &resource.json);
    resources.iter().flat_map(of).collect()
}

/// The contained resources that can be referred to: of a known type, and the first with its id.
pub(super) fn contained<'v>(registry: &Registry, container: &'v Value) -> Vec<(ResourceType, &'v str, &'v Value)> {
    let list = container.get("contained").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let id = |json: &'v Value| json.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let mut found = Vec::new();
    for (place, json) in list.iter().enumerate() {
        let Some(name) = id(json) else { continue };
        let before = list.get(..place).unwrap_or_default();
        let ty = json.get("resourceType").and_then(Value::as_str).and_then(|ty| registry.resource_type(ty));
        if let Some(ty) = ty
            && !before.iter().any(|json| id(json) == Some(name))
        {
            found.push((ty, name, json));
        }
    }
    found
}
