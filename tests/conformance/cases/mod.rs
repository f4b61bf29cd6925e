//! Conformance cases: how they are read and judged.

mod case;

pub(crate) use case::{Case, Outcome};

/// A line of a list of known failures, `id  reason`; a line without an id is a heading.
pub(crate) fn entry(line: &str) -> Option<(&str, &str)> {
    line.split_once("  ").filter(|_| !line.starts_with('#'))
}
