//! The cases on the reference evaluator.

use super::cases::{self, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Cases of our own, always there.
fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference")
}

/// Cases of what no store does.
fn only() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference-only")
}

/// Cases from public test suites, where they lie beside the project.
fn shared() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/cases");
    folder.is_dir().then_some(folder)
}

#[test]
fn own_cases_hold() {
    let mut failed = String::new();
    for group in cases::groups(&own()).into_iter().chain(cases::groups(&only())) {
        for (case, outcome) in group.run() {
            if let Some(why) = case.failure(&outcome) {
                writeln!(failed, "{} {}\n    {why}", case.id, case.query).unwrap();
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// What is known to fail is listed with a reason in `reference_known.txt`. A case that fails beside the list is a
/// regression; one that passes in spite of it has to leave the list.
#[test]
fn core_cases_fail_only_where_it_is_known() {
    let Some(folder) = shared() else { return };
    let known: BTreeMap<&str, &str> = include_str!("reference_known.txt").lines().filter_map(cases::entry).collect();
    let (mut report, mut answers) = (String::new(), String::new());
    let mut failing = BTreeSet::new();
    for group in cases::groups(&folder) {
        writeln!(report, "{}", group.name).unwrap();
        for (case, outcome) in group.run() {
            if !matches!(outcome, Outcome::NotSupported(_)) {
                writeln!(answers, "{}", case.answer(&outcome)).unwrap();
            }
            let Some(why) = case.failure(&outcome) else { continue };
            writeln!(report, "  {} {} {}\n      {why}", case.kind(), case.id, case.query).unwrap();
            if case.kind() == "core" {
                failing.insert(case.id.clone());
            }
        }
    }
    // Read by people, and by `score.py` beside the cases.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::write(folder.join("reference-failures.txt"), report).unwrap();
    fs::write(folder.join("reference-answers.jsonl"), answers).unwrap();
    let unknown: Vec<_> = failing.iter().filter(|id| !known.contains_key(id.as_str())).collect();
    let mended: Vec<_> = known.keys().filter(|id| !failing.contains(**id)).collect();
    assert!(unknown.is_empty(), "fail beside the list: {unknown:?}; reference-failures.txt says why");
    assert!(mended.is_empty(), "pass now, take them from the list: {mended:?}");
}
