//! Definitions as they apply to resource types: the slots of a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::Registry;
use super::composite::{components, targets};
use super::datatypes::Datatypes;
use super::expression::branches;
use super::load::{Facts, load};
use super::param::{Component, ParamId, SearchParam};
use super::types::{ResourceType, TypeSet};
use super::version::FhirVersion;

/// The parameters of one resource type.
#[derive(Clone, Debug, Default)]
pub(super) struct TypeParams {
    /// What stands under each number. A number is never given twice.
    pub(super) slots: BTreeMap<u16, Slot>,
    /// The slot that answers for each code.
    answering: BTreeMap<String, u16>,
    /// The slot whose rows are being made, for each code that has one.
    building: BTreeMap<String, u16>,
    /// The next number.
    pub(super) next: u32,
    /// The slot of the parameter that makes the hierarchy of the type, if one does; worked out when first asked for.
    pub(super) hierarchy: OnceLock<Option<u16>>,
}

/// A numbered definition and what holds of its rows.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) applied: Arc<Applied>,
    pub(super) state: State,
}

/// What holds of the rows of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// They are complete and kept with every write: searches read them.
    Answering,
    /// Rows of old data are missing still. The number is that of the build that makes them.
    Building(u32),
    /// Nobody reads or keeps them any more; some may lie around.
    Retired,
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
    /// The slot that answers for a code.
    pub(super) fn slot(&self, code: &str) -> Option<u16> {
        self.answering.get(code).copied()
    }

    /// The slot that is being built for a code.
    pub(super) fn in_building(&self, code: &str) -> Option<u16> {
        self.building.get(code).copied()
    }

    /// The slots that answer, ascending.
    pub(super) fn answering(&self) -> Vec<u16> {
        let all = self.answering.values().copied();
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The slots whose rows are kept with every write, ascending.
    pub(super) fn kept(&self) -> Vec<u16> {
        let all = self.answering.values().chain(self.building.values()).copied();
        all.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Gives `applied` the next slot; nothing where all 65,536 were given.
    pub(super) fn push(&mut self, applied: Arc<Applied>, state: State) -> Option<u16> {
        let number = u16::try_from(self.next).ok()?;
        self.next += 1;
        self.enter(&applied.definition.code, number, state);
        self.slots.insert(number, Slot { applied, state });
        self.hierarchy.take();
        Some(number)
    }

    /// Other words for what a slot holds, which mean the same.
    pub(super) fn restate(&mut self, number: u16, applied: Arc<Applied>) -> Option<u16> {
        self.slots.get_mut(&number)?.applied = applied;
        self.hierarchy.take();
        Some(number)
    }

    /// Sets the state of a slot that exists.
    pub(super) fn set(&mut self, number: u16, state: State) {
        let Some(slot) = self.slots.get_mut(&number) else { return };
        slot.state = state;
        self.hierarchy.take();
        let code = slot.applied.definition.code.clone();
        self.leave(&code, number);
        self.enter(&code, number, state);
    }

    /// Forgets a slot. Its number is not given again.
    pub(super) fn remove(&mut self, number: u16) {
        if let Some(slot) = self.slots.remove(&number) {
            self.leave(&slot.applied.definition.code, number);
        }
    }

    fn enter(&mut self, code: &str, number: u16, state: State) {
        let codes = match state {
            State::Answering => &mut self.answering,
            State::Building(_) => &mut self.building,
            State::Retired => return,
        };
        codes.insert(code.to_owned(), number);
    }

    fn leave(&mut self, code: &str, number: u16) {
        for codes in [&mut self.answering, &mut self.building] {
            if codes.get(code) == Some(&number) {
                codes.remove(code);
            }
        }
    }
}

impl Applied {
    /// A definition in a search for type `ty`. `Err` names the URL of a part that is not defined.
    pub(super) fn new(
        facts: &Facts,
        ty: ResourceType,
        definition: &Arc<SearchParam>,
        by_url: &BTreeMap<String, Arc<SearchParam>>,
    ) -> Result<Self, String> {
        let (model, name) = (&facts.model, type_name(facts, ty));
        Ok(Self {
            definition: Arc::clone(definition),
            targets: targets(model, name, definition),
            components: components(model, name, definition, by_url)?,
            datatypes: OnceLock::new(),
        })
    }

    /// Do two definitions find and read the same values in resources of type `ty`? Guides often repeat a parameter
    /// of the specification for one type only.
    pub(super) fn means(&self, other: &Self, facts: &Facts, ty: ResourceType) -> bool {
        let paths = |param: &SearchParam| -> Vec<String> {
            let expression = param.expression.as_deref().unwrap_or_default();
            branches(&facts.model, type_name(facts, ty), expression).into_iter().map(str::to_owned).collect()
        };
        let part = |part: &Component| (part.definition.url.clone(), part.ty(), part.expression.clone(), part.targets);
        let parts = |applied: &Self| applied.components.iter().map(part).collect::<Vec<_>>();
        let (a, b) = (&self.definition, &other.definition);
        a.ty == b.ty && self.targets == other.targets && paths(a) == paths(b) && parts(self) == parts(other)
    }
}

/// What a release itself defines.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) by_url: BTreeMap<String, Arc<SearchParam>>,
    /// The parameters of each resource type, in the order of the types.
    pub(super) types: Vec<TypeParams>,
}

impl Registry {
    /// A registry over a text of facts. Slots are given in the order: common parameters, those of domain resources,
    /// the type's own; by code within each group.
    pub(super) fn from_text(version: FhirVersion, text: &'static str) -> Self {
        let mut facts = load(text);
        let params: Vec<_> = std::mem::take(&mut facts.params).into_iter().map(Arc::new).collect();
        let by_url: BTreeMap<_, _> = params.iter().map(|param| (param.url.clone(), Arc::clone(param))).collect();
        let mut types = vec![TypeParams::default(); facts.model.resources.len()];
        let mut ordered: Vec<_> = params.iter().collect();
        ordered.sort_by_key(|param| (group(param), &param.code));
        for param in ordered {
            for ty in bases(&facts, param).iter() {
                // The built-in facts are complete; a test says so.
                if let (Ok(applied), Some(of_type)) =
                    (Applied::new(&facts, ty, param, &by_url), types.get_mut(ty.index()))
                {
                    of_type.push(Arc::new(applied), State::Answering);
                }
            }
        }
        Self::bare(version, Arc::new(facts), Arc::new(Release { by_url, types }))
    }

    pub(super) fn applied(&self, id: ParamId) -> &Arc<Applied> {
        #[expect(clippy::indexing_slicing, reason = "only a registry makes a ParamId, and slots never move")]
        &self.types[id.ty.index()].slots[&id.slot].applied
    }
}

/// The concrete types a definition is for.
pub(super) fn bases(facts: &Facts, param: &SearchParam) -> TypeSet {
    param.bases.iter().fold(TypeSet::EMPTY, |all, base| all.or(facts.model.concrete(base)))
}

/// The name of a resource type; empty for a type of another release.
pub(super) fn type_name(facts: &Facts, ty: ResourceType) -> &'static str {
    facts.model.resources.get(ty.index()).copied().unwrap_or_default()
}

/// 0 for parameters of all resources, 1 for those of domain resources, 2 for the others.
fn group(param: &SearchParam) -> u8 {
    match param.bases.first().map(String::as_str) {
        Some("Resource") => 0,
        Some("DomainResource") => 1,
        _ => 2,
    }
}
