//! A node is killed while a store writes to it and searches it: what was acknowledged is there afterwards, and a search
//! answers rightly or not at all. An index that is red or closed is an error.
//!
//! `FHIRC_FAULTS` is the number of times, for those who want more than a glance.

use super::*;
use crate::stores::elasticsearch::link::Ask;
use crate::stores::{Slots, StoreError};
use ::elasticsearch::http::Method;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/servers");

/// A node that goes with the test.
pub(super) struct Node {
    name: &'static str,
    folder: PathBuf,
}

impl Node {
    pub(super) fn new(name: &'static str) -> Node {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("fhirc-node-{}-{n}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // It runs as another user than root.
        assert!(Command::new("chmod").arg("711").arg(&folder).status().unwrap().success());
        Node { name, folder }
    }

    pub(super) fn run(&self, command: &str) -> String {
        let mut script = Command::new(SCRIPT);
        let output = script.args([command, self.name]).env("FHIRC_SERVERS", &self.folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(super) fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join(self.name).join("pid")).unwrap();
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap().success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = Command::new(SCRIPT).args(["stop", self.name]).env("FHIRC_SERVERS", &self.folder).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Whether the node was gone.
pub(super) fn is_gone(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Partly | StoreError::Lost { .. } | StoreError::TimedOut { .. } | StoreError::Failed { .. }
    )
}

/// Patients called Berg that are written one after the other, whatever becomes of the node.
#[derive(Default)]
pub(super) struct Patients {
    /// Those that were acknowledged: `p0` up to this.
    acknowledged: AtomicI64,
    /// Those whose writes have begun.
    begun: AtomicI64,
}

impl Patients {
    pub(super) async fn write(&self, store: &Store, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let n = self.acknowledged();
            self.begun.store(n + 1, Ordering::SeqCst);
            match store.write(&tenant(), vec![load(patient(&format!("p{n}"), "Berg"))]).await {
                Ok(_) => self.acknowledged.store(n + 1, Ordering::SeqCst),
                Err(error) if is_gone(&error) => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(other) => panic!("{other}"),
            }
        }
    }

    pub(super) fn acknowledged(&self) -> i64 {
        self.acknowledged.load(Ordering::SeqCst)
    }

    pub(super) fn begun(&self) -> i64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// All that was acknowledged is there, as it was written.
    pub(super) async fn check(&self, store: &Store) {
        for n in 0..self.acknowledged() {
            let read = store.read(&tenant(), ty("Patient"), &format!("p{n}")).await.unwrap();
            assert!(read.is_some_and(|stored| stored.version == 1), "p{n}");
        }
    }
}

/// Who writes, and who looks.
struct World {
    store: Store,
    patients: Patients,
    stop: AtomicBool,
}

impl World {
    /// Counts again and again; how often it was told.
    async fn look(&self) -> u32 {
        let mut told = 0;
        while !self.stop.load(Ordering::SeqCst) {
            let least = self.patients.acknowledged();
            let query = query(all("Patient"), Yield::Count);
            match unwrap(&self.store).run(&tenant(), &query, &Slots::new(), 0).await {
                Ok(found) => {
                    let most = self.patients.begun();
                    assert!(least <= found[0].ord && found[0].ord <= most, "{least} {found:?} {most}");
                    told += 1;
                }
                Err(StoreError::Lost { .. } | StoreError::TimedOut { .. } | StoreError::Failed { .. }) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(other) => panic!("{other}"),
            }
        }
        told
    }
}

#[test]
fn a_node_that_is_killed_loses_nothing_and_never_tells_less() {
    let times: u32 = std::env::var("FHIRC_FAULTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    // The product that the other tests run on is looked for in the answers of its node; either will do here.
    let node = Node::new("opensearch");
    let url = format!("{}?refresh=true&replicas=0&statement_timeout=5000", node.run("start"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open(&url.parse().unwrap(), settings()).await.unwrap();
        let world = Arc::new(World { store: wrap(store), patients: Patients::default(), stop: AtomicBool::new(false) });
        let writer = tokio::spawn({
            let world = Arc::clone(&world);
            async move { world.patients.write(&world.store, &world.stop).await }
        });
        let reader = tokio::spawn({
            let world = Arc::clone(&world);
            async move { world.look().await }
        });
        for _ in 0..times {
            let before = world.patients.acknowledged();
            while world.patients.acknowledged() < before + 5 {
                assert!(!writer.is_finished() && !reader.is_finished());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            node.kill();
            node.run("start");
        }
        let before = world.patients.acknowledged();
        while world.patients.acknowledged() < before + 5 {
            assert!(!writer.is_finished() && !reader.is_finished());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.stop.store(true, Ordering::SeqCst);
        writer.await.unwrap();
        assert!(reader.await.unwrap() > 0);
        world.patients.check(&world.store).await;
        let acknowledged = world.patients.acknowledged();
        let counted = count(unwrap(&world.store), &tenant(), "Patient").await;
        assert!((acknowledged..=acknowledged + 1).contains(&counted), "{acknowledged} {counted}");
    });
}

#[test]
fn an_index_that_does_not_answer_is_an_error() {
    block_on(async {
        let store = memory().await;
        one(&store, put(patient("a", "Berg"))).await;
        let number = store.shared.to_read(&tenant()).await.unwrap();
        let alias = |name| store.shared.indexes.alias(number, ty(name), &store.registry());
        let index = |name| alias(name).replace(".live", "-1");
        let ask = async |method: Method, path: String, body: Option<Json>| {
            let ask = Ask::new("a test", method, path).with("timeout", "1s");
            // Where nothing is said, a node may refuse a body.
            let ask = if let Some(body) = body { ask.json(&body).unwrap() } else { ask };
            store.shared.link.done::<Json>(&ask).await.unwrap()
        };
        let counted = async |name| {
            let query = query(all(name), Yield::Count);
            store.run(&tenant(), &query, &Slots::new(), 0).await
        };
        ask(Method::Post, format!("/{}/_close", index("Patient")), None).await;
        let closed = counted("Patient").await.unwrap_err().to_string();
        assert!(closed.contains("index_closed_exception"), "{closed}");
        let comes_up = async |name| {
            let mut tries = 100;
            while counted(name).await.is_err() {
                tries -= 1;
                assert!(tries > 0, "the index does not come up");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        ask(Method::Post, format!("/{}/_open", index("Patient")), None).await;
        comes_up("Patient").await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        // No node may hold it: it is red from the start.
        let held_by = |name: Option<&str>| json!({"index.routing.allocation.require._name": name});
        let red = json!({"aliases": {alias("Group"): {}}, "settings": held_by(Some("nobody"))});
        ask(Method::Put, format!("/{}", index("Group")), Some(red)).await;
        let found = counted("Group").await;
        assert!(matches!(found, Err(StoreError::Failed { .. } | StoreError::TimedOut { .. })), "{found:?}");
        ask(Method::Put, format!("/{}/_settings", index("Group")), Some(held_by(None))).await;
        comes_up("Group").await;
        assert_eq!(count(&store, &tenant(), "Group").await, 0);
    });
}
