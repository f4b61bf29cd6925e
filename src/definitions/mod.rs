//! What FHIR defines: resource types, search parameters, the type model, compartments. R4 is built in.

mod added;
mod apply;
mod compartment;
mod composite;
mod compound;
mod datatypes;
mod expression;
mod grouping;
mod hierarchy;
mod lifecycle;
mod load;
mod model;
mod package;
mod param;
mod progress;
mod standing;
mod stored;
mod suggest;
mod tables;
mod types;
mod version;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use self::apply::{Release, TypeParams};
use self::load::Facts;

pub use self::compartment::Compartment;
pub use self::datatypes::Datatypes;
pub use self::grouping::{GroupedPart, Grouping};
pub use self::model::{ElementInfo, TypeInfo, TypeKind, Variant};
pub use self::package::{from_resource, load_package};
pub use self::param::{Component, ComponentRef, ParamId, ParamType, SearchParam, Targets};
pub use self::progress::Progress;
pub use self::standing::{Standing, State};
pub use self::stored::Unreadable;
pub use self::tables::{Modifier, Prefix, modifiers, prefixes, reads};
pub use self::types::{ResourceType, TypeSet};
pub use self::version::FhirVersion;

/// The definitions a search is resolved against: those of a release, and those added to it.
///
/// A registry never changes; what changes definitions makes a new one. A parameter whose rows are not complete yet is
/// *being built*: rows are kept for it, and no search knows it. Where it changes an older one, that one answers
/// meanwhile. See [`Registry::define`].
#[derive(Clone, Debug)]
pub struct Registry {
    version: FhirVersion,
    facts: Arc<Facts>,
    release: Arc<Release>,
    /// Counted up by every change.
    epoch: u32,
    /// Definitions beyond the release, or instead of the release's; the later one wins.
    added: Vec<Arc<SearchParam>>,
    /// URLs of the release's definitions that hold no longer.
    withdrawn: BTreeSet<String>,
    /// The current definition of each canonical URL.
    by_url: BTreeMap<String, Arc<SearchParam>>,
    /// The parameters of each resource type, in the order of the types.
    types: Vec<TypeParams>,
    /// How far the rows of each build are.
    builds: BTreeMap<u32, Arc<Progress>>,
}

impl Registry {
    /// The definitions of FHIR R4 (4.0.1), without additions. Read at the first call.
    pub fn r4() -> &'static Self {
        static R4: LazyLock<Registry> =
            LazyLock::new(|| Registry::from_text(FhirVersion::R4, include_str!("../../definitions/r4.txt")));
        &R4
    }

    /// A release without additions.
    fn bare(version: FhirVersion, facts: Arc<Facts>, release: Arc<Release>) -> Self {
        Self {
            version,
            facts,
            epoch: 0,
            added: Vec::new(),
            withdrawn: BTreeSet::new(),
            by_url: release.by_url.clone(),
            types: release.types.clone(),
            builds: BTreeMap::new(),
            release,
        }
    }

    /// The definitions of the release alone.
    #[must_use]
    pub fn release(&self) -> Self {
        Self::bare(self.version, Arc::clone(&self.facts), Arc::clone(&self.release))
    }

    /// The release.
    pub fn version(&self) -> FhirVersion {
        self.version
    }

    /// The concrete resource types, sorted by name.
    pub fn types(&self) -> impl Iterator<Item = ResourceType> {
        (0..self.facts.model.resources.len()).filter_map(ResourceType::at)
    }

    /// The resource type of this name; names are case-sensitive.
    pub fn resource_type(&self, name: &str) -> Option<ResourceType> {
        self.facts.model.resource_type(name)
    }

    /// The resource type with this number, see [`ResourceType::code`].
    pub fn resource_type_of_code(&self, code: u8) -> Option<ResourceType> {
        self.types().nth(usize::from(code.checked_sub(1)?))
    }

    /// The name of a resource type; empty for a type of another release that this one does not have.
    pub fn type_name(&self, ty: ResourceType) -> &'static str {
        self.facts.model.resources.get(ty.index()).copied().unwrap_or_default()
    }

    /// The parameter that `code` names in a search for resources of type `ty`; codes are case-sensitive.
    pub fn param(&self, ty: ResourceType, code: &str) -> Option<ParamId> {
        let slot = self.types.get(ty.index())?.slot(code)?;
        Some(ParamId { ty, slot })
    }

    /// The parameters of a type in the order of their slots: those common to all resources first, then those of
    /// domain resources, then the type's own, then additions. A definition that was replaced is left out.
    pub fn params(&self, ty: ResourceType) -> impl Iterator<Item = ParamId> {
        let slots = self.types.get(ty.index()).map(TypeParams::answering).unwrap_or_default();
        slots.into_iter().map(move |slot| ParamId { ty, slot })
    }

    /// The parameters of a type that rows are kept for, in the order of their slots: those of [`Registry::params`] and
    /// those that are being built.
    pub fn kept(&self, ty: ResourceType) -> impl Iterator<Item = ParamId> {
        let slots = self.types.get(ty.index()).map(TypeParams::kept).unwrap_or_default();
        slots.into_iter().map(move |slot| ParamId { ty, slot })
    }

    /// How far the rows of the parameter are that `code` will name once they are complete; nothing where a parameter
    /// of this code answers already, or none is being built.
    pub fn being_built(&self, ty: ResourceType, code: &str) -> Option<Arc<Progress>> {
        let params = self.types.get(ty.index())?;
        if params.slot(code).is_some() {
            return None;
        }
        let apply::State::Building(build) = params.slots.get(&params.in_building(code)?)?.state else { return None };
        Some(self.builds.get(&build).map(Arc::clone).unwrap_or_default())
    }

    /// All current definitions, ordered by URL.
    pub fn definitions(&self) -> impl Iterator<Item = &SearchParam> {
        self.by_url.values().map(Arc::as_ref)
    }

    /// Counted up by every change of the definitions of a store.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The definition behind a parameter.
    pub fn definition(&self, id: ParamId) -> &SearchParam {
        &self.applied(id).definition
    }

    /// The types that a reference parameter may point to, in a search for `id`'s type; empty for other parameters.
    ///
    /// The targets of the definition, or those of its element where it has none, without the types that
    /// `where(resolve() is Patient)` in its expression shuts out.
    pub fn targets(&self, id: ParamId) -> TypeSet {
        self.applied(id).targets
    }

    /// The parts of a composite parameter, in the order of their values in a search; empty for other parameters.
    pub fn components(&self, id: ParamId) -> &[Component] {
        &self.applied(id).components
    }

    /// The datatypes that the values of a parameter can have.
    pub fn datatypes(&self, id: ParamId) -> &Datatypes {
        let applied = self.applied(id);
        applied.datatypes.get_or_init(|| {
            let expression = applied.definition.expression.as_deref().unwrap_or_default();
            Datatypes::of(&self.facts.model, self.type_name(id.ty), None, expression)
        })
    }

    /// The type of the model with this name: `Patient`, `HumanName`, `Observation.component`, `code`.
    pub fn type_info(&self, name: &str) -> Option<&TypeInfo> {
        self.facts.model.types.get(name)
    }

    /// The element `name` of a type, inherited ones included: `element("Observation", "value")`.
    pub fn element(&self, ty: &str, name: &str) -> Option<&ElementInfo> {
        self.facts.model.element(ty, name)
    }

    /// All elements of a type, those it adds itself first, then inherited ones.
    pub fn elements(&self, ty: &str) -> impl Iterator<Item = &ElementInfo> {
        self.facts.model.lineage(ty).flat_map(|info| &info.elements)
    }

    /// Is type `ty` the type `base`, or made from it: is `Age` a `Quantity`, is `Patient` a `DomainResource`?
    pub fn is_a(&self, ty: &str, base: &str) -> bool {
        self.facts.model.lineage(ty).any(|info| info.name == base)
    }

    /// Does case matter in the codes of this code system? None where the release does not say.
    pub fn case_sensitive(&self, system: &str) -> Option<bool> {
        self.facts.case_rules.get(system).copied()
    }

    /// The compartment of this name: `Patient`.
    pub fn compartment(&self, name: &str) -> Option<&Compartment> {
        let centre = self.resource_type(name)?;
        self.compartments().find(|compartment| compartment.centre == centre)
    }

    /// All compartments of the release.
    pub fn compartments(&self) -> impl Iterator<Item = &Compartment> {
        self.facts.compartments.iter()
    }

    /// The code of `ty`'s parameters that a mistyped `code` may have meant.
    pub fn nearest_param(&self, ty: ResourceType, code: &str) -> Option<&str> {
        suggest::nearest(code, self.params(ty).map(|id| self.definition(id).code.as_str()))
    }

    /// The resource type that a mistyped `name` may have meant.
    pub fn nearest_type(&self, name: &str) -> Option<&'static str> {
        suggest::nearest(name, self.facts.model.resources.iter().copied())
    }
}
