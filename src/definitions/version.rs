//! The FHIR releases a set of definitions may belong to.

use std::fmt;

/// A FHIR release.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FhirVersion {
    /// 4.0.1
    R4,
    /// 4.3.0
    R4B,
    /// 5.0.0
    R5,
    /// 6.0.0, in ballot
    R6,
}

impl FhirVersion {
    /// The release with this name, as it is written in texts: `R4`, `R4B`, `R5`, `R6`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::R4, Self::R4B, Self::R5, Self::R6].into_iter().find(|version| version.name() == name)
    }

    /// The name of the release: `R4`.
    pub fn name(self) -> &'static str {
        match self {
            Self::R4 => "R4",
            Self::R4B => "R4B",
            Self::R5 => "R5",
            Self::R6 => "R6",
        }
    }
}

impl fmt::Display for FhirVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
