//! What a server does not allow is said with a hint, and without a password.

use super::server::links;
use super::*;
use std::fmt::Write as _;

/// A role for the test alone, with a password of its own.
struct Role(String);

impl Role {
    async fn new(url: &StoreUrl, name: &str) -> Role {
        let links = links(url);
        let link = links.lend().await.unwrap();
        let role = format!("{}_{name}", super::server::place(url).schema);
        link.batch_execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'hunter2'")).await.unwrap();
        link.settled(Ok(())).unwrap();
        Role(role)
    }

    /// Where it finds the same database.
    fn url(&self, of: &StoreUrl, password: &str) -> StoreUrl {
        let text = super::server::address(of);
        let (scheme, rest) = text.split_once("://").unwrap();
        let (_, at) = rest.split_once('@').unwrap();
        format!("{scheme}://{}:{password}@{at}", self.0).parse().unwrap()
    }
}

async fn grant(url: &StoreUrl, text: &str) {
    let links = links(url);
    let link = links.lend().await.unwrap();
    link.batch_execute(text).await.unwrap();
    link.settled(Ok(())).unwrap();
}

/// What is said where a store cannot be opened, by all ways in which it can be said.
async fn said(url: &StoreUrl) -> String {
    let error = open(url, settings()).await.map(|_| ()).unwrap_err();
    let mut all = error.to_string();
    write!(all, "\n{error:?}").unwrap();
    let mut cause = std::error::Error::source(&error);
    while let Some(of) = cause {
        write!(all, "\n{of}\n{of:?}").unwrap();
        cause = of.source();
    }
    assert!(!all.contains("hunter2") && !all.contains("letmein"), "{all}");
    println!("{error}");
    error.to_string()
}

#[test]
fn what_a_server_does_not_allow_is_said_with_a_hint() {
    block_on(async {
        let directory = Directory::new();
        let url = directory.url();
        let role = Role::new(&url, "ward").await;
        let (mine, schema) = (role.url(&url, "hunter2"), super::server::place(&url).schema);

        let wrong = said(&role.url(&url, "letmein")).await;
        assert!(wrong.contains("28P01") && wrong.contains("user and password"), "{wrong}");

        let nowhere: StoreUrl = super::server::address(&mine).replace("/postgres?", "/nowhere?").parse().unwrap();
        let nowhere = said(&nowhere).await;
        assert!(nowhere.contains("nowhere") && nowhere.contains("CREATE DATABASE"), "{nowhere}");

        let closed: StoreUrl = format!("postgres://ada:hunter2@127.0.0.1:1/fhir?schema={schema}").parse().unwrap();
        let closed = said(&closed).await;
        assert!(closed.contains("efused"), "{closed}");

        let schemaless = said(&mine).await;
        assert!(schemaless.contains("42501") && schemaless.contains("GRANT CREATE ON DATABASE"), "{schemaless}");

        drop(open(&url, settings()).await.unwrap());
        let unused = said(&mine).await;
        assert!(unused.contains("GRANT USAGE ON SCHEMA"), "{unused}");

        grant(&url, &format!("GRANT USAGE ON SCHEMA {schema} TO {}", role.0)).await;
        let unread = said(&mine).await;
        assert!(unread.contains("42501") && unread.contains("GRANT"), "{unread}");

        grant(&url, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {}", role.0)).await;
        let reader = open(&mine, settings()).await.unwrap();
        assert_eq!(count(&reader, &tenant(), "Patient").await, 0);
        let unwritten = reader.write(&tenant(), vec![put(patient("a", "Berg"))]).await.unwrap_err().to_string();
        assert!(unwritten.contains("42501") && unwritten.contains("GRANT"), "{unwritten}");
        println!("{unwritten}");
        grant(&url, &format!("DROP OWNED BY {0}; DROP ROLE {0}", role.0)).await;
    });
}
