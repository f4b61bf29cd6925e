//! Versions, deletion, history, tenants, one example each.

use super::*;
use crate::stores::{Change, InvalidMeta, Method, Slots, StoreError, Stored};
use fhirc_codegen::algebra::{Atom, SlotId, Test};
use fhirc_codegen::rows::{Col, ColName, RowKind, Value};
use fhirc_codegen::stats::Stats;

fn body(stored: &Stored) -> Json {
    serde_json::from_str(&stored.body).unwrap()
}

#[test]
fn a_put_makes_a_version_and_keeps_the_number() {
    block_on(async {
        let store = memory().await;
        let first = one(&store, put(patient("a", "Berg"))).await;
        let second = one(&store, put(patient("a", "Bergh"))).await;
        assert_eq!((first.change, first.version), (Change::Created, 1));
        assert_eq!((second.change, second.version, second.ord), (Change::Updated, 2, first.ord));
        let now = store.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap();
        // The clock stands still, but a version is always later than the one before.
        assert_eq!((now.version, now.updated), (2, NOW.0 + 1));
        assert_eq!(body(&now)["meta"], json!({"versionId": "2", "lastUpdated": "2020-01-01T00:00:00.000001Z"}));
        assert_eq!(body(&now)["name"][0]["family"], "Bergh");
    });
}

#[test]
fn every_put_of_a_server_is_a_version_and_no_repeated_load_is() {
    block_on(async {
        let store = memory().await;
        let given = json!({"resourceType": "Patient", "id": "a", "meta": {"lastUpdated": "2013-01-14T10:00:00+01:00"}});
        assert_eq!(one(&store, load(given.clone())).await.change, Change::Created);
        assert_eq!(one(&store, load(given.clone())).await.change, Change::Unchanged);
        let reordered = json!({"id": "a", "meta": given["meta"], "resourceType": "Patient"});
        assert_eq!(one(&store, load(reordered)).await.change, Change::Unchanged);
        let without = json!({"resourceType": "Patient", "id": "a"});
        assert_eq!(one(&store, load(without)).await.change, Change::Unchanged);
        let kept = store.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap();
        assert_eq!((kept.version, kept.updated), (1, 1_358_154_000_000_000));
        assert_eq!(body(&kept)["meta"]["lastUpdated"], "2013-01-14T10:00:00+01:00");
        let later = json!({"resourceType": "Patient", "id": "a", "meta": {"lastUpdated": "2014-01-14T10:00:00+01:00"}});
        assert_eq!(one(&store, load(later)).await.change, Change::Updated);
        assert_eq!(one(&store, put(given)).await.change, Change::Updated);
    });
}

#[test]
fn a_deletion_is_a_version_and_a_recreation_takes_the_number_again() {
    block_on(async {
        let store = memory().await;
        let created = one(&store, put(patient("a", "Berg"))).await;
        let deleted = one(&store, delete("Patient", "a")).await;
        assert_eq!((deleted.change, deleted.version, deleted.ord), (Change::Deleted, 2, created.ord));
        assert_eq!(one(&store, delete("Patient", "a")).await.change, Change::Absent);
        assert_eq!(one(&store, delete("Patient", "never")).await.change, Change::Absent);
        assert_eq!(count(&store, &tenant(), "Patient").await, 0);
        assert_eq!(store.bodies(&tenant(), &[created.ord]).await.unwrap(), []);
        let gone = store.read(&tenant(), ty("Patient"), "a").await.unwrap().unwrap();
        assert_eq!((gone.method, gone.body.as_str(), gone.version), (Method::Delete, "", 2));
        let again = one(&store, load(patient("a", "Berg"))).await;
        assert_eq!((again.change, again.version, again.ord), (Change::Created, 3, created.ord));
        assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        assert_eq!(store.read_version(&tenant(), ty("Patient"), "a", 4).await.unwrap(), None);
        assert_eq!(store.history(&tenant(), ty("Patient"), "never").await.unwrap(), []);
        if !KEEPS_VERSIONS {
            let refused = |error: StoreError| assert!(matches!(error, StoreError::Unsupported { .. }), "{error}");
            refused(store.history(&tenant(), ty("Patient"), "a").await.unwrap_err());
            refused(store.read_version(&tenant(), ty("Patient"), "a", 2).await.unwrap_err());
            return;
        }
        let history = store.history(&tenant(), ty("Patient"), "a").await.unwrap();
        let seen: Vec<_> = history.iter().map(|stored| (stored.version, stored.method)).collect();
        assert_eq!(seen, [(3, Method::Put), (2, Method::Delete), (1, Method::Put)]);
        for stored in &history {
            let read = store.read_version(&tenant(), ty("Patient"), "a", stored.version).await.unwrap();
            assert_eq!(read.as_ref(), Some(stored));
        }
    });
}

#[test]
fn one_batch_may_write_a_resource_many_times() {
    block_on(async {
        let store = memory().await;
        let writes = vec![
            put(patient("a", "Berg")),
            put(patient("b", "Ek")),
            put(patient("a", "Bergh")),
            delete("Patient", "a"),
            put(patient("a", "Lund")),
        ];
        let outcomes = store.write(&tenant(), writes).await.unwrap();
        let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.change, outcome.version)).collect();
        let expected = [
            (Change::Created, 1),
            (Change::Created, 1),
            (Change::Updated, 2),
            (Change::Deleted, 3),
            (Change::Created, 4),
        ];
        assert_eq!(seen, expected);
        if KEEPS_VERSIONS {
            assert_eq!(store.history(&tenant(), ty("Patient"), "a").await.unwrap().len(), 4);
        }
    });
}

#[test]
fn numbers_follow_the_order_of_creation_within_a_type() {
    block_on(async {
        let store = memory().await;
        let writes = vec![put(observation("x", "Patient/b")), put(patient("b", "Ek")), put(patient("a", "Berg"))];
        let ords: Vec<i64> = store.write(&tenant(), writes).await.unwrap().iter().map(|outcome| outcome.ord).collect();
        let first = |name| i64::from(ty(name).0) << 39;
        assert_eq!(ords, [first("Observation"), first("Patient"), first("Patient") + 1]);
        let bodies = store.bodies(&tenant(), &[ords[2], ords[0], 5]).await.unwrap();
        assert_eq!(bodies.iter().map(|stored| stored.id.as_str()).collect::<Vec<_>>(), ["a", "x"]);
    });
}

#[test]
fn a_batch_is_written_whole_or_not_at_all() {
    block_on(async {
        let store = memory().await;
        let bad = json!({"resourceType": "Patient", "id": "b", "meta": {"lastUpdated": "soon"}});
        let refused = store.write(&tenant(), vec![load(patient("a", "Berg")), load(bad.clone())]).await;
        let Err(StoreError::Invalid { position: 1, why: InvalidMeta::NoInstant { .. } }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(count(&store, &tenant(), "Patient").await, 0);
        // A server sets the element itself.
        assert_eq!(one(&store, put(bad)).await.change, Change::Created);
    });
}

#[test]
fn tenants_see_nothing_of_each_other() {
    block_on(async {
        let store = memory().await;
        let (ours, theirs) = (TenantContext::new("north").unwrap(), TenantContext::new("south").unwrap());
        store.write(&ours, vec![put(patient("a", "Berg")), put(observation("x", "Patient/a"))]).await.unwrap();
        assert_eq!(count(&store, &theirs, "Patient").await, 0);
        assert_eq!(store.read(&theirs, ty("Patient"), "a").await.unwrap(), None);
        let outcome = store.write(&theirs, vec![put(patient("a", "Lund"))]).await.unwrap()[0];
        assert_eq!((outcome.change, outcome.version), (Change::Created, 1));
        assert!(store.bodies(&theirs, &[outcome.ord]).await.unwrap()[0].body.contains("Lund"));
        store.write(&theirs, vec![delete("Patient", "a")]).await.unwrap();
        assert_eq!(count(&store, &ours, "Patient").await, 1);
        assert_eq!(store.tenants().await.unwrap(), ["north", "south"]);
        assert_eq!(store.statistics(&ours).await.unwrap().resources(ty("Patient")), 1);
        assert_eq!(store.statistics(&theirs).await.unwrap().resources(ty("Patient")), 0);
    });
}

#[test]
fn a_query_reads_the_tuples_of_earlier_steps() {
    block_on(async {
        let store = memory().await;
        let writes = ["a", "b", "c"].map(|id| put(patient(id, "Berg"))).to_vec();
        let ords: Vec<i64> = store.write(&tenant(), writes).await.unwrap().iter().map(|outcome| outcome.ord).collect();
        let tuples = [0, 2].map(|n: usize| crate::stores::Tuple { ord: ords[n], keys: Vec::new() });
        let slots = Slots::from([(SlotId(7), tuples.to_vec())]);
        let found = store.run(&tenant(), &query(Set::Slot(SlotId(7)), Yield::Rid), &slots, 0).await.unwrap();
        let ids: Vec<_> = found.iter().map(|tuple| tuple.keys[0].clone().unwrap()).collect();
        assert_eq!(ids, ["a", "c"].map(|id| Value::Rid(ty("Patient"), id.to_owned())));
        let unfilled = store.run(&tenant(), &query(Set::Slot(SlotId(8)), Yield::Rid), &slots, 0).await;
        assert!(matches!(unfilled, Err(StoreError::Unsupported { .. })), "{unfilled:?}");
    });
}

#[test]
fn a_plan_is_told_in_words() {
    block_on(async {
        let store = memory().await;
        let test = Test::Atom(Atom::Eq(Col::first(ColName::Id), Value::Text("a".to_owned())));
        let universe = Universe(vec![ty("Patient")]);
        let set = Set::Rows { key: fhirc_codegen::rows::KeyId(1), kind: RowKind::Id, universe, test };
        // A driver may only plan over what is there.
        one(&store, put(patient("a", "Berg"))).await;
        let (asked, plan) = store.explain(&query(set, Yield::Count)).await.unwrap();
        assert!(asked.starts_with(ASKED), "{asked}");
        assert!(plan.contains(PLANNED), "{plan}");
    });
}
