//! What must hold of the store on a server: the one that `FHIRC_POSTGRES_URL` names. Without one they fail.

#![expect(clippy::duplicate_mod, reason = "the tests of every driver are those of SQLite's, with other helpers around")]

#[path = "../../tests/behaviour.rs"]
mod behaviour;
mod broken;
mod bulk;
#[path = "../../tests/cells.rs"]
mod cells;
#[path = "../../tests/changes.rs"]
mod changes;
#[path = "../../tests/changing.rs"]
mod changing;
#[path = "../../tests/common.rs"]
mod common;
#[path = "../../tests/consistency.rs"]
mod consistency;
mod damaged;
mod faults;
#[path = "../../tests/generated.rs"]
mod generated;
#[path = "../../tests/grouping.rs"]
mod grouping;
#[path = "../../tests/inside.rs"]
mod inside;
#[path = "../../tests/kept.rs"]
mod kept;
mod long;
mod own;
#[path = "../../tests/random.rs"]
mod random;
mod refusals;
mod server;
mod timeouts;
#[cfg(feature = "postgres-tls")]
mod tls;
mod writers;

use self::cells::*;
use self::common::*;
use super::PostgresStore;
use super::link::Link;
use super::sql::row;
use crate::definitions::Registry;
use crate::stores::body::unpacked;
use crate::stores::{Store, StoreError, StoreSettings, StoreUrl, Write};
use crate::tenant::TenantContext;
use fhirc_codegen::algebra::{Set, Universe};
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::sql::abridged;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio_postgres::types::Type;

/// What the tests that every driver passes are about.
type Subject = PostgresStore;

/// Whether it keeps the versions before the current ones.
const KEEPS_VERSIONS: bool = true;

/// Batches in which a build goes through what the tests store for a tenant, two resources each: seven patients, and
/// fourteen observations that may contain one.
const BATCHES: u32 = 4 + 7;

/// Random sequences that are tried.
const SEQUENCES: u32 = 15;

/// How what it is asked begins.
const ASKED: &str = "SELECT";

/// How the plan of a query by id reads.
const PLANNED: &str = " on resource_id ";

fn wrap(store: Subject) -> Store {
    Store::Postgres(store)
}

fn unwrap(store: &Store) -> &Subject {
    let Store::Postgres(store) = store else { panic!("{store:?}") };
    store
}

/// A schema of its own on the server.
struct Directory(StoreUrl);

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let url = std::env::var("FHIRC_POSTGRES_URL")
            .expect("`FHIRC_POSTGRES_URL` names a PostgreSQL server for tests; `scripts/test` starts one");
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
        Directory(url.parse::<StoreUrl>().unwrap().apart(&format!("test_{now}_{n}")))
    }

    /// Where a store lies that is opened more than once.
    fn url(&self) -> StoreUrl {
        self.0.clone()
    }
}

async fn open(url: &StoreUrl, settings: StoreSettings) -> Result<Subject, StoreError> {
    let StoreUrl::Postgres(url) = url else { panic!("{url}") };
    PostgresStore::open(url, settings).await
}

/// A text as rows hold it.
fn form(text: &str) -> String {
    abridged(text).into_owned()
}

/// A store of its own.
async fn memory() -> Subject {
    open(&Directory::new().url(), settings()).await.unwrap()
}

/// What statements find in one snapshot; their parameter `$1` is the number of the tenant.
async fn look(store: &Subject, tenant: &TenantContext, statements: Vec<String>) -> Vec<Found> {
    let statements = &statements;
    let read = |mut link: Link, tenant: crate::stores::tenants::Tenant| async move {
        let snapshot = link.build_transaction().isolation_level(tokio_postgres::IsolationLevel::RepeatableRead);
        let snapshot = snapshot.start().await.unwrap();
        let mut all = Vec::new();
        for text in statements {
            let select = snapshot.prepare_typed_cached(text, &[Type::INT8]).await.unwrap();
            let names: Vec<String> = select.columns().iter().map(|column| column.name().to_owned()).collect();
            let rows = snapshot.query(&select, &[&tenant.0]).await.unwrap();
            let cell = |row: &tokio_postgres::Row, n: usize| match *row.columns()[n].type_() {
                Type::INT8 => row.get::<_, Option<i64>>(n).map_or(Cell::Null, Cell::Int),
                Type::BYTEA => row.get::<_, Option<&[u8]>>(n).map_or(Cell::Null, |b| Cell::Body(unpacked(b).unwrap())),
                _ => row.get::<_, Option<String>>(n).map_or(Cell::Null, Cell::Text),
            };
            let cells = |row| (0..names.len()).map(|n| cell(row, n)).collect();
            let found = rows.iter().map(cells).collect();
            all.push((names, found));
        }
        snapshot.commit().await.unwrap();
        link.settled(Ok(all))
    };
    store.read_as(tenant, read).await.unwrap()
}
