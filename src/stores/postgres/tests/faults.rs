//! A server is killed again and again while stores write to it and search it: what was acknowledged is there, whole,
//! and what was refused is not; what a search answers is right.
//!
//! `FHIRC_FAULTS` is the number of times, for those who want more than a glance.

use super::own::{Server, send};
use super::server::links;
use super::*;
use crate::compiler::{Compiler, Options};
use crate::runtime::{ExecuteError, Page, Request, execute};
use crate::stores::{Change, Method};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64};
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_blocking};

const WRITERS: usize = 6;
const READERS: usize = 4;
/// Resources beside the patient of a writer.
const OBSERVATIONS: i64 = 4;

/// How the server goes.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The process that all others hang on is killed, and they find out.
    Killed,
    /// They are all told to leave at once.
    Quit,
    /// Another restarts it, transactions are rolled back.
    Stopped,
    /// One process is killed: the server throws out all others and recovers by itself.
    OneKilled,
}

const FAULTS: [Fault; 4] = [Fault::Killed, Fault::OneKilled, Fault::Quit, Fault::Stopped];

/// What is counted over all times.
#[derive(Debug, Default)]
struct Tally {
    acknowledged: AtomicU64,
    refused: AtomicU64,
    /// Not known to the store, found out by its caller: written, or not.
    uncertain: [AtomicU64; 2],
    answered: AtomicU64,
    failed: AtomicU64,
}

fn add(to: &AtomicU64) {
    to.fetch_add(1, Ordering::Relaxed);
}

fn random(below: u64) -> u64 {
    RandomState::new().hash_one(0) % below
}

/// What a writer writes at its `n`th attempt: now and then it deletes all that it has.
fn deletes(n: i64) -> bool {
    n % 8 == 0
}

/// What has come.
#[derive(Debug, Default)]
struct Moments {
    /// The fault is over.
    struck: AtomicBool,
    /// Everybody stops.
    stop: AtomicBool,
}

/// Someone who writes, and remembers what came of it.
struct Writer {
    number: usize,
    store: Arc<Store>,
    tenant: TenantContext,
    /// Attempts begun, and the last one that was acknowledged: what a search may see lies between.
    begun: AtomicI64,
    done: AtomicI64,
}

/// A version of what all write: its number, where the store said it, and its family name.
type Shared = (Option<i64>, String);

/// Versions that were acknowledged: of the writer's own patient, with the attempt that made them; and of the one that
/// all write, where the store said which.
#[derive(Default)]
struct Log {
    own: Vec<(i64, i64)>,
    shared: Vec<Shared>,
}

impl Writer {
    fn id(&self) -> String {
        format!("w{}", self.number)
    }

    fn family(&self, n: i64) -> String {
        format!("F{}x{n}", self.number)
    }

    /// All in one transaction; some the other way round.
    fn writes(&self, n: i64) -> Vec<Write> {
        let id = self.id();
        let observation = |k: i64| {
            // Half of them refer to what never comes.
            let subject = if k % 2 == 0 { format!("Patient/{id}") } else { format!("Patient/late{n}") };
            let mut body = observation(&format!("{id}-{k}"), &subject);
            body["code"] = json!({"coding": [{"code": id}, {"system": format!("urn:{id}:{}", n % 16), "code": "x"}]});
            body["valueQuantity"] = json!({"value": n});
            put(body)
        };
        let mut writes = vec![put(patient(&id, &self.family(n)))];
        writes.extend((0..OBSERVATIONS).map(observation));
        if deletes(n) {
            writes = vec![delete("Patient", &id)];
            writes.extend((0..OBSERVATIONS).map(|k| delete("Observation", &format!("{id}-{k}"))));
        }
        writes.push(put(patient("shared", &self.family(n))));
        if self.number.is_multiple_of(2) {
            writes.reverse();
        }
        writes
    }

    async fn run(&self, moments: &Moments, tally: &Tally) -> Log {
        let mut log = Log::default();
        for n in 1.. {
            if moments.stop.load(Ordering::Relaxed) {
                break;
            }
            self.begun.store(n, Ordering::SeqCst);
            match self.store.write(&self.tenant, self.writes(n)).await {
                Ok(mut outcomes) => {
                    if self.number.is_multiple_of(2) {
                        outcomes.reverse();
                    }
                    log.shared.push((Some(outcomes.pop().unwrap().version), self.family(n)));
                    if outcomes[0].change != Change::Absent {
                        log.own.push((outcomes[0].version, n));
                    }
                    add(&tally.acknowledged);
                }
                Err(StoreError::Uncertain) => {
                    // A server that is about to go may not know yet what it will find when it comes back.
                    while !moments.struck.load(Ordering::Relaxed) {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    let written = self.is_written(n).await;
                    add(&tally.uncertain[usize::from(!written)]);
                    if !written {
                        continue;
                    }
                    log.shared.push((None, self.family(n)));
                    let last = log.own.last().copied();
                    if !deletes(n) || last.is_some_and(|(_, n)| !deletes(n)) {
                        log.own.push((last.map_or(1, |(version, _)| version + 1), n));
                    }
                }
                Err(error) => {
                    assert!(is_broken(&error), "{error:?}");
                    add(&tally.refused);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
            }
            self.done.store(n, Ordering::SeqCst);
        }
        log
    }

    /// Whether an attempt came about: who is not told looks.
    async fn is_written(&self, n: i64) -> bool {
        loop {
            match self.store.history(&self.tenant, ty("Patient"), "shared").await {
                Ok(versions) => return versions.iter().any(|stored| family(&stored.body) == self.family(n)),
                Err(error) => assert!(is_broken(&error), "{error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What its resources look like in an answer that was asked for when `done` was acknowledged.
    fn check(&self, page: &Page, done: i64, query: &str) {
        let last = self.begun.load(Ordering::SeqCst);
        let seen = format!("{query}: {done}..={last}: {page:#?}");
        let of = |resource: &crate::runtime::Resource| -> i64 {
            let body: Json = serde_json::from_str(&resource.body).unwrap();
            match body["valueQuantity"]["value"].as_i64() {
                Some(n) => n,
                None => family(&resource.body).split_once('x').unwrap().1.parse().unwrap(),
            }
        };
        let attempts: BTreeSet<i64> = page.matches.iter().chain(&page.included).map(of).collect();
        assert_eq!(page.total, Some(page.matches.len() as u64), "{seen}");
        match attempts.first() {
            None => assert!(done == 0 || (done..=last).any(deletes), "{seen}"),
            Some(&n) => {
                assert!(attempts.len() == 1 && (done..=last).contains(&n) && !deletes(n), "{seen}");
                let ids: BTreeSet<&str> = page.matches.iter().map(|resource| resource.id.as_str()).collect();
                let wanted = if query.starts_with("Observation") { OBSERVATIONS as usize } else { 1 };
                assert_eq!(ids.len(), wanted, "{seen}");
            }
        }
    }
}

fn family(body: &str) -> String {
    let body: Json = serde_json::from_str(body).unwrap_or_default();
    body["name"][0]["family"].as_str().unwrap_or_default().to_owned()
}

/// What a killed server makes of a request, and nothing else.
fn is_broken(error: &StoreError) -> bool {
    matches!(error, StoreError::Lost { .. } | StoreError::Failed { doing: "connecting to PostgreSQL", .. })
}

async fn read(writers: Arc<Vec<Arc<Writer>>>, moments: Arc<Moments>, tally: Arc<Tally>) {
    let compiler = Compiler::r4(Options::default());
    while !moments.stop.load(Ordering::Relaxed) {
        let writer = &writers[usize::try_from(random(WRITERS as u64)).unwrap()];
        let (id, done) = (writer.id(), writer.done.load(Ordering::SeqCst));
        let query = match random(4) {
            0 => format!("Observation?code={id}&_include=Observation:subject&_total=accurate"),
            1 => format!("Observation?code={id}&value-quantity=gt{}&_total=accurate", done - 1),
            2 => format!("Patient?_has:Observation:subject:code={id}&_total=accurate"),
            _ => format!("Patient?_id={id}&_revinclude=Observation:subject&_total=accurate"),
        };
        let search = compiler.compile(&query).unwrap();
        let request = Request { tenant: writer.tenant.clone(), cursor: None };
        match execute(&writer.store, &search, &request, None).await {
            Ok(page) => {
                writer.check(&page, done, &query);
                add(&tally.answered);
            }
            Err(ExecuteError::Store(error)) => {
                assert!(is_broken(&error), "{query}: {error:?}");
                add(&tally.failed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("{query}: {error}"),
        }
    }
}

/// Does it to the server, and has it run again.
async fn strike(server: &Arc<Server>, url: &StoreUrl, fault: Fault) {
    let signal = match fault {
        Fault::Killed => "KILL",
        Fault::Quit => "QUIT",
        Fault::Stopped => "INT",
        Fault::OneKilled => {
            let links = links(url);
            let link = links.lend().await.unwrap();
            let select = "SELECT pid::text FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
                AND backend_type = 'client backend' ORDER BY state, random() LIMIT 1";
            let pid: String = row(&*link, select, &[]).await.unwrap().unwrap().get(0);
            send("KILL", &pid);
            while row(&*link, "SELECT 1", &[]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            drop(link);
            while links.lend().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            return;
        }
    };
    let server = Arc::clone(server);
    let restart = move || {
        server.end(signal);
        server.start()
    };
    assert_eq!(spawn_blocking(restart).await.unwrap(), *url, "the same port");
}

/// Everybody's work around one fault, in tenants of their own.
struct Round {
    writers: Arc<Vec<Arc<Writer>>>,
    logs: Vec<Log>,
}

impl Round {
    async fn run(
        number: u64,
        stores: &[Arc<Store>],
        (server, url): (&Arc<Server>, &StoreUrl),
        tally: &Arc<Tally>,
    ) -> Round {
        let fault = FAULTS[usize::try_from(number).unwrap() % FAULTS.len()];
        let writer = |n: usize| {
            let tenant = TenantContext::new(&format!("round-{number}-{}", n % 2)).unwrap();
            let (store, begun, done) =
                (Arc::clone(&stores[n / 2 % stores.len()]), AtomicI64::new(0), AtomicI64::new(0));
            Arc::new(Writer { number: n, store, tenant, begun, done })
        };
        let writers: Arc<Vec<_>> = Arc::new((0..WRITERS).map(writer).collect());
        let moments = Arc::new(Moments::default());
        let write = |writer: &Arc<Writer>| -> JoinHandle<Log> {
            let (writer, moments, tally) = (Arc::clone(writer), Arc::clone(&moments), Arc::clone(tally));
            tokio::spawn(async move { writer.run(&moments, &tally).await })
        };
        let writing: Vec<_> = writers.iter().map(write).collect();
        let read = |_| tokio::spawn(read(Arc::clone(&writers), Arc::clone(&moments), Arc::clone(tally)));
        let reading: Vec<_> = (0..READERS).map(read).collect();
        tokio::time::sleep(Duration::from_millis(100 + random(600))).await;
        strike(server, url, fault).await;
        moments.struck.store(true, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(300)).await;
        moments.stop.store(true, Ordering::Relaxed);
        for reader in reading {
            reader.await.unwrap();
        }
        let mut logs = Vec::new();
        for writer in writing {
            logs.push(writer.await.unwrap());
        }
        Round { writers, logs }
    }

    /// What was acknowledged is there, and nothing else; rows, records and counts are those of the bodies.
    async fn check(&self) {
        let mut shared: BTreeMap<&TenantContext, (&Arc<Store>, Vec<&Shared>)> = BTreeMap::new();
        for (writer, log) in self.writers.iter().zip(&self.logs) {
            let versions = history(&writer.store, &writer.tenant, &writer.id()).await;
            let expected =
                |&(version, n): &(i64, i64)| (version, if deletes(n) { String::new() } else { writer.family(n) });
            assert_eq!(versions, log.own.iter().map(expected).collect::<Vec<_>>());
            shared.entry(&writer.tenant).or_insert((&writer.store, Vec::new())).1.extend(&log.shared);
        }
        for (tenant, (store, log)) in shared {
            let versions = history(store, tenant, "shared").await;
            let numbers: Vec<i64> = versions.iter().map(|(version, _)| *version).collect();
            assert_eq!(numbers, (1..).take(log.len()).collect::<Vec<i64>>());
            for (version, family) in log {
                let of = versions.iter().find(|(_, of)| of == family).unwrap_or_else(|| panic!("{family} is lost"));
                assert!(version.is_none_or(|version| version == of.0), "{version:?} {of:?}");
            }
            consistency::check(unwrap(store), tenant).await;
        }
    }
}

/// Versions with their family names, the first one first; a deletion has none.
async fn history(store: &Store, tenant: &TenantContext, id: &str) -> Vec<(i64, String)> {
    let mut versions = store.history(tenant, ty("Patient"), id).await.unwrap();
    versions.reverse();
    let name = |stored: &crate::stores::Stored| match stored.method {
        Method::Put => family(&stored.body),
        Method::Delete => String::new(),
    };
    versions.iter().map(|stored| (stored.version, name(stored))).collect()
}

/// The server answers again: one that recovers by itself takes a moment.
async fn recovered(store: &Store) {
    while let Err(error) = store.tenants().await {
        assert!(is_broken(&error), "{error:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn survive(name: &'static str) {
    let rounds = std::env::var("FHIRC_FAULTS").map_or(4, |text| text.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Arc::new(Server::new(name));
        let url = server.start();
        let mut stores = Vec::new();
        for _ in 0..2 {
            stores.push(Arc::new(wrap(open(&url, settings()).await.unwrap())));
        }
        let (tally, mut all) = (Arc::new(Tally::default()), Vec::new());
        for number in 0..rounds {
            let round = Round::run(number, &stores, (&server, &url), &tally).await;
            recovered(&stores[0]).await;
            round.check().await;
            all.push(round);
        }
        // Nor did a later fault harm what an earlier one had left.
        for round in &all {
            round.check().await;
        }
        println!("{name}: {rounds} faults, {tally:?}");
    });
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    survive("postgres");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_18() {
    survive("postgres18");
}
