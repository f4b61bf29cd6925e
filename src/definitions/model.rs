//! The type model: which elements a type has, of which types they are, whether they repeat.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::types::{ResourceType, TypeSet};

/// What kind of thing a type is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// A concrete resource type: `Patient`.
    Resource,
    /// A type that only others are made from: `DomainResource`, `BackboneElement`.
    Abstract,
    /// A data type with elements: `HumanName`.
    Complex,
    /// An element with elements of its own, named by its path: `Patient.contact`.
    Part,
    /// A data type with a value: `code`.
    Primitive,
}

/// A type of the model.
#[derive(Debug)]
pub struct TypeInfo {
    /// The name: `Patient`, `HumanName`, `Patient.contact`.
    pub name: &'static str,
    /// What kind of thing it is.
    pub kind: TypeKind,
    /// The type whose elements it inherits; none for `Element` and `Resource`.
    pub parent: Option<&'static str>,
    /// The elements it adds to those of its parent, in the order of the specification.
    pub elements: Vec<ElementInfo>,
}

/// An element of a type.
#[derive(Debug)]
pub struct ElementInfo {
    /// The name in a path: `value` for `value[x]`.
    pub name: &'static str,
    /// May it occur more than once?
    pub repeats: bool,
    /// Must it occur?
    pub mandatory: bool,
    /// Does it change the meaning of what holds it? FHIR R4 2.1.0.6 (`isModifier`).
    pub modifier: bool,
    /// Does it belong to the summary of a resource? FHIR R4 3.1.1.5.8 (`isSummary`).
    pub summary: bool,
    /// Is it a choice of types, so that its JSON name depends on the type?
    pub choice: bool,
    /// The types it may have, in the order of the specification; one, except for a choice.
    pub variants: Vec<Variant>,
    /// The code system of an element of type `code` whose required value set draws on exactly one.
    pub system: Option<&'static str>,
}

/// One type an element may have.
#[derive(Debug)]
pub struct Variant {
    /// The name in JSON: `valueQuantity` for a choice, else the name of the element.
    pub json_name: Cow<'static, str>,
    /// The name of the type, always one that the model knows: `Quantity`, `Observation.component`.
    pub ty: &'static str,
    /// The types that a `Reference` or a `canonical` may point to; empty for other types.
    pub targets: TypeSet,
    /// Is it declared to be part of a strict one-way hierarchy? FHIR R4, extension `structuredefinition-hierarchy`.
    pub hierarchy: bool,
}

/// All types of a release.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) types: BTreeMap<&'static str, TypeInfo>,
    /// The names of the concrete resource types, sorted.
    pub(super) resources: Vec<&'static str>,
    /// Every resource type that a reference may point to: all but Parameters, which has no address of its own.
    pub(super) all_targets: TypeSet,
}

impl Model {
    /// A model without types yet, over the concrete resource types with these names.
    pub(super) fn new(mut resources: Vec<&'static str>) -> Self {
        resources.sort_unstable();
        let targets = resources.iter().enumerate().filter(|&(_, &name)| name != "Parameters");
        let all_targets = targets.filter_map(|(index, _)| ResourceType::at(index)).collect();
        Self { types: BTreeMap::new(), resources, all_targets }
    }

    /// The number of a concrete resource type.
    pub(super) fn resource_type(&self, name: &str) -> Option<ResourceType> {
        self.resources.binary_search(&name).ok().and_then(ResourceType::at)
    }

    /// A type and those it inherits from, nearest first.
    pub(super) fn lineage(&self, ty: &str) -> impl Iterator<Item = &TypeInfo> {
        std::iter::successors(self.types.get(ty), |info| self.types.get(info.parent?))
    }

    /// The element `name` of type `ty`, inherited ones included.
    pub(super) fn element(&self, ty: &str, name: &str) -> Option<&ElementInfo> {
        self.lineage(ty).find_map(|info| info.elements.iter().find(|element| element.name == name))
    }

    /// The concrete resource types that are `base` or inherit from it.
    pub(super) fn concrete(&self, base: &str) -> TypeSet {
        if let Some(ty) = self.resource_type(base) {
            return TypeSet::from_iter([ty]);
        }
        let is_a = |name: &str| self.lineage(name).any(|info| info.name == base);
        let found = self.resources.iter().enumerate().filter(|(_, name)| is_a(name));
        found.filter_map(|(index, _)| ResourceType::at(index)).collect()
    }

    /// The variants of the element at the end of a path of plain names; none if a name on the way is unknown.
    pub(super) fn walk(&self, ty: &str, path: &[&str]) -> Vec<&Variant> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let variants = self.element(ty, first).map_or(&[][..], |element| &element.variants);
        if rest.is_empty() {
            return variants.iter().collect();
        }
        variants.iter().flat_map(|variant| self.walk(variant.ty, rest)).collect()
    }
}
