//! Definitions that change over stored resources: what searches find before, while and after rows are made.

use super::changes::*;
use super::kept::{as_if_from_the_start, consistent};
use super::*;
use crate::definitions::State;
use crate::stores::{Store, StoreError, Watch};
use std::task::Poll;

/// Patients and observations, in two tenants.
async fn filled() -> (Store, [TenantContext; 2]) {
    let store = store().await;
    let tenants = [tenant(), TenantContext::new("other").unwrap()];
    for tenant in &tenants {
        for n in 0..7 {
            let id = format!("p{n}");
            let mut inside = observation(&format!("c{n}"), "#q");
            inside["contained"] = json!([{"resourceType": "Patient", "id": "q", "name": [{"family": "Berg"}]}]);
            let writes = vec![
                put(patient(&id, if n % 2 == 0 { "Berg" } else { "Ek" })),
                put(observation(&format!("o{n}"), &format!("Patient/{id}"))),
                put(inside),
            ];
            store.write(tenant, writes).await.unwrap();
        }
    }
    (store, tenants)
}

fn ids(found: &[String]) -> Vec<&str> {
    found.iter().map(String::as_str).collect()
}

const BERG: [&str; 4] = ["Patient/p0", "Patient/p2", "Patient/p4", "Patient/p6"];

#[test]
fn a_new_parameter_is_refused_until_its_last_row_is_made() {
    block_on(async {
        let (store, tenants) = filled().await;
        assert_eq!(search(&store, "Patient?nick=berg").await, Err(vec!["unknown-parameter"]));
        let defined =
            store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        assert!(defined.to_build);
        let mut batches = 0;
        loop {
            consistent(&store, &tenants).await;
            let stopped = store.reindex(&mut Steps::new(1)).await.unwrap().stopped;
            if !stopped {
                break;
            }
            batches += 1;
            for query in ["Patient?nick=berg", "Observation?subject.nick=berg", "Patient?_sort=nick"] {
                assert_eq!(search(&store, query).await, Err(vec!["being-built"]), "{query}");
            }
        }
        // Two tenants; behind the last batch there is nothing to stop.
        assert_eq!(batches, 2 * BATCHES - 1);
        assert_eq!(ids(&search(&store, "Patient?nick=berg").await.unwrap()), BERG);
        assert_eq!(search(&store, "Observation?subject.nick=berg").await.unwrap().len(), 4 + 7);
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn what_is_written_meanwhile_ends_with_exactly_its_rows() {
    block_on(async {
        let (store, tenants) = filled().await;
        store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        for step in 0..20 {
            store.reindex(&mut Steps::new(1)).await.unwrap();
            let tenant = &tenants[step % 2];
            let n = step % 7;
            let writes = match step % 4 {
                0 => vec![put(patient(&format!("p{n}"), "Lund"))],
                1 => vec![delete("Patient", &format!("p{n}")), put(patient(&format!("new{step}"), "Berg"))],
                2 => vec![put(patient(&format!("p{n}"), "Dahl")), delete("Observation", &format!("c{n}"))],
                _ => vec![put(observation(&format!("o{n}"), &format!("Patient/later{step}")))],
            };
            store.write(tenant, writes).await.unwrap();
            consistent(&store, &tenants).await;
        }
        store.reindex(&mut ()).await.unwrap();
        consistent(&store, &tenants).await;
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn a_changed_parameter_means_what_it_meant_until_it_is_built() {
    block_on(async {
        let (store, tenants) = filled().await;
        let nick = |expression| vec![param("nick", "Patient", "nick", "string", expression)];
        store.define(nick("Patient.name.family")).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        let before = compile(&store, "Patient?nick=berg").unwrap();
        let defined = store.define(nick("Patient.name.family | Patient.name.given")).await.unwrap();
        assert!(defined.to_build && !defined.to_clear);
        store.write(&tenant(), vec![put(patient("later", "Berg"))]).await.unwrap();
        let mut given = patient("given", "Dahl");
        given["name"][0]["given"] = json!(["Bergliot"]);
        store.write(&tenant(), vec![put(given)]).await.unwrap();
        store.reindex(&mut Steps::new(3)).await.unwrap();
        consistent(&store, &tenants).await;
        let old = [&BERG[..], &["Patient/later"]].concat();
        assert_eq!(ids(&search(&store, "Patient?nick=berg").await.unwrap()), old);
        assert_eq!(ids(&found(&store, &tenant(), &before).await.unwrap()), old);
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(ids(&search(&store, "Patient?nick=berg").await.unwrap()), [&old[..], &["Patient/given"]].concat());
        let outdated = found(&store, &tenant(), &before).await.unwrap_err().to_string();
        assert!(outdated.starts_with("error[other-definitions]: `nick` of `Patient`"), "{outdated}");
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn a_retired_parameter_is_unknown_at_once_and_its_rows_go() {
    block_on(async {
        let (store, tenants) = filled().await;
        store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        store.define(vec![param("about", "Observation", "about", "reference", "Observation.subject")]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        let before = compile(&store, "Observation?about.nick=berg").unwrap();
        for name in ["nick", "about"] {
            assert!(store.retire(vec![url(name)]).await.unwrap().to_clear);
        }
        assert_eq!(search(&store, "Patient?nick=berg").await, Err(vec!["unknown-parameter"]));
        assert!(found(&store, &tenant(), &before).await.is_err());
        let report = store.reindex(&mut ()).await.unwrap();
        assert!(report.cleared > 0 && report.resources == 0);
        consistent(&store, &tenants).await;
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn parameters_of_the_release_change_retire_and_come_back() {
    block_on(async {
        let (store, tenants) = filled().await;
        let family = "http://hl7.org/fhir/SearchParameter/individual-family";
        store.define(vec![param("mine", "Patient", "family", "string", "Patient.name.text")]).await.unwrap();
        assert_eq!(ids(&search(&store, "Patient?family=berg").await.unwrap()), BERG);
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(search(&store, "Patient?family=berg").await.unwrap(), [""; 0]);
        as_if_from_the_start(&store, &tenants).await;
        // Without it, the release's definition is behind the code again; its rows are gone.
        store.retire(vec![url("mine")]).await.unwrap();
        assert_eq!(search(&store, "Patient?family=berg").await, Err(vec!["being-built"]));
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(ids(&search(&store, "Patient?family=berg").await.unwrap()), BERG);
        as_if_from_the_start(&store, &tenants).await;
        store.retire(vec![family.to_owned()]).await.unwrap();
        assert_eq!(search(&store, "Patient?family=berg").await, Err(vec!["unknown-parameter"]));
        store.reindex(&mut ()).await.unwrap();
        as_if_from_the_start(&store, &tenants).await;
        let original = Registry::r4().definitions().find(|known| known.url == family).unwrap().clone();
        store.define(vec![original]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(ids(&search(&store, "Patient?family=berg").await.unwrap()), BERG);
        assert!(store.registry().standings().iter().all(|standing| standing.state == State::Active));
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn nothing_is_half_registered() {
    block_on(async {
        let (store, tenants) = filled().await;
        store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        let good = || param("good", "Patient", "good", "token", "Patient.active");
        let twice = param("good", "Patient", "good", "token", "Patient.gender");
        let epoch = store.registry().epoch();
        let refused = [
            ("uncompilable", param("bad", "Patient", "bad", "token", "Patient.name.given.first().upper()")),
            ("unknown-type", param("bad", "Pateint", "bad", "token", "Patient.active")),
            ("duplicate-code", param("bad", "Patient", "nick", "token", "Patient.active")),
            ("duplicate-code", param("bad", "Patient", "good", "token", "Patient.gender")),
            ("bad-code", param("bad", "Patient", "b.d", "token", "Patient.active")),
            ("bad-code", param("bad", "Patient", "_sort", "token", "Patient.active")),
            ("unknown-component", composite("bad", "bad", [("http://example.org/x", "code"), ("y", "value")])),
            ("duplicate-definition", twice),
        ];
        for (code, bad) in refused {
            match store.define(vec![good(), bad.clone()]).await.unwrap_err() {
                StoreError::Unindexable { problems } => assert_eq!((code, problems.len()), ("uncompilable", 1)),
                StoreError::Definitions { problems } => {
                    let errors: Vec<_> = problems.iter().filter(|p| p.is_error()).map(|p| p.code).collect();
                    assert_eq!(errors, [code], "{problems:?}");
                }
                other => panic!("{other}"),
            }
            assert_eq!(store.registry().epoch(), epoch);
            assert_eq!(search(&store, "Patient?good=true").await, Err(vec!["unknown-parameter"]));
        }
        for url in ["http://example.org/nik", "http://hl7.org/fhir/SearchParameter/clinical-code"] {
            assert!(matches!(store.retire(vec![url.to_owned()]).await, Err(StoreError::Definitions { .. })), "{url}");
        }
        consistent(&store, &tenants).await;
    });
}

#[test]
fn a_composite_follows_its_parts() {
    block_on(async {
        let (store, tenants) = filled().await;
        let parts =
            [("http://hl7.org/fhir/SearchParameter/clinical-code", "code"), ("http://example.org/val", "value")];
        let val = |ty, expression| param("val", "Observation", "val", ty, expression);
        store.define(vec![composite("pair", "pair", parts), val("quantity", "Observation.value")]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(search(&store, "Observation?pair=8867-4$gt70").await.unwrap().len(), 14);
        let refused = store.retire(vec![url("val")]).await.unwrap_err().to_string();
        assert!(refused.contains("it is a part of `http://example.org/pair`"), "{refused}");
        // A part that a text reads: the composite has no such rows.
        let refused = store.define(vec![val("uri", "Observation.implicitRules")]).await.unwrap_err();
        assert!(matches!(refused, StoreError::Unindexable { .. }), "{refused}");
        store.define(vec![val("token", "Observation.value")]).await.unwrap();
        assert_eq!(search(&store, "Observation?pair=8867-4$gt70").await.unwrap().len(), 14, "the old one answers");
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(search(&store, "Observation?pair=8867-4$gt70").await.unwrap(), [""; 0], "a token is no number");
        as_if_from_the_start(&store, &tenants).await;
    });
}

/// Drops a future where it waits for the nth time: in the middle of a batch, wherever that is.
async fn cut_off<F: Future>(future: F, waits: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = waits;
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[test]
fn definitions_and_builds_outlive_the_process() {
    block_on(async {
        let directory = Directory::new();
        let place = directory.url();
        let open = || async { Store::open(&place, settings()).await.unwrap() };
        let store = open().await;
        let writes = (0..9).map(|n| put(patient(&format!("p{n}"), "Berg"))).collect();
        store.write(&tenant(), writes).await.unwrap();
        store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        store.define(vec![param("use", "Patient", "use", "token", "Patient.active")]).await.unwrap();
        store.close().await;
        for waits in 0..40 {
            let store = open().await;
            let running = !store.registry().builds().is_empty();
            let ended = cut_off(store.reindex(&mut ()), waits % 5).await;
            consistent(&store, &[tenant()]).await;
            // One look at the registry: a batch that was queued goes on behind the future that was dropped.
            let seen = store.registry();
            if running && !seen.builds().is_empty() {
                let progress: Vec<_> = seen.standings().iter().map(|standing| standing.state).collect();
                assert!(progress.iter().any(|state| matches!(state, State::Building { total: 9, .. })), "{progress:?}");
                // It may be the last: then all are found, never some.
                match search(&store, "Patient?use=true").await {
                    Ok(found) => assert_eq!((found.len(), store.registry().builds().len()), (9, 0)),
                    Err(refused) => assert_eq!(refused, ["being-built"]),
                }
            }
            store.close().await;
            if ended.is_some() {
                break;
            }
        }
        let store = open().await;
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(search(&store, "Patient?nick=berg&use=true").await.unwrap().len(), 9);
        as_if_from_the_start(&store, &[tenant()]).await;
    });
}

#[test]
fn another_process_sees_the_same_definitions() {
    block_on(async {
        let directory = Directory::new();
        let place = directory.url();
        let one = Store::open(&place, settings()).await.unwrap();
        let other = Store::open(&place, settings()).await.unwrap();
        let writes = (0..9).map(|n| put(patient(&format!("p{n}"), "Berg"))).collect();
        one.write(&tenant(), writes).await.unwrap();
        let plain = compile(&other, "Patient?family=berg").unwrap();
        one.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        // Writes of a process that has not heard of it yet; searches that it does not touch.
        other.write(&tenant(), vec![put(patient("new", "Berg")), put(patient("p8", "Ek"))]).await.unwrap();
        assert_eq!(found(&other, &tenant(), &plain).await.unwrap().len(), 9);
        consistent(&other, &[tenant()]).await;
        let (mut a, mut b) = ((), ());
        let (a, b) = tokio::join!(one.reindex(&mut a), other.reindex(&mut b));
        assert!(a.unwrap().resources + b.unwrap().resources >= 9);
        one.refresh().await.unwrap();
        other.refresh().await.unwrap();
        for store in [&one, &other] {
            assert_eq!(search(store, "Patient?nick=berg").await.unwrap().len(), 9);
            as_if_from_the_start(store, &[tenant()]).await;
        }
        let nick = compile(&other, "Patient?nick=berg").unwrap();
        one.retire(vec![url("nick")]).await.unwrap();
        assert!(found(&other, &tenant(), &nick).await.is_err(), "it is told by the store");
    });
}

#[test]
fn a_cursor_ends_with_the_definitions_it_came_from() {
    block_on(async {
        let (store, _) = filled().await;
        let nick = |expression| vec![param("nick", "Patient", "nick", "string", expression)];
        store.define(nick("Patient.name.family")).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        let page = |query: &'static str, cursor| {
            let store = &store;
            async move {
                let request = crate::runtime::Request { tenant: tenant(), cursor };
                crate::runtime::execute(store, &compile(store, query).unwrap(), &request, None).await
            }
        };
        let (sorted, plain) = ("Patient?_sort=nick&_count=2", "Patient?_count=2");
        let (next, other) = (page(sorted, None).await.unwrap().next, page(plain, None).await.unwrap().next);
        store.define(nick("Patient.name.given")).await.unwrap();
        assert_eq!(page(sorted, next.clone()).await.unwrap().matches.len(), 2);
        store.reindex(&mut ()).await.unwrap();
        let refused = page(sorted, next).await.unwrap_err().to_string();
        assert!(refused.contains("before parameters of this search were changed"), "{refused}");
        assert_eq!(page(plain, other).await.unwrap().matches.len(), 2);
    });
}

#[test]
fn without_an_index_definitions_hold_at_once() {
    block_on(async {
        let store = Store::open(&crate::stores::StoreUrl::Reference, settings()).await.unwrap();
        store.write(&tenant(), vec![put(patient("a", "Berg"))]).await.unwrap();
        let nick = |expression| vec![param("nick", "Patient", "nick", "string", expression)];
        let defined = store.define(nick("Patient.name.family")).await.unwrap();
        assert!(!defined.to_build && !defined.to_clear);
        let before = compile(&store, "Patient?nick=berg").unwrap();
        assert_eq!(found(&store, &tenant(), &before).await.unwrap(), ["Patient/a"]);
        assert!(store.define(nick("Patient.name.given.upper()")).await.is_err());
        store.define(nick("Patient.name.given")).await.unwrap();
        assert_eq!(search(&store, "Patient?nick=berg").await.unwrap(), [""; 0]);
        assert!(found(&store, &tenant(), &before).await.is_err(), "as on every store");
        store.retire(vec![url("nick")]).await.unwrap();
        assert_eq!(search(&store, "Patient?nick=berg").await, Err(vec!["unknown-parameter"]));
        assert_eq!(store.reindex(&mut ()).await.unwrap(), crate::stores::Reindexed::default());
    });
}

/// Counts batches.
struct Counter<'a>(&'a std::sync::Mutex<u32>);

impl Watch for Counter<'_> {
    fn progress(&mut self, at: &crate::stores::Indexing) {
        assert!(at.resources.0 <= at.resources.1);
        *self.0.lock().unwrap() += 1;
    }
}

#[test]
fn writers_and_a_build_do_not_wait_for_each_other() {
    block_on(async {
        let directory = Directory::new();
        let place = directory.url();
        let store = Store::open(&place, settings()).await.unwrap();
        let writes = (0..60).map(|n| put(patient(&format!("p{n}"), "Berg"))).collect();
        store.write(&tenant(), writes).await.unwrap();
        store.define(vec![param("nick", "Patient", "nick", "string", "Patient.name.family")]).await.unwrap();
        let batches = std::sync::Mutex::new(0);
        let mut counter = Counter(&batches);
        let writing = async {
            for n in 0..120 {
                let family = ["Ek", "Lund", "Berg"][n % 3];
                let write = match n % 5 {
                    0 => delete("Patient", &format!("p{}", n % 60)),
                    _ => put(patient(&format!("p{}", (n * 7) % 70), family)),
                };
                store.write(&tenant(), vec![write]).await.unwrap();
            }
        };
        let (report, ()) = tokio::join!(store.reindex(&mut counter), writing);
        assert!(!report.unwrap().stopped);
        assert!(*batches.lock().unwrap() >= 20);
        consistent(&store, &[tenant()]).await;
        as_if_from_the_start(&store, &[tenant()]).await;
    });
}
