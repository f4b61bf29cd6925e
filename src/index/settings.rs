//! What extraction needs to be told about the server and the place it stands in.

use crate::values::Zone;

/// How stored values are read where the data alone do not say.
#[derive(Clone, Debug)]
pub struct ExtractSettings {
    /// The zone of dates and times without one. FHIR R4 `search.html#date`.
    pub(super) zone: Zone,
    /// The server's own base URLs without a slash at the end: `http://example.org/fhir/Patient/1` is `Patient/1`.
    pub(super) bases: Vec<String>,
}

impl ExtractSettings {
    /// Settings for a server with these base URLs, with or without a slash at the end.
    #[must_use]
    pub fn new(zone: Zone, bases: impl IntoIterator<Item = String>) -> Self {
        let trim = |base: String| base.trim_end_matches('/').to_owned();
        let bases = bases.into_iter().map(trim).filter(|base| !base.is_empty()).collect();
        Self { zone, bases }
    }
}

impl Default for ExtractSettings {
    fn default() -> Self {
        Self { zone: Zone::UTC, bases: Vec::new() }
    }
}
