//! What an update writes: the rows that differ, and no other.

use super::*;
use crate::stores::StoreError;

/// How many rows of all tables a write inserted, changed or deleted.
async fn changes(store: &SqliteStore, write: Write) -> i64 {
    let total = || {
        store.writer.submit(|connection| {
            let total = connection.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0));
            total.map_err(StoreError::database("counting changes"))
        })
    };
    let before = total().await.unwrap();
    one(store, write).await;
    total().await.unwrap() - before
}

/// The record, the version before into the history, the body, the time out and in.
const RECORD: i64 = 5;

#[test]
fn an_update_writes_the_rows_that_differ() {
    block_on(async {
        let store = memory().await;
        let mut body = observation("x", "Patient/a");
        let created = changes(&store, put(body.clone())).await;
        assert!(created > 50, "{created}");
        // Nothing of it is indexed otherwise than before: `meta` alone is new.
        assert_eq!(changes(&store, put(body.clone())).await, RECORD);
        // For a load that says nothing of `meta.lastUpdated` it is no new version.
        assert_eq!(changes(&store, load(body.clone())).await, 0);
        body["status"] = json!("amended");
        // A token by value and by source: one goes, one comes.
        assert_eq!(changes(&store, put(body.clone())).await, RECORD + 2 * 2);
        body["note"] = json!([{"text": "amended"}]);
        // A word, how many words there are, that there are several, and that a count has changed.
        assert_eq!(changes(&store, put(body.clone())).await, RECORD + 1 + 3);
        body["category"] = json!([{"coding": [{"code": "vital"}]}]);
        // A token by value and by source, that there is one, and the counts of both.
        assert_eq!(changes(&store, put(body)).await, RECORD + 3 + 3);
        super::consistency::check(&store, &tenant()).await;
    });
}
