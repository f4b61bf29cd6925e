//! Tables that a load into an empty store makes at its end.

use super::super::bulk::Bulk;
use super::consistency::{check, image};
use super::generated::any_write;
use super::*;
use crate::generate::{Settings, generate};
use crate::load::{Limits, inputs};
use crate::stores::{Slots, StoreError};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

async fn begin(store: &SqliteStore) -> Bulk {
    store.begin_bulk().await.unwrap().expect("the store is empty")
}

async fn open(directory: &Directory) -> SqliteStore {
    SqliteStore::open(Place::File(directory.file("ward.db")), settings()).await.unwrap()
}

async fn asked(store: &SqliteStore) -> Result<usize, StoreError> {
    let query = query(all("Patient"), Yield::Rid);
    store.run(&tenant(), &query, &Slots::new(), 0).await.map(|found| found.len())
}

/// How many rows the tables hold that may wait, and how many those with the same rows by resource.
async fn rows(store: &SqliteStore) -> (i64, i64) {
    let count = |table: &str| format!("SELECT count(*) FROM {table} WHERE tenant = $1");
    let tables = ["token_v", "text_v", "quantity_v", "quantity_e", "token_s", "text_s", "quantity_s", "quantity_s"];
    let found = look(store, &tenant(), tables.map(count).to_vec()).await;
    let counts: Vec<i64> = found.iter().map(|(_, rows)| rows[0][0].int()).collect();
    (counts[..4].iter().sum(), counts[4..].iter().sum())
}

/// Some of everything: what refers to what comes later, contained resources, updates, deletions, several writes of one.
fn batches(seed: u8) -> Vec<Vec<Write>> {
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig::default(),
        proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[seed; 32]),
    );
    prop::collection::vec(prop::collection::vec(any_write(), 1..6), 5..12).new_tree(&mut runner).unwrap().current()
}

#[test]
fn a_store_whose_tables_were_made_at_the_end_is_like_any_other() {
    block_on(async {
        for seed in 0..4 {
            let (loaded, written) = (memory().await, memory().await);
            let bulk = begin(&loaded).await;
            let other = TenantContext::new("other").unwrap();
            for batch in batches(seed) {
                for tenant in [&tenant(), &other] {
                    loaded.write(tenant, batch.clone()).await.unwrap();
                    written.write(tenant, batch.clone()).await.unwrap();
                }
            }
            assert_eq!(rows(&loaded).await.0, 0);
            bulk.end().await.unwrap();
            for tenant in [&tenant(), &other] {
                check(&loaded, tenant).await;
                assert_eq!(image(&loaded, tenant).await, image(&written, tenant).await, "{seed}");
            }
            // From here on all tables take rows.
            for batch in batches(seed + 100) {
                loaded.write(&tenant(), batch).await.unwrap();
            }
            check(&loaded, &tenant()).await;
        }
    });
}

#[test]
fn a_load_of_several_transactions_is_like_writes_one_by_one() {
    block_on(async {
        let directory = Directory::new();
        let all: Vec<Json> = generate(Settings { patients: 3, seed: 7 })
            .map(|resource| serde_json::from_str(&resource.json).unwrap())
            .collect();
        let path = directory.file("generated.ndjson");
        std::fs::write(&path, all.iter().map(|body| format!("{body}\n")).collect::<String>()).unwrap();
        let loaded = wrap(open(&directory).await);
        let limits = Limits { chunk_documents: 5, least_resources: 10, most_resources: 20, ..Limits::default() };
        let (inputs, _) = inputs(&[path]).unwrap();
        let report = crate::load::load(&loaded, &tenant(), inputs, limits, &mut ()).await.unwrap();
        assert_eq!(report.counts.created, all.len() as u64);
        let written = memory().await;
        for body in all {
            one(&written, load(body)).await;
        }
        check(unwrap(&loaded), &tenant()).await;
        assert_eq!(image(unwrap(&loaded), &tenant()).await, image(&written, &tenant()).await);
    });
}

#[test]
fn meanwhile_it_says_that_it_is_being_loaded() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory).await;
        assert_eq!(asked(&store).await.unwrap(), 0);
        let bulk = begin(&store).await;
        assert!(store.begin_bulk().await.unwrap().is_none(), "one load at a time");
        one(&store, put(patient("a", "Berg"))).await;
        // Another process, say: it opens the store and writes, and leaves the load its tables.
        let other = open(&directory).await;
        assert!(other.begin_bulk().await.unwrap().is_none(), "one load at a time");
        one(&other, put(observation("x", "Patient/a"))).await;
        one(&other, put(patient("a", "Ek"))).await;
        one(&other, put(patient("b", "Berg"))).await;
        one(&other, delete("Patient", "b")).await;
        for store in [&store, &other] {
            let refused = asked(store).await.unwrap_err();
            assert!(matches!(refused, StoreError::Loading), "{refused:?}");
            assert!(store.read(&tenant(), ty("Patient"), "a").await.unwrap().is_some());
            let (waiting, there) = rows(store).await;
            assert!(waiting == 0 && there > 0, "{waiting}, {there}");
        }
        bulk.end().await.unwrap();
        for store in [&store, &other] {
            assert_eq!(asked(store).await.unwrap(), 1);
            check(store, &tenant()).await;
        }
        assert!(!directory.file("ward.db-load").exists());
        assert!(store.begin_bulk().await.unwrap().is_none(), "the store is not empty");
    });
}

#[test]
fn a_load_that_nobody_waits_for_leaves_whole_tables() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory).await;
        let bulk = begin(&store).await;
        one(&store, put(observation("x", "Patient/a"))).await;
        drop(bulk);
        // What was queued before is done first.
        one(&store, put(patient("a", "Berg"))).await;
        assert_eq!(asked(&store).await.unwrap(), 1);
        check(&store, &tenant()).await;
    });
}

#[test]
fn rows_of_old_definitions_are_deleted_when_the_load_has_ended() {
    block_on(async {
        let store = memory().await;
        let nick = super::changes::param("nick", "Patient", "nick", "string", "Patient.name.family");
        store.define(vec![nick]).await.unwrap();
        let bulk = begin(&store).await;
        one(&store, put(patient("a", "Berg"))).await;
        let active = super::changes::param("late", "Patient", "late", "token", "Patient.active");
        assert!(store.define(vec![active]).await.unwrap().to_build);
        store.retire(vec![super::changes::url("nick")]).await.unwrap();
        let store = wrap(store);
        let refused = store.reindex(&mut ()).await;
        assert!(matches!(refused, Err(StoreError::Loading)), "{refused:?}");
        check(unwrap_checked(&store, bulk).await, &tenant()).await;
        store.reindex(&mut ()).await.unwrap();
        check(unwrap(&store), &tenant()).await;
        assert!(store.registry().retired().is_empty());
    });
}

async fn unwrap_checked(store: &Store, bulk: Bulk) -> &SqliteStore {
    bulk.end().await.unwrap();
    unwrap(store)
}

#[test]
fn a_transaction_that_fails_does_not_count_as_a_resource() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory).await;
        let bad = Write::Put { ty: ty("Patient"), id: "a".to_owned(), body: json!(3), keep_updated: false };
        store.write(&tenant(), vec![put(patient("b", "Ek")), bad]).await.unwrap_err();
        begin(&store).await.end().await.unwrap();
    });
}

/// In the process that is killed: where the store lies.
const KILLED: &str = "FHIRC_TEST_KILLED";

/// Batches that are loaded.
const BATCHES: usize = 20;

/// Loads until somebody kills the process; told of each batch, and when tables are made.
async fn load_for_ever(path: PathBuf) {
    let store = SqliteStore::open(Place::File(path), settings()).await.unwrap();
    let bulk = begin(&store).await;
    for batch in 0..BATCHES {
        let writes = (0..20).map(|n| put(observation(&format!("{batch}-{n}"), &format!("Patient/{batch}"))));
        store.write(&tenant(), writes.chain([put(patient(&batch.to_string(), "Berg"))]).collect()).await.unwrap();
        println!("\nwritten");
    }
    println!("\nmaking");
    bulk.end().await.unwrap();
    println!("\nmade");
    std::future::pending().await
}

/// Loads into a store on another process until `said` comes the `nth` time, and kills it some milliseconds after.
fn killed(path: &Path, (said, nth, after): (&str, usize, u64), meanwhile: impl FnOnce()) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "stores::sqlite::tests::bulk::whoever_opens_a_store_makes_what_a_killed_load_has_left",
        ])
        .env(KILLED, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Open until it is killed: who cannot print ends in order.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.by_ref().filter(|line| line == said).take(nth).count(), nth, "{said}");
    meanwhile();
    std::thread::sleep(std::time::Duration::from_millis(after));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn whoever_opens_a_store_makes_what_a_killed_load_has_left() {
    if let Some(path) = std::env::var_os(KILLED) {
        return block_on(load_for_ever(path.into()));
    }
    let moments = [("written", 3, 0), ("written", 9, 7), ("making", 1, 0), ("making", 1, 3), ("made", 1, 0)];
    for (said, nth, after) in moments {
        let directory = Directory::new();
        killed(&directory.file("ward.db"), (said, nth, after), || {});
        block_on(async {
            let store = open(&directory).await;
            let found = asked(&store).await.unwrap();
            let least = if said == "written" { nth } else { BATCHES };
            assert!((least..=BATCHES).contains(&found), "{said}, {after}: {found}");
            let (waited, there) = rows(&store).await;
            assert!(waited == there && there > 0, "{waited}, {there}");
            check(&store, &tenant()).await;
        });
    }
}

/// A store that was opened while a load went on that was killed then.
fn opened_before_the_end(directory: &Directory) -> SqliteStore {
    let mut store = None;
    let open = || {
        let opened = std::thread::scope(|scope| scope.spawn(|| block_on(open(directory))).join());
        store = Some(opened.unwrap());
    };
    killed(&directory.file("ward.db"), ("written", 1, 0), open);
    store.unwrap()
}

#[test]
fn who_has_the_store_open_makes_what_a_killed_load_has_left_when_asked() {
    block_on(async {
        let directory = Directory::new();
        let store = opened_before_the_end(&directory);
        assert!(matches!(asked(&store).await, Err(StoreError::Loading)));
        // What the first question has begun ends before the second write.
        one(&store, put(patient("late", "Berg"))).await;
        assert!(asked(&store).await.unwrap() > 1);
        check(&store, &tenant()).await;
    });
}

#[test]
fn a_load_goes_on_with_what_a_killed_one_has_left() {
    block_on(async {
        let directory = Directory::new();
        let store = opened_before_the_end(&directory);
        let bulk = begin(&store).await;
        one(&store, put(patient("late", "Berg"))).await;
        assert!(matches!(asked(&store).await, Err(StoreError::Loading)));
        bulk.end().await.unwrap();
        assert!(asked(&store).await.unwrap() > 1);
        check(&store, &tenant()).await;
    });
}
