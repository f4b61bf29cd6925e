//! Where a resource came from, and why it was refused.

use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// Where in the input something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as named by the caller; `-` is standard input.
    #[serde(serialize_with = "text")]
    pub file: Arc<str>,
    /// The line, from 1. 0: the file as a whole.
    pub line: u64,
    /// The entry of a Bundle, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<u32>,
}

fn text<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &Arc<str>) -> Place {
        Place { file: Arc::clone(file), line: 0, entry: None }
    }

    /// A line of the file.
    pub fn line(file: &Arc<str>, line: u64) -> Place {
        Place { file: Arc::clone(file), line, entry: None }
    }

    /// An entry of the Bundle that stands here; `index` counts from 0.
    pub(super) fn entry(&self, index: usize) -> Place {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        Place { entry: Some(number), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if let Some(entry) = self.entry {
            write!(f, " (entry {entry})")?;
        }
        Ok(())
    }
}

/// Something that was not loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Where it stands.
    pub place: Place,
    /// Why, in words that are the same for every refusal of this sort.
    pub reason: String,
    /// What is particular to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A reason without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    text: String,
    detail: Option<String>,
}

impl Reason {
    pub(super) fn new(text: impl Into<String>) -> Reason {
        Reason { text: text.into(), detail: None }
    }

    pub(super) fn detail(self, detail: impl Into<String>) -> Reason {
        Reason { detail: Some(detail.into()), ..self }
    }

    /// The same reason for something inside a resource.
    pub(super) fn inside(self, what: &str) -> Reason {
        Reason { text: format!("{what}: {}", self.text), ..self }
    }

    pub(super) fn at(self, place: Place) -> Refusal {
        Refusal { place, reason: self.text, detail: self.detail }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}
