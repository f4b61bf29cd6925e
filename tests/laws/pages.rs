//! All pages of a search, one after the other, are the page that holds everything; the total is their number.

use crate::{compiler, corpus, generated, world};
use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::Registry;
use fhirc::resolve::{Handling, MAX_PAGE, NamedQueries};
use fhirc::runtime::{ExecuteError, InvalidCursor, Request, execute};
use fhirc::stores::{Store, Write};
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::json;
use std::sync::Arc;
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

/// A store's laws: its URL and how many generated queries are walked through.
macro_rules! store_tests {
    ($name:ident, $url:expr, $generated:expr) => {
        mod $name {
            #[test]
            fn pages_of_the_corpus_make_up_the_whole() {
                super::of_corpus($url);
            }

            #[test]
            fn pages_of_generated_queries_make_up_the_whole() {
                super::of_generated($url, $generated);
            }

            #[test]
            fn pages_go_on_behind_what_changed_or_went() {
                super::of_changing($url);
            }

            #[test]
            fn a_cursor_holds_for_one_definition_of_a_named_query() {
                super::of_named($url);
            }
        }
    };
}

store_tests!(reference, "reference:", 20);
store_tests!(sqlite, "sqlite::memory:", 60);
#[cfg(feature = "server-tests")]
store_tests!(postgres, &crate::server::postgres("laws"), 30);

fn of_corpus(url: &str) {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store(url));
    for (_, query) in corpus::queries() {
        if !query.contains("_count") && !query.contains("_summary") {
            runtime.block_on(holds(&store, query, 3)).unwrap_or_else(|broken| panic!("{broken}"));
        }
    }
}

fn of_generated(url: &str, cases: u32) {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(world::store(url));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let run = TestRunner::new(config).run(&(generated::query(), 1..9u32).boxed(), |(query, count)| {
        runtime.block_on(holds(&store, &query, count)).map_err(TestCaseError::fail)
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Item 146: what changes between two pages may be missed or seen twice; the rest is seen once, and there is an end.
fn of_changing(url: &str) {
    let patient = |(id, born): (&str, Option<&str>)| {
        let born = born.map_or(json!({}), |born| json!({ "birthDate": born }));
        let mut body = json!({ "resourceType": "Patient", "id": id });
        body.as_object_mut().unwrap().extend(born.as_object().unwrap().clone());
        body
    };
    let born = [("a", Some("1950")), ("b", Some("1960")), ("c", Some("1970")), ("d", None), ("e", Some("1980"))];
    Runtime::new().unwrap().block_on(async {
        let store = world::holding(url, born.map(patient).to_vec()).await;
        let compiled = compiler(Handling::Strict).compile("Patient?_sort=birthdate&_count=2").unwrap();
        let mut request = Request::default();
        let mut pages = Vec::new();
        // Behind the first page its end grows younger, behind the second its end goes.
        let younger = world::put(patient(("b", Some("1990"))));
        let gone = Write::Delete { ty: younger.identity().0, id: "e".to_owned() };
        for change in [Some(younger), Some(gone), None] {
            let page = execute(&store, &compiled, &request, None).await.unwrap();
            pages.push(page.matches.iter().map(|found| found.id.clone()).collect::<Vec<_>>().join(" "));
            request.cursor = page.next;
            store.write(&request.tenant, change.into_iter().collect()).await.unwrap();
        }
        assert_eq!(pages, ["a b", "c e", "b d"]);
        assert_eq!(request.cursor, None);
        // A cursor is of its search.
        let page = execute(&store, &compiled, &Request::default(), None).await.unwrap();
        let other = compiler(Handling::Strict).compile("Patient?_sort=-birthdate&_count=2").unwrap();
        let request = Request { cursor: page.next, ..Request::default() };
        let refused = execute(&store, &other, &request, None).await;
        assert!(matches!(refused, Err(ExecuteError::Cursor(_))), "{refused:?}");
    });
}

/// Item 113: the text of a search may stay as it is while what a name in it stands for becomes another.
fn of_named(url: &str) {
    let patient = |id: &str| json!({ "resourceType": "Patient", "id": id, "birthDate": "1980", "gender": "female" });
    let compiled = |definition: &str| {
        let mut queries = NamedQueries::default();
        queries.add(Registry::r4(), "some", definition).unwrap();
        let options = Options { queries: Arc::new(queries), ..Options::default() };
        Compiler::r4(options).compile("Patient?_query=some&_count=2").unwrap()
    };
    Runtime::new().unwrap().block_on(async {
        let store = world::holding(url, ["a", "b", "c"].map(patient).to_vec()).await;
        let born = compiled("Patient?birthdate=1980");
        let first = execute(&store, &born, &Request::default(), None).await.unwrap();
        let request = Request { cursor: first.next, ..Request::default() };
        let refused = execute(&store, &compiled("Patient?gender=female"), &request, None).await;
        assert!(matches!(refused, Err(ExecuteError::Cursor(InvalidCursor::Foreign))), "{refused:?}");
        let second = execute(&store, &compiled("Patient?birthdate=1980"), &request, None).await.unwrap();
        assert_eq!(second.matches.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ["c"]);
    });
}
