//! What the server says when it does not do something, as errors of stores.

use crate::stores::StoreError;
use serde::Deserialize;
use std::error::Error;
use std::fmt;

/// An answer that is an error. The reasons that the server gives stay out: they may quote values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    status: u16,
    types: Vec<String>,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server answers {}", self.status)?;
        let mut separator = ": ";
        for ty in &self.types {
            write!(f, "{separator}{ty}")?;
            separator = ", ";
        }
        Ok(())
    }
}

impl Error for Said {}

/// The part of an error that is read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Cause {
    #[serde(default, rename = "type")]
    pub(super) ty: Option<String>,
    #[serde(default)]
    root_cause: Vec<Cause>,
    #[serde(default)]
    failed_shards: Vec<Shard>,
    #[serde(default)]
    caused_by: Option<Box<Cause>>,
}

#[derive(Debug, Deserialize)]
struct Shard {
    #[serde(default)]
    reason: Option<Box<Cause>>,
}

impl Cause {
    /// The types of it and of what caused it, each once, in their order.
    fn types(&self) -> Vec<String> {
        let mut types = Vec::new();
        self.collect(&mut types);
        types
    }

    fn collect(&self, types: &mut Vec<String>) {
        types.extend(self.ty.iter().filter(|ty| !types.contains(ty)).cloned().collect::<Vec<_>>());
        let shards = self.failed_shards.iter().filter_map(|shard| shard.reason.as_deref());
        for cause in self.root_cause.iter().chain(shards).chain(self.caused_by.as_deref()) {
            cause.collect(types);
        }
    }
}

#[derive(Debug, Deserialize)]
struct Refusal {
    error: Cause,
}

impl Said {
    /// Reads an answer with this status.
    pub(super) fn new(status: u16, body: &[u8]) -> Said {
        // Some answers have a text in the place of the error.
        let types = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.error.types()).unwrap_or_default();
        Said { status, types }
    }

    /// What became of one document of a bulk request.
    pub(super) fn of(status: u16, cause: &Cause) -> Said {
        Said { status, types: cause.types() }
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// Whether it says this, as itself or as what caused it.
    pub(super) fn is(&self, ty: &str) -> bool {
        self.types.iter().any(|said| said == ty)
    }

    /// Whether the query has more parts than the server takes.
    pub(super) fn is_too_large(&self) -> bool {
        ["too_many_clauses", "too_many_nested_clauses", "too_many_buckets_exception"].iter().any(|ty| self.is(ty))
            || self.status == 413
    }

    pub(super) fn failed(self, doing: &'static str) -> StoreError {
        StoreError::Failed { doing, source: Box::new(self) }
    }
}

/// Something that is no answer to what was asked.
#[derive(Debug)]
pub(super) struct Unexpected(pub(super) &'static str);

impl fmt::Display for Unexpected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Unexpected {}

impl Unexpected {
    pub(super) fn failed(self, doing: &'static str) -> StoreError {
        StoreError::Failed { doing, source: Box::new(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_said_and_reasons_are_not() {
        let body = br#"{"error":{"root_cause":[],"type":"search_phase_execution_exception","reason":"secret",
            "failed_shards":[{"shard":0,"reason":{"type":"too_many_clauses","reason":"secret"}}]},"status":400}"#;
        let said = Said::new(400, body);
        assert_eq!(said.to_string(), "the server answers 400: search_phase_execution_exception, too_many_clauses");
        assert!(said.is_too_large() && !said.is("index_not_found_exception"));
        assert_eq!(Said::new(405, br#"{"error":"Incorrect HTTP method"}"#).to_string(), "the server answers 405");
        assert_eq!(Said::new(502, b"<html>").to_string(), "the server answers 502");
    }
}
