//! Generated comparison of SQLite with the reference evaluator, and the cases that it found.

#![cfg(feature = "sqlite")]

use fhirc::differential::{Case, Subject, run};
use fhirc::stores::StoreUrl;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Comparisons of one run: within two minutes, unoptimized.
const COUNT: u32 = 2_000;

#[tokio::test]
async fn cases_that_were_found_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/differential");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut subject = Subject::open(&StoreUrl::SqliteMemory).await.unwrap();
    let mut failed = String::new();
    for file in files {
        let case = Case::read(&fs::read_to_string(&file).unwrap()).unwrap();
        match subject.replay(&case).await {
            Ok(None) => {}
            Ok(Some(found)) => writeln!(failed, "{}\n{found}", file.display()).unwrap(),
            Err(error) => writeln!(failed, "{}\n{error}", file.display()).unwrap(),
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[tokio::test]
async fn sqlite_agrees_with_the_reference() {
    let mut failed = String::new();
    let mut observe = |_: &_, found: &_| writeln!(failed, "{found}").unwrap();
    let report = run(&StoreUrl::SqliteMemory, 4, COUNT, &mut observe).await.unwrap();
    assert!(failed.is_empty(), "{failed}\n{report:?}");
    // Comparisons of nothing with nothing say little.
    assert!(report.matched > COUNT / 3, "{report:?}");
    assert!(report.rejected + report.refused < COUNT / 10, "{report:?}");
}
