//! What the meaning of a search depends on beside its text.

use crate::definitions::FhirVersion;
use crate::values::{Instant, Zone};

/// Everything outside the text that the meaning depends on; `explain` prints it, cursors are bound to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Env {
    /// The version whose rules hold.
    pub fhir: FhirVersion,
    /// The clock: `ap` on dates depends on it.
    pub now: Instant,
    /// The zone of dates without one (decision 16, 17).
    pub zone: Zone,
    /// The server's own bases: absolute references on them are local.
    pub bases: Vec<BaseUrl>,
    /// The version of the folding of strings.
    pub fold: u16,
}

/// A base url of the server's own, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The base; slashes at the end do not count.
    pub fn new(url: &str) -> BaseUrl {
        BaseUrl(url.trim_end_matches('/').to_owned())
    }

    /// The base, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the base and its slash, if `url` stands on it.
    pub fn strip<'a>(&self, url: &'a str) -> Option<&'a str> {
        url.strip_prefix(self.as_str())?.strip_prefix('/')
    }
}
