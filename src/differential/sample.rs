//! Values of the generated data by parameter, so that searches ask for what is there.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::Env;
use crate::reference::Found;
use crate::reference::Reference;
use std::collections::BTreeMap;

/// What searches can ask of a set of resources.
#[derive(Debug)]
pub(super) struct Samples<'r> {
    pub(super) registry: &'r Registry,
    /// The types that have resources.
    pub(super) types: Vec<ResourceType>,
    /// The elements of each parameter that has some; of a composite, the elements of its parts.
    found: BTreeMap<ParamId, Vec<Vec<Found>>>,
}

impl<'r> Samples<'r> {
    pub(super) fn new(registry: &'r Registry, reference: &Reference<'_>, env: &Env) -> Samples<'r> {
        let types = reference.types();
        let mut found = BTreeMap::new();
        for param in types.iter().flat_map(|ty| registry.params(*ty)) {
            let elements = reference.found(param, env);
            if !elements.is_empty() {
                found.insert(param, elements);
            }
        }
        Samples { registry, types, found }
    }

    /// The elements of a parameter in all resources.
    pub(super) fn of(&self, param: ParamId) -> &[Vec<Found>] {
        self.found.get(&param).map(Vec::as_slice).unwrap_or_default()
    }

    /// The parameters of a type that have a value somewhere.
    pub(super) fn filled(&self, ty: ResourceType) -> Vec<ParamId> {
        self.registry.params(ty).filter(|param| self.found.contains_key(param)).collect()
    }

    /// The reference parameters of a type that have a value somewhere and lead to a type that is there.
    pub(super) fn links(&self, ty: ResourceType) -> Vec<ParamId> {
        let is_link = |param: &ParamId| {
            let targets = self.registry.targets(*param);
            self.registry.definition(*param).ty == ParamType::Reference
                && self.types.iter().any(|ty| targets.contains(*ty))
        };
        self.filled(ty).into_iter().filter(is_link).collect()
    }

    /// The types that a link leads to and that have resources.
    pub(super) fn targets(&self, link: ParamId) -> Vec<ResourceType> {
        let targets = self.registry.targets(link);
        self.types.iter().copied().filter(|ty| targets.contains(*ty)).collect()
    }

    pub(super) fn code(&self, param: ParamId) -> &'r str {
        &self.registry.definition(param).code
    }
}
