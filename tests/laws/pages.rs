//! All pages of a search, one after the other, are the page that holds everything; the total is their number.

use crate::{compiler, corpus, generated, world};
use fhirc::resolve::{Handling, MAX_PAGE};
use fhirc::runtime::{Request, execute};
use fhirc::stores::Store;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;

/// Matches of all pages of `query` with `count` on each, and the total.
async fn walk(store: &Store, query: &str, count: u32) -> (Vec<String>, Option<u64>) {
    let query = format!("{query}{}_count={count}&_total=accurate", if query.contains('?') { "&" } else { "?" });
    let compiled = compiler(Handling::Lenient).compile(&query).unwrap_or_else(|rejected| panic!("{rejected}"));
    let (mut ids, mut total, mut request) = (Vec::new(), None, Request::default());
    loop {
        let page = execute(store, &compiled, &request, None).await.unwrap();
        assert!(page.matches.len() <= count as usize, "{query}: a page of {}", page.matches.len());
        assert!(page.next.is_none() || page.matches.len() == count as usize, "{query}: a short page before the last");
        assert!(total.is_none() || total == page.total, "{query}: the total changes from page to page");
        total = page.total;
        ids.extend(page.matches.into_iter().map(|found| format!("{:?} {}", found.ty, found.id)));
        let Some(next) = page.next else { return (ids, total) };
        request.cursor = Some(next);
    }
}

/// The law for one search.
async fn holds(store: &Store, query: &str, count: u32) -> Result<(), String> {
    let (whole, total) = walk(store, query, MAX_PAGE).await;
    let (pages, _) = walk(store, query, count).await;
    if pages != whole || total != Some(whole.len() as u64) {
        return Err(format!("{query}, {count} on a page\n{pages:?}\nall at once {whole:?}\ntotal {total:?}"));
    }
    Ok(())
}

#[test]
fn pages_of_the_corpus_make_up_the_whole() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store());
    for (_, query) in corpus::queries() {
        if !query.contains("_count") && !query.contains("_summary") {
            runtime.block_on(holds(&store, query, 3)).unwrap_or_else(|broken| panic!("{broken}"));
        }
    }
}

#[test]
fn pages_of_generated_queries_make_up_the_whole() {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store());
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&(generated::query(), 1..9u32).boxed(), |(query, count)| {
        runtime.block_on(holds(&store, &query, count)).map_err(TestCaseError::fail)
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}
