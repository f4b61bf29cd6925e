//! The same writes make the same versions here as in SQLite.

use super::*;
use crate::stores::sqlite::{Place, SqliteStore};
use crate::stores::{Change, Method};
use crate::values::Instant;
use serde_json::json;

/// 2020-01-01T00:00:00Z
const NOW: Instant = Instant(1_577_836_800_000_000);

fn settings() -> StoreSettings {
    let registry = Arc::new(Registry::r4().clone());
    StoreSettings { create: true, clock: Clock::Fixed(NOW), ..StoreSettings::new(registry) }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn ty(name: &str) -> TypeCode {
    TypeCode(Registry::r4().resource_type(name).unwrap().code())
}

fn put(body: Json, keep_updated: bool) -> Write {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    Write::Put { ty: ty(&text("resourceType")), id: text("id"), body, keep_updated }
}

fn patient(id: &str, family: &str) -> Json {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": family}]})
}

fn delete(id: &str) -> Write {
    Write::Delete { ty: ty("Patient"), id: id.to_owned() }
}

/// Batches in which resources come, change, go, come again, several times over and for nothing.
fn batches() -> Vec<Vec<Write>> {
    let dated = json!({"resourceType": "Patient", "id": "c", "meta": {"lastUpdated": "2013-01-14T10:00:00+01:00"}});
    let group = json!({"resourceType": "Group", "id": "a", "type": "person", "actual": true, "quantity": 1.50});
    vec![
        vec![put(patient("a", "Berg"), false), put(group, true), put(patient("b", "Ek"), true)],
        vec![put(patient("a", "Bergh"), false), delete("b"), delete("never"), put(dated.clone(), true)],
        vec![put(dated, true), put(patient("b", "Ek"), true), put(patient("b", "Ek"), true), delete("b"), delete("b")],
        vec![delete("a"), put(patient("a", "Lund"), false), put(patient("a", "Lund"), false)],
    ]
}

#[test]
fn versions_are_those_of_sqlite() {
    block_on(async {
        let ours = MemoryStore::open(Origin::Writes, settings());
        let sqlite = SqliteStore::open(Place::Memory, settings()).await.unwrap();
        let tenant = TenantContext::default();
        for batch in batches() {
            let here = ours.write(&tenant, batch.clone()).await.unwrap();
            assert_eq!(here, sqlite.write(&tenant, batch).await.unwrap());
        }
        for (name, id) in [("Patient", "a"), ("Patient", "b"), ("Patient", "c"), ("Group", "a"), ("Patient", "never")] {
            let history = ours.history(&tenant, ty(name), id);
            assert_eq!(history, sqlite.history(&tenant, ty(name), id).await.unwrap());
            assert_eq!(ours.read(&tenant, ty(name), id), sqlite.read(&tenant, ty(name), id).await.unwrap());
            for stored in &history {
                let version = ours.read_version(&tenant, ty(name), id, stored.version);
                assert_eq!(version.as_ref(), Some(stored));
                let ords = [stored.ord, stored.ord];
                assert_eq!(ours.bodies(&tenant, &ords), sqlite.bodies(&tenant, &ords).await.unwrap());
            }
        }
        let (here, there) = (ours.statistics(&tenant), sqlite.statistics(&tenant).await.unwrap());
        assert_eq!(*here.resources, BTreeMap::from([(ty("Patient"), 2), (ty("Group"), 1)]));
        assert_eq!(here.resources, there.resources);
        assert_eq!(ours.tenants(), ["default"]);
        assert_eq!(ours.tenants(), sqlite.tenants().await.unwrap());
    });
}

#[test]
fn a_batch_is_written_whole_or_not_at_all() {
    block_on(async {
        let store = MemoryStore::open(Origin::Writes, settings());
        let tenant = TenantContext::default();
        let undated = json!({"resourceType": "Patient", "id": "b", "meta": {"lastUpdated": "soon"}});
        let refused = store.write(&tenant, vec![put(patient("a", "Berg"), true), put(undated, true)]).await;
        assert!(matches!(refused, Err(StoreError::Invalid { position: 1, .. })), "{refused:?}");
        let deep = (0..200).fold(json!([]), |inner, _| json!([inner]));
        let deep = json!({"resourceType": "Patient", "id": "b", "extension": deep});
        let refused = store.write(&tenant, vec![put(patient("a", "Berg"), true), put(deep, true)]).await;
        assert!(matches!(refused, Err(StoreError::Corrupt { .. })), "{refused:?}");
        assert!(store.live(&tenant).is_empty());
    });
}

#[test]
fn a_batch_is_thought_through_again_when_somebody_was_faster() {
    block_on(async {
        let store = MemoryStore::open(Origin::Writes, settings());
        let tenant = TenantContext::default();
        let slow = store.prepare(&tenant, vec![put(patient("a", "Berg"), false), delete("a")]).await.unwrap();
        store.write(&tenant, vec![put(patient("a", "Ek"), false)]).await.unwrap();
        let outcomes = store.commit(slow).await.unwrap().outcomes;
        let seen: Vec<_> = outcomes.iter().map(|outcome| (outcome.change, outcome.version)).collect();
        assert_eq!(seen, [(Change::Updated, 2), (Change::Deleted, 3)]);
        let history = store.history(&tenant, ty("Patient"), "a");
        assert_eq!(
            history.iter().map(|stored| stored.method).collect::<Vec<_>>(),
            [Method::Delete, Method::Put, Method::Put]
        );
    });
}

#[test]
fn a_snapshot_stays_and_tenants_are_apart() {
    block_on(async {
        let store = MemoryStore::open(Origin::Writes, settings());
        let (ours, theirs) = (TenantContext::new("north").unwrap(), TenantContext::new("south").unwrap());
        store.write(&ours, vec![put(patient("a", "Berg"), false)]).await.unwrap();
        let before = store.live(&ours);
        store.write(&ours, vec![delete("a")]).await.unwrap();
        assert_eq!((before.len(), store.live(&ours).len()), (1, 0));
        assert_eq!(before[0].json["name"][0]["family"], "Berg");
        assert_eq!((store.live(&theirs).len(), store.tenants()), (0, vec!["north".to_owned()]));
    });
}

#[test]
fn secrets_of_files_are_made_of_them() {
    block_on(async {
        let of = async |origin, family| {
            let store = MemoryStore::open(origin, settings());
            store.write(&TenantContext::default(), vec![put(patient("a", family), true)]).await.unwrap();
            store.secret()
        };
        assert_eq!(of(Origin::Files, "Berg").await, of(Origin::Files, "Berg").await);
        assert_ne!(of(Origin::Files, "Berg").await, of(Origin::Files, "Ek").await);
        assert_ne!(of(Origin::Writes, "Berg").await, of(Origin::Writes, "Berg").await);
    });
}
