//! The conformance cases on every store of this build.

use fhirc::conformance::{Answer, Group, run};
use fhirc::stores::StoreUrl;
use fhirc::tenant::TenantContext;
use std::error::Error;
use std::fs::DirEntry;
use std::path::Path;

/// Answers of all groups in a folder.
async fn answers(folder: &Path, url: &str) -> Result<Vec<Answer>, Box<dyn Error>> {
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder)?.collect();
    let mut files: Vec<_> = entries?.iter().map(DirEntry::path).collect();
    files.sort();
    let url: StoreUrl = url.parse()?;
    let mut answers = Vec::new();
    for file in files {
        let group: Group = serde_json::from_slice(&std::fs::read(&file)?)?;
        let found = run(&group, &url, &TenantContext::default()).await;
        answers.extend(found.map_err(|error| format!("{}: {error}", file.display()))?);
    }
    Ok(answers)
}

#[tokio::test]
async fn shared_cases_on_sqlite() {
    let folder = Path::new("../shared/conformance/cases");
    if !folder.exists() {
        return;
    }
    let answers = answers(folder, "sqlite::memory:").await.unwrap();
    let lines: Vec<String> = answers.iter().map(|answer| serde_json::to_string(answer).unwrap()).collect();
    std::fs::write("target/answers.jsonl", lines.join("\n")).unwrap();
}
