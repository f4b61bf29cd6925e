//! Readers beside a writer, and futures that are dropped.

use super::super::Snapshot;
use super::*;
use crate::stores::{Slots, StoreError};

const IN_A_BATCH: usize = 25;

#[test]
fn readers_see_whole_batches_while_one_is_written() {
    block_on(async {
        let directory = Directory::new();
        let store = Arc::new(SqliteStore::open(Place::File(directory.file("ward.db")), settings()).await.unwrap());
        let reading = |store: Arc<SqliteStore>| async move {
            let mut seen = Vec::new();
            while seen.last() != Some(&(20 * IN_A_BATCH as i64)) {
                seen.push(count(&store, &tenant(), "Patient").await);
            }
            seen
        };
        let readers: Vec<_> = (0..4).map(|_| tokio::spawn(reading(Arc::clone(&store)))).collect();
        for batch in 0..20 {
            let writes = (0..IN_A_BATCH).map(|n| put(patient(&format!("p{batch}-{n}"), "Berg"))).collect();
            store.write(&tenant(), writes).await.unwrap();
        }
        for reader in readers {
            let seen = reader.await.unwrap();
            assert!(seen.is_sorted(), "a later reader sees no less: {seen:?}");
            assert!(seen.iter().all(|n| n % IN_A_BATCH as i64 == 0), "no part of a batch is seen: {seen:?}");
        }
    });
}

#[test]
fn writes_of_several_tasks_all_arrive() {
    block_on(async {
        let store = Arc::new(memory().await);
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in 0..10 {
                        // Everybody writes the same patient too: versions thought through against an older one.
                        let writes = vec![put(patient(&format!("p{task}-{n}"), "Berg")), put(patient("all", "Ek"))];
                        store.write(&tenant(), writes).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count(&store, &tenant(), "Patient").await, 81);
        let versions = store.history(&tenant(), ty("Patient"), "all").await.unwrap();
        assert_eq!(
            versions.iter().map(|stored| stored.version).collect::<Vec<_>>(),
            (1..=80).rev().collect::<Vec<_>>()
        );
        super::consistency::check(&store, &tenant()).await;
    });
}

#[test]
fn a_dropped_read_stops_its_statement_and_no_other() {
    block_on(async {
        let store = Arc::new(memory().await);
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let reading = Arc::clone(&store);
        let read = tokio::spawn(async move {
            let job = move |connection: &mut rusqlite::Connection| {
                begun.send(()).unwrap();
                connection.query_row(endless, [], |row| row.get::<_, i64>(0)).map_err(StoreError::database("counting"))
            };
            reading.reading().read(job).await
        });
        has_begun.await.unwrap();
        read.abort();
        assert!(read.await.unwrap_err().is_cancelled());
        // The one connection is free again, and what follows is not stopped.
        one(&store, put(patient("a", "Berg"))).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
    });
}

#[test]
fn a_request_that_panics_costs_itself_only() {
    block_on(async {
        let store = memory().await;
        let failed: Result<(), _> = store.reading().read(|_| panic!("a bug")).await;
        assert!(matches!(failed, Err(StoreError::Closed)), "{failed:?}");
        assert_eq!(count(&store, &tenant(), "Patient").await, 0);
    });
}

#[test]
fn a_snapshot_sees_nothing_of_what_is_written_meanwhile() {
    block_on(async {
        let directory = Directory::new();
        let store = Arc::new(SqliteStore::open(Place::File(directory.file("ward.db")), settings()).await.unwrap());
        let ord = one(&store, put(patient("a", "Berg"))).await.ord;
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (written, is_written) = std::sync::mpsc::channel();
        let reading = Arc::clone(&store);
        let read = tokio::spawn(async move {
            let read = move |snapshot: &Snapshot<'_>| {
                let query = query(all("Patient"), Yield::Count);
                let found = || (snapshot.query(&query, &Slots::new(), 0).unwrap(), snapshot.stored(&[ord]).unwrap());
                let before = found();
                begun.send(()).unwrap();
                is_written.recv().unwrap();
                Ok((before, found()))
            };
            reading.snapshot(&tenant(), read).await
        });
        has_begun.await.unwrap();
        store.write(&tenant(), vec![put(patient("a", "Ek")), put(patient("b", "Ek"))]).await.unwrap();
        written.send(()).unwrap();
        let (before, after) = read.await.unwrap().unwrap();
        assert_eq!(before, after);
        assert_eq!(after.1[0].version, 1);
        assert_eq!(count(&store, &tenant(), "Patient").await, 2);
        assert_eq!(store.bodies(&tenant(), &[ord]).await.unwrap()[0].version, 2);
    });
}
