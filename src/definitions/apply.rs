//! Applies definitions to resource types: the slots of a registry.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::Registry;
use super::composite::{components, targets};
use super::datatypes::Datatypes;
use super::load::load;
use super::param::{Component, ParamId, SearchParam};
use super::types::{ResourceType, TypeSet};
use super::version::FhirVersion;

/// The parameters of one resource type.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeParams {
    applied: Vec<Applied>,
    /// The current slot of each code.
    by_code: BTreeMap<String, u16>,
    /// The slot of the parameter that makes the hierarchy of the type, if one does; worked out when first asked for.
    pub(super) hierarchy: OnceLock<Option<u16>>,
}

/// A definition as it applies to one resource type.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    pub(super) definition: Arc<SearchParam>,
    pub(super) targets: TypeSet,
    pub(super) components: Vec<Component>,
    /// Worked out when first asked for: few parameters of a release are ever searched.
    pub(super) datatypes: OnceLock<Datatypes>,
}

impl TypeParams {
    pub(super) fn slot(&self, code: &str) -> Option<u16> {
        self.by_code.get(code).copied()
    }

    /// The current slots, ascending.
    pub(super) fn slots(&self) -> Vec<u16> {
        let mut slots: Vec<_> = self.by_code.values().copied().collect();
        slots.sort_unstable();
        slots
    }

    pub(super) fn current(&self, code: &str) -> Option<&Applied> {
        self.applied.get(usize::from(self.slot(code)?))
    }

    /// Gives `applied` the next slot; false where all 65,536 are taken.
    pub(super) fn push(&mut self, applied: Applied) -> bool {
        let Ok(slot) = u16::try_from(self.applied.len()) else { return false };
        self.by_code.insert(applied.definition.code.clone(), slot);
        self.applied.push(applied);
        self.hierarchy.take();
        true
    }

    /// The code of the definition with this URL names nothing from now on; its slot stays.
    pub(super) fn forget(&mut self, url: &str) {
        let applied = &self.applied;
        self.by_code.retain(|_, &mut slot| applied.get(usize::from(slot)).is_some_and(|old| old.definition.url != url));
        self.hierarchy.take();
    }
}

impl Registry {
    /// A registry over a text of facts. Slots are given in the order: common parameters, those of domain resources,
    /// the type's own; by code within each group.
    pub(super) fn from_text(version: FhirVersion, text: &'static str) -> Self {
        let mut facts = load(text);
        let params: Vec<_> = std::mem::take(&mut facts.params).into_iter().map(Arc::new).collect();
        let by_url = params.iter().map(|param| (param.url.clone(), Arc::clone(param))).collect();
        let types = vec![TypeParams::default(); facts.model.resources.len()];
        let mut registry = Self { version, facts: Arc::new(facts), by_url, types };
        let mut ordered: Vec<_> = params.iter().collect();
        ordered.sort_by_key(|param| (group(param), &param.code));
        for param in ordered {
            for ty in registry.bases(param).iter() {
                // The built-in facts are complete; a test says so.
                if let Ok(applied) = registry.apply(ty, param) {
                    registry.push(ty, applied);
                }
            }
        }
        registry
    }

    pub(super) fn applied(&self, id: ParamId) -> &Applied {
        #[expect(clippy::indexing_slicing, reason = "only a registry makes a ParamId, and slots never move")]
        &self.types[id.ty.index()].applied[usize::from(id.slot)]
    }

    pub(super) fn push(&mut self, ty: ResourceType, applied: Applied) -> bool {
        self.types.get_mut(ty.index()).is_some_and(|params| params.push(applied))
    }

    pub(super) fn apply(&self, ty: ResourceType, param: &Arc<SearchParam>) -> Result<Applied, String> {
        let (model, name) = (&self.facts.model, self.type_name(ty));
        Ok(Applied {
            definition: Arc::clone(param),
            targets: targets(model, name, param),
            components: components(model, name, param, &self.by_url)?,
            datatypes: OnceLock::new(),
        })
    }

    /// The concrete types a definition is for.
    pub(super) fn bases(&self, param: &SearchParam) -> TypeSet {
        param.bases.iter().fold(TypeSet::EMPTY, |all, base| all.or(self.facts.model.concrete(base)))
    }
}

/// 0 for parameters of all resources, 1 for those of domain resources, 2 for the others.
fn group(param: &SearchParam) -> u8 {
    match param.bases.first().map(String::as_str) {
        Some("Resource") => 0,
        Some("DomainResource") => 1,
        _ => 2,
    }
}
