//! What resolution asks of a terminology: the codes of value sets, and the hierarchy of code systems.

use crate::ir::CodeCase;
pub use crate::ir::Direction;
use std::fmt;
use std::sync::Arc;

/// The most codes that the value sets and hierarchies of one search may name together.
pub const MAX_CODES: usize = 10_000;

/// A code of a code system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The url of the system.
    pub system: String,
    /// The code.
    pub code: String,
}

/// Value sets and code systems. What is not known completely is an error, never a shorter list (item 69).
pub trait Terminology: fmt::Debug + Send + Sync {
    /// Whether case counts in the codes of a system, where a CodeSystem says so (decision 58).
    fn is_case_sensitive(&self, system: &str) -> Option<bool>;

    /// Every code of a value set, named by its canonical url, `url|version` or `ValueSet/id`; sorted, each once.
    ///
    /// # Errors
    /// The value set is not known, or not all of its codes are.
    fn expand(&self, value_set: &str) -> Result<Vec<Code>, TerminologyError>;

    /// The code and all above or below it in a system, or in every system that has it (decision 70); sorted, each once.
    ///
    /// # Errors
    /// The system or the code is not known, or the system not completely.
    fn related(
        &self,
        direction: Direction,
        system: Option<&str>,
        code: &str,
        case: CodeCase,
    ) -> Result<Vec<Code>, TerminologyError>;

    /// What answers the questions of one search, where that is not the terminology itself: one that asks others
    /// remembers what they said for so long.
    fn for_search(&self) -> Option<Arc<dyn Terminology>> {
        None
    }

    /// Whether an answer may have to be waited for, so that a thread that must not wait should not ask.
    fn waits(&self) -> bool {
        false
    }
}

/// No terminology: a search that needs one is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTerminology;

impl Terminology for NoTerminology {
    fn is_case_sensitive(&self, _: &str) -> Option<bool> {
        None
    }

    fn expand(&self, _: &str) -> Result<Vec<Code>, TerminologyError> {
        Err(TerminologyError::NoTerminology)
    }

    fn related(&self, _: Direction, _: Option<&str>, _: &str, _: CodeCase) -> Result<Vec<Code>, TerminologyError> {
        Err(TerminologyError::NoTerminology)
    }
}

/// Why a terminology cannot answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminologyError {
    /// There is none.
    NoTerminology,
    /// No such value set.
    UnknownValueSet(String),
    /// No such code system.
    UnknownSystem(String),
    /// The system, or without one no system at all, has no such code.
    UnknownCode {
        /// The system.
        system: Option<String>,
        /// The code.
        code: String,
    },
    /// Several versions, and nothing says which one is meant.
    Ambiguous {
        /// `CodeSystem` or `ValueSet`.
        ty: &'static str,
        /// The url they share.
        url: String,
    },
    /// Not all of it is known.
    Incomplete {
        /// `CodeSystem` or `ValueSet`.
        ty: &'static str,
        /// Its url, or its id where it has none.
        name: String,
        /// What is missing.
        why: String,
    },
    /// It is defined in a way that is not followed.
    Unsupported {
        /// `CodeSystem` or `ValueSet`.
        ty: &'static str,
        /// Its url, or its id where it has none.
        name: String,
        /// The way.
        what: String,
    },
    /// The value set contains itself.
    Cycle(String),
    /// Value sets are nested deeper than is followed.
    TooDeep(String),
    /// More codes than a search may name.
    TooMany,
    /// A code that no stored system has, without the system by which others could be asked.
    NoSystem(String),
    /// A terminology server did not answer, or not what was asked.
    Server {
        /// Its url, without credentials.
        server: String,
        /// What it did: `answered 500`.
        what: String,
    },
    /// More questions than one search may ask of a terminology server.
    TooManyQuestions(usize),
}

impl TerminologyError {
    /// The stable name of the problem.
    pub fn code(&self) -> &'static str {
        match self {
            TerminologyError::NoTerminology => "no-terminology",
            TerminologyError::UnknownValueSet(_) => "unknown-value-set",
            TerminologyError::UnknownSystem(_) => "unknown-code-system",
            TerminologyError::UnknownCode { .. } => "unknown-code",
            TerminologyError::Ambiguous { .. } => "ambiguous-terminology",
            TerminologyError::Incomplete { .. } | TerminologyError::Cycle(_) => "incomplete-terminology",
            TerminologyError::Unsupported { .. } | TerminologyError::TooDeep(_) => "unsupported-terminology",
            TerminologyError::TooMany => "too-many-codes",
            TerminologyError::NoSystem(_) => "code-without-system",
            TerminologyError::Server { .. } => "terminology-server",
            TerminologyError::TooManyQuestions(_) => "too-many-questions",
        }
    }

    /// What would help.
    pub fn help(&self) -> Option<String> {
        match self {
            TerminologyError::NoTerminology => Some(
                "compile the search for a store: it answers from the ValueSets and CodeSystems stored there".into(),
            ),
            TerminologyError::UnknownValueSet(_) => {
                Some("store the ValueSet, and name it by its url, `url|version` or `ValueSet/id`; or search with a terminology server that has it".into())
            }
            TerminologyError::UnknownSystem(_) => Some("store the CodeSystem with all of its concepts, or search with a terminology server that has it".into()),
            TerminologyError::NoSystem(code) => Some(format!("name its system, `system|{code}`")),
            TerminologyError::Ambiguous { .. } => Some("several versions are stored: name one, `url|version`".into()),
            _ => None,
        }
    }
}

impl fmt::Display for TerminologyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TerminologyError::NoTerminology => write!(f, "value sets and code systems are not at hand here"),
            TerminologyError::UnknownValueSet(name) => write!(f, "there is no ValueSet `{name}`"),
            TerminologyError::UnknownSystem(system) => write!(f, "there is no CodeSystem `{system}`"),
            TerminologyError::UnknownCode { system: Some(system), code } => {
                write!(f, "CodeSystem `{system}` has no code `{code}`")
            }
            TerminologyError::UnknownCode { system: None, code } => write!(f, "no CodeSystem has a code `{code}`"),
            TerminologyError::Ambiguous { ty, url } => write!(f, "there are several {ty}s `{url}`"),
            TerminologyError::Incomplete { ty, name, why } => write!(f, "{ty} `{name}` is not complete: {why}"),
            TerminologyError::Unsupported { ty, name, what } => {
                write!(f, "{ty} `{name}` {what}, which is not supported")
            }
            TerminologyError::Cycle(name) => write!(f, "ValueSet `{name}` contains itself"),
            TerminologyError::TooDeep(name) => write!(f, "ValueSet `{name}` is nested too deeply in others"),
            TerminologyError::NoSystem(code) => {
                write!(f, "no stored CodeSystem has a code `{code}`, and a terminology server is asked by system")
            }
            TerminologyError::Server { server, what } => write!(f, "the terminology server `{server}` {what}"),
            TerminologyError::TooManyQuestions(limit) => {
                write!(f, "the search asks a terminology server more than {limit} questions")
            }
            TerminologyError::TooMany => write!(f, "the search names more than {MAX_CODES} codes of value sets"),
        }
    }
}

impl std::error::Error for TerminologyError {}
