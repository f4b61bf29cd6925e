//! The conformance cases on every store of this build.

use fhirc::conformance::{Answer, Group, run};
use fhirc::stores::StoreUrl;
use fhirc::tenant::TenantContext;
use std::path::Path;

/// Answers of all groups in a folder.
async fn answers(folder: &Path, url: &str) -> Vec<Answer> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let url: StoreUrl = url.parse().unwrap();
    let mut answers = Vec::new();
    for file in files {
        let group: Group = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let found = run(&group, &url, &TenantContext::default()).await;
        answers.extend(found.unwrap_or_else(|error| panic!("{}: {error}", file.display())));
    }
    answers
}

#[tokio::test]
async fn shared_cases_on_sqlite() {
    let folder = Path::new("../shared/conformance/cases");
    if !folder.exists() {
        return;
    }
    let lines: Vec<String> =
        answers(folder, "sqlite::memory:").await.iter().map(|answer| serde_json::to_string(answer).unwrap()).collect();
    std::fs::write("target/answers.jsonl", lines.join("\n")).unwrap();
}
