//! How the definitions that are not simply the release's stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Registry;
use super::apply;
use super::param::SearchParam;
use super::types::TypeSet;

/// A definition that was added, changed or retired, and how it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The definition.
    pub definition: Arc<SearchParam>,
    /// The types that it is in this state for.
    pub types: TypeSet,
    /// The state.
    pub state: State,
}

/// How a definition stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// Searches use it.
    Active,
    /// Its rows are being made. `answered`: by an older definition meanwhile; else searches that name it are refused.
    Building {
        /// Whether an older definition answers for all of its codes meanwhile.
        answered: bool,
        /// Resources whose rows are made.
        done: u64,
        /// All resources that need rows.
        total: u64,
    },
    /// It changes nothing: others stand behind its codes, or say the same.
    Idle,
    /// No search knows it; rows of it are still to be deleted.
    Retired,
    /// A definition of the release that holds no longer.
    Withdrawn,
}

impl Registry {
    /// Every definition that is not simply one of the release, in the order of its URL; in several states, several
    /// times.
    pub fn standings(&self) -> Vec<Standing> {
        let mut found: BTreeMap<(String, State), Standing> = BTreeMap::new();
        for (id, state) in self.slots() {
            let definition = &self.applied(id).definition;
            let state = match state {
                apply::State::Answering if self.release.by_url.get(&definition.url) == Some(definition) => continue,
                apply::State::Answering => State::Active,
                apply::State::Retired => State::Retired,
                apply::State::Building(build) => {
                    let (done, total) = self.progress(build).get();
                    State::Building { answered: self.param(id.ty, &definition.code).is_some(), done, total }
                }
            };
            let fresh = || Standing { definition: Arc::clone(definition), types: TypeSet::EMPTY, state };
            found.entry((definition.url.clone(), state)).or_insert_with(fresh).types.insert(id.ty);
        }
        let slotless = |url: &str, found: &BTreeMap<(String, State), Standing>| {
            !found.keys().any(|(known, state)| known == url && *state != State::Retired)
        };
        for definition in &self.added {
            if slotless(&definition.url, &found) {
                let (definition, state) = (Arc::clone(definition), State::Idle);
                let types = apply::bases(&self.facts, &definition);
                found.insert((definition.url.clone(), state), Standing { definition, types, state });
            }
        }
        for (url, definition) in self.withdrawn.iter().filter_map(|url| self.release.by_url.get_key_value(url)) {
            let types = apply::bases(&self.facts, definition);
            let standing = Standing { definition: Arc::clone(definition), types, state: State::Withdrawn };
            found.insert((url.clone(), State::Withdrawn), standing);
        }
        found.into_values().collect()
    }

    /// Definitions beyond the release, or instead of the release's, in the order in which they were added.
    pub fn added(&self) -> &[Arc<SearchParam>] {
        &self.added
    }
}
