//! The parameters that have no index rows, and why: by name, never in silence.

use crate::definitions::SearchParam;

/// Why a parameter has no index rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unindexed {
    /// Every store has the value as a column of the resource's own record.
    OwnColumn,
    /// It names a query that the server defines; no element holds it.
    NamedQuery,
}

/// | code | why |
const UNINDEXED: &[(&str, Unindexed)] =
    &[("_id", Unindexed::OwnColumn), ("_lastUpdated", Unindexed::OwnColumn), ("_query", Unindexed::NamedQuery)];

impl Unindexed {
    /// Why this parameter of the specification has no rows; `None` if it should have some.
    pub(super) fn why(param: &SearchParam) -> Option<Self> {
        let official = param.url.starts_with("http://hl7.org/fhir/SearchParameter/");
        let (_, why) = UNINDEXED.iter().find(|(code, _)| *code == param.code)?;
        official.then_some(*why)
    }
}
