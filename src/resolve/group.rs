//! `name[filter].part` of `_filter` on an element: all of it holds of the same element. FHIR R4 3.1.3; item 164.
//!
//! What stands together in one of several elements is known of composites: those over the element group its parts. Of
//! an element that does not repeat every parameter that reads a part of it speaks of the same one.

use crate::definitions::{Component, GroupedPart, Grouping, ParamId, Registry, ResourceType};
use crate::ir;
use crate::resolve::group_single::Single;

/// An element whose parts can be asked for together.
#[derive(Clone, Debug)]
pub(super) enum Group<'r> {
    /// One of several elements: composites tell which values stand together.
    Several(Several<'r>),
    /// The only element of its kind.
    Single(Single<'r>),
}

/// An element that composites group the parts of.
#[derive(Clone, Debug)]
pub(super) struct Several<'r> {
    /// `DocumentReference.relatesTo`
    pub(super) path: String,
    /// The type of the element.
    pub(super) datatype: &'static str,
    /// What its composites are made of, each once.
    pub(super) parts: Vec<Part<'r>>,
    /// The composites, each with the places of its components among the parts, in its own order.
    pub(super) composites: Vec<(ParamId, Vec<usize>)>,
}

/// A part of the element, and what it is called.
#[derive(Clone, Debug)]
pub(super) struct Part<'r> {
    /// How conditions name it: as a part of the first composite that has it.
    pub(super) id: ir::Part,
    pub(super) component: &'r Component,
    /// By element: `code`, `value`, `valueQuantity`; by parameter: `context-quantity`.
    pub(super) called: GroupedPart<'r>,
    /// The parameter that reads the same part of all elements, and no more.
    pub(super) alone: Option<ParamId>,
}

/// The group `name` of resources of type `ty`.
pub(super) fn group<'r>(registry: &'r Registry, ty: ResourceType, name: &str) -> Option<Group<'r>> {
    let type_name = registry.type_name(ty);
    let element = registry.element(type_name, name)?;
    let [variant] = element.variants.as_slice() else { return None };
    let path = format!("{type_name}.{name}");
    if !element.repeats {
        return Single::of(registry, ty, path, variant.ty).map(Group::Single);
    }
    let mut group = Several { path, datatype: variant.ty, parts: Vec::new(), composites: Vec::new() };
    for param in registry.params(ty) {
        if let Some(grouping) = registry.grouping(param).filter(|grouping| grouping.name == name) {
            group.add(registry, param, grouping);
        }
    }
    (!group.composites.is_empty()).then_some(Group::Several(group))
}

impl<'r> Several<'r> {
    /// Adds what a composite groups.
    fn add(&mut self, registry: &'r Registry, param: ParamId, grouping: Grouping<'r>) {
        let mut places = Vec::new();
        for (n, (component, called)) in registry.components(param).iter().zip(grouping.parts).enumerate() {
            let same = |part: &Part<'_>| {
                part.component.definition.url == component.definition.url
                    && part.component.expression == component.expression
            };
            let place = self.parts.iter().position(same).unwrap_or_else(|| {
                let id = ir::Part { composite: param, component: n, read_by: registry.part_read_by(param, n) };
                self.parts.push(Part { id, component, called, alone: registry.part_alone(param, n) });
                self.parts.len() - 1
            });
            places.push(place);
        }
        self.composites.push((param, places));
    }
}
