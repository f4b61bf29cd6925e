//! What is this driver's own: versions that others write too, what resources contain, layouts, limits.

use super::*;
use crate::compiler::{Compiler, Options};
use crate::runtime::{ExecuteError, Request, execute, execute_program, program_of};
use crate::stores::elasticsearch::link::Ask;
use crate::stores::{Change, Store, StoreError};
use elasticsearch::http::Method;
use fhirc_codegen::program::{Op, Take};
use serde::de::IgnoredAny;
use std::sync::Arc;

/// What a search finds, `Type/id`, or the codes of its refusal.
async fn found(store: &Store, tenant: &TenantContext, query: &str) -> Result<Vec<String>, Vec<&'static str>> {
    let compiler = Compiler::new(store.registry(), Options::default());
    let search = compiler.compile(query).unwrap_or_else(|rejected| panic!("{rejected}"));
    let request = Request { tenant: tenant.clone(), cursor: None };
    match execute(store, &search, &request, None).await {
        Ok(page) => {
            let all = page.matches.iter().chain(&page.included);
            Ok(all.map(|resource| resource.name(&store.registry())).collect())
        }
        Err(ExecuteError::Refused { diagnostics, .. }) => Err(diagnostics.iter().map(|said| said.code).collect()),
        Err(error) => panic!("{query}: {error}"),
    }
}

async fn store(parameters: &str) -> Store {
    Store::Elasticsearch(open(&beside(parameters), settings()).await.unwrap())
}

#[test]
fn several_write_one_resource_and_each_has_a_version_of_its_own() {
    block_on(async {
        let url = beside("");
        let first = Arc::new(open(&url, settings()).await.unwrap());
        let second = Arc::new(open(&url, settings()).await.unwrap());
        let mut writing = Vec::new();
        for n in 0..10 {
            for (name, store) in [("x", &first), ("y", &second)] {
                let store = Arc::clone(store);
                let task = async move { one(&store, put(patient("a", &format!("{name}{n}")))).await };
                writing.push(tokio::spawn(task));
            }
        }
        let mut outcomes = Vec::new();
        for task in writing {
            outcomes.push(task.await.unwrap());
        }
        let mut versions: Vec<i64> = outcomes.iter().map(|outcome| outcome.version).collect();
        versions.sort_unstable();
        assert_eq!(versions, (1..=20).collect::<Vec<_>>());
        assert_eq!(outcomes.iter().filter(|outcome| outcome.change == Change::Created).count(), 1);
        assert!(outcomes.iter().all(|outcome| outcome.ord == outcomes[0].ord));
        assert_eq!(first.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap().version, 20);
        assert_eq!(count(&second, &tenant(), "Patient").await, 1);
    });
}

#[test]
fn what_a_resource_contains_comes_and_goes_with_it() {
    block_on(async {
        let store = store("").await;
        let inside = |family: &str| {
            let mut body = observation("o", "#q");
            body["contained"] = json!([{"resourceType": "Patient", "id": "q", "name": [{"family": family}]}]);
            put(body)
        };
        let by = async |family: &str| {
            found(&store, &tenant(), &format!("Observation?subject:Patient.family={family}")).await.unwrap()
        };
        store.write(&tenant(), vec![inside("Berg")]).await.unwrap();
        assert_eq!(by("berg").await, ["Observation/o"]);
        store.write(&tenant(), vec![inside("Ek")]).await.unwrap();
        assert_eq!((by("berg").await.len(), by("ek").await.len()), (0, 1));
        // It is no resource of its own.
        assert_eq!(found(&store, &tenant(), "Patient?family=ek").await.unwrap(), [""; 0]);
        store.write(&tenant(), vec![put(observation("o", "Patient/x"))]).await.unwrap();
        store.write(&tenant(), vec![put(observation("p", "#q"))]).await.unwrap();
        assert_eq!(by("ek").await, [""; 0]);
        store.write(&tenant(), vec![inside("Ek"), delete("Observation", "o")]).await.unwrap();
        assert_eq!(by("ek").await, [""; 0]);
    });
}

#[test]
fn tenants_that_share_indexes_see_nothing_of_each_other() {
    block_on(async {
        let store = store("&tenants=shared").await;
        let tenants = ["north", "south"].map(|name| TenantContext::new(name).unwrap());
        for tenant in &tenants {
            let writes = vec![put(patient("a", tenant.name())), put(observation("o", "Patient/a"))];
            store.write(tenant, writes).await.unwrap();
        }
        store.write(&tenants[1], vec![delete("Patient", "a")]).await.unwrap();
        let family = "Observation?subject:Patient.family=north";
        assert_eq!(found(&store, &tenants[0], family).await.unwrap(), ["Observation/o"]);
        assert_eq!(found(&store, &tenants[1], family).await.unwrap(), [""; 0]);
        assert_eq!(found(&store, &tenants[0], "Patient").await.unwrap(), ["Patient/a"]);
        assert_eq!(found(&store, &tenants[1], "Patient").await.unwrap(), [""; 0]);
    });
}

#[test]
fn more_behind_a_link_than_is_taken_along_is_refused_and_never_cut() {
    block_on(async {
        let store = store("&behind_links=2").await;
        for n in 0..3 {
            let id = format!("p{n}");
            let writes = vec![put(patient(&id, "Berg")), put(observation(&format!("o{n}"), &format!("Patient/{id}")))];
            store.write(&tenant(), writes).await.unwrap();
        }
        let refused = Err(vec!["not-on-this-store"]);
        for query in
            ["Observation?subject:Patient.family=berg", "Patient?_has:Observation:subject:code=8867-4&_summary=count"]
        {
            assert_eq!(found(&store, &tenant(), query).await, refused, "{query}");
        }
        store.write(&tenant(), vec![delete("Patient", "p2"), delete("Observation", "o2")]).await.unwrap();
        let found = found(&store, &tenant(), "Observation?subject:Patient.family=berg").await.unwrap();
        assert_eq!(found, ["Observation/o0", "Observation/o1"]);
    });
}

#[test]
fn more_names_than_are_taken_along_are_refused_and_never_cut() {
    block_on(async {
        let store = store("&behind_links=2").await;
        for n in 0..3 {
            let (id, url) = (format!("q{n}"), format!("http://example.org/q{n}"));
            let asked = json!({"resourceType": "Questionnaire", "id": id, "url": url, "status": "active", "title": format!("{n}")});
            let answered = json!({
                "resourceType": "QuestionnaireResponse", "id": format!("r{n}"), "status": "completed",
                "questionnaire": url,
            });
            store.write(&tenant(), vec![put(asked), put(answered)]).await.unwrap();
        }
        let by_names = "QuestionnaireResponse?questionnaire.status=active";
        let by_links = "Questionnaire?_has:QuestionnaireResponse:questionnaire:status=completed";
        let sorted = "QuestionnaireResponse?_sort=-questionnaire.title";
        for query in [by_names, by_links, sorted] {
            assert_eq!(found(&store, &tenant(), query).await, Err(vec!["not-on-this-store"]), "{query}");
        }
        store
            .write(&tenant(), vec![delete("Questionnaire", "q2"), delete("QuestionnaireResponse", "r2")])
            .await
            .unwrap();
        let by = async |query: &str| found(&store, &tenant(), query).await.unwrap();
        assert_eq!(by(by_names).await, ["QuestionnaireResponse/r0", "QuestionnaireResponse/r1"]);
        assert_eq!(by(by_links).await, ["Questionnaire/q0", "Questionnaire/q1"]);
        assert_eq!(by(sorted).await, ["QuestionnaireResponse/r1", "QuestionnaireResponse/r0"]);
    });
}

#[test]
fn more_candidates_than_are_tested_are_refused_and_never_cut() {
    block_on(async {
        let store = store("").await;
        // The second lies in the box around the sphere, and not in the sphere.
        for (id, latitude, longitude) in [("a", 0.0, 0.0), ("b", 0.08, 0.08), ("c", 1.0, 0.0)] {
            let position = json!({"latitude": latitude, "longitude": longitude});
            let location = json!({"resourceType": "Location", "id": id, "position": position});
            store.write(&tenant(), vec![put(location)]).await.unwrap();
        }
        let compiler = Compiler::new(store.registry(), Options::default());
        let search = compiler.compile("Location?near=0|0|10|km").unwrap();
        let program = program_of(&store, &search, &search.plan).unwrap();
        let request = Request { tenant: tenant(), cursor: None };
        for most in [1, 2] {
            let mut program = program.clone();
            for step in &mut program.steps {
                if let Op::Refine { candidates, bound, .. } = &mut step.op {
                    *bound = most;
                    candidates.take = Some(Take { n: most + 1, after: None });
                }
            }
            let page = execute_program(&store, &search, &program, &request, None).await;
            match page {
                Err(ExecuteError::Refused { diagnostics, .. }) if most == 1 => {
                    assert!(diagnostics[0].message.contains("more than 1 values"), "{diagnostics:?}");
                }
                Ok(page) if most == 2 => assert_eq!(page.matches.len(), 1),
                other => panic!("{most}: {other:?}"),
            }
        }
    });
}

#[test]
fn what_is_not_kept_is_refused_where_the_query_asks_for_it() {
    block_on(async {
        let store = store("").await;
        let first = vec![put(patient("a", "Berg")), put(observation("o", "Patient/a/_history/1"))];
        store.write(&tenant(), first).await.unwrap();
        let query = "Observation?_include=Observation:subject";
        assert_eq!(found(&store, &tenant(), query).await.unwrap(), ["Observation/o", "Patient/a"]);
        store.write(&tenant(), vec![put(patient("a", "Ek"))]).await.unwrap();
        assert_eq!(found(&store, &tenant(), query).await, Err(vec!["not-on-this-store"]));
    });
}

#[test]
fn a_value_that_no_index_takes_is_refused_when_it_is_written() {
    block_on(async {
        let store = memory().await;
        let long = store.write(&tenant(), vec![put(patient("a", &"x".repeat(40_000)))]).await;
        assert!(matches!(long, Err(StoreError::Limit { .. })), "{long:?}");
        assert_eq!(count(&store, &tenant(), "Patient").await, 0);
        assert_eq!(one(&store, put(patient("b", &"x".repeat(10_000)))).await.change, Change::Created);
    });
}

#[test]
fn a_store_is_opened_as_it_was_made() {
    block_on(async {
        let url = beside("");
        let refused = |error: &StoreError| matches!(error, StoreError::Mismatch { .. });
        let missing = StoreSettings { create: false, ..settings() };
        let error = open(&url, missing.clone()).await.unwrap_err();
        assert!(matches!(error, StoreError::Missing { .. }), "{error}");
        let made = open(&url, settings()).await.unwrap();
        one(&made, put(patient("a", "Berg"))).await;
        made.close().await;
        let again = open(&url, missing).await.unwrap();
        assert_eq!(count(&again, &tenant(), "Patient").await, 1);
        let elsewhere = StoreSettings { zone: Some("Europe/Berlin".parse().unwrap()), ..settings() };
        assert!(refused(&open(&url, elsewhere).await.unwrap_err()));
        let shared = url.to_string().replace("refresh=true", "refresh=true&tenants=shared").parse().unwrap();
        assert!(refused(&open(&shared, settings()).await.unwrap_err()));
        let nobody = "elasticsearch://127.0.0.1:1/x".parse().unwrap();
        assert!(matches!(open(&nobody, settings()).await.unwrap_err(), StoreError::Lost { .. }));
    });
}

#[test]
fn what_one_request_does_not_tell_is_told_by_several_at_one_point_in_time() {
    block_on(async {
        let store = store("").await;
        // One more than a request tells, and some.
        let many = 10_050;
        let patient = |n: usize| {
            let organization = format!("Organization/o{}", n % 3);
            put(json!({
                "resourceType": "Patient", "id": format!("p{n}"), "active": true,
                "managingOrganization": {"reference": organization},
            }))
        };
        let organization =
            |n: usize| put(json!({"resourceType": "Organization", "id": format!("o{n}"), "name": format!("{n}")}));
        store.write(&tenant(), (0..4).map(organization).collect()).await.unwrap();
        store.write(&tenant(), (0..many).map(patient).collect()).await.unwrap();
        let by = async |query: &str| found(&store, &tenant(), query).await.unwrap();
        let all = ["Organization/o0", "Organization/o1", "Organization/o2"];
        assert_eq!(by("Organization?_has:Patient:organization:active=true").await, all);
        assert_eq!(
            by("Organization?_filter=not (_has:Patient:organization:active eq true)").await,
            ["Organization/o3"]
        );
        // In the order of what others hold: all that match are looked at.
        assert_eq!(by("Patient?_sort=-organization.name&_count=2").await, ["Patient/p10049", "Patient/p10046"]);
        assert_eq!(by("Patient?_sort=organization.name,-_id&_count=1").await, ["Patient/p9999"]);
    });
}

#[test]
fn an_index_that_lost_its_alias_is_missed() {
    block_on(async {
        let url = beside("");
        let store = open(&url, settings()).await.unwrap();
        store.write(&tenant(), vec![put(patient("a", "Berg")), put(observation("o", "Patient/a"))]).await.unwrap();
        let number = store.shared.to_read(&tenant()).await.unwrap();
        let alias = store.shared.indexes.alias(number, ty("Patient"), &store.registry());
        // So a snapshot leaves it that is restored without aliases.
        let path = format!("/{}/_alias/{alias}", alias.replace(".live", "-1"));
        let lose = Ask::new("losing an alias", Method::Delete, path);
        store.shared.link.done::<IgnoredAny>(&lose).await.unwrap();
        let again = open(&url, settings()).await.unwrap();
        let found = again.statistics(&tenant()).await.map(drop);
        let Err(StoreError::Corrupt { what }) = found else { panic!("{found:?}") };
        assert!(what.contains(&alias), "{what}");
        let written = again.write(&tenant(), vec![put(patient("b", "Ek"))]).await;
        assert!(matches!(written, Err(StoreError::Corrupt { .. })), "{written:?}");
    });
}

#[test]
fn a_store_that_lost_its_notes_is_not_made_again() {
    block_on(async {
        let url = beside("");
        let store = open(&url, settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let notes = format!("/{}meta", store.shared.indexes.whole_store().trim_end_matches('*'));
        let gone = Ask::new("losing the notes", Method::Delete, notes);
        store.shared.link.done::<IgnoredAny>(&gone).await.unwrap();
        let lost = store.write(&tenant(), vec![put(patient("b", "Ek"))]).await;
        assert!(matches!(lost, Err(StoreError::Failed { .. })), "{lost:?}");
        let again = open(&url, settings()).await.map(drop);
        assert!(matches!(again, Err(StoreError::Corrupt { .. })), "{again:?}");
    });
}
