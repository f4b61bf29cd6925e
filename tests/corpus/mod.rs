//! The corpus of queries that every stage is tested with.

use fhirc::compiler::Options;
use fhirc::definitions::Registry;
use fhirc::ir::BaseUrl;
use fhirc::resolve::CurrentLists;
use fhirc::terminology::StoredTerminology;
use std::sync::Arc;

/// The terminology that the queries name.
fn terminology() -> Arc<StoredTerminology> {
    let resources: Vec<serde_json::Value> = serde_json::from_str(include_str!("terminology.json")).unwrap();
    let mut terminology = StoredTerminology::default();
    resources.iter().for_each(|resource| terminology.add(&resource.to_string()));
    Arc::new(terminology)
}

/// The functional lists that the queries name.
fn lists() -> Arc<CurrentLists> {
    let mut lists = CurrentLists::default();
    let search = "List?status=current&code=http://terminology.hl7.org/CodeSystem/list-example-use-codes|allergies";
    lists.add(Registry::r4(), "$current-allergies", search).unwrap();
    Arc::new(lists)
}

/// How the queries are compiled: at a fixed time, by a server at `base`.
pub(crate) fn options(base: &str) -> Options {
    let now = Some(fhirc::values::Instant(1_700_000_000_000_000));
    Options { now, bases: vec![BaseUrl::new(base)], terminology: terminology(), lists: lists(), ..Options::default() }
}

/// The queries of `queries.txt`: name and text.
pub(crate) fn queries() -> Vec<(&'static str, &'static str)> {
    lines().filter_map(query).collect()
}

/// The lines of `queries.txt`.
pub(crate) fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("queries.txt").lines()
}

/// The name and the query of a line, if it is no comment.
pub(crate) fn query(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (name, query) = line.split_once(' ').filter(|_| !line.starts_with('#'))?;
    Some((name, query.trim()))
}
