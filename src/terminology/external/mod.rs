//! A terminology server behind the stored resources: it is asked for what the store does not hold. FHIR R4 `terminology-service.html`.
//!
//! | what a search names | who answers |
//! |---|---|
//! | a value set that is stored, or all codes of a stored system (`CodeSystem.valueSet`) | its definition |
//! | a value set that is not stored | `ValueSet/$expand` of its url |
//! | an `include` of a stored value set, of a system that is not stored | `ValueSet/$expand` of that include |
//! | codes below or above one, in a stored system | its hierarchy |
//! | codes below or above one, in another system | `ValueSet/$expand` of a value set with the filter `is-a` or `generalizes`; where that lacks the code itself, `CodeSystem/$subsumes` tells whether the code exists |
//! | codes below or above one that names no system | all stored systems that have it; if one is stored in part, nobody |
//!
//! A system is stored where a CodeSystem of its url has the `content` `complete`; `fragment`, `example` and `not-present`
//! leave it to the server. Answers are remembered within one search, and forgotten behind it.

mod answer;
mod expand;
#[cfg(feature = "http")]
mod http;
mod subsumes;

#[cfg(feature = "http")]
pub use http::{HttpServer, InvalidServer};

use super::StoredTerminology;
use super::expand::{Codes, Expander, Question};
use super::value_set::{Filter, Include};
use crate::ir::CodeCase;
use crate::resolve::{Code, Direction, Terminology, TerminologyError};
use crate::values::fold_code;
use answer::Failure;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The most requests that one search may send to a terminology server, pages of an expansion included.
pub const MAX_QUESTIONS: usize = 100;

/// How a terminology server is reached.
pub trait TerminologyServer: fmt::Debug + Send + Sync {
    /// Its url as it may be shown: without credentials.
    fn name(&self) -> &str;

    /// Sends `POST [base]/operation` with the resource `body`, and waits for the answer.
    ///
    /// # Errors
    /// There is no answer that could be read.
    fn post(&self, operation: &str, body: &str) -> Result<Reply, Unanswered>;

    /// A text of the server without what must not be shown, should it repeat credentials.
    fn hide(&self, text: &str) -> String {
        text.to_owned()
    }
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code of HTTP.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What a server did in place of an answer, as it goes behind its name: `did not answer within 10 s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered(pub String);

/// The CodeSystems and ValueSets of a store, and a terminology server for those that it does not hold.
///
/// Every question to the server blocks the thread: a search is best compiled where that harms nobody, as
/// `runtime::compile` does.
#[derive(Clone, Debug)]
pub struct ExternalTerminology {
    stored: Arc<StoredTerminology>,
    server: Arc<dyn TerminologyServer>,
}

impl ExternalTerminology {
    /// `server` behind `stored`.
    pub fn new(stored: StoredTerminology, server: Arc<dyn TerminologyServer>) -> Self {
        ExternalTerminology { stored: Arc::new(stored), server }
    }

    fn session(&self) -> Session {
        Session { terminology: self.clone(), memory: Mutex::default() }
    }
}

impl Terminology for ExternalTerminology {
    fn is_case_sensitive(&self, system: &str) -> Option<bool> {
        self.stored.is_case_sensitive(system)
    }

    fn expand(&self, value_set: &str) -> Result<Vec<Code>, TerminologyError> {
        self.session().expand(value_set)
    }

    fn related(
        &self,
        direction: Direction,
        system: Option<&str>,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError> {
        self.session().related(direction, system, code, case)
    }

    fn for_search(&self) -> Option<Arc<dyn Terminology>> {
        Some(Arc::new(self.session()))
    }

    fn waits(&self) -> bool {
        true
    }
}

/// The questions of one search.
#[derive(Debug)]
struct Session {
    terminology: ExternalTerminology,
    memory: Mutex<Memory>,
}

/// What was asked.
#[derive(Debug, Default)]
struct Memory {
    /// Requests sent.
    questions: usize,
    /// What became of expansions, by what was sent.
    expansions: BTreeMap<String, Result<Codes, TerminologyError>>,
}

impl Session {
    /// Sends an operation, if the search may still ask.
    fn post(&self, operation: &str, body: &str) -> Result<Reply, Failure> {
        {
            let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            if memory.questions >= MAX_QUESTIONS {
                return Err(Failure::Other(TerminologyError::TooManyQuestions(MAX_QUESTIONS)));
            }
            memory.questions += 1;
        }
        let server = &self.terminology.server;
        server.post(operation, body).map_err(|Unanswered(what)| Failure::Other(self.failed(what)))
    }

    fn failed(&self, what: String) -> TerminologyError {
        TerminologyError::Server { server: self.terminology.server.name().to_owned(), what }
    }

    /// Words of the server as they stand in a message.
    fn words(&self, text: &str) -> String {
        answer::words(&self.terminology.server.hide(text))
    }

    /// All codes of an expansion that the server makes.
    fn ask(&self, question: Question<'_>) -> Result<Codes, TerminologyError> {
        let wanted = expand::Wanted::of(&question);
        let memory = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = memory().expansions.get(&wanted.key) {
            return known.clone();
        }
        let found = expand::expand(self, &wanted);
        memory().expansions.insert(wanted.key, found.clone());
        found
    }

    /// A code and what is above or below it in a system that is not stored.
    fn hierarchy(
        &self,
        direction: Direction,
        system: &str,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError> {
        // FHIR R4 4.9.6: both filters include the concept itself.
        let op = match direction {
            Direction::Below => "is-a",
            Direction::Above => "generalizes",
        };
        let filter = Filter { property: "concept".to_owned(), op: op.to_owned(), value: code.to_owned() };
        let include = Include { system: Some(system.to_owned()), filter: vec![filter], ..Include::default() };
        let mut found = self.ask(Question::Include(&include))?;
        let is_same = |other: &Code| match case {
            CodeCase::Sensitive => other.code == code,
            CodeCase::Insensitive => fold_code(&other.code) == fold_code(code),
        };
        if !found.iter().any(|other| other.system == system && is_same(other)) {
            subsumes::exists(self, system, code)?;
            found.insert(Code { system: system.to_owned(), code: code.to_owned() });
        }
        Ok(found.into_iter().collect())
    }
}

impl Terminology for Session {
    fn is_case_sensitive(&self, system: &str) -> Option<bool> {
        self.terminology.is_case_sensitive(system)
    }

    fn expand(&self, value_set: &str) -> Result<Vec<Code>, TerminologyError> {
        let ask = |question: Question<'_>| self.ask(question);
        let codes = Expander::new(&self.terminology.stored, Some(&ask)).named(value_set)?;
        Ok(codes.iter().cloned().collect())
    }

    fn related(
        &self,
        direction: Direction,
        system: Option<&str>,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError> {
        let stored = &self.terminology.stored;
        match system {
            Some(url) if !stored.holds(url, None) => self.hierarchy(direction, url, code, case),
            Some(_) => stored.related(direction, system, code, case),
            // The server has systems that nobody can list: that none has the code is more than we know.
            None => stored.related(direction, system, code, case).map_err(|error| match error {
                TerminologyError::UnknownCode { system: None, code } => TerminologyError::NoSystem(code),
                other => other,
            }),
        }
    }
}
