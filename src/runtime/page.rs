//! What a search gives back.

use fhirc_codegen::rows::TypeCode;
use fhirc_grammar::Diagnostic;

/// One page of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The matches, in order; at most as many as the page holds.
    pub matches: Vec<Resource>,
    /// What came along with them, each once, none of them a match of this page.
    pub included: Vec<Resource>,
    /// The number of matches over all pages, where it was asked for.
    pub total: Option<u64>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<String>,
    /// What the caller should know, beside what compilation said.
    pub outcome: Vec<Diagnostic>,
}

/// A resource of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type.
    pub ty: TypeCode,
    /// Its logical id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// When it last changed, in microseconds since 1970 UTC.
    pub updated: i64,
    /// The resource as JSON.
    pub body: String,
}
