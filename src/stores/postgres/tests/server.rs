//! What only a server brings: several writers, connections that break, statements that take too long.

use super::super::link::Links;
use super::super::place::Place;
use super::super::query::end_again;
use super::super::sql::execute;
use super::*;
use crate::stores::reading::Reading as _;
use std::time::{Duration, Instant};

pub(super) fn place(url: &StoreUrl) -> Place {
    let StoreUrl::Postgres(url) = url else { panic!("{url}") };
    Place::of(url).unwrap()
}

/// What a store calls its connections.
fn name(url: &StoreUrl) -> String {
    place(url).config.get_application_name().unwrap().to_owned()
}

/// Connections beside those of a store.
pub(super) fn links(url: &StoreUrl) -> Links {
    Links::new(&place(url), || ()).unwrap()
}

/// Ends all other connections of a schema's store, as a server that is restarted does.
pub(super) async fn break_connections(url: &StoreUrl) {
    let links = links(url);
    let link = links.lend().await.unwrap();
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE pid <> pg_backend_pid() AND application_name = $1";
    let killed = row(&*link, kill, &[&name(url)]).await.unwrap().unwrap();
    assert!(killed.get::<_, i64>(0) > 0);
    link.settled(Ok(())).unwrap();
}

#[test]
fn several_processes_write_without_loss_or_deadlock() {
    block_on(async {
        let directory = Directory::new();
        let mut tasks = Vec::new();
        for process in 0..6 {
            let store = open(&directory.url(), settings()).await.unwrap();
            tasks.push(tokio::spawn(async move {
                for n in 0..8 {
                    // The same resources in another order, which refer to each other, and a new code system each.
                    let mut of_all: Vec<Write> = (0..5).map(|id| put(patient(&format!("p{id}"), "Berg"))).collect();
                    let mut own = observation(&format!("o{process}-{n}"), &format!("Patient/late{n}"));
                    own["code"]["coding"][0]["system"] = json!(format!("urn:system:{process}:{n}"));
                    of_all.push(put(own));
                    if process % 2 == 0 {
                        of_all.reverse();
                    }
                    store.write(&tenant(), of_all).await.unwrap();
                    if process == 5 {
                        store.write(&tenant(), vec![put(patient(&format!("late{n}"), "Ek"))]).await.unwrap();
                    }
                }
                store
            }));
        }
        let mut stores = Vec::new();
        for task in tasks {
            stores.push(task.await.unwrap());
        }
        let store = stores.pop().unwrap();
        assert_eq!(count(&store, &tenant(), "Patient").await, 5 + 8);
        assert_eq!(count(&store, &tenant(), "Observation").await, 6 * 8);
        for id in 0..5 {
            assert_eq!(store.history(&tenant(), ty("Patient"), &format!("p{id}")).await.unwrap().len(), 6 * 8);
        }
        consistency::check(&store, &tenant()).await;
    });
}

#[test]
fn a_store_goes_on_after_its_connections_broke() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        for n in 0..5 {
            one(&store, put(patient(&format!("p{n}"), "Berg"))).await;
            break_connections(&directory.url()).await;
            assert_eq!(count(&store, &tenant(), "Patient").await, n + 1);
            break_connections(&directory.url()).await;
        }
        assert_eq!(count(&store, &tenant(), "Patient").await, 5);
        consistency::check(&store, &tenant()).await;
    });
}

#[test]
fn what_takes_too_long_says_so() {
    block_on(async {
        let directory = Directory::new();
        let url: StoreUrl = format!("{}&statement_timeout=300", address(&directory.url())).parse().unwrap();
        let store = open(&url, settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let (begin, blocker) = (Instant::now(), links(&directory.url()));
        let mut link = blocker.lend().await.unwrap();
        let held = link.transaction().await.unwrap();
        held.batch_execute("LOCK TABLE resource IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let query = query(all("Patient"), Yield::Count);
        let refused = store.run(&tenant(), &query, &crate::stores::Slots::new(), 0).await;
        let Err(StoreError::TimedOut { after }) = refused else { panic!("{refused:?}") };
        assert_eq!(after, Duration::from_millis(300));
        assert!(begin.elapsed() < Duration::from_secs(10));
        held.rollback().await.unwrap();
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        link.settled(Ok(())).unwrap();
    });
}

#[test]
fn a_query_that_nobody_waits_for_is_stopped() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let blocker = links(&directory.url());
        let mut link = blocker.lend().await.unwrap();
        let held = link.transaction().await.unwrap();
        held.batch_execute("LOCK TABLE resource IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let query = query(all("Patient"), Yield::Count);
        let slots = crate::stores::Slots::new();
        let waited = tokio::time::timeout(Duration::from_millis(200), store.run(&tenant(), &query, &slots, 0)).await;
        assert!(waited.is_err());
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'";
        let mut left = 1_i64;
        for _ in 0..50 {
            left = held.query_one(waiting, &[&name(&directory.url())]).await.unwrap().get(0);
            if left == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(left, 0, "the statement goes on");
        held.rollback().await.unwrap();
        link.settled(Ok(())).unwrap();
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
    });
}

/// Takes minutes.
const LONG: &str = "SELECT 1 FROM generate_series(1, 1000000000) AS n (i) WHERE i < 0";

#[test]
fn a_snapshot_goes_on_behind_a_query_that_was_given_up() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let blocker = links(&directory.url());
        let mut link = blocker.lend().await.unwrap();
        let held = link.transaction().await.unwrap();
        held.batch_execute("LOCK TABLE resource IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let (patients, slots) = (query(all("Patient"), Yield::Count), crate::stores::Slots::new());
        // What looks at no row at all is worth the least time there is.
        let bounded = Query { visits: Some(0), ..patients.clone() };
        let whose = tenant();
        let snapshot = store.snapshot(&whose).await.unwrap();
        let found = snapshot.run(&bounded, &slots, 0).await;
        assert!(matches!(found, Err(StoreError::GaveUp)), "{found:?}");
        held.rollback().await.unwrap();
        link.settled(Ok(())).unwrap();
        assert_eq!(snapshot.run(&patients, &slots, 0).await.unwrap()[0].ord, 1);
        snapshot.end();
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
    });
}

#[test]
fn a_bound_that_stopped_its_own_end_is_taken_back_all_the_same() {
    block_on(async {
        let links = links(&Directory::new().url());
        let link = links.lend().await.unwrap();
        link.batch_execute("BEGIN; SAVEPOINT apart; SET LOCAL statement_timeout = 20").await.unwrap();
        link.batch_execute("SELECT pg_sleep(1)").await.unwrap_err();
        end_again(&link, "ROLLBACK TO apart; RELEASE apart").await.unwrap();
        link.batch_execute("SELECT pg_sleep(0.1); COMMIT").await.unwrap();
        let lost = end_again(&link, "ROLLBACK TO apart").await;
        assert!(matches!(lost, Err(StoreError::Lost { .. })), "{lost:?}");
        assert!(link.settled(lost).is_err());
    });
}

#[test]
fn a_snapshot_sees_nothing_of_what_is_written_meanwhile() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        let ord = one(&store, put(patient("a", "Berg"))).await.ord;
        let whose = tenant();
        let snapshot = store.snapshot(&whose).await.unwrap();
        let slots = crate::stores::Slots::new();
        let patients = query(all("Patient"), Yield::Count);
        let before = (snapshot.run(&patients, &slots, 0).await.unwrap(), snapshot.bodies(&[ord]).await.unwrap());
        store.write(&tenant(), vec![put(patient("a", "Ek")), put(patient("b", "Ek"))]).await.unwrap();
        let after = (snapshot.run(&patients, &slots, 0).await.unwrap(), snapshot.bodies(&[ord]).await.unwrap());
        assert_eq!(before, after);
        assert_eq!(after.1[0].version, 1);
        snapshot.end();
        assert_eq!(store.bodies(&tenant(), &[ord]).await.unwrap()[0].version, 2);
        assert_eq!(count(&store, &tenant(), "Patient").await, 2);
    });
}

#[test]
fn a_statement_that_nobody_waits_for_uses_no_processor() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        let endless = || async {
            store
                .shared
                .links
                .read(|link: Link| async move {
                    let found = link.query(LONG, &[]).await.map_err(StoreError::postgres("counting"));
                    link.settled(found)
                })
                .await
        };
        let looking = links(&directory.url());
        let link = looking.lend().await.unwrap();
        let running =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND query = $2 AND state = 'active'";
        let running = || async {
            let found = row(&*link, running, &[&name(&directory.url()), &LONG]).await.unwrap().unwrap();
            found.get::<_, i64>(0)
        };
        for _ in 0..20 {
            let ran = async {
                while running().await == 0 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! {
                found = endless() => panic!("{found:?}"),
                () = ran => {}
            }
        }
        let begin = Instant::now();
        while running().await > 0 {
            assert!(begin.elapsed() < Duration::from_secs(10), "a statement goes on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // More were dropped than the pool has connections.
        one(&store, put(patient("a", "Berg"))).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
    });
}

#[test]
fn somebody_elses_tables_are_left_as_they_are() {
    block_on(async {
        let directory = Directory::new();
        let blocker = links(&directory.url());
        let link = blocker.lend().await.unwrap();
        let schema = place(&directory.url()).schema;
        link.batch_execute(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.resource (id int)")).await.unwrap();
        let refused = open(&directory.url(), settings()).await.map(|_| ());
        assert!(matches!(refused, Err(StoreError::NotAStore { .. })), "{refused:?}");
        execute(&*link, &format!("SELECT id FROM {schema}.resource"), &[]).await.unwrap();
        link.settled(Ok(())).unwrap();
    });
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_a_search() {
    block_on(async {
        let refused = open(&Directory::new().url(), StoreSettings { create: false, ..settings() }).await.map(|_| ());
        assert!(matches!(refused, Err(StoreError::Missing { .. })), "{refused:?}");
    });
}

#[test]
fn one_store_is_opened_by_many_at_once() {
    block_on(async {
        let directory = Directory::new();
        let open = || {
            let url = directory.url();
            tokio::spawn(async move { open(&url, settings()).await.map(|_| ()) })
        };
        let opened: Vec<_> = (0..6).map(|_| open()).collect();
        for opened in opened {
            opened.await.unwrap().unwrap();
        }
    });
}

/// The URL with what a password may be; of a server for tests it is no secret.
pub(super) fn address(url: &StoreUrl) -> &str {
    let StoreUrl::Postgres(url) = url else { panic!("{url}") };
    url.with_password()
}
