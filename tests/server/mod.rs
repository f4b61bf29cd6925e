//! A server for tests: the one that an environment variable names.

/// The URL of a store of its own on the server. Without a server the test fails: `scripts/test` starts one.
pub(crate) fn postgres(name: &str) -> String {
    let Ok(url) = std::env::var("FHIRC_POSTGRES_URL") else {
        panic!("`FHIRC_POSTGRES_URL` names a PostgreSQL server for tests; `scripts/test` starts one")
    };
    let url: fhirc::stores::StoreUrl = url.parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let fhirc::stores::StoreUrl::Postgres(url) = url.apart(&format!("{name}_{now}")) else { panic!("{url}") };
    // Of a server for tests it is no secret.
    url.with_password().to_owned()
}
