//! A server for tests: the one that an environment variable names.

use std::sync::atomic::{AtomicU32, Ordering};

/// Stores that this process has asked for: tests that begin at once must not share one.
static STORES: AtomicU32 = AtomicU32::new(0);

/// The URL of a store of its own on the server of PostgreSQL. Without a server the test fails: `scripts/test` starts one.
pub(crate) fn postgres(name: &str) -> String {
    own("FHIRC_POSTGRES_URL", "", name)
}

/// The same on the server that a variable names; parameters of its URL come behind.
pub(crate) fn own(variable: &str, parameters: &str, name: &str) -> String {
    let Ok(url) = std::env::var(variable) else {
        panic!("`{variable}` names a server for tests; `scripts/test` starts one")
    };
    let url: fhirc::stores::StoreUrl = format!("{url}{parameters}").parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (process, nth) = (std::process::id(), STORES.fetch_add(1, Ordering::Relaxed));
    // Short: names of schemas have 63 bytes, and tests put more behind it.
    let name = format!("{name}_{now:x}_{process:x}_{nth}");
    match url.apart(&name) {
        // Of a server for tests it is no secret.
        fhirc::stores::StoreUrl::Postgres(url) | fhirc::stores::StoreUrl::Elasticsearch(url) => {
            url.with_password().to_owned()
        }
        other => panic!("{other}"),
    }
}
