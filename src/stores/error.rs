//! What a store says when it cannot do something.

use super::WriteOutcome;
use super::url::InvalidUrl;
use fhirc_codegen::algebra::Span;
use fhirc_codegen::capability::Question;
use fhirc_grammar::Diagnostic;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a store did not do what it was asked to. Never shows a password or a value of a resource.
#[derive(Debug)]
pub enum StoreError {
    /// The text is no store URL.
    Url(InvalidUrl),
    /// The store is planned.
    NotYet {
        /// The store.
        store: &'static str,
    },
    /// This build is without the driver of the store.
    NotBuilt {
        /// The store, and the feature of the build that brings it.
        store: &'static str,
    },
    /// The place holds something else than a store.
    NotAStore {
        /// The file, or the schema of a database.
        place: String,
    },
    /// The stored index rows were made under other settings, so that searches over them would go wrong.
    Mismatch {
        /// What differs.
        what: &'static str,
        /// What the store was written with.
        stored: String,
        /// What was asked for.
        wanted: String,
    },
    /// Search parameters whose expressions cannot be indexed: a search by them would find nothing.
    Unindexable {
        /// What cannot be indexed, and why.
        problems: Vec<String>,
    },
    /// The store was opened with a definition that it does not have, or has otherwise.
    Undefined {
        /// The URL of the definition.
        url: String,
    },
    /// Definitions that cannot be added, changed or retired. Nothing was changed.
    Definitions {
        /// What is wrong; warnings stand among the errors.
        problems: Vec<Diagnostic>,
    },
    /// The definitions of the store have changed since the query was planned.
    OtherDefinitions,
    /// Rows of a load into an empty store do not lie in all of their tables yet.
    Loading,
    /// The counts that a query was planned with are no longer those of the store.
    OtherCounts,
    /// There is no store at the place.
    Missing {
        /// A path, or a URL without its password.
        place: String,
    },
    /// The file of a store, or its folder, cannot be written by this user.
    ReadOnly {
        /// The path.
        place: String,
    },
    /// Files that were read as a store are written to, or opened for that.
    OnlySearched,
    /// A resource cannot be written as it is.
    Invalid {
        /// Its place in the batch, from 0.
        position: usize,
        /// Why.
        why: InvalidMeta,
    },
    /// A query that this store cannot answer.
    Unsupported {
        /// What it is.
        what: String,
    },
    /// A part of a search that the store cannot answer.
    Refused {
        /// What it is.
        what: Question,
        /// Where in the text of the search it comes from.
        span: Span,
    },
    /// The store's own data contradict each other.
    Corrupt {
        /// What was found.
        what: String,
    },
    /// A limit of the store was reached.
    Limit {
        /// Which.
        what: &'static str,
    },
    /// Another process holds the store's write lock.
    Busy,
    /// The connection to the server broke. Nothing was written.
    Lost {
        /// What was being done.
        doing: &'static str,
    },
    /// The connection to the server broke while a transaction was committed.
    Uncertain,
    /// The connection to the server broke while documents were written, of which each is written by itself.
    Partly,
    /// Of the writes of a batch some are written, each by itself, and at least one is not.
    InPart {
        /// What became of each, in the order of the writes; nothing of what is not written.
        outcomes: Vec<Option<WriteOutcome>>,
        /// The first that is not, by its place in the batch, from 0.
        position: usize,
        /// Why it is not.
        source: Box<StoreError>,
    },
    /// A statement has taken longer than the store was opened to allow.
    TimedOut {
        /// How long that is.
        after: Duration,
    },
    /// The caller no longer waits for the answer.
    Cancelled,
    /// A query has looked at more rows than it was worth: see [`fhirc_codegen::program::Query::visits`].
    GaveUp,
    /// The store was closed, or a request ended in a bug.
    Closed,
    /// The database or the operating system failed.
    Failed {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: Box<dyn Error + Send + Sync>,
    },
}

#[cfg(feature = "stores")]
impl StoreError {
    /// An error of the operating system.
    pub(crate) fn io(doing: &'static str, error: std::io::Error) -> StoreError {
        StoreError::Failed { doing, source: Box::new(error) }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Url(error) => error.fmt(f),
            StoreError::NotYet { store } => write!(f, "store `{store}` is not supported yet"),
            StoreError::NotBuilt { store } => {
                write!(f, "this build is without the driver of `{store}`: build it with `--features {store}`")
            }
            StoreError::NotAStore { place } => {
                write!(f, "{place} exists and is not a store of fhirc; it was left as it is")
            }
            StoreError::Mismatch { what, stored, wanted } if stored.is_empty() => write!(
                f,
                "the store was written without {what}, not with `{wanted}`: open it without, or load the resources into \
                 a new store"
            ),
            StoreError::Mismatch { what, stored, wanted } => write!(
                f,
                "the store was written with {what} `{stored}`, not `{wanted}`: open it with `{stored}`, or load the \
                 resources into a new store"
            ),
            StoreError::Unindexable { problems } => {
                write!(f, "these search parameters cannot be indexed; leave them out: {}", problems.join("; "))
            }
            StoreError::Undefined { url } => write!(
                f,
                "the store does not have the search parameter `{url}` as it is given; `fhirc parameters add` defines it"
            ),
            StoreError::Definitions { problems } => {
                let errors = problems.iter().filter(|problem| problem.is_error());
                f.write_str(&errors.map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; "))
            }
            StoreError::OtherDefinitions => f.write_str("the definitions of the store have changed meanwhile"),
            StoreError::Loading => {
                f.write_str("the store is being loaded; it is searched, and cleared of old rows, when the load has ended")
            }
            StoreError::OtherCounts => f.write_str("the counts of the store have changed meanwhile"),
            StoreError::Missing { place } => write!(f, "there is no store `{place}`; `fhirc load` creates one"),
            StoreError::ReadOnly { place } => write!(
                f,
                "`{place}` or its folder cannot be written by this user, which searches need too: SQLite keeps a log and \
                 locks beside the file, and a store its own secret in it"
            ),
            StoreError::OnlySearched => {
                f.write_str("files can only be searched; `reference:` without a path takes writes, in memory")
            }
            StoreError::Invalid { position, why } => write!(f, "write {position} of the batch: {why}"),
            StoreError::Unsupported { what } => write!(f, "this store cannot answer {what}"),
            StoreError::Refused { what, .. } => write!(f, "this store cannot answer {what}"),
            StoreError::Corrupt { what } => write!(f, "the store contradicts itself: {what}"),
            StoreError::Limit { what } => write!(f, "a limit of the store: {what}"),
            StoreError::Busy => f.write_str("another process is writing to the store; try again"),
            StoreError::Lost { doing } => write!(f, "{doing} failed: the connection to the server broke"),
            StoreError::Uncertain => f.write_str(
                "the connection to the server broke while a write was committed: it is written wholly or not at all, and \
                 not known which",
            ),
            StoreError::Partly => f.write_str(
                "the connection to the server broke while resources were written: each of them is written or not, and it is \
                 not known which; writing them once more does no harm",
            ),
            StoreError::InPart { outcomes, position, source } => write!(
                f,
                "write {position} of the batch: {source}; {} of its {} resources are written, and writing all of them once \
                 more does no harm",
                outcomes.iter().flatten().count(),
                outcomes.len()
            ),
            StoreError::TimedOut { after } => write!(
                f,
                "a statement took longer than {} ms, which `statement_timeout` allows: in the URL of the store, or else \
                 of the role or the database on the server",
                after.as_millis()
            ),
            StoreError::Cancelled => f.write_str("the request was cancelled"),
            StoreError::GaveUp => f.write_str("the query looked at too many resources"),
            StoreError::Closed => f.write_str("the store was closed before it answered"),
            StoreError::Failed { doing, source } => write!(f, "{doing} failed: {source}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            StoreError::Url(error) => Some(error),
            StoreError::Invalid { why, .. } => Some(why),
            StoreError::InPart { source, .. } => Some(source.as_ref()),
            StoreError::Failed { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl From<InvalidUrl> for StoreError {
    fn from(error: InvalidUrl) -> StoreError {
        StoreError::Url(error)
    }
}

/// Why the `meta` of a resource cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidMeta {
    /// The resource is not a JSON object.
    NoObject,
    /// `meta` is not an object.
    NoMeta,
    /// `meta.lastUpdated` is not an instant.
    NoInstant {
        /// The text, shortened.
        text: String,
    },
}

impl fmt::Display for InvalidMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InvalidMeta::NoObject => f.write_str("the resource is not an object"),
            InvalidMeta::NoMeta => f.write_str("`meta` is not an object"),
            InvalidMeta::NoInstant { text } => write!(f, "`meta.lastUpdated` is not an instant: `{text}`"),
        }
    }
}

impl std::error::Error for InvalidMeta {}
