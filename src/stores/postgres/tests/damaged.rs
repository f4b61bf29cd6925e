//! What is wrong in the tables or in a statement is an error of its own, and no panic.

use super::server::links;
use super::*;

#[test]
fn damaged_tables_are_said_to_be_so() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&directory.url(), settings()).await.unwrap();
        let ord = one(&store, put(patient("a", "Berg"))).await.ord;
        let links = links(&directory.url());
        let link = links.lend().await.unwrap();
        link.batch_execute("ALTER TABLE resource ALTER updated DROP NOT NULL; UPDATE resource SET updated = NULL")
            .await
            .unwrap();
        link.settled(Ok(())).unwrap();
        let read = store.read(&tenant(), ty("Patient"), "a").await;
        assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
        let bodies = store.bodies(&tenant(), &[ord]).await;
        assert!(matches!(bodies, Err(StoreError::Corrupt { .. })), "{bodies:?}");
        let history = store.history(&tenant(), ty("Patient"), "a").await;
        assert!(matches!(history, Err(StoreError::Corrupt { .. })), "{history:?}");
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
    });
}

#[test]
fn what_cannot_be_sent_is_no_broken_connection() {
    block_on(async {
        let links = links(&Directory::new().url());
        let link = links.lend().await.unwrap();
        let unsent = link.batch_execute("SELECT '\0'").await.map_err(StoreError::postgres("asking"));
        assert!(matches!(unsent, Err(StoreError::Failed { .. })), "{unsent:?}");
        let unread = link.query_one("SELECT 1::bigint", &[]).await.unwrap().try_get::<_, String>(0);
        let unread = unread.map_err(StoreError::postgres("asking"));
        assert!(matches!(unread, Err(StoreError::Failed { .. })), "{unread:?}");
        link.settled(Ok(())).unwrap();
    });
}
