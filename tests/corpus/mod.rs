//! The corpus of queries that every stage is tested with.

use fhirc::terminology::StoredTerminology;
use std::sync::Arc;

/// The terminology that the queries name.
pub(crate) fn terminology() -> Arc<StoredTerminology> {
    let resources: Vec<serde_json::Value> = serde_json::from_str(include_str!("terminology.json")).unwrap();
    let mut terminology = StoredTerminology::default();
    resources.iter().for_each(|resource| terminology.add(&resource.to_string()));
    Arc::new(terminology)
}

/// The queries of `queries.txt`: name and text.
pub(crate) fn queries() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("queries.txt").lines().map(str::trim);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    entries.map(|line| line.split_once(' ').map(|(name, query)| (name, query.trim())).unwrap()).collect()
}
