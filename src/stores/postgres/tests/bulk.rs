//! Loads into an empty store, whose indexes wait; and the migrations that make tables and indexes.

use super::own::Server;
use super::server::{links, place};
use super::*;
use fhirc_codegen::sql::Postgres;
use fhirc_codegen::sql::indexes::{few_statistics, indexes};
use fhirc_codegen::sql::schema::{Table, abridged_texts, tables};

/// Names of the indexes of a store that may wait, as they are there.
async fn there(store: &Subject) -> Vec<String> {
    let select = "SELECT relname::text FROM pg_class WHERE relkind = 'i' AND relname ~ '_key$' \
        AND relname NOT IN ('tenant_name_key', 'type_name_key', 'system_url_key') \
        AND relnamespace = current_schema()::regnamespace ORDER BY 1";
    let link = store.shared.links.lend().await.unwrap();
    let found = super::super::sql::rows(&*link, select, &[]).await.unwrap();
    link.settled(Ok(())).unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

fn all_names() -> Vec<String> {
    let mut names: Vec<String> = indexes().into_iter().filter(|index| index.may_wait).map(|index| index.name).collect();
    names.sort();
    names
}

#[test]
fn indexes_wait_while_an_empty_store_is_loaded_and_no_answer_is_wrong() {
    block_on(async {
        let store = memory().await;
        let bulk = store.begin_bulk().await.unwrap().expect("the store is empty");
        assert_eq!(there(&store).await, Vec::<String>::new());
        assert!(store.begin_bulk().await.unwrap().is_none(), "one load at a time");
        let writes =
            vec![put(observation("x", "Patient/a")), put(observation("y", "Patient/b")), put(patient("a", "Berg"))];
        store.write(&tenant(), writes).await.unwrap();
        store.write(&tenant(), vec![put(patient("b", "Ek"))]).await.unwrap();
        assert_eq!(there(&store).await, Vec::<String>::new());
        consistency::check(&store, &tenant()).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 2);
        bulk.end().await.unwrap();
        assert_eq!(there(&store).await, all_names());
        store.tidy().await.unwrap();
        consistency::check(&store, &tenant()).await;
        assert!(store.begin_bulk().await.unwrap().is_none(), "the store is not empty");
        assert_eq!(there(&store).await, all_names());
    });
}

#[test]
fn who_takes_out_rows_makes_the_indexes_first() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        let bulk = store.begin_bulk().await.unwrap().expect("the store is empty");
        let other = open(&directory.url(), settings()).await.unwrap();
        assert_eq!(there(&store).await, Vec::<String>::new(), "who opens it sees that a load goes on");
        one(&store, put(patient("a", "Berg"))).await;
        one(&other, put(patient("a", "Ek"))).await;
        assert_eq!(there(&store).await, all_names());
        consistency::check(&store, &tenant()).await;
        bulk.end().await.unwrap();
    });
}

#[test]
fn whoever_opens_a_store_makes_the_indexes_that_a_load_has_left_behind() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        let bulk = store.begin_bulk().await.unwrap().expect("the store is empty");
        one(&store, put(patient("a", "Berg"))).await;
        // A process that is killed: its connections close, and nobody makes anything.
        let killed = links(&directory.url());
        let link = killed.lend().await.unwrap();
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
            WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
        link.batch_execute(kill).await.unwrap();
        std::mem::forget(bulk);
        link.settled(Ok(())).unwrap();
        let store = open(&directory.url(), settings()).await.unwrap();
        assert_eq!(there(&store).await, all_names());
        consistency::check(&store, &tenant()).await;
    });
}

/// `FHIRC_FAULTS` is the number of times, as for the other faults.
#[test]
fn a_server_that_is_killed_during_a_load_has_all_that_was_acknowledged_and_all_indexes() {
    let times = std::env::var("FHIRC_FAULTS").ok().and_then(|times| times.parse().ok()).unwrap_or(2);
    let server = Arc::new(Server::new("postgres"));
    let url = server.start();
    for n in 0..times {
        let url = url.apart(&format!("load{n}"));
        block_on(async {
            let store = open(&url, settings()).await.unwrap();
            let bulk = store.begin_bulk().await.unwrap().expect("the store is empty");
            let mut acknowledged = 0;
            let again = {
                let server = Arc::clone(&server);
                let after = std::time::Duration::from_millis(20 + 37 * n);
                tokio::task::spawn_blocking(move || {
                    std::thread::sleep(after);
                    server.end(if n % 2 == 0 { "KILL" } else { "QUIT" });
                    server.start()
                })
            };
            while !again.is_finished() {
                let of =
                    |k: u64| put(observation(&format!("{acknowledged}-{k}"), &format!("Patient/{}", acknowledged + k)));
                let writes = (0..50).map(of).chain([put(patient(&acknowledged.to_string(), "Berg"))]).collect();
                if store.write(&tenant(), writes).await.is_err() {
                    break;
                }
                acknowledged += 1;
            }
            again.await.unwrap();
            drop(bulk);
            let store = open(&url, settings()).await.unwrap();
            assert_eq!(there(&store).await, all_names());
            consistency::check(&store, &tenant()).await;
            let patients = u64::try_from(count(&store, &tenant(), "Patient").await).unwrap();
            // The last one may have been written and nobody told.
            assert!((acknowledged..=acknowledged + 1).contains(&patients), "{acknowledged}, {patients}");
            assert_eq!(count(&store, &tenant(), "Observation").await, i64::try_from(patients * 50).unwrap());
        });
    }
}

#[test]
fn a_load_that_nobody_waits_for_leaves_indexes() {
    block_on(async {
        let store = memory().await;
        drop(store.begin_bulk().await.unwrap().expect("the store is empty"));
        while there(&store).await != all_names() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
}

/// Columns, indexes and targets of statistics of a schema, one a line.
const MADE: &str = "SELECT c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull \
    || ' ' || coalesce((SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation), '') || ' ' \
    || coalesce(a.attstattarget, -1) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
    WHERE c.relkind = 'r' AND c.relnamespace = $1::text::regnamespace AND a.attnum > 0 AND c.relname <> 'fhirc_migration' \
    UNION ALL SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes \
    WHERE schemaname = $1::text AND tablename <> 'fhirc_migration' ORDER BY 1";

#[test]
fn the_migrations_make_what_the_schema_says() {
    block_on(async {
        let directory = Directory::new();
        open(&directory.url(), settings()).await.unwrap();
        let schema = place(&directory.url()).schema;
        let links = links(&directory.url());
        let link = links.lend().await.unwrap();
        let said = format!("{schema}_said");
        let tables: Vec<Table> = tables().into_iter().chain([abridged_texts()]).collect();
        let ddl = tables.iter().map(|table| table.ddl::<Postgres>());
        let beside = indexes().into_iter().map(|index| index.ddl).chain(tables.iter().filter_map(few_statistics));
        let ddl: Vec<String> = ddl.chain(beside).collect();
        link.batch_execute(&format!("CREATE SCHEMA {said}; SET search_path = {said}; {}", ddl.join("; ")))
            .await
            .unwrap();
        let (made, wanted) = (lines(&link, &schema).await, lines(&link, &said).await);
        link.batch_execute(&format!("DROP SCHEMA {said} CASCADE")).await.unwrap();
        assert_eq!(made, wanted, "a changed schema is a migration more");
    });
}

async fn lines(link: &Link, schema: &str) -> Vec<String> {
    let found = super::super::sql::rows(&**link, MADE, &[&schema]).await.unwrap();
    found.iter().map(|row| row.get(0)).collect()
}

/// What was written before the indexes stood beside the tables.
#[test]
fn a_store_from_before_goes_on() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        one(&store, put(observation("x", "Patient/a"))).await;
        let link = store.shared.links.lend().await.unwrap();
        // Back to the second: what the third has made goes, and what it has dropped comes back.
        let keys = "SELECT format('DROP INDEX %I; ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (%s)', indexrelid::regclass, \
            indrelid::regclass, indrelid::regclass || '_pkey', (SELECT string_agg(attname, ', ' ORDER BY attnum) \
            FROM pg_attribute WHERE attrelid = indrelid AND attnum > 0)) FROM pg_index \
            WHERE indexrelid::regclass::text = ANY($1)";
        for row in super::super::sql::rows(&*link, keys, &[&all_names()]).await.unwrap() {
            link.batch_execute(row.get(0)).await.unwrap();
        }
        link.batch_execute("DELETE FROM fhirc_migration WHERE version > 2").await.unwrap();
        link.settled(Ok(())).unwrap();
        store.close().await;
        let store = open(&directory.url(), settings()).await.unwrap();
        assert_eq!(there(&store).await, all_names());
        one(&store, put(patient("a", "Berg"))).await;
        consistency::check(&store, &tenant()).await;
    });
}
