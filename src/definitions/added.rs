//! What a release with further definitions comes to: which definition stands behind each code, and what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fhirc_grammar::{Diagnostic, Span};

use super::Registry;
use super::apply::{Applied, bases, type_name};
use super::load::Facts;
use super::param::{ParamType, SearchParam, Targets};
use super::suggest;
use super::types::{ResourceType, TypeSet};

/// The definitions that shall hold, per type, apart from where their rows lie.
pub(super) struct Wanted {
    facts: Arc<Facts>,
    /// The registry of the release alone.
    release: Registry,
    /// All definitions by canonical URL.
    pub(super) by_url: BTreeMap<String, Arc<SearchParam>>,
    /// What stands behind each code, in the order of the types; within a type, additions last.
    pub(super) types: Vec<Vec<Arc<Applied>>>,
    /// What is wrong or worth saying, with the URL of the definition that it is about.
    pub(super) problems: Vec<(String, Diagnostic)>,
    pub(super) takeovers: Vec<Takeover>,
}

/// A code that one definition took from another.
pub(super) struct Takeover {
    /// The definition that has the code now.
    pub(super) by: Arc<SearchParam>,
    /// The URL of the one that had it.
    pub(super) from: String,
    /// For which types.
    pub(super) types: Vec<&'static str>,
}

/// What became of a definition for one resource type whose code another definition had, named by its URL.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    TakenOver(String),
    Kept(String, &'static str),
}

impl Wanted {
    /// The definitions of a release without those that are withdrawn, and with those that are added.
    pub(super) fn new(registry: &Registry) -> Self {
        let (release, added, withdrawn) = (registry.release(), &registry.added, &registry.withdrawn);
        // All definitions are known before any is applied, since parts of composites may come in any order.
        let mut by_url = release.by_url.clone();
        by_url.retain(|url, _| !withdrawn.contains(url));
        by_url.extend(added.iter().map(|param| (param.url.clone(), Arc::clone(param))));
        let facts = Arc::clone(&registry.facts);
        let mut wanted =
            Self { facts, release, by_url, types: Vec::new(), problems: Vec::new(), takeovers: Vec::new() };
        let gone: BTreeSet<&str> =
            added.iter().map(|param| param.url.as_str()).chain(withdrawn.iter().map(String::as_str)).collect();
        wanted.types = (0..wanted.release.types.len())
            .filter_map(ResourceType::at)
            .map(|ty| wanted.of_release(ty, &gone))
            .collect();
        added.iter().for_each(|param| wanted.add(param));
        wanted
    }

    /// What is left of the release's own parameters of a type where the definitions `gone` are replaced or withdrawn.
    fn of_release(&self, ty: ResourceType, gone: &BTreeSet<&str>) -> Vec<Arc<Applied>> {
        let Some(params) = self.release.types.get(ty.index()) else { return Vec::new() };
        let stays = |applied: &&Arc<Applied>| {
            let definition = &applied.definition;
            !gone.contains(definition.url.as_str()) || self.fixed(ty, &definition.code)
        };
        let again = |applied: &Arc<Applied>| {
            let parts = &applied.definition.components;
            if !parts.iter().any(|part| gone.contains(part.definition.as_str())) {
                return Arc::clone(applied);
            }
            let now = Applied::new(&self.facts, ty, &applied.definition, &self.by_url);
            now.map_or_else(|_| Arc::clone(applied), Arc::new)
        };
        params.slots.values().map(|slot| &slot.applied).filter(stays).map(again).collect()
    }

    fn add(&mut self, param: &Arc<SearchParam>) {
        let mut problems = self.unknown_types(param);
        let mut outcomes: BTreeMap<Outcome, Vec<&'static str>> = BTreeMap::new();
        for ty in bases(&self.facts, param).iter() {
            match Applied::new(&self.facts, ty, param, &self.by_url) {
                Ok(applied) => {
                    if let Some(outcome) = self.take_code(ty, applied) {
                        outcomes.entry(outcome).or_default().push(type_name(&self.facts, ty));
                    }
                }
                Err(missing) => {
                    let message = format!("`{missing}`, a component of `{}`, is not defined", param.url);
                    problems.push(Diagnostic::error("unknown-component", NOWHERE, message));
                    break;
                }
            }
        }
        for (outcome, types) in outcomes {
            problems.push(outcome.diagnostic(param, &types));
            if let Outcome::TakenOver(from) = outcome {
                self.takeovers.push(Takeover { by: Arc::clone(param), from, types });
            }
        }
        self.problems.extend(problems.into_iter().map(|problem| (param.url.clone(), problem)));
    }

    /// Gives the code of `applied` its new meaning, if it is one and may be given.
    fn take_code(&mut self, ty: ResourceType, applied: Applied) -> Option<Outcome> {
        let new = Arc::clone(&applied.definition);
        let kept = self.kept(ty, &new);
        let params = self.types.get_mut(ty.index())?;
        let place = params.iter().position(|old| old.definition.code == new.code);
        let old = place.and_then(|place| params.get(place)).map(Arc::clone);
        if let Some(old) = &old {
            if old.means(&applied, &self.facts, ty) {
                return None;
            }
            if let Some(why) = kept {
                return Some(Outcome::Kept(old.definition.url.clone(), why));
            }
        }
        place.map(|place| params.remove(place));
        params.push(Arc::new(applied));
        old.map(|old| Outcome::TakenOver(old.definition.url.clone()))
    }

    /// Why a definition cannot take over the code that it has.
    fn kept(&self, ty: ResourceType, new: &SearchParam) -> Option<&'static str> {
        let in_compartment = || {
            let mut compartments = self.facts.compartments.iter();
            new.ty != ParamType::Reference && compartments.any(|known| known.params(ty).contains(&new.code))
        };
        if new.experimental {
            Some("is experimental")
        } else if new.code.starts_with('_') {
            Some("may not redefine a common parameter")
        } else if self.fixed(ty, &new.code) {
            Some("may not redefine what other searches rest on")
        } else if in_compartment() {
            Some("is no reference, as a compartment needs it")
        } else {
            None
        }
    }

    /// Whether the meaning of a code is the release's alone: common parameters, those that canonicals and hierarchies are
    /// followed by, the members of Lists.
    pub(super) fn fixed(&self, ty: ResourceType, code: &str) -> bool {
        let of_release = |code| self.release.types.get(ty.index()).is_some_and(|params| params.slot(code).is_some());
        match code {
            "url" | "version" => of_release("url") && of_release("version"),
            "item" if type_name(&self.facts, ty) == "List" => true,
            code if code.starts_with('_') => of_release(code),
            code => self.release.hierarchy(ty).is_some_and(|links| self.release.definition(links).code == code),
        }
    }

    fn unknown_types(&self, param: &SearchParam) -> Vec<Diagnostic> {
        let model = &self.facts.model;
        let bases = param.bases.iter().filter(|base| model.concrete(base).is_empty());
        let named = match &param.targets {
            Targets::Named(names) => names.as_slice(),
            Targets::Any | Targets::Unstated => &[],
        };
        let targets = named.iter().filter(|name| model.resource_type(name).is_none());
        [("base", bases.collect::<Vec<_>>()), ("target", targets.collect())]
            .into_iter()
            .filter_map(|(element, names)| self.unknown_type(param, element, &names))
            .collect()
    }

    /// The problem that `names` in an element of `param` name no type; none without names.
    fn unknown_type(&self, param: &SearchParam, element: &str, names: &[&String]) -> Option<Diagnostic> {
        let (first, rest) = names.split_first()?;
        let more = others(rest.len());
        let message = format!("`{first}`{more} in `SearchParameter.{element}` of `{}` is no resource type", param.url);
        let diagnostic = Diagnostic::error("unknown-type", NOWHERE, message);
        Some(match suggest::nearest(first, self.facts.model.resources.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        })
    }
}

impl Outcome {
    fn diagnostic(&self, param: &SearchParam, types: &[&str]) -> Diagnostic {
        let (code, url) = (&param.code, &param.url);
        let ty = types.first().copied().unwrap_or_default();
        let of = format!("`{ty}`{}", others(types.len().saturating_sub(1)));
        match self {
            Self::TakenOver(old) => {
                let message = format!("`{code}` of {of} is now defined by `{url}`, not by `{old}`");
                Diagnostic::warning(REDEFINED, NOWHERE, message)
            }
            Self::Kept(old, why) => {
                let message = format!("`{code}` of {of} stays defined by `{old}`: `{url}` {why}");
                Diagnostic::warning("unused-parameter", NOWHERE, message)
            }
        }
    }
}

/// The code of the warning that a definition has taken a code over.
pub(super) const REDEFINED: &str = "redefined-parameter";

/// Targets in alphabetical order, `Any` where they are all there: so that equal definitions are equal.
pub(super) fn normalise(facts: &Facts, mut param: SearchParam) -> SearchParam {
    if let Targets::Named(names) = &mut param.targets {
        names.sort_unstable();
        names.dedup();
        let known: TypeSet = names.iter().filter_map(|name| facts.model.resource_type(name)).collect();
        if known == facts.model.all_targets {
            param.targets = Targets::Any;
        }
    }
    param
}

/// ` and 3 more`; nothing for 0.
pub(super) fn others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// Definitions do not stand in the text of a query.
pub(super) const NOWHERE: Span = Span { start: 0, end: 0 };
