//! Secure connections, to a server with a certificate of its own; `openssl` makes it.

use super::own::Server;
use super::server::{address, links};
use super::*;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

fn run(folder: &Path, command: &str) {
    let words: Vec<&str> = command.split(' ').collect();
    let done = Command::new(words[0]).args(&words[1..]).current_dir(folder).output();
    let done = done.unwrap_or_else(|error| panic!("`{}`: {error}", words[0]));
    assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
}

/// An authority, and what it says of 127.0.0.1.
fn certify(folder: &Path, data: &Path) {
    let new = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    run(folder, &format!("{new} -x509 -days 2 -subj /CN=authority -keyout ca.key -out ca.pem"));
    run(folder, &format!("{new} -subj /CN=server -keyout server.key -out server.csr"));
    std::fs::write(folder.join("names"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    let sign = "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names";
    run(folder, &format!("{sign} -out server.pem"));
    run(folder, "chmod 600 server.key");
    run(folder, &format!("chown --reference={} server.key server.pem", data.display()));
}

/// What comes of opening a store, in words without a password.
async fn said(url: &str, password: &str) -> String {
    let refused = open(&url.parse().unwrap(), settings()).await.map(|_| ()).unwrap_err();
    let all = format!("{refused} {refused:?}");
    assert!(!all.contains(password), "{all}");
    println!("{refused}");
    refused.to_string()
}

#[test]
fn what_a_url_asks_for_is_had_or_nothing() {
    block_on(async {
        let server = Server::new("postgres");
        let url = server.start();
        let plain = address(&url).to_owned();
        let password = plain.split([':', '@']).nth(2).unwrap();
        let insecure = said(&format!("{plain}?sslmode=require"), password).await;
        assert!(insecure.contains("TLS"), "{insecure}");

        certify(server.folder(), &server.folder().join("postgres/data"));
        let links = links(&url);
        let link = links.lend().await.unwrap();
        let folder = server.folder().display();
        for set in [
            format!("ALTER SYSTEM SET ssl_cert_file = '{folder}/server.pem'"),
            format!("ALTER SYSTEM SET ssl_key_file = '{folder}/server.key'"),
            "ALTER SYSTEM SET ssl = on".to_owned(),
            "SELECT pg_reload_conf()".to_owned(),
        ] {
            link.batch_execute(&set).await.unwrap();
        }
        link.settled(Ok(())).unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;

        let authority = format!("sslmode=verify-full&sslrootcert={folder}/ca.pem");
        for (n, query) in ["sslmode=require", &authority].into_iter().enumerate() {
            let url = format!("{plain}?{query}&schema=tls{n}").parse().unwrap();
            let store = open(&url, settings()).await.unwrap();
            one(&store, put(patient("a", "Berg"))).await;
            let secure = vec![
                "SELECT version || '' FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid() AND $1 > 0".to_owned(),
            ];
            let secure = look(&store, &tenant(), secure).await;
            assert_eq!(secure[0].1[0][0], Cell::Text("TLSv1.3".to_owned()));
            // What nobody waits for is stopped over a secure connection too.
            let sleep = |link: Link| async move {
                let slept = link.query("SELECT pg_sleep(60)", &[]).await.map_err(StoreError::postgres("sleeping"));
                link.settled(slept)
            };
            let slept = tokio::time::timeout(Duration::from_millis(50), store.shared.links.read(sleep)).await;
            assert!(slept.is_err());
            while store.shared.links.pool.status().size > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(count(&store, &tenant(), "Patient").await, 1);
        }

        let stranger = said(&format!("{plain}?sslmode=verify-full"), password).await;
        assert!(stranger.contains("UnknownIssuer") && stranger.contains("sslrootcert"), "{stranger}");
        let elsewhere = said(&format!("{plain}?{authority}").replace("127.0.0.1", "localhost"), password).await;
        assert!(elsewhere.contains("certificate") && elsewhere.contains("localhost"), "{elsewhere}");
        let nothing = said(&format!("{plain}?sslmode=verify-full&sslrootcert={folder}/names"), password).await;
        assert!(nothing.contains("sslrootcert"), "{nothing}");
    });
}
