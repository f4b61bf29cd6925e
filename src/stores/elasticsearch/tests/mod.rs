//! What must hold of the store on a node: the one that `FHIRC_ELASTICSEARCH_URL` names, of either product. Without one they
//! fail.

mod answers;
#[path = "../../tests/behaviour.rs"]
#[expect(clippy::duplicate_mod, reason = "the tests of every driver are those of SQLite's, with other helpers around")]
mod behaviour;
#[path = "../../tests/changes.rs"]
#[expect(clippy::duplicate_mod, reason = "likewise")]
mod changes;
#[path = "../../tests/changing.rs"]
#[expect(clippy::duplicate_mod, reason = "likewise")]
mod changing;
#[path = "../../tests/common.rs"]
#[expect(clippy::duplicate_mod, reason = "likewise")]
mod common;
mod during;
mod faults;
#[path = "../../tests/generated.rs"]
#[expect(clippy::duplicate_mod, reason = "likewise")]
mod generated;
mod kept;
mod late;
#[path = "../../tests/random.rs"]
#[expect(clippy::duplicate_mod, reason = "likewise")]
mod random;
mod store;

use self::common::*;
use super::ElasticsearchStore;
use crate::definitions::Registry;
use crate::stores::{Store, StoreSettings, StoreUrl, Write};
use crate::tenant::TenantContext;
use fhirc_codegen::algebra::{Set, Universe};
use fhirc_codegen::program::Yield;
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// What the tests that every driver passes are about.
type Subject = ElasticsearchStore;

/// Whether it keeps the versions before the current ones.
const KEEPS_VERSIONS: bool = false;

/// Batches in which a build goes through what the tests store for a tenant, two documents each: seven patients, and seven
/// that stand in observations.
const BATCHES: u32 = 7;

/// Random sequences that are tried.
const SEQUENCES: u32 = 5;

/// How what it is asked begins.
const ASKED: &str = "{\n  \"query\"";

/// How the plan of a query by id reads.
const PLANNED: &str = "id:a";

/// A store of its own on the node. Parameters of its URL come behind those that suit tests.
fn beside(parameters: &str) -> StoreUrl {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("FHIRC_ELASTICSEARCH_URL")
        .expect("`FHIRC_ELASTICSEARCH_URL` names a node for tests; `scripts/test` starts one");
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let url = format!("{server}?refresh=true&replicas=0{parameters}");
    url.parse::<StoreUrl>().unwrap().apart(&format!("test_{now}_{n}"))
}

async fn open(url: &StoreUrl, settings: StoreSettings) -> Result<Subject, crate::stores::StoreError> {
    let StoreUrl::Elasticsearch(url) = url else { panic!("{url}") };
    ElasticsearchStore::open(url, settings).await
}

/// A store of its own.
async fn memory() -> Subject {
    open(&beside(""), settings()).await.unwrap()
}

fn wrap(store: Subject) -> Store {
    Store::Elasticsearch(store)
}

fn unwrap(store: &Store) -> &Subject {
    let Store::Elasticsearch(store) = store else { panic!("{store:?}") };
    store
}

/// Where a store lies that is opened more than once.
struct Directory(StoreUrl);

impl Directory {
    fn new() -> Directory {
        Directory(beside(""))
    }

    fn url(&self) -> StoreUrl {
        self.0.clone()
    }
}
