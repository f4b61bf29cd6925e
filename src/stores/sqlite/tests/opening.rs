//! Opening: what fits is opened, what does not is refused by name and left as it is.

use super::*;
use crate::stores::StoreError;
use crate::values::Zone;
use rusqlite::Connection;

#[test]
fn a_store_is_there_again() {
    block_on(async {
        let directory = Directory::new();
        let place = Place::File(directory.file("ward.db"));
        let store = SqliteStore::open(place.clone(), settings()).await.unwrap();
        let created = one(&store, put(patient("a", "Berg"))).await;
        store.close().await;
        assert!(!directory.file("ward.db-wal").exists(), "the write-ahead log is folded in");
        let store = SqliteStore::open(place, StoreSettings { create: false, ..settings() }).await.unwrap();
        assert_eq!(store.bodies(&tenant(), &[created.ord]).await.unwrap()[0].id, "a");
        let next = one(&store, put(patient("b", "Ek"))).await;
        assert_eq!(next.ord, created.ord + 1);
    });
}

#[test]
fn a_store_that_is_not_there_is_only_created_on_request() {
    block_on(async {
        let directory = Directory::new();
        let place = Place::File(directory.file("wrod.db"));
        let opened = SqliteStore::open(place, StoreSettings { create: false, ..settings() }).await;
        assert!(matches!(opened, Err(StoreError::Missing { .. })), "{opened:?}");
        assert!(!directory.file("wrod.db").exists());
    });
}

#[test]
fn other_settings_are_refused_and_the_stored_ones_are_the_default() {
    block_on(async {
        let directory = Directory::new();
        let place = Place::File(directory.file("ward.db"));
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let bases = vec!["https://fhir.example.org/r4".to_owned()];
        let first = StoreSettings { zone: Some(berlin.clone()), bases: Some(bases.clone()), ..settings() };
        SqliteStore::open(place.clone(), first.clone()).await.unwrap().close().await;
        let again = SqliteStore::open(place.clone(), settings()).await.unwrap();
        assert_eq!((again.zone(), again.bases()), (&berlin, bases.as_slice()));
        again.close().await;
        for (what, other) in [
            ("the zone", StoreSettings { zone: Some(Zone::UTC), ..settings() }),
            ("the base URLs", StoreSettings { bases: Some(Vec::new()), ..settings() }),
        ] {
            let refused = SqliteStore::open(place.clone(), other).await;
            assert!(matches!(&refused, Err(StoreError::Mismatch { what: found, .. }) if *found == what), "{refused:?}");
        }
        let refused =
            SqliteStore::open(place, StoreSettings { registry: with_another_parameter(), ..settings() }).await;
        assert!(matches!(&refused, Err(StoreError::Undefined { url }) if url.ends_with("/nickname")), "{refused:?}");
    });
}

#[test]
fn a_new_store_takes_the_definitions_it_is_given_and_keeps_them() {
    block_on(async {
        let directory = Directory::new();
        let place = Place::File(directory.file("ward.db"));
        let given = StoreSettings { registry: with_another_parameter(), ..settings() };
        SqliteStore::open(place.clone(), given.clone()).await.unwrap().close().await;
        for again in [settings(), given] {
            let store = SqliteStore::open(place.clone(), again).await.unwrap();
            let registry = store.registry();
            assert!(registry.param(registry.resource_type("Patient").unwrap(), "nickname").is_some());
            store.close().await;
        }
    });
}

fn with_another_parameter() -> Arc<Registry> {
    let parameter = json!({
        "resourceType": "SearchParameter", "url": "http://example.org/nickname", "code": "nickname", "status": "active",
        "base": ["Patient"], "type": "string", "expression": "Patient.name.text"
    });
    let parameter = crate::definitions::from_resource(&parameter).unwrap();
    Arc::new(Registry::r4().with_params(vec![parameter]).0)
}

#[test]
fn definitions_that_cannot_be_indexed_make_no_store() {
    block_on(async {
        let directory = Directory::new();
        let place = Place::File(directory.file("ward.db"));
        let bad = super::changes::param("bad", "Patient", "bad", "token", "Patient.name.given.upper()");
        let registry = Arc::new(Registry::r4().with_params(vec![bad]).0);
        let refused = SqliteStore::open(place.clone(), StoreSettings { registry, ..settings() }).await;
        assert!(matches!(&refused, Err(StoreError::Unindexable { problems }) if problems.len() == 1), "{refused:?}");
        SqliteStore::open(place, settings()).await.unwrap();
    });
}

#[test]
fn a_file_of_somebody_else_is_left_as_it_is() {
    block_on(async {
        let directory = Directory::new();
        let (notes, other) = (directory.file("notes.txt"), directory.file("other.db"));
        std::fs::write(&notes, "not a database, but long enough to look at: ".repeat(40)).unwrap();
        Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
        for path in [notes, other] {
            let before = std::fs::read(&path).unwrap();
            let opened = SqliteStore::open(Place::File(path.clone()), settings()).await;
            assert!(matches!(opened, Err(StoreError::NotAStore { .. })), "{opened:?}");
            assert_eq!(std::fs::read(&path).unwrap(), before);
        }
    });
}
