//! `name[filter].part` of `_filter` on an element: all of it holds of the same element. FHIR R4 3.1.3; item 164.
//!
//! What stands together in one of several elements is known of composites: those over the element group its parts. Of
//! an element that does not repeat every parameter that reads a part of it speaks of the same one.

use crate::definitions::{Component, ElementInfo, ParamId, ParamType, Registry, ResourceType};
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
    pub(super) ty: ResourceType,
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
    pub(super) component: &'r Component,
    /// By element: `code`, `value`, `valueQuantity`; by parameter: `context-quantity`.
    pub(super) names: Vec<String>,
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
    let mut group = Several { ty, path, datatype: variant.ty, parts: Vec::new(), composites: Vec::new() };
    for param in registry.params(ty) {
        let composite = registry.definition(param).ty == ParamType::Composite;
        if composite && reads_only(registry, param, &group.path) {
            group.add(registry, param);
        }
    }
    (!group.composites.is_empty()).then_some(Group::Several(group))
}

/// Does the parameter read exactly what stands at `path`, as far as the type of the resource is concerned?
pub(super) fn reads_only(registry: &Registry, param: ParamId, path: &str) -> bool {
    let mut own = own_branches(registry, param);
    own.next() == Some(path) && own.next().is_none()
}

/// The branches of an expression that begin at the type of the resource.
pub(super) fn own_branches(registry: &Registry, param: ParamId) -> impl Iterator<Item = &str> {
    let expression = registry.definition(param).expression.as_deref().unwrap_or_default();
    let root = registry.type_name(param.ty());
    expression.split('|').map(str::trim).filter(move |branch| {
        let begin = branch.trim_start_matches('(');
        begin.strip_prefix(root).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
    })
}

impl<'r> Several<'r> {
    /// Adds a composite, if every component of it is a part of the element.
    fn add(&mut self, registry: &'r Registry, param: ParamId) {
        let components = registry.components(param);
        let names: Vec<_> = components.iter().map(|component| names(registry, self.datatype, component)).collect();
        if names.iter().any(Vec::is_empty) {
            return;
        }
        let mut places = Vec::new();
        for (component, names) in components.iter().zip(names) {
            let same = |part: &Part<'_>| part.component.definition.url == component.definition.url;
            let place = self.parts.iter().position(same).unwrap_or_else(|| {
                self.parts.push(Part { component, names });
                self.parts.len() - 1
            });
            places.push(place);
        }
        self.composites.push((param, places));
    }
}

/// What a component of a composite over an element of type `datatype` is called; nothing if it is no part of that.
fn names(registry: &Registry, datatype: &str, component: &Component) -> Vec<String> {
    // `value.as(Quantity) | value.as(Range)`: one element, of some of its types.
    let branches: Vec<(&str, Option<&str>)> = component
        .expression
        .split('|')
        .map(|branch| match branch.trim().split_once(".as(") {
            Some((name, ty)) => (name, ty.strip_suffix(')')),
            None => (branch.trim(), None),
        })
        .collect();
    let Some(((first, ty), others)) = branches.split_first() else { return Vec::new() };
    let element = registry.element(datatype, first).filter(|_| others.iter().all(|(name, _)| name == first));
    let Some(element) = element else { return Vec::new() };
    let of_type = ty.filter(|_| others.is_empty()).and_then(|ty| json_name(element, ty));
    [Some((*first).to_owned()), of_type, Some(component.definition.code.clone())].into_iter().flatten().collect()
}

fn json_name(element: &ElementInfo, ty: &str) -> Option<String> {
    let variant = element.variants.iter().find(|variant| variant.ty == ty)?;
    Some(variant.json_name.to_string())
}
