//! Connections that nobody waits for, and servers that do not answer.

use super::server::{address, break_connections, links};
use super::*;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};

#[test]
fn what_is_stopped_keeps_its_place_until_it_has_stopped() {
    block_on(async {
        let links = links(&Directory::new().url());
        let link = links.lend().await.unwrap();
        let slept = tokio::time::timeout(Duration::from_millis(50), link.query("SELECT pg_sleep(60)", &[])).await;
        assert!(slept.is_err(), "{slept:?}");
        assert_eq!(links.pool.status().size, 1);
        drop(link);
        // Nothing else has run since.
        assert_eq!(links.pool.status().size, 1);
        let begin = Instant::now();
        while links.pool.status().size > 0 {
            assert!(begin.elapsed() < Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}

/// Stands between a store and its server, and swallows what is said when it is told to.
struct Between {
    address: SocketAddr,
    silent: Arc<AtomicBool>,
}

impl Between {
    async fn start(server: String) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, silent) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let quiet = Arc::clone(&silent);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut from, _)) = listener.accept().await {
                if quiet.load(Ordering::SeqCst) {
                    kept.push(from);
                    continue;
                }
                let (server, quiet) = (server.clone(), Arc::clone(&quiet));
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(server).await.unwrap();
                    let told = async {
                        while !quiet.load(Ordering::SeqCst) {
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                    };
                    // Told to be silent, it closes what was open.
                    tokio::select! { _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}, () = told => {} }
                });
            }
        });
        Between { address, silent }
    }
}

#[test]
fn a_server_that_does_not_answer_costs_all_that_wait_at_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let directory = Directory::new();
        let text = address(&directory.url()).to_owned();
        let (login, rest) = text.split_once('@').unwrap();
        let (server, rest) = rest.split_once('/').unwrap();
        let between = Between::start(server.to_owned()).await;
        let url: StoreUrl = format!("{login}@{}/{rest}&connect_timeout=1", between.address).parse().unwrap();
        let store = open(&url, settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let mut batches = Vec::new();
        for n in 0..30 {
            batches.push(store.prepare(&tenant(), vec![put(patient(&format!("p{n}"), "Ek"))]).await.unwrap());
        }
        between.silent.store(true, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(50)).await;
        let begin = Instant::now();
        let waiting: Vec<_> = batches.into_iter().map(|batch| store.commit(batch)).collect();
        for waiting in waiting {
            let refused = waiting.await;
            let is_so = matches!(refused, Err(StoreError::Failed { doing: "connecting to PostgreSQL", .. }));
            assert!(is_so, "{refused:?}");
        }
        // A second for each attempt to connect, of which one would be a store's own patience.
        assert!(begin.elapsed() < Duration::from_secs(12), "{:?}", begin.elapsed());
        between.silent.store(false, Ordering::SeqCst);
        one(&store, put(patient("b", "Ek"))).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 2);
    });
}

#[test]
fn what_was_read_over_a_connection_that_broke_is_read_again() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        let changes = "SELECT rows FROM stat WHERE tenant = $1 AND key = 0".to_owned();
        let changes = look(&store, &tenant(), vec![changes]).await[0].1[0][0].int();
        let known = &store.shared.known;
        let number = known.tenants.known(&tenant()).unwrap();
        store.statistics(&tenant()).await.unwrap();
        assert!(known.remembered.at(number, changes).is_some());
        break_connections(&directory.url()).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        // A server that takes the place of another may have counted otherwise to the same number.
        assert!(known.remembered.at(number, changes).is_none());
    });
}
