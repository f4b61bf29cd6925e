//! What must hold of the store, whatever is written.

#[path = "../../tests/behaviour.rs"]
mod behaviour;
mod bulk;
#[path = "../../tests/cells.rs"]
mod cells;
#[path = "../../tests/changes.rs"]
mod changes;
#[path = "../../tests/changing.rs"]
mod changing;
#[path = "../../tests/common.rs"]
mod common;
mod concurrency;
#[path = "../../tests/consistency.rs"]
mod consistency;
mod copier;
mod difference;
#[path = "../../tests/generated.rs"]
mod generated;
mod group;
#[path = "../../tests/grouping.rs"]
mod grouping;
#[path = "../../tests/inside.rs"]
mod inside;
#[path = "../../tests/kept.rs"]
mod kept;
mod opening;
#[path = "../../tests/random.rs"]
mod random;

use self::cells::*;
use self::common::*;
use super::{Place, SqliteStore};
use crate::definitions::Registry;
use crate::stores::body::unpacked;
use crate::stores::{Store, StoreSettings, StoreUrl, Write};
use crate::tenant::TenantContext;
use fhirc_codegen::algebra::{Set, Universe};
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::rows::TypeCode;
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What the tests that every driver passes are about.
type Subject = SqliteStore;

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
const PLANNED: &str = "PRIMARY KEY (tenant=? AND type=? AND id=?)";

fn wrap(store: Subject) -> Store {
    Store::Sqlite(store)
}

fn unwrap(store: &Store) -> &Subject {
    let Store::Sqlite(store) = store else { panic!("{store:?}") };
    store
}

/// A store that goes with the test.
async fn memory() -> SqliteStore {
    SqliteStore::open(Place::Memory, settings()).await.unwrap()
}

/// A text as rows hold it.
fn form(text: &str) -> String {
    text.to_owned()
}

/// A directory of its own that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Directory {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("fhirc-store-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Directory {
    /// Where a store lies that is opened more than once.
    fn url(&self) -> StoreUrl {
        StoreUrl::Sqlite(self.file("ward.db"))
    }
}

/// What statements find in one snapshot; their parameter `$1` is the number of the tenant.
async fn look(store: &Subject, tenant: &TenantContext, statements: Vec<String>) -> Vec<Found> {
    let read = move |connection: &Connection, tenant: crate::stores::tenants::Tenant| {
        let snapshot = connection.unchecked_transaction().unwrap();
        let found = |text: &String| {
            let mut select = snapshot.prepare(&text.replace("$1", "?1")).unwrap();
            let names: Vec<String> = select.column_names().map(str::to_owned).collect();
            let (mut rows, mut found) = (select.query([tenant.0]).unwrap(), Vec::new());
            while let Some(row) = rows.next().unwrap() {
                let cell = |n| match row.get(n).unwrap() {
                    Value::Integer(n) => Cell::Int(n),
                    Value::Text(text) => Cell::Text(text),
                    Value::Blob(bytes) => Cell::Body(unpacked(&bytes).unwrap()),
                    Value::Null => Cell::Null,
                    Value::Real(n) => panic!("{n}"),
                };
                found.push((0..names.len()).map(cell).collect());
            }
            (names, found)
        };
        Ok(statements.iter().map(found).collect())
    };
    store.read_as(tenant, read).await.unwrap()
}
