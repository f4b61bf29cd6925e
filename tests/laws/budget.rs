//! What comes along with a page is bounded, and what is left out is said.

use crate::{compiler, world};
use fhirc::codegen::rows::TypeCode;
use fhirc::resolve::Handling;
use fhirc::runtime::{Page, Request, execute};
use fhirc::stores::{Store, Write};
use fhirc::tenant::TenantContext;
use serde_json::json;
use tokio::runtime::Runtime;

/// More than come along with one page.
const MANY: usize = 10_050;

/// The hospital, and many resources that refer to one Patient.
async fn crowded() -> Store {
    let store = world::store("sqlite::memory:").await;
    let code = |name| TypeCode(store.registry().resource_type(name).unwrap().code());
    let (patient, basic) = (code("Patient"), code("Basic"));
    let hub = json!({ "resourceType": "Patient", "id": "hub" });
    let mut writes = vec![Write::Put { ty: patient, id: "hub".to_owned(), keep_updated: false, body: hub }];
    writes.extend((0..MANY).map(|n| {
        let body = json!({ "resourceType": "Basic", "id": n.to_string(), "subject": { "reference": "Patient/hub" } });
        Write::Put { ty: basic, id: n.to_string(), keep_updated: false, body }
    }));
    for batch in writes.chunks(2_000) {
        store.write(&TenantContext::default(), batch.to_vec()).await.unwrap();
    }
    store
}

async fn page(store: &Store, query: &str) -> Page {
    let compiled = compiler(Handling::Strict).compile(query).unwrap_or_else(|rejected| panic!("{rejected}"));
    execute(store, &compiled, &Request::default(), None).await.unwrap()
}

#[test]
fn no_more_comes_along_than_the_budget_and_that_is_said() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(crowded());
    for query in [
        "Patient?_id=hub&_revinclude=Basic:subject",
        "Patient?_id=hub&_revinclude=*",
        "Patient?_id=hub&_revinclude:iterate=*",
    ] {
        let page = runtime.block_on(page(&store, query));
        assert_eq!((page.matches.len(), page.included.len()), (1, 10_000), "{query}");
        assert_eq!(page.outcome.iter().map(|said| said.code).collect::<Vec<_>>(), ["too-many-included"], "{query}");
        // Those that were created first stay.
        assert!(page.included.iter().zip(0..).all(|(found, n)| found.id == n.to_string()), "{query}");
    }
    let all = runtime.block_on(page(&store, "Basic?_id=1,2&_include=Basic:subject&_revinclude:iterate=Patient:link"));
    assert_eq!((all.included.len(), all.outcome.len()), (1, 0));
}
