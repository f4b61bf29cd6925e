//! The summary at the end of a load.

use crate::output::{Output, bytes, thousands};
use fhirc::load::{EXAMPLES, Groups, Refusal, Report};

/// How many reasons are listed.
const REASONS: usize = 20;

/// A load that came to its end.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) report: Report,
    /// What lies below the directories and could not be read.
    pub(super) unreadable: Vec<Refusal>,
    /// The size of the store in bytes, if it could be found out.
    pub(super) size: Option<u64>,
}

impl Loaded {
    pub(super) fn refused(&self) -> u64 {
        self.report.counts.refused + self.unreadable.len() as u64
    }
}

/// Prints it.
pub(super) fn print(output: &mut Output, loaded: &Loaded) {
    let report = &loaded.report;
    let counts = &report.counts;
    let millis = u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = counts.resources().saturating_mul(1_000) / millis;
    output.line(format_args!(
        "{} resources in {}.{} s ({} per second)",
        thousands(counts.resources()),
        millis / 1_000,
        millis % 1_000 / 100,
        thousands(rate)
    ));
    let changes = [
        ("created", counts.created),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("deleted", counts.deleted),
        ("already absent", counts.absent),
    ];
    for (name, n) in changes.into_iter().filter(|(_, n)| *n > 0) {
        output.line(format_args!("  {name}: {}", thousands(n)));
    }
    output.line(format_args!("index rows added: {}", thousands(counts.rows)));
    if let Some(size) = loaded.size {
        output.line(format_args!("size of the store: {}", bytes(size)));
    }
    groups(output, "warnings", &report.warnings);
    for refusal in &loaded.unreadable {
        output.line(format_args!("refused: {refusal}"));
    }
    groups(output, "refused", &report.refused);
}

fn groups(output: &mut Output, title: &str, groups: &Groups) {
    if groups.total() == 0 {
        return;
    }
    output.line(format_args!("{title}: {}", thousands(groups.total())));
    let reasons = groups.by_count();
    for (reason, group) in reasons.iter().take(REASONS) {
        output.line(format_args!("  {} x {reason}", thousands(group.count)));
        for example in &group.examples {
            match &example.detail {
                Some(detail) => output.line(format_args!("      {}: {detail}", example.place)),
                None => output.line(format_args!("      {}", example.place)),
            }
        }
        if group.count > EXAMPLES as u64 {
            output.line(format_args!("      …"));
        }
    }
    if let Some(further) = reasons.len().checked_sub(REASONS).filter(|n| *n > 0) {
        output.line(format_args!("  and {further} more reasons"));
    }
}
