//! Batches that share a transaction.

use super::super::Waiting;
use super::super::group::Group;
use super::consistency::check;
use super::*;
use crate::stores::{Change, Committed, StoreError};
use fhirc_codegen::ord::PER_TYPE;
use tokio::sync::oneshot::{Receiver, channel};

type Answer = Result<Committed, StoreError>;

/// Batches to be written together, and their answers to be.
async fn waiting(store: &SqliteStore, batches: Vec<Vec<Write>>) -> (Vec<Waiting>, Vec<Receiver<Answer>>) {
    let (mut group, mut answers) = (Vec::new(), Vec::new());
    for writes in batches {
        let batch = store.prepare(&tenant(), writes).await.unwrap();
        let (answer, answered) = channel();
        group.push(Waiting { shared: Arc::clone(&store.shared), batch, answer });
        answers.push(answered);
    }
    (group, answers)
}

/// Writes them as one group, and counts the commits.
async fn write(store: &SqliteStore, waiting: Vec<Waiting>) -> u32 {
    let commits = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&commits);
    let job = move |connection: &mut rusqlite::Connection| {
        let count = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        };
        connection.commit_hook(Some(count)).unwrap();
        let mut waiting = waiting.into_iter();
        let mut group = Group::of(waiting.next().unwrap());
        for other in waiting {
            assert!(group.takes(&other));
            group.push(other);
        }
        group.write(connection);
        connection.commit_hook(None::<fn() -> bool>).unwrap();
        Ok(())
    };
    store.writer.submit(job).await.unwrap();
    commits.load(Ordering::Relaxed)
}

fn outcomes(answer: Answer) -> Vec<(Change, i64)> {
    answer.unwrap().outcomes.iter().map(|outcome| (outcome.change, outcome.version)).collect()
}

/// No more Basic resources can be numbered.
async fn fill_up(store: &SqliteStore) {
    one(store, put(json!({"resourceType": "Basic", "id": "first", "code": {}}))).await;
    let job = |connection: &mut rusqlite::Connection| {
        let last = format!("UPDATE resource SET ord = ord + {} WHERE id = 'first'", PER_TYPE - 1);
        connection.execute_batch(&last).map_err(StoreError::database("filling up"))
    };
    store.writer.submit(job).await.unwrap();
}

#[test]
fn what_waits_together_is_written_together() {
    block_on(async {
        let store = memory().await;
        // The third was thought through before the first was there.
        let batches = vec![
            vec![put(patient("a", "Berg"))],
            vec![put(observation("x", "Patient/a")), delete("Patient", "nobody")],
            vec![put(patient("a", "Ek"))],
            vec![delete("Patient", "a")],
            vec![load(patient("b", "Berg"))],
        ];
        let (group, answers) = waiting(&store, batches).await;
        assert_eq!(write(&store, group).await, 1);
        let mut seen = Vec::new();
        for answer in answers {
            seen.extend(outcomes(answer.await.unwrap()));
        }
        let expected = [(Change::Created, 1), (Change::Created, 1), (Change::Absent, 0), (Change::Updated, 2)];
        assert_eq!(seen[..4], expected);
        assert_eq!(seen[4..], [(Change::Deleted, 3), (Change::Created, 1)]);
        check(&store, &tenant()).await;
    });
}

#[test]
fn what_fails_in_the_middle_costs_itself_only() {
    block_on(async {
        let store = memory().await;
        fill_up(&store).await;
        let coded = |id: &str, system: &str| {
            let code = json!({"coding": [{"system": system, "code": "a"}]});
            put(json!({"resourceType": "Observation", "id": id, "status": "final", "code": code}))
        };
        let batches = vec![
            vec![coded("a", "http://example.org/new"), put(patient("a", "Berg"))],
            // The first of it can be written, the second cannot.
            vec![put(patient("lost", "Ek")), put(json!({"resourceType": "Basic", "id": "more", "code": {}}))],
            vec![put(patient("a", "Ek")), coded("b", "http://example.org/new")],
        ];
        let (group, answers) = waiting(&store, batches).await;
        assert_eq!(write(&store, group).await, 2);
        let mut answers = answers.into_iter();
        let mut next = async || answers.next().unwrap().await.unwrap();
        assert_eq!(outcomes(next().await), [(Change::Created, 1), (Change::Created, 1)]);
        let failed = next().await;
        assert!(matches!(failed, Err(StoreError::Limit { .. })), "{failed:?}");
        assert_eq!(outcomes(next().await), [(Change::Updated, 2), (Change::Created, 1)]);
        assert!(store.read(&tenant(), ty("Patient"), "lost").await.unwrap().is_none());
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        assert_eq!(count(&store, &tenant(), "Observation").await, 2);
    });
}

#[test]
fn nobody_has_to_wait_for_an_answer() {
    block_on(async {
        let store = memory().await;
        let batches = ["a", "b", "c"].map(|id| vec![put(patient(id, "Berg"))]);
        let (group, mut answers) = waiting(&store, batches.into()).await;
        drop(answers.remove(1));
        assert_eq!(write(&store, group).await, 1);
        for answer in answers {
            assert_eq!(outcomes(answer.await.unwrap()), [(Change::Created, 1)]);
        }
        assert_eq!(count(&store, &tenant(), "Patient").await, 3);
        check(&store, &tenant()).await;
    });
}

#[test]
fn a_large_batch_is_written_alone() {
    block_on(async {
        let store = memory().await;
        let many = |from: usize| (from..from + 200).map(|n| put(patient(&format!("p{n}"), "Berg"))).collect();
        let (group, _answers) = waiting(&store, vec![many(0), many(200)]).await;
        let mut group = group.into_iter();
        let first = Group::of(group.next().unwrap());
        assert!(!first.takes(&group.next().unwrap()));
    });
}

#[test]
fn eight_writers_share_commits_and_each_has_its_own_answer() {
    block_on(async {
        let directory = Directory::new();
        let store = Arc::new(SqliteStore::open(Place::File(directory.file("ward.db")), settings()).await.unwrap());
        fill_up(&store).await;
        let writer = |task: usize| {
            let store = Arc::clone(&store);
            async move {
                for n in 0..12 {
                    let mine = one(&store, put(patient(&format!("p{task}-{n}"), "Berg"))).await;
                    assert_eq!((mine.change, mine.version), (Change::Created, 1));
                    // Everybody writes this one.
                    one(&store, put(patient("all", &format!("Ek{task}")))).await;
                    // Nobody can write that one.
                    let full = json!({"resourceType": "Basic", "id": format!("b{task}-{n}"), "code": {}});
                    let failed = store.write(&tenant(), vec![put(full)]).await;
                    assert!(matches!(failed, Err(StoreError::Limit { .. })), "{failed:?}");
                    // Nobody waits for this one.
                    let body = observation(&format!("o{task}-{n}"), "Patient/all");
                    let batch = store.prepare(&tenant(), vec![put(body)]).await.unwrap();
                    drop(store.commit(batch));
                }
            }
        };
        let tasks: Vec<_> = (0..8).map(|task| tokio::spawn(writer(task))).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let versions = store.history(&tenant(), ty("Patient"), "all").await.unwrap();
        assert!(versions.iter().map(|stored| stored.version).eq((1..=96).rev()), "every put made a version");
        // Behind all that was queued.
        one(&store, put(patient("last", "Berg"))).await;
        assert_eq!(count(&store, &tenant(), "Patient").await, 98);
        assert_eq!(count(&store, &tenant(), "Observation").await, 96);
    });
}
