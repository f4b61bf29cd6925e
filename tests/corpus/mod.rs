//! The corpus of queries that every stage is tested with.

/// The queries of `queries.txt`: name and text.
pub(crate) fn queries() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("queries.txt").lines().map(str::trim);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    entries.map(|line| line.split_once(' ').map(|(name, query)| (name, query.trim())).unwrap()).collect()
}
