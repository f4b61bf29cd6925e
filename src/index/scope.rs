//! What a path is evaluated in: the resource, and the one that contains it.

use serde_json::Value;

use crate::definitions::{Registry, ResourceType};

/// The resource that a path speaks of, and where its contained references are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The definitions.
    pub registry: &'a Registry,
    /// The resource: what `%resource` and a leading type name stand for.
    pub resource: &'a Value,
    /// Its type.
    pub ty: ResourceType,
    /// The resource whose `contained` list `#x` refers to: the resource itself, unless that is a contained one.
    pub container: &'a Value,
    /// The type of the container.
    pub container_type: ResourceType,
}

impl<'a> Scope<'a> {
    /// The scope of a resource that stands for itself.
    pub fn of(resource: &'a Value, ty: ResourceType, registry: &'a Registry) -> Self {
        Self { registry, resource, ty, container: resource, container_type: ty }
    }

    /// The scope of a resource that this one contains.
    #[must_use]
    pub fn contained(self, resource: &'a Value, ty: ResourceType) -> Self {
        Self { resource, ty, ..self }
    }
}
