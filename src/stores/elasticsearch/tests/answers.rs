//! Answers of a server that is told what to say: what is not whole is an error, what has no room comes again.

use super::*;
use crate::stores::elasticsearch::bulk::{Bulk, Deed, Fate, Same};
use crate::stores::elasticsearch::document::{Document, Record};
use crate::stores::tenants::Tenant;
use crate::stores::{Change, Slots, StoreError};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The end of a path, and the status and body of the answer to it.
type Rule = (&'static str, u16, &'static str);

/// Passes requests on to the node, but for those that it is told to answer itself.
pub(super) struct Proxy {
    port: u16,
    /// What is said to the next requests whose path ends so.
    told: Arc<Mutex<Vec<Rule>>>,
    spoil: Arc<Mutex<Option<Spoil>>>,
}

/// Of the next bulk request that has so many: the place of a document, and what is said in it in place of what, as long.
type Spoil = (usize, &'static str, &'static str);

impl Proxy {
    fn start(node: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let told: Arc<Mutex<Vec<Rule>>> = Arc::default();
        let spoil: Arc<Mutex<Option<Spoil>>> = Arc::default();
        let (node, rules, spoils) = (node.to_owned(), Arc::clone(&told), Arc::clone(&spoil));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (node, rules, spoils) = (node.clone(), Arc::clone(&rules), Arc::clone(&spoils));
                // A connection that breaks is what a test may want.
                std::thread::spawn(move || drop(serve(stream, &node, &rules, &spoils)));
            }
        });
        Proxy { port, told, spoil }
    }

    pub(super) fn tell(&self, path: &'static str, status: u16, body: &'static str) {
        self.told.lock().unwrap().push((path, status, body));
    }

    pub(super) fn is_silent(&self) -> bool {
        self.told.lock().unwrap().is_empty()
    }
}

fn serve(
    stream: TcpStream,
    node: &str,
    rules: &Mutex<Vec<Rule>>,
    spoils: &Mutex<Option<Spoil>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
        while reader.read_line(&mut line)? > 2 {
            if let Some(size) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = size.trim().parse().unwrap();
            }
            // The node shall end the connection behind its answer.
            if !line.to_ascii_lowercase().starts_with("connection:") {
                head.push_str(&line);
            }
            line.clear();
        }
        if head.is_empty() {
            return Ok(());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = head.split_whitespace().nth(1).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default().to_owned();
        let rule = {
            let mut rules = rules.lock().unwrap();
            rules.iter().position(|(end, ..)| path.ends_with(end)).map(|n| rules.remove(n))
        };
        match rule {
            // No answer at all.
            Some((_, 0, _)) => return Ok(()),
            Some((_, status, body)) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n");
                write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len())?;
            }
            None => {
                if path.ends_with("/_bulk") {
                    spoiled(&mut body, &mut spoils.lock().unwrap());
                }
                let mut onward = TcpStream::connect(node)?;
                write!(onward, "{head}connection: close\r\n\r\n")?;
                onward.write_all(&body)?;
                let (mut answer, mut status) = (BufReader::new(onward), String::new());
                answer.read_line(&mut status)?;
                write!(stream, "{status}connection: close\r\n")?;
                std::io::copy(&mut answer, &mut stream)?;
                return Ok(());
            }
        }
    }
}

fn spoiled(body: &mut Vec<u8>, spoil: &mut Option<Spoil>) {
    let text = String::from_utf8(body.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some((document, old, new)) = *spoil
        && let Some(line) = lines.get_mut(2 * document + 1)
    {
        *line = line.replacen(old, new, 1);
        *body = (lines.join("\n") + "\n").into_bytes();
        *spoil = None;
    }
}

/// A proxy before a place, and the place as it is seen there.
pub(super) fn before(place: &StoreUrl) -> (Proxy, StoreUrl) {
    let url = place.to_string();
    let (_, rest) = url.split_once("//").unwrap();
    let (node, path) = rest.split_once('/').unwrap();
    let proxy = Proxy::start(node);
    let url = format!("elasticsearch://127.0.0.1:{}/{path}", proxy.port).parse().unwrap();
    (proxy, url)
}

/// A store behind a proxy.
async fn behind() -> (Proxy, Subject) {
    let (proxy, url) = before(&beside(""));
    let store = open(&url, settings()).await.unwrap();
    one(&store, put(patient("a", "Berg"))).await;
    (proxy, store)
}

async fn counted(store: &Subject) -> Result<i64, StoreError> {
    let query = query(all("Patient"), Yield::Count);
    store.run(&tenant(), &query, &Slots::new(), 0).await.map(|tuples| tuples[0].ord)
}

#[test]
fn what_is_not_whole_is_an_error() {
    block_on(async {
        let (proxy, store) = behind().await;
        for body in [
            r#"{"timed_out":false,"_shards":{"total":2,"successful":1,"failed":1},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}"#,
            r#"{"timed_out":false,"_shards":{"total":2,"successful":1,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}"#,
            r#"{"timed_out":true,"_shards":{"total":2,"successful":2,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}"#,
            r#"{"timed_out":false,"terminated_early":true,"_shards":{"total":2,"successful":2,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}"#,
            r#"{"timed_out":false,"_shards":{"total":2,"successful":2,"failed":0},"hits":{"total":{"value":1,"relation":"gte"},"hits":[]}}"#,
            "{}",
            "",
        ] {
            proxy.tell("/_search", 200, body);
            let answer = counted(&store).await;
            assert!(matches!(answer, Err(StoreError::Failed { .. })), "{body}: {answer:?}");
        }
        proxy.tell("/_search", 503, r#"{"error":{"type":"no_shard_available_action_exception","root_cause":[]}}"#);
        let answer = counted(&store).await.unwrap_err().to_string();
        assert!(answer.contains("503: no_shard_available_action_exception"), "{answer}");
        proxy.tell("/_search", 0, "");
        assert!(matches!(counted(&store).await, Err(StoreError::Lost { .. })));
        assert_eq!(counted(&store).await.unwrap(), 1);
    });
}

#[test]
fn what_has_no_room_comes_again() {
    block_on(async {
        let (proxy, store) = behind().await;
        proxy.tell("/_search", 429, "{}");
        assert_eq!(counted(&store).await.unwrap(), 1);
        proxy.tell("/_bulk", 429, "{}");
        proxy.tell(
            "/_bulk",
            200,
            r#"{"errors":true,"items":[{"index":{"status":429,"error":{"type":"es_rejected_execution_exception"}}}]}"#,
        );
        one(&store, put(patient("b", "Ek"))).await;
        assert!(proxy.is_silent());
        assert_eq!(counted(&store).await.unwrap(), 2);
    });
}

#[test]
fn a_write_whose_answer_is_lost_may_be_written() {
    block_on(async {
        let (proxy, store) = behind().await;
        proxy.tell("/_bulk", 0, "");
        let lost = store.write(&tenant(), vec![put(patient("b", "Ek"))]).await;
        assert!(matches!(lost, Err(StoreError::Partly)), "{lost:?}");
        // A mapping conflict, or whatever else a document is refused for.
        let refused =
            r#"{"errors":true,"items":[{"index":{"status":400,"error":{"type":"mapper_parsing_exception"}}}]}"#;
        proxy.tell("/_bulk", 200, refused);
        let failed = store.write(&tenant(), vec![put(patient("b", "Ek"))]).await;
        assert!(matches!(failed, Err(StoreError::Failed { .. })), "{failed:?}");
        assert_eq!(one(&store, put(patient("b", "Ek"))).await.version, 1);
    });
}

#[test]
fn of_a_batch_it_is_told_what_is_written_and_what_is_not() {
    block_on(async {
        let (proxy, store) = behind().await;
        let batch = || ["b", "a", "c"].map(|id| load(patient(id, "Ek"))).to_vec();
        // The second document comes with a field that no mapping has.
        *proxy.spoil.lock().unwrap() = Some((1, r#""ord":"#, r#""xrd":"#));
        let told = store.write(&tenant(), batch()).await;
        let Err(StoreError::InPart { outcomes, position: 1, .. }) = told else { panic!("{told:?}") };
        let changes: Vec<Option<Change>> = outcomes.iter().map(|told| told.map(|outcome| outcome.change)).collect();
        assert_eq!(changes, [Some(Change::Created), None, Some(Change::Created)]);
        assert!(store.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap().body.contains("Berg"));
        // Once more: what is there stays as it is.
        let again = store.write(&tenant(), batch()).await.unwrap();
        let changes: Vec<Change> = again.iter().map(|outcome| outcome.change).collect();
        assert_eq!(changes, [Change::Unchanged, Change::Updated, Change::Unchanged]);
    });
}

#[test]
fn what_comes_late_or_twice_never_goes_back() {
    block_on(async {
        let store = memory().await;
        one(&store, put(patient("a", "Berg"))).await;
        one(&store, put(patient("a", "Ek"))).await;
        let shared = &store.shared;
        let number = shared.to_read(&tenant()).await.unwrap();
        let alias = shared.indexes.alias(number, ty("Patient"), &store.registry());
        let late = |version| {
            let record = Record { version, ..Record::new(Tenant(number.0), ty("Patient"), "a", 1) };
            Deed::index(
                alias.clone(),
                format!("{}/a", number.0),
                &Document::new(record, None, &store.registry()).unwrap(),
                Same::Kept,
            )
            .unwrap()
        };
        let mut bulk = Bulk::new();
        bulk.push(late(1));
        bulk.push(late(2));
        assert_eq!(shared.bulk(number, bulk, shared.refresh).await.unwrap(), [Fate::Overtaken, Fate::Overtaken]);
        assert!(store.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap().body.contains("Ek"));
    });
}

#[test]
fn a_deletion_that_somebody_was_before_is_thought_through_again() {
    block_on(async {
        let store = memory().await;
        one(&store, put(patient("a", "Berg"))).await;
        let update = store.prepare(&tenant(), vec![put(patient("a", "Ek"))]).await.unwrap();
        let gone = crate::stores::Write::Delete { ty: ty("Patient"), id: "a".to_owned() };
        let deletion = store.prepare(&tenant(), vec![gone]).await.unwrap();
        assert_eq!(store.commit(update).await.unwrap().outcomes[0].version, 2);
        assert_eq!(store.commit(deletion).await.unwrap().outcomes[0].version, 3);
        let found = store.read(&tenant(), ty("Patient"), "a").await.unwrap();
        assert!(found.is_none_or(|found| found.body.is_empty()), "it is still there");
    });
}
