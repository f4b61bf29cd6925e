//! Terminology from stored resources: value sets expanded, hierarchies of code systems followed.
//!
//! Behind them may stand a terminology server, for what is not stored: [`ExternalTerminology`].
//!
//! All CodeSystems and ValueSets of a tenant are held in memory. What they do not say completely is an error; the limits
//! are [`MAX_CODES`](crate::resolve::MAX_CODES) codes and [`MAX_NESTING`] value sets inside each other.

mod code_system;
mod concept;
mod expand;
mod expansion;
mod external;
mod filter;
mod value_set;

use crate::ir::CodeCase;
use crate::resolve::{Code, Direction, Terminology, TerminologyError};
use crate::values::split_canonical;
use code_system::CodeSystem;
use expand::Expander;
use serde::Deserialize;
use std::collections::BTreeMap;
use value_set::ValueSet;

pub use expand::MAX_NESTING;
pub use external::{ExternalTerminology, MAX_QUESTIONS, Reply, TerminologyServer, Unanswered};
#[cfg(feature = "http")]
pub use external::{HttpServer, InvalidServer};

/// The CodeSystems and ValueSets of a store, as they stand when they are read.
#[derive(Clone, Debug, Default)]
pub struct StoredTerminology {
    /// By url; the versions of one url in the order in which they were added.
    systems: BTreeMap<String, Vec<CodeSystem>>,
    /// By logical id.
    value_sets: BTreeMap<String, ValueSet>,
    /// Logical ids by url.
    by_url: BTreeMap<String, Vec<String>>,
}

/// What every resource has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    resource_type: String,
    id: Option<String>,
    url: Option<String>,
    version: Option<String>,
}

impl StoredTerminology {
    /// Adds a CodeSystem or ValueSet. Other resources say nothing here, nor does text that is no resource.
    pub fn add(&mut self, body: &str) {
        let Ok(header) = serde_json::from_str::<Header>(body) else { return };
        match (header.resource_type.as_str(), header.url, header.id) {
            ("CodeSystem", Some(url), _) => {
                let system = CodeSystem::read(&url, header.version, body);
                self.systems.entry(url).or_default().push(system);
            }
            ("ValueSet", url, Some(id)) => {
                let name = url.clone().unwrap_or_else(|| format!("ValueSet/{id}"));
                if let Some(url) = url {
                    self.by_url.entry(url).or_default().push(id.clone());
                }
                self.value_sets.insert(id, ValueSet::read(name, header.version, body));
            }
            _ => {}
        }
    }

    /// The one CodeSystem of this url, and this version where one is named.
    fn system(&self, url: &str, version: Option<&str>) -> Result<&CodeSystem, TerminologyError> {
        let all = self.systems.get(url).ok_or_else(|| TerminologyError::UnknownSystem(url.to_owned()))?;
        let mut fitting = all.iter().filter(|system| version.is_none_or(|version| system.has_version(version)));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(TerminologyError::Incomplete {
                ty: "CodeSystem",
                name: url.to_owned(),
                why: format!("version `{}` is not stored", version.unwrap_or_default()),
            }),
            _ => Err(TerminologyError::Ambiguous { ty: "CodeSystem", url: url.to_owned() }),
        }
    }

    /// A code as its system writes it, where case does not count there: so that sets of codes compare.
    fn spelled(&self, system: &str, code: &str) -> Code {
        let as_written = || Code { system: system.to_owned(), code: code.to_owned() };
        let Ok(stored) = self.system(system, None) else { return as_written() };
        if stored.case_sensitive == Some(true) || stored.lists(code, CodeCase::Sensitive) {
            return as_written();
        }
        let found = stored.find(code, CodeCase::Insensitive);
        found.first().and_then(|&at| stored.code(at)).unwrap_or_else(as_written)
    }

    /// Whether the codes of a system are stored here, of this version if one is named.
    fn holds(&self, url: &str, version: Option<&str>) -> bool {
        self.systems.get(url).is_some_and(|versions| versions.iter().any(|system| system.holds(version)))
    }

    /// The stored system whose `valueSet` has this name, if its codes are here.
    fn system_of_value_set(&self, name: &str) -> Result<Option<&CodeSystem>, TerminologyError> {
        let systems = self.systems.values().flatten();
        let mut fitting = systems.filter(|system| system.holds(None) && system.is_all_of(name));
        match (fitting.next(), fitting.next()) {
            (only, None) => Ok(only),
            _ => Err(TerminologyError::Ambiguous { ty: "CodeSystem", url: name.to_owned() }),
        }
    }

    /// The one ValueSet of this name, and its logical id: `url`, `url|version`, `ValueSet/id`.
    fn value_set(&self, name: &str) -> Result<(&str, &ValueSet), TerminologyError> {
        let unknown = || TerminologyError::UnknownValueSet(name.to_owned());
        if let Some(id) = name.strip_prefix("ValueSet/") {
            return self.value_sets.get_key_value(id).map(|(id, set)| (id.as_str(), set)).ok_or_else(unknown);
        }
        let (url, version) = split_canonical(name);
        let version = (!version.is_empty()).then_some(version);
        let ids = self.by_url.get(url.as_ref()).ok_or_else(unknown)?;
        let sets = ids.iter().filter_map(|id| Some((id.as_str(), self.value_sets.get(id)?)));
        let mut fitting = sets.filter(|(_, set)| version.is_none_or(|version| set.has_version(version)));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(unknown()),
            _ => Err(TerminologyError::Ambiguous { ty: "ValueSet", url: url.into_owned() }),
        }
    }
}

impl Terminology for StoredTerminology {
    /// Where versions disagree case does not count: in doubt a search finds more (item 58).
    fn is_case_sensitive(&self, system: &str) -> Option<bool> {
        let stated = self.systems.get(system)?.iter().filter_map(|system| system.case_sensitive);
        stated.reduce(|one, other| one && other)
    }

    fn expand(&self, value_set: &str) -> Result<Vec<Code>, TerminologyError> {
        Ok(Expander::new(self, None).named(value_set)?.iter().cloned().collect())
    }

    fn related(
        &self,
        direction: Direction,
        system: Option<&str>,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError> {
        if let Some(url) = system {
            return self.system(url, None)?.related(direction, code, case);
        }
        // One that is not here completely may have the code, and more below it.
        let may_have = |versions: &&Vec<CodeSystem>| {
            versions.iter().any(|system| system.defines() && (system.all().is_err() || system.lists(code, case)))
        };
        let mut found = Vec::new();
        for (url, _) in self.systems.iter().filter(|(_, versions)| may_have(versions)) {
            found.extend(self.system(url, None)?.related(direction, code, case)?);
        }
        match found.is_empty() {
            true => Err(TerminologyError::UnknownCode { system: None, code: code.to_owned() }),
            false => Ok(found),
        }
    }
}
