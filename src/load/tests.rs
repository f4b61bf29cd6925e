//! Loading from files: what arrives, what is refused and why.

use super::*;
use crate::definitions::{Registry, SearchParam};
use crate::stores::{Clock, Method, Store, StoreError, StoreSettings, StoreUrl, Write};
use crate::tenant::TenantContext;
use crate::values::Instant;
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("fhirc-load-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn store() -> Store {
    let registry = Arc::new(Registry::r4().clone());
    let clock = Clock::Fixed(Instant(1_577_836_800_000_000));
    Store::open(&StoreUrl::SqliteMemory, StoreSettings { create: true, clock, ..StoreSettings::new(registry) })
        .await
        .unwrap()
}

/// Small chunks, so that every test crosses their borders.
const LIMITS: Limits = Limits {
    chunk_documents: 3,
    chunk_bytes: 2_000,
    least_resources: 8,
    most_resources: 12,
    transaction_bytes: 100_000,
    document_bytes: 20_000,
};

async fn load_into(store: &Store, paths: &[PathBuf]) -> Report {
    let (inputs, unreadable) = inputs(paths).unwrap();
    assert_eq!(unreadable, []);
    load(store, &TenantContext::default(), inputs, LIMITS, &mut ()).await.unwrap()
}

async fn body(store: &Store, name: &str, id: &str) -> Option<Json> {
    let ty = TypeCode(Registry::r4().resource_type(name).unwrap().code());
    let stored = store.read(&TenantContext::default(), ty, id).await.unwrap()?;
    (stored.method == Method::Put).then(|| serde_json::from_str(&stored.body).unwrap())
}

fn patient(id: &str) -> Json {
    json!({"resourceType": "Patient", "id": id})
}

fn lines(resources: impl IntoIterator<Item = Json>) -> String {
    resources.into_iter().map(|resource| format!("{resource}\n")).collect()
}

/// Reasons with their counts, and the lines of the examples.
fn reasons(groups: &Groups) -> Vec<(String, u64, Vec<u64>)> {
    let lines = |group: &Group| group.examples.iter().map(|example| example.place.line).collect();
    groups.by_count().into_iter().map(|(reason, group)| (reason.to_owned(), group.count, lines(group))).collect()
}

#[test]
fn a_bad_line_costs_itself_only() {
    block_on(async {
        let directory = Directory::new();
        let mut text = lines([patient("a")]);
        text.push_str("{\"resourceType\": \"Patient\", \"id\": \"cut\n");
        text.push_str("\n   \n");
        text.push_str("{\"resourceType\": \"Patient\", id: b}\n");
        text.push_str("\"Patient\"\n");
        text.push_str(&lines([
            json!({"resourceType": "Patiant", "id": "b"}),
            json!({"resourceType": "Patient"}),
            json!({"resourceType": "Patient", "id": "ä"}),
            json!({"id": "b"}),
            json!({"resourceType": "Patient", "id": "c", "contained": [{"resourceType": "Kumquat"}]}),
            json!({"resourceType": "Patient", "id": "d", "meta": {"lastUpdated": "yesterday"}}),
        ]));
        text.push_str(&format!("{{\"resourceType\": \"Patient\", \"id\": \"{}\"}}\n", "x".repeat(30_000)));
        text.push_str(&patient("z").to_string());
        let path = directory.file("a.ndjson", text);
        let store = store().await;
        let report = load_into(&store, &[path]).await;
        assert_eq!((report.counts.created, report.counts.refused), (2, 10));
        assert!(body(&store, "Patient", "a").await.is_some() && body(&store, "Patient", "z").await.is_some());
        let mut found = reasons(&report.refused);
        found.sort_by_key(|(_, _, lines)| lines[0]);
        let expected = [
            ("not valid JSON", 2, vec![2, 5]),
            ("not a JSON object", 1, vec![6]),
            ("`Patiant` is no resource type of R4: did you mean `Patient`?", 1, vec![7]),
            ("the Patient has no `id`", 1, vec![8]),
            ("an id has 1 to 64 of the characters A-Z a-z 0-9 - .", 1, vec![9]),
            ("the object has no `resourceType`, so it is no resource", 1, vec![10]),
            ("contained: `Kumquat` is no resource type of R4", 1, vec![11]),
            ("`meta.lastUpdated` is not an instant", 1, vec![12]),
            ("longer than the limit of one line or document", 1, vec![13]),
        ];
        let found: Vec<_> =
            found.iter().map(|(reason, count, lines)| (reason.as_str(), *count, lines.clone())).collect();
        assert_eq!(found, expected);
    });
}

#[test]
fn a_first_line_that_is_cut_does_not_take_the_file_for_one_document() {
    block_on(async {
        let directory = Directory::new();
        let text = format!("{{\"resourceType\": \"Patient\", \n{}", lines([patient("a"), patient("b")]));
        let store = store().await;
        let report = load_into(&store, &[directory.file("a.ndjson", text)]).await;
        assert_eq!((report.counts.created, report.counts.refused), (2, 1));
    });
}

#[test]
fn gzip_is_recognised_by_content_and_directories_are_walked_in_order() {
    block_on(async {
        let directory = Directory::new();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines((0..10).map(|n| patient(&format!("g{n}")))).as_bytes()).unwrap();
        let mut bytes = gzip.finish().unwrap();
        // Files put one behind the other are one file.
        bytes.extend(bytes.clone());
        directory.file("in/b/zipped.ndjson", bytes);
        directory.file("in/a.json", format!("\u{feff}{:#}", patient("first")));
        directory.file("in/.hidden", "not JSON");
        directory.file("in/empty.ndjson", "");
        let store = store().await;
        let report = load_into(&store, &[directory.0.join("in")]).await;
        assert_eq!(report.refused.total(), 0, "{:?}", report.refused);
        assert_eq!((report.counts.created, report.counts.unchanged), (11, 10));
        let ty = TypeCode(Registry::r4().resource_type("Patient").unwrap().code());
        let first = store.read(&TenantContext::default(), ty, "first").await.unwrap().unwrap();
        assert_eq!(first.ord, i64::from(ty.0) << 39);
    });
}

#[test]
fn a_broken_gzip_keeps_what_came_before() {
    block_on(async {
        let directory = Directory::new();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(lines((0..200).map(|n| patient(&format!("g{n}")))).as_bytes()).unwrap();
        let mut bytes = gzip.finish().unwrap();
        bytes.truncate(bytes.len() - 100);
        let store = store().await;
        let report = load_into(&store, &[directory.file("a.gz", bytes)]).await;
        assert!(report.counts.created > 100, "{:?}", report.counts);
        assert_eq!(reasons(&report.refused), [("the file cannot be read to its end".to_owned(), 1, vec![0])]);
    });
}

#[test]
fn loading_again_changes_nothing() {
    block_on(async {
        let directory = Directory::new();
        let path = directory.file("a.ndjson", lines((0..10).map(|n| patient(&format!("p{n}")))));
        let store = store().await;
        assert_eq!(load_into(&store, std::slice::from_ref(&path)).await.counts.created, 10);
        let again = load_into(&store, &[path]).await.counts;
        assert_eq!((again.unchanged, again.resources(), again.rows), (10, 10, 0));
    });
}

#[test]
fn the_entries_of_a_transaction_find_each_other() {
    block_on(async {
        let bundle = json!({
            "resourceType": "Bundle", "type": "transaction", "entry": [
                {
                    "fullUrl": "urn:uuid:5cbc121b-cd71-4428-b8b7-31e53eba8184",
                    "resource": {
                        "resourceType": "Observation", "status": "final", "code": {"text": "pulse"},
                        "subject": {"reference": "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059"},
                        "performer": [{"reference": "https://example.org/fhir/Practitioner/7"}]
                    },
                    "request": {"method": "POST", "url": "Observation"}
                },
                {
                    "fullUrl": "urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059",
                    "resource": {"resourceType": "Patient", "id": "a"},
                    "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=1"}
                },
                {
                    "fullUrl": "https://example.org/fhir/Practitioner/7",
                    "resource": {"resourceType": "Practitioner"}, "request": {"method": "PUT", "url": "Practitioner/7"}
                },
                {"resource": {"resourceType": "Patient", "active": true}, "request": {"method": "POST", "url": "Patient"}},
                {"request": {"method": "DELETE", "url": "Patient/old"}},
                {"request": {"method": "DELETE", "url": "Patient?name=x"}},
                {"request": {"method": "PATCH", "url": "Patient/a"}},
                {"resource": patient("b"), "request": {"method": "PUT", "url": "Patient/c"}}
            ]
        });
        let directory = Directory::new();
        let path = directory.file("bundle.json", format!("{bundle:#}"));
        let store = store().await;
        let old = directory.file("old.json", patient("old").to_string());
        load_into(&store, &[old]).await;
        let report = load_into(&store, std::slice::from_ref(&path)).await;
        assert_eq!((report.counts.created, report.counts.deleted, report.counts.refused), (4, 1, 3));
        let observation = body(&store, "Observation", "5cbc121b-cd71-4428-b8b7-31e53eba8184").await.unwrap();
        assert_eq!(observation["subject"]["reference"], "Patient/a");
        assert_eq!(observation["performer"][0]["reference"], "Practitioner/7");
        assert_eq!(body(&store, "Patient", "old").await, None);
        assert_eq!(reasons(&report.warnings).len(), 1, "{:?}", report.warnings);
        // Assigned ids are the same every time.
        let again = load_into(&store, &[path]).await.counts;
        assert_eq!((again.unchanged, again.absent, again.created), (4, 1, 0));
    });
}

#[test]
fn bundles_that_hold_no_resources_to_load_are_refused_or_kept() {
    block_on(async {
        let of_type =
            |ty: &str| json!({"resourceType": "Bundle", "id": ty, "type": ty, "entry": [{"resource": patient(ty)}]});
        let mut found = of_type("searchset");
        found["entry"].as_array_mut().unwrap().push(json!({
            "resource": {"resourceType": "OperationOutcome"}, "search": {"mode": "outcome"}
        }));
        let bundles = [of_type("collection"), found, of_type("document"), of_type("history"), of_type("kumquat")];
        let directory = Directory::new();
        let store = store().await;
        let report = load_into(&store, &[directory.file("a.ndjson", lines(bundles))]).await;
        assert_eq!((report.counts.created, report.counts.refused), (3, 2));
        assert!(body(&store, "Bundle", "document").await.is_some());
        assert!(body(&store, "Patient", "document").await.is_none());
        assert!(body(&store, "Patient", "searchset").await.is_some());
    });
}

#[test]
fn an_array_is_refused_by_name() {
    block_on(async {
        let directory = Directory::new();
        let path = directory.file("a.json", format!("{:#}", json!([patient("a"), patient("b")])));
        let report = load_into(&store().await, &[path]).await;
        assert_eq!(report.counts.refused, 1);
        assert!(report.refused.by_count()[0].0.contains("array"));
    });
}

#[test]
fn a_path_that_is_not_there_is_told_before_anything_is_loaded() {
    let missing = inputs(&[PathBuf::from("/nowhere/at-all.ndjson")]).unwrap_err();
    assert!(missing.to_string().contains("/nowhere/at-all.ndjson"));
}

/// Stops as soon as something was written, and takes down refusals.
#[derive(Default)]
struct Stop {
    seen: u64,
}

impl Watch for Stop {
    fn progress(&mut self, counts: &Counts, _: u64) {
        self.seen = counts.resources();
    }

    fn stop(&self) -> bool {
        self.seen > 0
    }
}

#[test]
fn a_stopped_load_goes_on_where_it_stopped() {
    block_on(async {
        let directory = Directory::new();
        let path = directory.file("a.ndjson", lines((0..50).map(|n| patient(&format!("p{n}")))));
        let store = store().await;
        let (files, _) = inputs(std::slice::from_ref(&path)).unwrap();
        let first = load(&store, &TenantContext::default(), files, LIMITS, &mut Stop::default()).await.unwrap();
        assert!(first.stopped && (1..50).contains(&first.counts.created), "{:?}", first.counts);
        let second = load_into(&store, &[path]).await;
        assert!(!second.stopped);
        assert_eq!((second.counts.unchanged, second.counts.resources()), (first.counts.created, 50));
    });
}

#[test]
fn values_that_cannot_be_indexed_are_reported_and_stored() {
    block_on(async {
        let bad = |id: &str| json!({"resourceType": "Patient", "id": id, "birthDate": "someday"});
        let directory = Directory::new();
        let store = store().await;
        let report = load_into(&store, &[directory.file("a.ndjson", lines([bad("a"), bad("b")]))]).await;
        assert_eq!((report.counts.created, report.warnings.total()), (2, 2));
        let (reason, group) = report.warnings.by_count()[0];
        assert!(reason.contains("`birthdate` of Patient"), "{reason}");
        assert_eq!(group.examples[1].detail.as_deref(), Some("Patient.birthDate"));
        assert!(body(&store, "Patient", "b").await.is_some());
    });
}

#[test]
fn files_are_a_store_that_is_the_same_every_time() {
    block_on(async {
        let directory = Directory::new();
        let lines = [r#"{"resourceType":"Patient","id":"a"}"#, "nonsense", r#"{"resourceType":"Patient","id":"b"}"#];
        let path = directory.file("export.ndjson", lines.join("\n"));
        let tenant = TenantContext::default();
        let settings = || StoreSettings::new(Arc::new(Registry::r4().clone()));
        let (store, report) = open(&StoreUrl::ReferenceFiles(path.clone()), settings(), &tenant).await.unwrap();
        let report = report.unwrap();
        assert_eq!((report.counts.created, report.counts.refused), (2, 1));
        let (again, _) = open(&StoreUrl::ReferenceFiles(path), settings(), &tenant).await.unwrap();
        assert_eq!(store.secret().await.unwrap(), again.secret().await.unwrap());
        let ty = TypeCode(store.registry().resource_type("Patient").unwrap().code());
        assert_eq!(store.read(&tenant, ty, "a").await.unwrap(), again.read(&tenant, ty, "a").await.unwrap());
        let definition = SearchParam { url: "http://example.org/a".to_owned(), ..birthdate(&store) };
        let writes: [Result<(), StoreError>; 3] = [
            store.write(&tenant, vec![Write::Delete { ty, id: "a".to_owned() }]).await.map(drop),
            store.define(vec![definition]).await.map(drop),
            store.retire(vec![birthdate(&store).url]).await.map(drop),
        ];
        for refused in writes {
            assert!(matches!(refused, Err(StoreError::OnlySearched)), "{refused:?}");
        }
        assert!(store.read(&tenant, ty, "a").await.unwrap().is_some());
        let nowhere = open(&StoreUrl::ReferenceFiles(directory.0.join("none")), settings(), &tenant).await;
        assert!(matches!(nowhere, Err(StoreError::Failed { .. })), "{nowhere:?}");
        let (empty, report) = open(&StoreUrl::Reference, settings(), &tenant).await.unwrap();
        assert!(report.is_none() && empty.tenants().await.unwrap().is_empty());
    });
}

fn birthdate(store: &Store) -> SearchParam {
    let registry = store.registry();
    let patient = registry.resource_type("Patient").unwrap();
    registry.definition(registry.param(patient, "birthdate").unwrap()).clone()
}
