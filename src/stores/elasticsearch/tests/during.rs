//! Writers and searches that go on while definitions change, and while nodes die: all that was acknowledged is found, or
//! nothing is answered.

use super::changes::{compile, url};
use super::faults::{Node, Patients, is_gone};
use super::kept::as_if_from_the_start;
use super::late::nick;
use super::*;
use crate::runtime::{ExecuteError, Request, execute};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

/// Who writes, who looks, and who changes definitions, each with a process of its own.
struct World {
    writer: Store,
    reader: Store,
    patients: Patients,
    answered: AtomicUsize,
    refused: AtomicUsize,
    stop: AtomicBool,
}

/// How many Patients the parameter finds; nothing where it cannot be named.
async fn counted(store: &Store) -> Option<Result<i64, ExecuteError>> {
    let compiled = compile(store, "Patient?nick=berg&_summary=count").ok()?;
    let request = Request { tenant: tenant(), cursor: None };
    let page = execute(store, &compiled, &request, None).await;
    Some(page.map(|page| page.total.unwrap().try_into().unwrap()))
}

impl World {
    async fn new(place: &StoreUrl) -> Arc<World> {
        Arc::new(World {
            writer: Store::open(place, settings()).await.unwrap(),
            reader: Store::open(place, settings()).await.unwrap(),
            patients: Patients::default(),
            answered: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        })
    }

    /// Searches again and again: all that was acknowledged before is found, or nothing is answered.
    async fn look(&self) {
        while !self.stop.load(Ordering::SeqCst) {
            let least = self.patients.acknowledged();
            let Some(counted) = counted(&self.reader).await else {
                self.refused.fetch_add(1, Ordering::SeqCst);
                if self.reader.refresh().await.is_err() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                continue;
            };
            match counted {
                Ok(found) => {
                    let most = self.patients.begun();
                    assert!(least <= found && found <= most, "{least} {found} {most}");
                    self.answered.fetch_add(1, Ordering::SeqCst);
                }
                Err(ExecuteError::Outdated { .. }) => drop(self.refused.fetch_add(1, Ordering::SeqCst)),
                Err(ExecuteError::Store(error)) if is_gone(&error) => {
                    tokio::time::sleep(Duration::from_millis(50)).await
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    /// All that was acknowledged is there, as it was written, and is found.
    async fn check(&self, store: &Store) {
        self.patients.check(store).await;
        as_if_from_the_start(store, &[tenant()]).await;
    }
}

fn threads<T>(of: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(of)
}

#[test]
fn writers_and_searches_go_on_while_definitions_change() {
    threads(async {
        let place = beside("");
        let store = Store::open(&place, settings()).await.unwrap();
        let world = World::new(&place).await;
        let (one, other) = (Arc::clone(&world), Arc::clone(&world));
        let writer = tokio::spawn(async move { one.patients.write(&one.writer, &one.stop).await });
        let reader = tokio::spawn(async move { other.look().await });
        for n in 0..6 {
            // Each of them is as right as the other.
            let expressions = ["Patient.name.family", "Patient.name.family | Patient.name.given", "Patient.name"];
            store.define(nick(expressions[n % 3])).await.unwrap();
            store.reindex(&mut ()).await.unwrap();
            let answered = world.answered.load(Ordering::SeqCst);
            while world.answered.load(Ordering::SeqCst) < answered + 3 {
                assert!(!writer.is_finished() && !reader.is_finished());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            if n % 3 == 2 {
                store.retire(vec![url("nick")]).await.unwrap();
            }
        }
        store.define(nick("Patient.name.family")).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        world.stop.store(true, Ordering::SeqCst);
        writer.await.unwrap();
        reader.await.unwrap();
        assert!(world.refused.load(Ordering::SeqCst) > 0);
        let found = counted(&store).await.unwrap();
        assert_eq!(found.unwrap(), world.patients.acknowledged());
        world.check(&store).await;
    });
}

#[test]
fn a_node_that_is_killed_while_definitions_change_leaves_what_can_be_gone_on_with() {
    let times: u32 = std::env::var("FHIRC_FAULTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let node = Arc::new(Node::new("opensearch"));
    let place = format!("{}?refresh=true&replicas=0&statement_timeout=5000", node.run("start")).parse().unwrap();
    threads(async {
        let store = Store::open(&place, settings()).await.unwrap();
        let world = World::new(&place).await;
        let (one, other) = (Arc::clone(&world), Arc::clone(&world));
        let writer = tokio::spawn(async move { one.patients.write(&one.writer, &one.stop).await });
        let reader = tokio::spawn(async move { other.look().await });
        let changing = async {
            let mut n = 0;
            while !world.stop.load(Ordering::SeqCst) {
                let expressions = ["Patient.name.family", "Patient.name.family | Patient.name.given"];
                let change = async {
                    store.define(nick(expressions[n % 2])).await?;
                    store.reindex(&mut ()).await
                };
                match change.await {
                    Ok(_) => n += 1,
                    Err(error) if is_gone(&error) => tokio::time::sleep(Duration::from_millis(50)).await,
                    Err(other) => panic!("{other}"),
                }
            }
            n
        };
        let killing = async {
            for n in 0..=times {
                let before = world.answered.load(Ordering::SeqCst);
                while world.answered.load(Ordering::SeqCst) < before + 10 {
                    assert!(!writer.is_finished() && !reader.is_finished());
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                if n < times {
                    node.kill();
                    let node = Arc::clone(&node);
                    tokio::task::spawn_blocking(move || node.run("start")).await.unwrap();
                }
            }
            world.stop.store(true, Ordering::SeqCst);
        };
        let (changes, ()) = tokio::join!(changing, killing);
        assert!(changes > 1, "{changes}");
        writer.await.unwrap();
        reader.await.unwrap();
        let fresh = Store::open(&place, settings()).await.unwrap();
        fresh.reindex(&mut ()).await.unwrap();
        let found = counted(&fresh).await.unwrap();
        assert!(found.unwrap() >= world.patients.acknowledged());
        world.check(&fresh).await;
    });
}
