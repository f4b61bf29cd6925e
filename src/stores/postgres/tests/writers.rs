//! Many writers over few resources: no deadlock, no lost update, no gap.

use super::*;
use crate::stores::{Change, Method};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

const WRITERS: usize = 8;
const ATTEMPTS: usize = 25;
const IDS: u64 = 3;

/// Numbers that differ from run to run.
fn random(below: u64) -> u64 {
    use std::hash::BuildHasher as _;
    std::hash::RandomState::new().hash_one(0) % below
}

/// The versions of a resource that a writer was told of: what changed, and the text that tells the writes apart.
type Told = Vec<((&'static str, String), i64, Change, String)>;

/// A transaction over some of the resources, in any order, some of them twice.
fn transaction(text: &str) -> Vec<Write> {
    let write = |n| {
        let (id, of) = (format!("r{}", random(IDS)), format!("{text}-{n}"));
        match random(6) {
            0 => delete("Patient", &id),
            1 => delete("Observation", &id),
            2 | 3 => put(patient(&id, &of)),
            _ => {
                let mut body = observation(&id, &format!("Patient/r{}", random(IDS)));
                body["code"] = json!({"text": of, "coding": [{"system": format!("urn:{}", random(40)), "code": "x"}]});
                put(body)
            }
        }
    };
    (0..1 + random(5)).map(write).collect()
}

fn told(writes: &[Write]) -> Vec<((&'static str, String), String)> {
    let of = |write: &Write| match write {
        Write::Delete { ty: of, id } => ((name(*of), id.clone()), String::new()),
        Write::Put { ty: of, id, body, .. } => ((name(*of), id.clone()), text(body)),
    };
    writes.iter().map(of).collect()
}

fn name(of: TypeCode) -> &'static str {
    if of == ty("Patient") { "Patient" } else { "Observation" }
}

fn text(body: &Json) -> String {
    let text = body["name"][0]["family"].as_str().or_else(|| body["code"]["text"].as_str());
    text.unwrap().to_owned()
}

async fn work(store: Arc<Subject>, writer: usize) -> Told {
    let mut all = Vec::new();
    for n in 0..ATTEMPTS {
        let writes = transaction(&format!("w{writer}-{n}"));
        let told = told(&writes);
        let outcomes = store.write(&tenant(), writes).await.unwrap();
        assert_eq!(outcomes.len(), told.len());
        let told = told.into_iter().zip(outcomes);
        all.extend(told.map(|((identity, text), outcome)| (identity, outcome.version, outcome.change, text)));
    }
    all
}

/// Reads whole histories as long as others write them.
async fn read(store: Arc<Subject>, done: Arc<AtomicBool>) {
    while !done.load(Ordering::Relaxed) {
        let id = format!("r{}", random(IDS));
        let history = store.history(&tenant(), ty("Patient"), &id).await.unwrap();
        let numbers: Vec<i64> = history.iter().rev().map(|stored| stored.version).collect();
        assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>());
    }
}

/// Two stores are what two processes have: they share nothing but the database.
#[test]
fn eight_writers_over_few_resources_lose_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let directory = Directory::new();
        let mut stores = Vec::new();
        for _ in 0..2 {
            stores.push(Arc::new(open(&directory.url(), settings()).await.unwrap()));
        }
        let work = |writer: usize| tokio::spawn(work(Arc::clone(&stores[writer % stores.len()]), writer));
        let working: Vec<_> = (0..WRITERS).map(work).collect();
        let done = Arc::new(AtomicBool::new(false));
        let reading = tokio::spawn(read(Arc::clone(&stores[0]), Arc::clone(&done)));
        let mut versions: BTreeMap<(&'static str, String), BTreeMap<i64, String>> = BTreeMap::new();
        for told in working {
            for (identity, version, change, text) in told.await.unwrap() {
                if matches!(change, Change::Absent | Change::Unchanged) {
                    continue;
                }
                let before = versions.entry(identity.clone()).or_default().insert(version, text);
                assert_eq!(before, None, "{identity:?}: two writers were told of one version");
            }
        }
        done.store(true, Ordering::Relaxed);
        reading.await.unwrap();
        for (identity, told) in versions {
            let history = stores[0].history(&tenant(), ty(identity.0), &identity.1).await.unwrap();
            let of = |stored: &crate::stores::Stored| match stored.method {
                Method::Delete => (stored.version, String::new()),
                Method::Put => (stored.version, text(&serde_json::from_str(&stored.body).unwrap())),
            };
            assert_eq!(history.iter().rev().map(of).collect::<Vec<_>>(), told.into_iter().collect::<Vec<_>>());
            let numbers: Vec<i64> = history.iter().rev().map(|stored| stored.version).collect();
            assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>(), "{identity:?}");
        }
        consistency::check(&stores[0], &tenant()).await;
    });
}
