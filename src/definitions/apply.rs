//! Applies definitions to resource types: the slots of a registry, and how added definitions find theirs.

use std::collections::BTreeMap;
use std::sync::Arc;

use fhirc_grammar::{Diagnostic, Span};

use super::composite::{components, targets};
use super::expression::branches;
use super::load::load;
use super::param::{Component, ParamId, SearchParam, Targets};
use super::types::{ResourceType, TypeSet};
use super::version::FhirVersion;
use super::{Registry, suggest};

/// The parameters of one resource type.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeParams {
    applied: Vec<Applied>,
    /// The current slot of each code.
    by_code: BTreeMap<String, u16>,
}

/// A definition as it applies to one resource type.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    pub(super) definition: Arc<SearchParam>,
    pub(super) targets: TypeSet,
    pub(super) components: Vec<Component>,
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

    fn current(&self, code: &str) -> Option<&Applied> {
        self.applied.get(usize::from(self.slot(code)?))
    }

    /// Gives `applied` the next slot; false where all 65,536 are taken.
    fn push(&mut self, applied: Applied) -> bool {
        let Ok(slot) = u16::try_from(self.applied.len()) else { return false };
        self.by_code.insert(applied.definition.code.clone(), slot);
        self.applied.push(applied);
        true
    }

    /// The code of the definition with this URL names nothing from now on; its slot stays.
    fn forget(&mut self, url: &str) {
        let applied = &self.applied;
        self.by_code.retain(|_, &mut slot| applied.get(usize::from(slot)).is_some_and(|old| old.definition.url != url));
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

    /// This registry with further definitions, and what is wrong with them.
    ///
    /// Parameters that are here already keep their slots; new ones are appended per type. A definition with the URL
    /// of another one replaces it under a new slot, unless they say the same. A definition that gives a new meaning to
    /// a code that another URL defines takes the code over, with a warning. A composite with an undefined part is
    /// left out, with an error.
    #[must_use]
    pub fn with_params(&self, extra: Vec<SearchParam>) -> (Self, Vec<Diagnostic>) {
        let mut next = self.clone();
        let mut diagnostics = Vec::new();
        let mut changed: BTreeMap<String, (usize, Arc<SearchParam>)> = BTreeMap::new();
        for (place, param) in extra.into_iter().enumerate() {
            let param = Arc::new(next.normalise(param));
            if next.by_url.get(&param.url) != Some(&param) {
                next.by_url.insert(param.url.clone(), Arc::clone(&param));
                changed.insert(param.url.clone(), (place, param));
            }
        }
        let mut changed: Vec<_> = changed.into_values().collect();
        changed.sort_by_key(|&(place, _)| place);
        for (_, param) in changed {
            next.types.iter_mut().for_each(|params| params.forget(&param.url));
            next.add(&param, &mut diagnostics);
        }
        (next, diagnostics)
    }

    pub(super) fn applied(&self, id: ParamId) -> &Applied {
        #[expect(clippy::indexing_slicing, reason = "only a registry makes a ParamId, and slots never move")]
        &self.types[id.ty.index()].applied[usize::from(id.slot)]
    }

    fn add(&mut self, param: &Arc<SearchParam>, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.extend(self.unknown_types(param));
        for ty in self.bases(param).iter() {
            match self.apply(ty, param) {
                Ok(applied) => diagnostics.extend(self.take_code(ty, applied)),
                Err(missing) => {
                    let message = format!("`{missing}`, a component of `{}`, is not defined", param.url);
                    diagnostics.push(error("unknown-component", message));
                    return;
                }
            }
        }
    }

    /// Gives the code of `applied` its new meaning, if it is one.
    fn take_code(&mut self, ty: ResourceType, applied: Applied) -> Option<Diagnostic> {
        let (code, url) = (applied.definition.code.clone(), applied.definition.url.clone());
        let old = self.types.get(ty.index()).and_then(|params| params.current(&code)).map(|old| &old.definition);
        if old.is_some_and(|old| self.same_meaning(ty, old, &applied.definition)) {
            return None;
        }
        let replaced = old.map(|old| old.url.clone());
        let name = self.type_name(ty);
        if !self.push(ty, applied) {
            return Some(error("too-many-parameters", format!("`{name}` has no room for `{url}`")));
        }
        let message = format!("`{code}` of `{name}` is now defined by `{url}`, not by `{}`", replaced?);
        Some(Diagnostic::warning("redefined-parameter", NOWHERE, message))
    }

    fn push(&mut self, ty: ResourceType, applied: Applied) -> bool {
        self.types.get_mut(ty.index()).is_some_and(|params| params.push(applied))
    }

    /// Do two definitions find and read the same values in resources of type `ty`? Guides often repeat a parameter
    /// of the specification for one type only.
    fn same_meaning(&self, ty: ResourceType, a: &SearchParam, b: &SearchParam) -> bool {
        let (model, name) = (&self.facts.model, self.type_name(ty));
        let paths = |param: &SearchParam| -> Vec<String> {
            let expression = param.expression.as_deref().unwrap_or_default();
            branches(model, name, expression).into_iter().map(str::to_owned).collect()
        };
        let same_targets = targets(model, name, a) == targets(model, name, b);
        a.ty == b.ty && a.components == b.components && paths(a) == paths(b) && same_targets
    }

    fn apply(&self, ty: ResourceType, param: &Arc<SearchParam>) -> Result<Applied, String> {
        let (model, name) = (&self.facts.model, self.type_name(ty));
        Ok(Applied {
            definition: Arc::clone(param),
            targets: targets(model, name, param),
            components: components(model, name, param, &self.by_url)?,
        })
    }

    /// The concrete types a definition is for.
    fn bases(&self, param: &SearchParam) -> TypeSet {
        param.bases.iter().fold(TypeSet::EMPTY, |all, base| all.or(self.facts.model.concrete(base)))
    }

    /// Targets in alphabetical order, `Any` where they are all there: so that equal definitions are equal.
    fn normalise(&self, mut param: SearchParam) -> SearchParam {
        if let Targets::Named(names) = &mut param.targets {
            names.sort_unstable();
            names.dedup();
            let known: TypeSet = names.iter().filter_map(|name| self.resource_type(name)).collect();
            if known == self.facts.model.all_targets() {
                param.targets = Targets::Any;
            }
        }
        param
    }

    fn unknown_types(&self, param: &SearchParam) -> Vec<Diagnostic> {
        let named = match &param.targets {
            Targets::Named(names) => names.as_slice(),
            Targets::Any | Targets::Unstated => &[],
        };
        let bases = param.bases.iter().filter(|base| self.facts.model.concrete(base).is_empty());
        let targets = named.iter().filter(|name| self.resource_type(name).is_none());
        let complain = |(element, name): (&str, &String)| {
            let message = format!("`{name}` in `SearchParameter.{element}` of `{}` is no resource type", param.url);
            let diagnostic = error("unknown-type", message);
            match suggest::nearest(name, self.facts.model.resources.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic,
            }
        };
        bases.map(|name| ("base", name)).chain(targets.map(|name| ("target", name))).map(complain).collect()
    }
}

/// Definitions do not stand in the text of a query.
const NOWHERE: Span = Span { start: 0, end: 0 };

fn error(code: &'static str, message: String) -> Diagnostic {
    Diagnostic::error(code, NOWHERE, message)
}

/// 0 for parameters of all resources, 1 for those of domain resources, 2 for the others.
fn group(param: &SearchParam) -> u8 {
    match param.bases.first().map(String::as_str) {
        Some("Resource") => 0,
        Some("DomainResource") => 1,
        _ => 2,
    }
}
