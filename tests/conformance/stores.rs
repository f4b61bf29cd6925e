//! The cases on every store of this build.

use super::cases::{self, Case, Outcome};
use fhirc::conformance::{Answer, Group, run};
use fhirc::stores::StoreUrl;
use fhirc::tenant::TenantContext;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Cases that every store fails: what the compiler does not support yet, and what no store can meet.
const ALL_FAIL: &str = include_str!("known.txt");

/// A store's conformance test: its URL, and the cases of our own that it refuses.
macro_rules! store_tests {
    ($name:ident, $url:expr, $refused:expr) => {
        #[tokio::test]
        async fn $name() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let own = failures(&root.join("tests/data/reference"), $url).await;
            let by_name = |why: &&String| why.contains("[not-on-this-store]");
            let not: Vec<_> = own.values().filter(|why| !by_name(why)).collect();
            assert!(not.is_empty(), "{not:#?}");
            compare(own, $refused.lines());
            let shared = root.join("../shared/conformance/cases");
            if shared.is_dir() {
                compare(failures(&shared, $url).await, ALL_FAIL.lines());
            }
        }
    };
}

store_tests!(reference, "reference:", "");
store_tests!(sqlite, "sqlite::memory:", "");
#[cfg(feature = "server-tests")]
store_tests!(postgres, &crate::server::postgres("conformance"), "");
#[cfg(feature = "server-tests")]
store_tests!(
    elasticsearch,
    &crate::server::own("FHIRC_ELASTICSEARCH_URL", "?refresh=true&replicas=0&tenants=shared", "conformance"),
    include_str!("elasticsearch.txt")
);

/// Parameters whose expressions no index takes.
#[tokio::test]
async fn the_reference_evaluates_what_is_not_indexed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference-only");
    let failed = failures(&folder, "reference:").await;
    assert!(failed.is_empty(), "{failed:#?}");
}

/// The core cases of a folder that fail, with the reason.
async fn failures(folder: &Path, url: &str) -> BTreeMap<String, String> {
    let url: StoreUrl = url.parse().unwrap();
    let mut failed = BTreeMap::new();
    for file in files(folder) {
        let text = std::fs::read(&file).unwrap();
        let group: Group = serde_json::from_slice(&text).unwrap();
        let answers = run(&group, &url.apart(&group.group), &TenantContext::default()).await;
        let answers = answers.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let cases = json["cases"].as_array().unwrap().iter().map(Case::new);
        for (case, answer) in cases.zip(answers).filter(|(case, _)| case.kind() == "core") {
            if let Some(why) = case.failure(&outcome(&case, answer)) {
                failed.insert(case.id.clone(), format!("{} {why}", case.query));
            }
        }
    }
    failed
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn outcome(case: &Case, answer: Answer) -> Outcome {
    assert_eq!(case.id, answer.id);
    if answer.error {
        let unsupported = ["[not-supported]", "[not-on-this-store]"];
        return match unsupported.iter().any(|code| answer.reason.contains(code)) {
            true => Outcome::NotSupported(answer.reason),
            false => Outcome::Refused(answer.reason),
        };
    }
    let largest = answer.pages.iter().map(Vec::len).max().unwrap_or_default();
    let count = u32::try_from(largest).unwrap();
    let total = usize::try_from(answer.total).unwrap();
    Outcome::Answer { ids: answer.ids, included: answer.included, total, count }
}

/// A case that fails beside the list is a regression; one that passes in spite of it has to leave the list.
fn compare<'k>(failed: BTreeMap<String, String>, known: impl Iterator<Item = &'k str>) {
    let known: BTreeSet<&str> = known.filter_map(cases::entry).map(|(id, _)| id).collect();
    let beside: BTreeMap<_, _> = failed.iter().filter(|(id, _)| !known.contains(id.as_str())).collect();
    let mended: Vec<_> = known.iter().filter(|id| !failed.contains_key(**id)).collect();
    assert!(beside.is_empty(), "{beside:#?}");
    assert!(mended.is_empty(), "pass now, take them from the list: {mended:?}");
}
