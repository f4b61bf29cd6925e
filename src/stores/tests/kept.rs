//! What must hold of the tables of a store whose definitions have changed.

use super::changes;
use super::consistency::{check, image};
use super::*;
use crate::stores::Store;

/// The live bodies, in the order of creation.
pub(super) async fn bodies(store: &Store, tenant: &TenantContext) -> Vec<(TypeCode, Json)> {
    let select = "SELECT type, body FROM resource JOIN body USING (tenant, ord) WHERE tenant = $1 ORDER BY ord";
    let found = look(unwrap(store), tenant, vec![select.to_owned()]).await;
    let read =
        |row: &Vec<Cell>| (TypeCode(u8::try_from(row[0].int()).unwrap()), serde_json::from_str(row[1].text()).unwrap());
    found[0].1.iter().map(read).collect()
}

/// Rows, counts and records are what the bodies say under the definitions of the store.
pub(super) async fn consistent(store: &Store, tenants: &[TenantContext]) {
    for tenant in tenants {
        check(unwrap(store), tenant).await;
    }
}

/// After all builds, every table is as that of a store that had these definitions from the start.
pub(super) async fn as_if_from_the_start(store: &Store, tenants: &[TenantContext]) {
    let fresh = changes::store().await;
    let registry = store.registry();
    assert!(registry.builds().is_empty() && registry.retired().is_empty());
    let (release, added) = (registry.release(), registry.added().iter().map(|param| (**param).clone()).collect());
    let defined = fresh.define(added).await.unwrap();
    assert!(!defined.to_build);
    for definition in release.definitions().filter(|known| registry.definitions().all(|now| now.url != known.url)) {
        fresh.retire(vec![definition.url.clone()]).await.unwrap();
    }
    fresh.reindex(&mut ()).await.unwrap();
    for tenant in tenants {
        let writes = bodies(store, tenant).await.into_iter().map(|(_, body)| write(body, true)).collect();
        fresh.write(tenant, writes).await.unwrap();
        assert_eq!(image(unwrap(store), tenant).await, image(unwrap(&fresh), tenant).await);
    }
}
