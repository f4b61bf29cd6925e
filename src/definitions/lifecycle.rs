//! How definitions change while rows lie under them: define, build, switch, retire, clear.
//!
//! What shall hold is a list of definitions beyond the release ([`Wanted`] says what it comes to); where rows lie is a
//! set of numbered slots. Every change compares the two: what already has a slot with the same meaning keeps it, what
//! has none gets a new one, whose rows are built, and what is not wanted any more is retired. A slot that answers goes
//! on until the one that replaces it is complete, so a code never answers with a part of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fhirc_grammar::Diagnostic;

use super::added::{NOWHERE, REDEFINED, Wanted, normalise, others};
use super::apply::{Applied, State, type_name};
use super::param::{ParamId, SearchParam};
use super::types::ResourceType;
use super::{Progress, Registry, suggest};

impl Registry {
    /// This registry with further definitions, which answer at once, and what is wrong with them: for definitions
    /// without rows of old data.
    ///
    /// Parameters that are here already keep their slots; new ones are appended per type. A definition with the URL
    /// of another one replaces it under a new slot, unless they say the same. Where its code is defined by another
    /// URL already, it takes the code over with a warning if it means something else; but the common parameters of the
    /// specification (`_id`) stay what they are, and an experimental definition takes nothing over. A composite with an
    /// undefined part is left out, with an error.
    #[must_use]
    pub fn with_params(&self, extra: Vec<SearchParam>) -> (Self, Vec<Diagnostic>) {
        let (mut next, changed) = self.adding(extra);
        if changed.is_empty() {
            return (next, Vec::new());
        }
        let mut wanted = next.wanted();
        let problems = std::mem::take(&mut wanted.problems);
        let mut problems = about(problems, &changed);
        problems.extend(next.reconcile(wanted, State::Answering));
        (next, problems)
    }

    /// This registry with definitions that are new or say something else than before. What they need rows for is being
    /// built, in one build; [`Registry::switched`] lets it answer. With the warnings.
    ///
    /// # Errors
    /// Everything that is wrong: unknown types and parts, codes that searches cannot name or that another added
    /// definition has. Nothing is changed then.
    pub fn define(&self, params: Vec<SearchParam>) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut problems = self.unnameable(&params);
        let (mut next, changed) = self.adding(params);
        let mut wanted = next.wanted();
        problems.extend(about(std::mem::take(&mut wanted.problems), &changed));
        for takeover in wanted.takeovers.iter().filter(|takeover| changed.contains(&takeover.by.url)) {
            if next.added.iter().any(|added| added.url == takeover.from) {
                let (code, url, first) = (&takeover.by.code, &takeover.by.url, takeover.types.first());
                let of = format!(
                    "`{}`{}",
                    first.copied().unwrap_or_default(),
                    others(takeover.types.len().saturating_sub(1))
                );
                problems.retain(|problem| problem.code != REDEFINED || !problem.message.contains(url.as_str()));
                let message = format!("`{code}` of {of} is defined by `{}` and by `{url}`", takeover.from);
                let help = format!("retire `{}` first, or give one of them another code", takeover.from);
                problems.push(Diagnostic::error("duplicate-code", NOWHERE, message).help(help));
            }
        }
        if !problems.iter().any(Diagnostic::is_error) && !changed.is_empty() {
            problems.extend(next.begin(wanted));
        }
        if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok((next, problems)) }
    }

    /// This registry without the definitions that have these URLs: searches do not know them any more. A code that one
    /// had taken over falls back to the definition that had it before, which is built again.
    ///
    /// # Errors
    /// There is no such definition, or others rest on it.
    pub fn retire(&self, urls: &[String]) -> Result<Self, Vec<Diagnostic>> {
        let mut problems: Vec<_> = urls.iter().filter_map(|url| self.irretirable(url, urls)).collect();
        let mut next = self.clone();
        next.added.retain(|added| !urls.contains(&added.url));
        next.withdrawn.extend(urls.iter().filter(|url| self.release.by_url.contains_key(*url)).cloned());
        if problems.is_empty() {
            problems = next.begin(next.wanted());
        }
        if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(next) }
    }

    /// Why the definition with this URL cannot be retired together with others.
    fn irretirable(&self, url: &str, urls: &[String]) -> Option<Diagnostic> {
        let refuse = |code, message: String| Diagnostic::error(code, NOWHERE, message);
        if !self.by_url.contains_key(url) {
            let refused = refuse("unknown-definition", format!("no search parameter is defined by `{url}`"));
            return Some(match suggest::nearest(url, self.by_url.keys().map(String::as_str)) {
                Some(near) => refused.help(format!("did you mean `{near}`?")),
                None => refused,
            });
        }
        let why = self.needed(url, urls)?;
        Some(refuse("definition-in-use", format!("`{url}` cannot be retired: {why}")))
    }

    /// What rests on the definition with this URL, and does not go with it.
    fn needed(&self, url: &str, gone: &[String]) -> Option<String> {
        let others_of_it = |param: &&Arc<SearchParam>| {
            !gone.contains(&param.url) && param.components.iter().any(|part| part.definition == url)
        };
        let composites = || self.by_url.values().filter(others_of_it);
        if let Some(composite) = composites().next() {
            let more = others(composites().count() - 1);
            return Some(format!("it is a part of `{}`{more}", composite.url));
        }
        let of_release = self.release.by_url.get(url)?;
        let wanted = self.wanted();
        let types = super::apply::bases(&self.facts, of_release);
        if let Some(ty) = types.iter().find(|&ty| wanted.fixed(ty, &of_release.code)) {
            let name = type_name(&self.facts, ty);
            return Some(format!("`{}` of `{name}` is what other searches rest on", of_release.code));
        }
        let of_compartment = |ty| self.compartments().find(|known| known.params(ty).contains(&of_release.code));
        let compartment = types.iter().find_map(of_compartment)?;
        Some(format!("it says what belongs to the {} compartment", self.type_name(compartment.centre)))
    }

    /// The builds whose rows are not complete, with their parameters.
    pub fn builds(&self) -> BTreeMap<u32, Vec<ParamId>> {
        let mut builds: BTreeMap<u32, Vec<ParamId>> = BTreeMap::new();
        for (id, state) in self.slots() {
            if let State::Building(build) = state {
                builds.entry(build).or_default().push(id);
            }
        }
        builds
    }

    /// How far a build is: to be set by who knows.
    pub fn progress(&self, build: u32) -> Arc<Progress> {
        self.builds.get(&build).map(Arc::clone).unwrap_or_default()
    }

    /// This registry after the last row of a build: its parameters answer, and what answered for their codes before is
    /// retired.
    #[must_use]
    pub fn switched(&self, build: u32) -> Self {
        let mut next = self.clone();
        for id in self.builds().remove(&build).unwrap_or_default() {
            let code = &self.definition(id).code;
            let Some(params) = next.types.get_mut(id.ty.index()) else { continue };
            if let Some(old) = params.slot(code) {
                params.set(old, State::Retired);
            }
            params.set(id.slot, State::Answering);
        }
        next.builds.remove(&build);
        next.epoch += 1;
        next
    }

    /// The parameters that no search and no write looks at any more, and whose rows may lie around.
    pub fn retired(&self) -> Vec<ParamId> {
        self.slots().filter(|(_, state)| *state == State::Retired).map(|(id, _)| id).collect()
    }

    /// This registry without retired parameters whose rows are gone.
    #[must_use]
    pub fn cleared(&self, gone: &[ParamId]) -> Self {
        let mut next = self.clone();
        for id in gone {
            if let Some(params) = next.types.get_mut(id.ty.index()) {
                params.remove(id.slot);
            }
        }
        next.epoch += 1;
        next
    }

    /// This registry as a store without resources has it: all builds are at their end, nothing is left to clear.
    /// Nothing if that is so already.
    #[must_use]
    pub fn settled(&self) -> Option<Self> {
        let builds = self.builds();
        let done = builds.keys().fold(self.clone(), |registry, &build| registry.switched(build));
        let retired = done.retired();
        (!builds.is_empty() || !retired.is_empty()).then(|| done.cleared(&retired))
    }

    /// Whether `param` of another registry, such as an older one of the same store, is a parameter that answers here
    /// and means the same.
    pub fn answers(&self, param: ParamId, of: &Self) -> bool {
        let slot = self.types.get(param.ty.index()).and_then(|params| params.slots.get(&param.slot));
        let Some(slot) = slot.filter(|slot| slot.state == State::Answering) else { return false };
        self.same(param.ty, &slot.applied, of.applied(param))
    }

    /// Whether rows are kept for the same parameters of a type as in another registry of the release, and mean the same.
    pub fn keeps_as(&self, other: &Self, ty: ResourceType) -> bool {
        let applied = |registry: &Self| -> Vec<(ParamId, Arc<Applied>)> {
            registry.kept(ty).map(|param| (param, Arc::clone(registry.applied(param)))).collect()
        };
        let (ours, theirs) = (applied(self), applied(other));
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1))
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = (ParamId, State)> {
        let types = self.types().zip(&self.types);
        types
            .flat_map(|(ty, params)| params.slots.iter().map(move |(&slot, known)| (ParamId { ty, slot }, known.state)))
    }

    /// This registry with further definitions in its list, and the URLs of those that say something new.
    fn adding(&self, params: Vec<SearchParam>) -> (Self, BTreeSet<String>) {
        let mut next = self.clone();
        let mut changed = BTreeSet::new();
        for param in params {
            let param = Arc::new(normalise(&self.facts, param));
            let known = next.added.iter().find(|added| added.url == param.url);
            let known = known.or_else(|| next.by_url.get(&param.url));
            if known == Some(&param) {
                continue;
            }
            next.added.retain(|added| added.url != param.url);
            next.withdrawn.remove(&param.url);
            if self.release.by_url.get(&param.url) != Some(&param) {
                next.added.push(Arc::clone(&param));
            }
            changed.insert(param.url.clone());
        }
        (next, changed)
    }

    /// Codes that no search could name, and URLs that are defined twice at once.
    fn unnameable(&self, params: &[SearchParam]) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut seen = BTreeMap::new();
        for param in params {
            let plain = |code: &str| code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
            let known = || self.release.by_url.values().any(|of_release| of_release.code == param.code);
            if param.code.is_empty() || !plain(&param.code) || (param.code.starts_with('_') && !known()) {
                let message =
                    format!("`{}`, the code of `{}`, cannot be the name of a parameter", param.code, param.url);
                let help = "letters, digits and dashes; what begins with `_` is FHIR's own";
                problems.push(Diagnostic::error("bad-code", NOWHERE, message).help(help));
            }
            if seen.insert(&param.url, param).is_some_and(|before| before != param) {
                let message = format!("`{}` is defined twice", param.url);
                problems.push(Diagnostic::error("duplicate-definition", NOWHERE, message));
            }
        }
        problems
    }

    fn wanted(&self) -> Wanted {
        Wanted::new(self)
    }

    /// Begins a build of what is wanted and has no rows.
    fn begin(&mut self, wanted: Wanted) -> Vec<Diagnostic> {
        self.epoch += 1;
        let build = self.epoch;
        let problems = self.reconcile(wanted, State::Building(build));
        let running = self.builds();
        self.builds.retain(|build, _| running.contains_key(build));
        if running.contains_key(&build) {
            self.builds.insert(build, Arc::new(Progress::default()));
        }
        problems
    }

    /// Gives what is wanted slots, new ones in state `new`, and retires what is not.
    fn reconcile(&mut self, wanted: Wanted, new: State) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        self.by_url = wanted.by_url;
        let types: Vec<ResourceType> = self.types().collect();
        for (ty, wanted) in types.into_iter().zip(wanted.types) {
            let Some(mut params) = self.types.get_mut(ty.index()).map(std::mem::take) else { continue };
            let mut kept = BTreeSet::new();
            for applied in wanted {
                let code = &applied.definition.code;
                let (answering, building) = (params.slot(code), params.in_building(code));
                let has = |slot: Option<u16>| {
                    let slot = slot.and_then(|slot| params.slots.get(&slot));
                    slot.is_some_and(|slot| self.same(ty, &slot.applied, &applied))
                };
                let same = answering.filter(|_| has(answering)).or_else(|| building.filter(|_| has(building)));
                let defined = |slot: &u16| {
                    let slot = params.slots.get(slot);
                    slot.is_some_and(|slot| self.by_url.contains_key(&slot.applied.definition.url))
                };
                if let State::Building(_) = new {
                    // It answers until its successor is complete, unless it is itself what is no longer wanted.
                    kept.extend(answering.filter(defined));
                }
                let slot = match same {
                    Some(slot) => params.restate(slot, Arc::clone(&applied)),
                    None => params.push(Arc::clone(&applied), new),
                };
                if slot.is_none() {
                    let message = format!("`{}` has no room for `{}`", self.type_name(ty), applied.definition.url);
                    problems.push(Diagnostic::error("too-many-parameters", NOWHERE, message));
                }
                kept.extend(slot);
            }
            let unwanted: Vec<u16> = params.slots.keys().copied().filter(|slot| !kept.contains(slot)).collect();
            unwanted.into_iter().for_each(|slot| params.set(slot, State::Retired));
            if let Some(place) = self.types.get_mut(ty.index()) {
                *place = params;
            }
        }
        problems
    }

    /// Whether rows of one definition are rows of the other.
    fn same(&self, ty: ResourceType, a: &Arc<Applied>, b: &Arc<Applied>) -> bool {
        if Arc::ptr_eq(a, b) {
            return true;
        }
        // Some rules go by the URL: where words are, what the members of Lists are.
        let named = |applied: &Applied| (applied.definition.url.clone(), applied.definition.code.clone());
        named(a) == named(b) && a.means(b, &self.facts, ty)
    }
}

/// Problems of the definitions with these URLs.
fn about(problems: Vec<(String, Diagnostic)>, urls: &BTreeSet<String>) -> Vec<Diagnostic> {
    problems.into_iter().filter(|(url, _)| urls.contains(url)).map(|(_, problem)| problem).collect()
}
