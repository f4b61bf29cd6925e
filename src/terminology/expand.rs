//! The codes of a value set, by its definition. FHIR R4 4.9.8.

use super::StoredTerminology;
use super::expansion;
use super::filter::{Unclear, passing};
use super::value_set::{Compose, Content, Include, ValueSet};
use crate::resolve::{Code, MAX_CODES, TerminologyError};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many value sets may stand inside each other.
pub const MAX_NESTING: usize = 32;

pub(super) type Codes = BTreeSet<Code>;

/// What the store does not hold itself.
#[derive(Clone, Debug)]
pub(super) enum Question<'q> {
    /// The codes of a value set, by its canonical.
    ValueSet(&'q str),
    /// The codes of a system that pass filters.
    Include(&'q Include),
}

/// Who is asked for it.
pub(super) type Elsewhere<'t> = &'t dyn Fn(Question<'_>) -> Result<Codes, TerminologyError>;

/// One expansion, with those of the value sets inside it.
pub(super) struct Expander<'t> {
    terminology: &'t StoredTerminology,
    elsewhere: Option<Elsewhere<'t>>,
    /// The value sets that are being expanded, by logical id: one that comes up again contains itself.
    open: Vec<&'t str>,
    /// Those that are done. A value set may stand in many places.
    done: BTreeMap<&'t str, Rc<Codes>>,
}

impl<'t> Expander<'t> {
    pub(super) fn new(terminology: &'t StoredTerminology, elsewhere: Option<Elsewhere<'t>>) -> Self {
        Expander { terminology, elsewhere, open: Vec::new(), done: BTreeMap::new() }
    }

    /// All codes of the value set of this name: a stored one, else all codes of a stored system, else one that is known
    /// elsewhere. What a logical id names is here or nowhere.
    pub(super) fn named(&mut self, name: &str) -> Result<Rc<Codes>, TerminologyError> {
        let unknown = match self.terminology.value_set(name) {
            Ok((id, set)) => return self.expand(id, set),
            Err(error @ TerminologyError::UnknownValueSet(_)) => error,
            Err(error) => return Err(error),
        };
        if let Some(system) = self.terminology.system_of_value_set(name)? {
            return Ok(Rc::new(system.all()?.into_iter().filter_map(|at| system.code(at)).collect()));
        }
        match self.elsewhere.filter(|_| !name.starts_with("ValueSet/")) {
            Some(ask) => Ok(Rc::new(ask(Question::ValueSet(name))?)),
            None => Err(unknown),
        }
    }

    /// All codes of a value set.
    fn expand(&mut self, id: &'t str, set: &'t ValueSet) -> Result<Rc<Codes>, TerminologyError> {
        if let Some(done) = self.done.get(id) {
            return Ok(Rc::clone(done));
        }
        if self.open.contains(&id) {
            return Err(TerminologyError::Cycle(set.name.clone()));
        }
        if self.open.len() >= MAX_NESTING {
            return Err(TerminologyError::TooDeep(set.name.clone()));
        }
        self.open.push(id);
        let codes = self.content(set);
        self.open.pop();
        let codes = codes?;
        if codes.len() > MAX_CODES {
            return Err(TerminologyError::TooMany);
        }
        let codes = Rc::new(codes);
        self.done.insert(id, Rc::clone(&codes));
        Ok(codes)
    }

    /// The definition decides. Where it is missing or what is stored does not suffice to follow it, an expansion that is
    /// stored with it does, if it is complete. Nobody else is asked for what that says.
    fn content(&mut self, set: &'t ValueSet) -> Result<Codes, TerminologyError> {
        let Content { modifier_extension, compose, expansion } =
            set.content.as_ref().map_err(|why| incomplete(set, why.clone()))?;
        if modifier_extension.is_some() {
            return Err(unsupported(set, "has a modifier extension"));
        }
        let listed = expansion.as_ref().map(|listed| expansion::codes(self.terminology, listed));
        match (compose, listed) {
            (Some(compose), Some(Ok(codes))) => {
                let elsewhere = self.elsewhere.take();
                let defined = self.compose(set, compose);
                self.elsewhere = elsewhere;
                Ok(defined.unwrap_or(codes))
            }
            (Some(compose), _) => self.compose(set, compose),
            (None, Some(listed)) => listed.map_err(|why| incomplete(set, why)),
            (None, None) => Err(incomplete(set, "it says nothing of its codes".to_owned())),
        }
    }

    fn compose(&mut self, set: &'t ValueSet, compose: &'t Compose) -> Result<Codes, TerminologyError> {
        let Compose { locked_date, inactive, include, exclude } = compose;
        if locked_date.is_some() {
            return Err(unsupported(set, "is locked to a date"));
        }
        if *inactive == Some(false) {
            return Err(unsupported(set, "leaves out inactive codes"));
        }
        if include.is_empty() {
            return Err(incomplete(set, "it includes nothing".to_owned()));
        }
        let mut codes = Codes::new();
        for include in include {
            codes.extend(self.include(set, include)?);
        }
        for exclude in exclude {
            codes = &codes - &self.include(set, exclude)?;
        }
        Ok(codes)
    }

    /// Codes of a system, of another value set, or those in both.
    fn include(&mut self, set: &'t ValueSet, include: &'t Include) -> Result<Codes, TerminologyError> {
        if include.modifier_extension.is_some() {
            return Err(unsupported(set, "has a modifier extension"));
        }
        let inner = match include.value_set.as_slice() {
            [] => None,
            [only] => Some(self.named(only)?),
            // R4 reads several as their union in one place and as their intersection in another, as R5 does.
            _ => return Err(unsupported(set, "includes several value sets at once")),
        };
        match (&include.system, inner) {
            (Some(system), None) => self.of_system(set, system, include),
            (Some(system), Some(inner)) if include.concept.is_empty() && include.filter.is_empty() => {
                Ok(inner.iter().filter(|code| code.system == *system).cloned().collect())
            }
            (Some(system), Some(inner)) => Ok(&self.of_system(set, system, include)? & &*inner),
            (None, Some(inner)) if include.concept.is_empty() && include.filter.is_empty() => Ok((*inner).clone()),
            (None, _) => Err(incomplete(set, "it includes codes without a system".to_owned())),
        }
    }

    /// The codes that are listed, or those of the system that pass all filters.
    fn of_system(&self, set: &ValueSet, url: &str, include: &Include) -> Result<Codes, TerminologyError> {
        if !include.concept.is_empty() {
            if !include.filter.is_empty() {
                return Err(unsupported(set, "filters a list of codes"));
            }
            return Ok(include.concept.iter().map(|concept| self.terminology.spelled(url, &concept.code)).collect());
        }
        let version = include.version.as_deref();
        if let (Some(ask), false) = (self.elsewhere, self.terminology.holds(url, version)) {
            return ask(Question::Include(&Include { value_set: Vec::new(), ..include.clone() }));
        }
        let system = self.terminology.system(url, version)?;
        let all = system.all()?;
        let mut found = all.clone();
        for filter in &include.filter {
            let passing = passing(system, &all, filter).map_err(|unclear| match unclear {
                Unclear::Filter(what) => unsupported(set, &what),
                Unclear::System(error) => error,
            })?;
            found = &found & &passing;
        }
        Ok(found.into_iter().filter_map(|at| system.code(at)).collect())
    }
}

fn incomplete(set: &ValueSet, why: String) -> TerminologyError {
    TerminologyError::Incomplete { ty: "ValueSet", name: set.name.clone(), why }
}

fn unsupported(set: &ValueSet, what: &str) -> TerminologyError {
    TerminologyError::Unsupported { ty: "ValueSet", name: set.name.clone(), what: what.to_owned() }
}
