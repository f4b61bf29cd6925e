//! What a load did: counts, and refusals and warnings grouped by reason.

use super::place::{Place, Refusal};
use crate::stores::Change;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many reasons are told apart: texts of the input may be part of them.
const MAX_REASONS: usize = 200;

const FURTHER: &str = "further reasons";

/// How many examples of one reason are kept.
pub const EXAMPLES: usize = 3;

/// What a load has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New resources.
    pub created: u64,
    /// New versions of resources.
    pub updated: u64,
    /// Resources that already had this content.
    pub unchanged: u64,
    /// Deletions.
    pub deleted: u64,
    /// Deletions of resources that were not there.
    pub absent: u64,
    /// Index rows added.
    pub rows: u64,
    /// Documents and entries that were not loaded.
    pub refused: u64,
}

impl Counts {
    /// All resources that were dealt with, refused ones not counted.
    pub fn resources(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.deleted + self.absent
    }

    pub(super) fn add(&mut self, change: Change) {
        match change {
            Change::Created => self.created += 1,
            Change::Updated => self.updated += 1,
            Change::Unchanged => self.unchanged += 1,
            Change::Deleted => self.deleted += 1,
            Change::Absent => self.absent += 1,
        }
    }
}

/// Everything of one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Group {
    /// How often.
    pub count: u64,
    /// The first few: where, and what is particular.
    pub examples: Vec<Example>,
}

/// One of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Where it stands.
    pub place: Place,
    /// What is particular to it.
    pub detail: Option<String>,
}

/// Reasons with how often each was met, in the order of their texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Groups {
    groups: BTreeMap<String, Group>,
}

impl Groups {
    /// Reasons, the most frequent first.
    pub fn by_count(&self) -> Vec<(&str, &Group)> {
        let mut groups: Vec<(&str, &Group)> =
            self.groups.iter().map(|(reason, group)| (reason.as_str(), group)).collect();
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.count));
        groups
    }

    /// How many of all reasons together.
    pub fn total(&self) -> u64 {
        self.groups.values().map(|group| group.count).sum()
    }

    pub(super) fn add(&mut self, reason: String, place: Place, detail: Option<String>) {
        let known = self.groups.len() < MAX_REASONS || self.groups.contains_key(&reason);
        let group = self.groups.entry(if known { reason } else { FURTHER.to_owned() }).or_default();
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push(Example { place, detail });
        }
    }
}

/// What a load did in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The counts.
    pub counts: Counts,
    /// What was not loaded, by reason.
    pub refused: Groups,
    /// Values that were stored and are not found by a search, and the like, by reason.
    pub warnings: Groups,
    /// Whether it was stopped before the end of the input.
    pub stopped: bool,
    /// Wall clock time.
    pub elapsed: Duration,
}

impl Report {
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.counts.refused += 1;
        self.refused.add(refusal.reason, refusal.place, refusal.detail);
    }
}
