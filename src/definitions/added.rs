//! Adds definitions to a registry: what they change, and what is wrong with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use fhirc_grammar::{Diagnostic, Span};

use super::Registry;
use super::apply::Applied;
use super::composite::targets;
use super::expression::branches;
use super::param::{SearchParam, Targets};
use super::types::{ResourceType, TypeSet};

/// What became of a definition for one resource type whose code another definition had, named by its URL.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    TakenOver(String),
    Kept(String),
    Full,
}

impl Registry {
    /// This registry with further definitions, and what is wrong with them.
    ///
    /// Parameters that are here already keep their slots; new ones are appended per type. A definition with the URL
    /// of another one replaces it under a new slot, unless they say the same. Where its code is defined by another
    /// URL already, it takes the code over with a warning if it means something else; but the common parameters of the
    /// specification (`_id`) stay what they are, and an experimental definition takes nothing over. A composite with an
    /// undefined part is left out, with an error.
    #[must_use]
    pub fn with_params(&self, extra: Vec<SearchParam>) -> (Self, Vec<Diagnostic>) {
        let mut next = self.clone();
        let mut diagnostics = Vec::new();
        // All definitions are known before any is applied, since parts of composites may come in any order.
        let mut changed = BTreeMap::new();
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

    fn add(&mut self, param: &Arc<SearchParam>, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.extend(self.unknown_types(param));
        let mut outcomes: BTreeMap<Outcome, Vec<&str>> = BTreeMap::new();
        for ty in self.bases(param).iter() {
            match self.apply(ty, param) {
                Ok(applied) => {
                    if let Some(outcome) = self.take_code(ty, applied) {
                        outcomes.entry(outcome).or_default().push(self.type_name(ty));
                    }
                }
                Err(missing) => {
                    let message = format!("`{missing}`, a component of `{}`, is not defined", param.url);
                    diagnostics.push(Diagnostic::error("unknown-component", NOWHERE, message));
                    return;
                }
            }
        }
        diagnostics.extend(outcomes.into_iter().map(|(outcome, types)| outcome.diagnostic(param, &types)));
    }

    /// Gives the code of `applied` its new meaning, if it is one and may be given.
    fn take_code(&mut self, ty: ResourceType, applied: Applied) -> Option<Outcome> {
        let new = Arc::clone(&applied.definition);
        let params = self.types.get_mut(ty.index())?;
        let old = params.current(&new.code).map(|old| Arc::clone(&old.definition));
        if let Some(old) = &old {
            if self.same_meaning(ty, old, &new) {
                return None;
            }
            if new.experimental || new.code.starts_with('_') {
                return Some(Outcome::Kept(old.url.clone()));
            }
        }
        if !self.push(ty, applied) {
            return Some(Outcome::Full);
        }
        old.map(|old| Outcome::TakenOver(old.url.clone()))
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

    /// Targets in alphabetical order, `Any` where they are all there: so that equal definitions are equal.
    fn normalise(&self, mut param: SearchParam) -> SearchParam {
        if let Targets::Named(names) = &mut param.targets {
            names.sort_unstable();
            names.dedup();
            let known: TypeSet = names.iter().filter_map(|name| self.resource_type(name)).collect();
            if known == self.facts.model.all_targets {
                param.targets = Targets::Any;
            }
        }
        param
    }

    fn unknown_types(&self, param: &SearchParam) -> Vec<Diagnostic> {
        let bases = param.bases.iter().filter(|base| self.facts.model.concrete(base).is_empty());
        let named = match &param.targets {
            Targets::Named(names) => names.as_slice(),
            Targets::Any | Targets::Unstated => &[],
        };
        let targets = named.iter().filter(|name| self.resource_type(name).is_none());
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
        Some(match self.nearest_type(first) {
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
                Diagnostic::warning("redefined-parameter", NOWHERE, message)
            }
            Self::Kept(old) => {
                let why = if param.experimental { "is experimental" } else { "may not redefine a common parameter" };
                let message = format!("`{code}` of {of} stays defined by `{old}`: `{url}` {why}");
                Diagnostic::warning("unused-parameter", NOWHERE, message)
            }
            Self::Full => {
                let message = format!("{of} has no room for `{url}`");
                Diagnostic::error("too-many-parameters", NOWHERE, message)
            }
        }
    }
}

/// ` and 3 more`; nothing for 0.
fn others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

/// Definitions do not stand in the text of a query.
const NOWHERE: Span = Span { start: 0, end: 0 };
