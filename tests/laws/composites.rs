//! A composite that was added while resources were there stands for its parameters, as those of the release do.

use crate::passes::{Dense, answer};
use crate::{BASE, world};
use fhirc::codegen::program::Strategy;
use fhirc::codegen::stats::{Empty, Stats};
use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::from_resource;
use fhirc::ir::BaseUrl;
use fhirc::plan::{self, Context, Plan};
use fhirc::stores::Store;
use fhirc::tenant::TenantContext;
use serde_json::{Value, json};
use std::sync::Arc;

fn observation(n: usize, effective: &str, value: Value) -> Value {
    let mut body = json!({
        "resourceType": "Observation", "id": format!("o{n}"), "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": if n.is_multiple_of(3) { "other" } else { "8867-4" }}]},
    });
    body[effective] = value;
    body
}

/// `code` and `date` side by side; moments alone, where `date` reads periods too.
fn code_date() -> Value {
    let part = |name: &str, expression: &str| json!({"definition": format!("http://hl7.org/fhir/SearchParameter/{name}"), "expression": expression});
    json!({
        "resourceType": "SearchParameter", "status": "active", "url": "http://example.org/SearchParameter/code-date",
        "code": "code-date", "base": ["Observation"], "type": "composite", "expression": "Observation",
        "component": [part("clinical-code", "code"), part("clinical-date", "effective.as(dateTime)")],
    })
}

async fn chosen(store: &Store, query: &str, dense: bool) -> Plan {
    let registry = store.registry();
    let options = Options { bases: vec![BaseUrl::new(BASE)], ..Options::default() };
    let search = Compiler::new(Arc::clone(&registry), options).compile(query).unwrap();
    let real = store.statistics(&TenantContext::default()).await.unwrap();
    let many = Dense(&real);
    let stats: &dyn Stats = if dense { &many } else { &Empty };
    plan::choose(&search.plan, Context { registry: &registry, stats })
}

/// The page by the rows of the composite, if they are used, and whether they are; it is that of the two parameters.
async fn is_paired(store: &Store, query: &str) -> bool {
    let mut pages = Vec::new();
    for dense in [true, false] {
        let plan = chosen(store, query, dense).await;
        let program = plan::split(&plan, store.capabilities().unwrap().as_ref()).unwrap();
        pages.push((answer(store, &program).await, plan));
    }
    let [(paired, plan), (plain, _)] = pages.try_into().unwrap();
    assert_eq!(paired, plain, "{query}");
    assert!(!paired[0].is_empty(), "{query}");
    matches!(plan.page.strategy, Strategy::ByPair(_))
}

#[tokio::test]
async fn an_added_composite_is_gone_through_once_it_is_built_and_where_nothing_is_beside() {
    let moments = |n: usize| json!(format!("20{:02}-03-{:02}", 10 + n * 7 % 10, 1 + n % 5));
    let resources = (0..24).map(|n| observation(n, "effectiveDateTime", moments(n))).collect();
    let store = world::holding("sqlite::memory:", resources).await;
    let sorted = ["date", "-date"].map(|key| format!("Observation?code=http://loinc.org|8867-4&_sort={key}"));
    for query in &sorted {
        assert!(!is_paired(&store, query).await);
    }
    store.define(vec![from_resource(&code_date()).unwrap()]).await.unwrap();
    assert!(!is_paired(&store, &sorted[0]).await, "some rows are missing still");
    store.reindex(&mut ()).await.unwrap();
    for query in &sorted {
        assert!(is_paired(&store, query).await, "{query}");
    }
    // A period is in no row of the composite.
    let period = observation(25, "effectivePeriod", json!({"start": "2012", "end": "2013"}));
    store.write(&TenantContext::default(), vec![world::put(period)]).await.unwrap();
    for query in sorted.iter().map(String::as_str).chain(["Observation?code=http://loinc.org|8867-4&date=lt2014"]) {
        assert!(!is_paired(&store, query).await, "{query}");
    }
    store
        .write(&TenantContext::default(), vec![world::put(observation(25, "effectiveDateTime", json!("2012")))])
        .await
        .unwrap();
    assert!(is_paired(&store, &sorted[1]).await, "nothing is beside any more");
    store.retire(vec!["http://example.org/SearchParameter/code-date".to_owned()]).await.unwrap();
    assert!(!is_paired(&store, &sorted[0]).await);
}
