//! The file of hostile searches: each with its exact answer, or with exactly what is wrong with it.

use crate::notation::expand;
use fhirc::grammar::{Diagnostic, Severity};

/// A search, and what must come of it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) query: String,
    /// The ids of all matches, in order; nothing where the search is refused.
    pub(crate) ids: Option<Vec<&'static str>>,
    /// What stores say instead: their names, and `! code text`.
    pub(crate) refused: Vec<(&'static str, String)>,
    /// What is said: `! code text` is an error, `~ code text` a warning; the text is what is underlined.
    pub(crate) said: Vec<String>,
}

/// The entries of `searches.txt`.
pub(crate) fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in include_str!("searches.txt").lines() {
        match (line.chars().next(), line.trim_start().split_once(' ')) {
            (None | Some('#'), _) => {}
            (Some(' '), Some(("=", ids))) => {
                let ids = ids.split_whitespace().filter(|id| *id != "nothing").collect();
                entries.last_mut().unwrap().ids = Some(ids);
            }
            (Some(' '), Some((store @ ("sqlite" | "postgres"), refusal))) => {
                entries.last_mut().unwrap().refused.push((store, expand(refusal)));
            }
            (Some(' '), _) => entries.last_mut().unwrap().said.extend(diagnostics(line.trim())),
            (Some(_), Some((name, query))) => {
                let query = expand(query.trim_start());
                entries.push(Entry { name, query, ids: None, refused: Vec::new(), said: Vec::new() });
            }
            (Some(_), None) => panic!("no entry: {line}"),
        }
    }
    entries
}

/// A diagnostic, or with ` ×100` behind it as many of the same.
fn diagnostics(line: &str) -> Vec<String> {
    let times = line.rsplit_once(" ×").and_then(|(line, times)| Some((line, times.parse().ok()?)));
    let (line, times) = times.unwrap_or((line, 1));
    vec![expand(line); times]
}

/// A diagnostic as an entry writes it.
pub(crate) fn said(query: &str, diagnostic: &Diagnostic) -> String {
    let mark = if diagnostic.severity == Severity::Warning { '~' } else { '!' };
    let text = diagnostic.span.text(query).unwrap_or_else(|| panic!("{:?} lies outside", diagnostic.span));
    format!("{mark} {} {text}", diagnostic.code).trim().to_owned()
}
