//! A CodeSystem: its codes and which of them subsume which. FHIR R4 4.8.

use super::concept::{Concept, Declaration, Resource};
use crate::ir::CodeCase;
use crate::resolve::{Code, Direction, TerminologyError};
use crate::values::fold_code;
use std::collections::{BTreeMap, BTreeSet};

/// A concept, by its place among those of its system.
pub(super) type At = usize;

/// The codes of a system and its hierarchy.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeSystem {
    url: String,
    version: Option<String>,
    pub(super) case_sensitive: Option<bool>,
    /// The canonical of the value set of all its codes.
    value_set: Option<String>,
    /// Whether the resource means to list all codes. Others name the system, and hold a part of it or nothing.
    is_held: bool,
    /// Why not all codes are known.
    gap: Option<String>,
    /// Why its hierarchy is none of subsumption.
    no_subsumption: Option<String>,
    concepts: Vec<Entry>,
    by_code: BTreeMap<String, At>,
    by_folded: BTreeMap<String, Vec<At>>,
    declared: BTreeSet<String>,
}

/// A concept with the ends of its edges.
#[derive(Clone, Debug, Default)]
struct Entry {
    code: String,
    properties: Vec<(String, String)>,
    parents: Vec<At>,
    children: Vec<At>,
}

/// What a property says of the hierarchy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Parent,
    Child,
}

impl CodeSystem {
    /// Reads the resource with this url and version.
    pub(super) fn read(url: &str, version: Option<String>, body: &str) -> CodeSystem {
        let mut system = CodeSystem { url: url.to_owned(), version, is_held: true, ..CodeSystem::default() };
        match serde_json::from_str::<Resource>(body) {
            Ok(resource) => system.fill(resource),
            Err(error) => system.gap = Some(format!("it cannot be read, {error}")),
        }
        system
    }

    fn fill(&mut self, resource: Resource) {
        let Resource { case_sensitive, value_set, hierarchy_meaning, content, count, property, concept } = resource;
        (self.case_sensitive, self.value_set) = (case_sensitive, value_set);
        self.declared = property.iter().map(|declared| declared.code.clone()).collect();
        if content.as_deref() != Some("complete") {
            self.is_held = false;
            self.gap = Some(format!("its content is `{}`", content.unwrap_or_default()));
        }
        self.nest(concept);
        self.link(&property);
        if count.is_some_and(|count| count > self.concepts.len()) {
            self.gap = Some("it lists fewer concepts than its count says".to_owned());
        }
        // Without a meaning, and in a classification, what stands inside is taken as subsumed.
        let meaning = hierarchy_meaning.filter(|meaning| matches!(meaning.as_str(), "part-of" | "grouped-by"));
        let has_edges = self.concepts.iter().any(|entry| !entry.parents.is_empty());
        self.no_subsumption = meaning.filter(|_| has_edges).map(|meaning| format!("has a hierarchy of `{meaning}`"));
    }

    /// Takes the concepts in; one inside another is subsumed by it.
    fn nest(&mut self, concepts: Vec<Concept>) {
        let mut rest: Vec<(Option<At>, Concept)> = concepts.into_iter().map(|concept| (None, concept)).collect();
        while let Some((parent, Concept { code, property, concept })) = rest.pop() {
            let at = self.intern(code);
            let properties =
                property.into_iter().filter_map(|property| Some((property.code.clone(), property.text()?)));
            if let Some(entry) = self.concepts.get_mut(at) {
                entry.properties.extend(properties);
            }
            if let Some(parent) = parent {
                self.edge(parent, at);
            }
            rest.extend(concept.into_iter().map(|inside| (Some(at), inside)));
        }
    }

    fn intern(&mut self, code: String) -> At {
        if let Some(&at) = self.by_code.get(&code) {
            return at;
        }
        let at = self.concepts.len();
        self.by_folded.entry(fold_code(&code)).or_default().push(at);
        self.by_code.insert(code.clone(), at);
        self.concepts.push(Entry { code, ..Entry::default() });
        at
    }

    /// Edges that properties name: `parent`, `child`, `subsumedBy`, or others declared to mean these.
    fn link(&mut self, declared: &[Declaration]) {
        let mut edges = Vec::new();
        for (at, entry) in self.concepts.iter().enumerate() {
            for (property, value) in &entry.properties {
                let Some(role) = role(property, declared) else { continue };
                match self.by_code.get(value) {
                    Some(&other) if role == Role::Parent => edges.push((other, at)),
                    Some(&other) => edges.push((at, other)),
                    None => {
                        self.gap = Some(format!("`{}` has the {property} `{value}`, which it lacks", entry.code));
                    }
                }
            }
        }
        edges.into_iter().for_each(|(parent, child)| self.edge(parent, child));
    }

    fn edge(&mut self, parent: At, child: At) {
        if let Some(entry) = self.concepts.get_mut(parent) {
            entry.children.push(child);
        }
        if let Some(entry) = self.concepts.get_mut(child) {
            entry.parents.push(parent);
        }
    }

    /// Whether this is the version, or a resource without one.
    pub(super) fn has_version(&self, version: &str) -> bool {
        self.version.as_deref() == Some(version)
    }

    /// Whether the codes of the system are here, if it is this version; an unreadable resource holds them too.
    pub(super) fn holds(&self, version: Option<&str>) -> bool {
        self.is_held && version.is_none_or(|version| self.has_version(version))
    }

    /// Whether the value set of this name is that of all its codes (`CodeSystem.valueSet`).
    pub(super) fn is_all_of(&self, name: &str) -> bool {
        let split = |name| match str::rsplit_once(name, '|') {
            Some((url, version)) => (url, Some(version)),
            None => (name, None),
        };
        let Some((url, own)) = self.value_set.as_deref().map(split) else { return false };
        let (wanted, version) = split(name);
        wanted == url && version.is_none_or(|version| own.or(self.version.as_deref()) == Some(version))
    }

    /// All of its concepts.
    ///
    /// # Errors
    /// Not all are known.
    pub(super) fn all(&self) -> Result<BTreeSet<At>, TerminologyError> {
        match &self.gap {
            None => Ok((0..self.concepts.len()).collect()),
            Some(why) => {
                Err(TerminologyError::Incomplete { ty: "CodeSystem", name: self.url.clone(), why: why.clone() })
            }
        }
    }

    /// Whether it lists a code.
    pub(super) fn lists(&self, code: &str, case: CodeCase) -> bool {
        !self.find(code, case).is_empty()
    }

    /// The concepts with a code; several where codes differ by case alone, and case does not count.
    pub(super) fn find(&self, code: &str, case: CodeCase) -> Vec<At> {
        match case {
            CodeCase::Sensitive => self.by_code.get(code).copied().into_iter().collect(),
            CodeCase::Insensitive => self.by_folded.get(&fold_code(code)).cloned().unwrap_or_default(),
        }
    }

    /// A code and what is above or below it.
    pub(super) fn related(
        &self,
        direction: Direction,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError> {
        self.all()?;
        let start = self.find(code, case);
        if start.is_empty() {
            return Err(TerminologyError::UnknownCode { system: Some(self.url.clone()), code: code.to_owned() });
        }
        let mut codes: Vec<Code> = self.closure(direction, start)?.into_iter().filter_map(|at| self.code(at)).collect();
        codes.sort_unstable();
        Ok(codes)
    }

    /// Some concepts and all above or below them, on whatever paths; cycles end where they began.
    pub(super) fn closure(&self, direction: Direction, start: Vec<At>) -> Result<BTreeSet<At>, TerminologyError> {
        if let Some(what) = &self.no_subsumption {
            let (name, what) = (self.url.clone(), what.clone());
            return Err(TerminologyError::Unsupported { ty: "CodeSystem", name, what });
        }
        let mut found = BTreeSet::new();
        let mut rest = start;
        while let Some(at) = rest.pop() {
            let Some(entry) = self.concepts.get(at) else { continue };
            if found.insert(at) {
                rest.extend(match direction {
                    Direction::Above => &entry.parents,
                    Direction::Below => &entry.children,
                });
            }
        }
        Ok(found)
    }

    /// The code of a concept.
    pub(super) fn code(&self, at: At) -> Option<Code> {
        let entry = self.concepts.get(at)?;
        Some(Code { system: self.url.clone(), code: entry.code.clone() })
    }

    /// Whether its concepts can have such a property. `code` and `concept` are the code itself; `parent` and `child`
    /// follow the hierarchy, however it is written.
    pub(super) fn has_property(&self, property: &str) -> bool {
        matches!(property, "code" | "concept" | "parent" | "child") || self.declared.contains(property)
    }

    /// The values of a property of a concept.
    pub(super) fn values(&self, at: At, property: &str) -> Vec<&str> {
        let Some(entry) = self.concepts.get(at) else { return Vec::new() };
        let codes = |ends: &[At]| {
            ends.iter().filter_map(|&end| self.concepts.get(end)).map(|entry| entry.code.as_str()).collect::<Vec<_>>()
        };
        match property {
            "code" | "concept" => vec![&entry.code],
            "parent" => codes(&entry.parents),
            "child" => codes(&entry.children),
            _ => {
                entry.properties.iter().filter(|(name, _)| name == property).map(|(_, value)| value.as_str()).collect()
            }
        }
    }
}

/// FHIR R4 4.8.14: `http://hl7.org/fhir/concept-properties#parent` and its like, under whatever code.
fn role(property: &str, declared: &[Declaration]) -> Option<Role> {
    let uri = declared.iter().find(|declared| declared.code == property).and_then(|declared| declared.uri.as_deref());
    let name = uri.and_then(|uri| uri.strip_prefix("http://hl7.org/fhir/concept-properties#")).unwrap_or(property);
    match name {
        "parent" | "subsumedBy" => Some(Role::Parent),
        "child" => Some(Role::Child),
        _ => None,
    }
}
