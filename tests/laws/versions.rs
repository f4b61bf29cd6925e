//! Includes bring the version that a reference names, as it was written, on every store. FHIR R4 3.1.1.5.4; item 88.

use crate::compiler;
use crate::world::{holding, put};
use fhirc::codegen::rows::TypeCode;
use fhirc::definitions::Registry;
use fhirc::resolve::Handling;
use fhirc::runtime::{Page, Request, execute};
use fhirc::stores::{Store, Write};
use fhirc::tenant::TenantContext;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

const STORES: [&str; 2] = ["sqlite::memory:", "reference:"];

/// More versions than come along with one page.
const MANY: usize = 10_030;

fn code(name: &str) -> TypeCode {
    TypeCode(Registry::r4().resource_type(name).unwrap().code())
}

fn patient(id: &str, family: &str) -> Write {
    put(json!({"resourceType": "Patient", "id": id, "language": "en", "name": [{"family": family}]}))
}

fn about(id: &str, reference: &str) -> Write {
    put(json!({"resourceType": "Basic", "id": id, "subject": {"reference": reference}}))
}

fn delete(id: &str) -> Write {
    Write::Delete { ty: code("Patient"), id: id.to_owned() }
}

fn tenant(name: &str) -> TenantContext {
    TenantContext::new(name).unwrap()
}

async fn page(store: &Store, tenant: &TenantContext, query: &str) -> Page {
    let compiled = compiler(Handling::Strict).compile(query).unwrap_or_else(|rejected| panic!("{rejected}"));
    let request = Request { tenant: tenant.clone(), cursor: None };
    execute(store, &compiled, &request, None).await.unwrap()
}

/// Identity, version and family of what came along, and whether it is current.
async fn brought(store: &Store, tenant: &TenantContext, query: &str) -> Vec<(String, i64, String, bool)> {
    let page = page(store, tenant, query).await;
    let mut found: Vec<_> = page
        .included
        .iter()
        .map(|found| {
            let body: Json = serde_json::from_str(&found.body).unwrap();
            assert_eq!(body["meta"]["versionId"], json!(found.version.to_string()));
            let family = body["name"][0]["family"].as_str().unwrap_or_default().to_owned();
            (found.name(Registry::r4()), found.version, family, found.current)
        })
        .collect();
    found.sort();
    found
}

/// Patients with a history, and what refers to it.
async fn hospital(url: &str) -> Store {
    let store = holding(url, Vec::new()).await;
    let home = tenant("home");
    let writes = vec![
        // 1, deleted as 2, again as 3 and 4.
        patient("again", "one"),
        delete("again"),
        patient("again", "three"),
        patient("again", "four"),
        // Deleted for good.
        patient("gone", "one"),
        delete("gone"),
        about("first", "Patient/again/_history/1"),
        about("deletion", "Patient/again/_history/2"),
        about("third", "Patient/again/_history/3"),
        about("fourth", "Patient/again/_history/4"),
        about("later", "Patient/again/_history/5"),
        about("gone", "Patient/gone/_history/1"),
        about("never", "Patient/never/_history/1"),
        about("abroad", "Patient/abroad/_history/1"),
        about("words", "Patient/again/_history/one"),
        about("zero", "Patient/again/_history/0"),
        about("huge", "Patient/again/_history/99999999999999999999"),
    ];
    store.write(&home, writes).await.unwrap();
    store.write(&tenant("other"), vec![patient("abroad", "x"), patient("abroad", "y")]).await.unwrap();
    store
}

#[test]
fn the_named_version_comes_along_as_it_was_written() {
    let of = |version, family: &str, current| ("Patient/again".to_owned(), version, family.to_owned(), current);
    let table = [
        ("first", vec![of(1, "one", false)]),
        // A version that was a deletion is no resource.
        ("deletion", vec![]),
        ("third", vec![of(3, "three", false)]),
        ("fourth", vec![of(4, "four", true)]),
        ("later", vec![]),
        // Deleted resources never appear (item 147), in no version.
        ("gone", vec![]),
        ("never", vec![]),
        // What another tenant has is not there.
        ("abroad", vec![]),
        ("words,zero,huge", vec![]),
        ("first,third,fourth,later", vec![of(1, "one", false), of(3, "three", false), of(4, "four", true)]),
    ];
    let runtime = Runtime::new().unwrap();
    for url in STORES {
        let store = runtime.block_on(hospital(url));
        for (ids, expected) in &table {
            for include in
                ["_include=Basic:subject", "_include=*", "_include:iterate=Basic:subject&_include=Basic:patient"]
            {
                let query = format!("Basic?_id={ids}&{include}");
                assert_eq!(&runtime.block_on(brought(&store, &tenant("home"), &query)), expected, "{url} {query}");
            }
        }
        let query = "Patient?_revinclude=Basic:subject&_include:iterate=Basic:subject";
        let matched = runtime.block_on(page(&store, &tenant("home"), query));
        let versions = matched.included.iter().filter(|found| found.ty == code("Patient")).map(|found| found.version);
        assert_eq!((matched.matches.len(), versions.collect::<Vec<_>>()), (1, vec![1, 3]), "{url}");
    }
}

#[test]
fn a_version_is_cut_like_anything_else() {
    let runtime = Runtime::new().unwrap();
    for url in STORES {
        let store = runtime.block_on(hospital(url));
        let query = "Basic?_id=first&_include=Basic:subject&_elements=Patient.language";
        let page = runtime.block_on(page(&store, &tenant("home"), query));
        let body: Json = serde_json::from_str(&page.included[0].body).unwrap();
        assert_eq!((&body["language"], &body["name"]), (&json!("en"), &Json::Null), "{url}");
        assert_eq!(body["meta"]["tag"][0]["code"], json!("SUBSETTED"), "{url}");
    }
}

#[test]
fn versions_count_in_the_budget() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(holding("sqlite::memory:", Vec::new()));
    let home = TenantContext::default();
    // The last one is current.
    let versions = (0..=MANY).map(|n| patient("p", &n.to_string()));
    let list = |count: usize| {
        let entry: Vec<_> =
            (1..=count).map(|n| json!({"item": {"reference": format!("Patient/p/_history/{n}")}})).collect();
        put(
            json!({"resourceType": "List", "id": count.to_string(), "status": "current", "mode": "working", "entry": entry}),
        )
    };
    let writes: Vec<Write> = versions.chain([list(MANY), list(10_000)]).collect();
    for batch in writes.chunks(2_000) {
        runtime.block_on(store.write(&home, batch.to_vec())).unwrap();
    }
    for (count, said) in [(10_000, vec![]), (MANY, vec!["too-many-included"])] {
        let page = runtime.block_on(page(&store, &home, &format!("List?_id={count}&_include=List:item")));
        assert_eq!(page.included.len(), 10_000);
        assert_eq!(page.outcome.iter().map(|said| said.code).collect::<Vec<_>>(), said);
        assert!(page.included.iter().all(|found| !found.current));
    }
}
