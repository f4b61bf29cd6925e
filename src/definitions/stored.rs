//! Changed definitions as a store keeps them: a JSON document beside the release, which is never stored.
//!
//! It says what shall hold (`added`, `withdrawn`) and where rows lie (`types`: slots that are not simply the release's).
//! A slot carries its definition and the parts of it as they were when its rows were made, so that the rows can be kept
//! until a successor is complete. Definitions are written as SearchParameter resources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::{Applied, Slot, State, type_name};
use super::package::{from_resource, to_resource};
use super::param::SearchParam;
use super::{Progress, Registry};

/// A document that is not one of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored definitions: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

#[derive(Serialize, Deserialize)]
struct Document {
    epoch: u32,
    added: Vec<Value>,
    withdrawn: BTreeSet<String>,
    types: BTreeMap<String, Numbered>,
}

/// The slots of a type.
#[derive(Serialize, Deserialize)]
struct Numbered {
    next: u32,
    slots: BTreeMap<u16, Kept>,
    /// Numbers of the release's own slots that hold nothing any more.
    gone: Vec<u16>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    state: Stage,
    /// Nothing for a slot of the release itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    definition: Option<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Stage {
    Answering,
    Building(u32),
    Retired,
}

impl Registry {
    /// The document that [`Registry::stored`] reads.
    pub fn to_stored(&self) -> String {
        let types = self.types().filter_map(|ty| {
            let (of_release, params) = (self.release.types.get(ty.index())?, self.types.get(ty.index())?);
            let slots: BTreeMap<u16, Kept> = params
                .slots
                .iter()
                .map(|(number, slot)| (number, slot, Self::is_release(of_release.slots.get(number), slot)))
                .filter(|(_, slot, of_release)| !(*of_release && slot.state == State::Answering))
                .map(|(&number, slot, of_release)| (number, kept(slot, of_release)))
                .collect();
            let gone: Vec<u16> =
                of_release.slots.keys().copied().filter(|number| !params.slots.contains_key(number)).collect();
            let untouched = slots.is_empty() && gone.is_empty() && params.next == of_release.next;
            (!untouched).then(|| (self.type_name(ty).to_owned(), Numbered { next: params.next, slots, gone }))
        });
        let added = self.added.iter().map(|param| to_resource(param)).collect();
        let document = Document { epoch: self.epoch, added, withdrawn: self.withdrawn.clone(), types: types.collect() };
        // Keys are numbers and texts: there is always a JSON form.
        serde_json::to_string(&document).unwrap_or_default()
    }

    /// The definitions that a document states over the release of this registry.
    ///
    /// # Errors
    /// It is no such document, or it is about another release.
    pub fn stored(&self, text: &str) -> Result<Self, Unreadable> {
        let document: Document = serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
        let mut registry = self.release();
        registry.epoch = document.epoch;
        registry.added = document.added.iter().map(read).collect::<Result<_, _>>()?;
        registry.withdrawn = document.withdrawn;
        for (name, numbered) in document.types {
            registry.number(&name, numbered)?;
        }
        let (added, withdrawn) = (&registry.added, &registry.withdrawn);
        registry.by_url.retain(|url, _| !withdrawn.contains(url));
        registry.by_url.extend(added.iter().map(|param| (param.url.clone(), Arc::clone(param))));
        let builds = registry.builds().into_keys();
        registry.builds = builds.map(|build| (build, Arc::new(Progress::default()))).collect();
        Ok(registry)
    }

    /// Whether a slot holds what the release has there.
    fn is_release(of_release: Option<&Slot>, slot: &Slot) -> bool {
        of_release.is_some_and(|of_release| Arc::ptr_eq(&of_release.applied, &slot.applied))
    }

    fn number(&mut self, name: &str, numbered: Numbered) -> Result<(), Unreadable> {
        let unknown = || Unreadable(format!("`{name}` is no resource type"));
        let ty = self.resource_type(name).ok_or_else(unknown)?;
        let facts = Arc::clone(&self.facts);
        let params = self.types.get_mut(ty.index()).ok_or_else(unknown)?;
        numbered.gone.into_iter().for_each(|number| params.remove(number));
        for (number, kept) in numbered.slots {
            let state = match kept.state {
                Stage::Answering => State::Answering,
                Stage::Building(build) => State::Building(build),
                Stage::Retired => State::Retired,
            };
            if let Some(definition) = &kept.definition {
                let parts = kept.parts.iter().map(read).collect::<Result<Vec<_>, _>>()?;
                let by_url = parts.into_iter().map(|part| (part.url.clone(), part)).collect();
                let applied = Applied::new(&facts, ty, &read(definition)?, &by_url);
                let applied = applied.map_err(|url| {
                    Unreadable(format!("slot {number} of `{}` lacks its part `{url}`", type_name(&facts, ty)))
                })?;
                params.slots.insert(number, Slot { applied: Arc::new(applied), state });
            }
            params.set(number, state);
        }
        params.next = numbered.next;
        Ok(())
    }
}

fn kept(slot: &Slot, of_release: bool) -> Kept {
    let state = match slot.state {
        State::Answering => Stage::Answering,
        State::Building(build) => Stage::Building(build),
        State::Retired => Stage::Retired,
    };
    if of_release {
        return Kept { state, definition: None, parts: Vec::new() };
    }
    let parts = slot.applied.components.iter().map(|part| to_resource(&part.definition)).collect();
    Kept { state, definition: Some(to_resource(&slot.applied.definition)), parts }
}

fn read(resource: &Value) -> Result<Arc<SearchParam>, Unreadable> {
    from_resource(resource).map(Arc::new).map_err(|problem| Unreadable(problem.message))
}
