//! A time-out of statements is the caller's, wherever it is set: what takes longer says so, and nothing else.

use super::super::link::Links;
use super::server::{address, links};
use super::*;
use crate::compiler::{Compiler, Options};
use crate::runtime::{ExecuteError, Request, execute};
use std::time::Duration;

/// The same store, for whose role the server has set a time-out.
fn timed(url: &StoreUrl, millis: u32) -> StoreUrl {
    format!("{}&options=-c%20statement_timeout%3D{millis}", address(url)).parse().unwrap()
}

/// Holds tables for as long as the job takes.
async fn holding<T>(url: &StoreUrl, tables: &str, job: impl Future<Output = T>) -> T {
    let blocker: Links = links(url);
    let mut link = blocker.lend().await.unwrap();
    let held = link.transaction().await.unwrap();
    held.batch_execute(&format!("LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")).await.unwrap();
    let done = job.await;
    held.rollback().await.unwrap();
    link.settled(Ok(())).unwrap();
    done
}

fn is_timed_out<T: std::fmt::Debug>(found: &Result<T, StoreError>) {
    let is_so = matches!(found, Err(StoreError::TimedOut { after }) if *after == Duration::from_millis(250));
    assert!(is_so, "{found:?}");
}

#[test]
fn a_time_out_of_the_role_is_the_callers() {
    block_on(async {
        let directory = Directory::new();
        let store = open(&timed(&directory.url(), 250), settings()).await.unwrap();
        let ord = one(&store, put(patient("a", "Berg"))).await.ord;
        one(&store, put(patient("a", "Ek"))).await;
        let (patient, slots) = (ty("Patient"), crate::stores::Slots::new());
        holding(&directory.url(), "body, history, resource", async {
            is_timed_out(&store.bodies(&tenant(), &[ord]).await);
            is_timed_out(&store.read(&tenant(), patient, "a").await);
            is_timed_out(&store.read_version(&tenant(), patient, "a", 1).await);
            is_timed_out(&store.history(&tenant(), patient, "a").await);
            is_timed_out(&store.versions(&tenant(), &[(ord, 1)]).await);
            is_timed_out(&store.run(&tenant(), &query(all("Patient"), Yield::Count), &slots, 0).await);
        })
        .await;
        let store = wrap(store);
        let search = Compiler::r4(Options::default()).compile("Patient").unwrap();
        let found = holding(&directory.url(), "body", execute(&store, &search, &Request::default(), None)).await;
        let Err(ExecuteError::Store(error @ StoreError::TimedOut { .. })) = found else { panic!("{found:?}") };
        assert!(error.to_string().contains("250 ms") && error.to_string().contains("role"), "{error}");
        assert_eq!(execute(&store, &search, &Request::default(), None).await.unwrap().matches.len(), 1);
    });
}

#[test]
fn a_count_for_the_planner_that_takes_too_long_ends_nothing() {
    block_on(async {
        let directory = Directory::new();
        let url: StoreUrl = format!("{}&statement_timeout=250", address(&directory.url())).parse().unwrap();
        let store = open(&url, settings()).await.unwrap();
        one(&store, put(patient("a", "Berg"))).await;
        // Worth far more time than a statement has.
        let rough = Query { visits: Some(10_000_000), ..query(all("Patient"), Yield::Rough) };
        let counts = holding(&directory.url(), "resource", store.counts(&tenant(), &[rough])).await;
        assert_eq!(counts.unwrap(), [None]);
        // There is another way to find a page, for which there is time.
        let page = Query { visits: Some(10_000_000), ..query(all("Patient"), Yield::Page) };
        let slots = crate::stores::Slots::new();
        let found = holding(&directory.url(), "resource", store.run(&tenant(), &page, &slots, 0)).await;
        assert!(matches!(found, Err(StoreError::GaveUp)), "{found:?}");
    });
}
