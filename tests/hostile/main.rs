//! Hostile searches: wildcards, quotes and operators of query languages, bombs, broken encodings, values out of range.
//! Each has its exact answer, on every store of this build, or exactly what is wrong with it, and none takes long.

#![cfg(feature = "sqlite")]

#[cfg(test)]
mod answers;
#[cfg(test)]
#[path = "../corpus/mod.rs"]
mod corpus;
#[cfg(test)]
mod data;
#[cfg(test)]
mod entry;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod lowered;
#[cfg(test)]
mod notation;
#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "../server/mod.rs"]
mod server;

use answers::shortened;
use entry::{Entry, entries, said};
use fhirc::compiler::Compiler;
use fhirc::grammar::Diagnostic;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// The longest that one search may take, not optimized, on a busy machine: most take milliseconds.
const LONGEST: Duration = Duration::from_secs(20);

/// The server's own base.
const BASE: &str = "http://example.org/fhir";

/// A store's answers to all entries.
macro_rules! store_tests {
    ($name:ident, $url:expr) => {
        #[tokio::test]
        async fn $name() {
            answers::check(stringify!($name), &data::store($url).await).await;
        }
    };
}

store_tests!(reference, "reference:");
store_tests!(sqlite, "sqlite::memory:");
#[cfg(feature = "server-tests")]
store_tests!(postgres, &server::postgres("hostile"));

fn compiler() -> Compiler {
    Compiler::r4(corpus::options(BASE))
}

#[test]
fn what_is_wrong_is_said_exactly() {
    let compiler = compiler();
    let mut wrong = String::new();
    for Entry { name, query, ids, said: expected, .. } in entries() {
        let begin = Instant::now();
        let diagnostics = match compiler.compile(&query) {
            Ok(compiled) => compiled.warnings,
            Err(rejected) => {
                assert!(!rejected.to_string().is_empty());
                rejected.diagnostics
            }
        };
        let is_wrong = diagnostics.iter().any(Diagnostic::is_error);
        let found: Vec<String> = diagnostics.iter().map(|diagnostic| said(&query, diagnostic)).collect();
        if found != expected || is_wrong == ids.is_some() {
            writeln!(wrong, "{name}  {}", shortened(&query)).unwrap();
            expected.iter().for_each(|line| writeln!(wrong, "  expected {}", shortened(line)).unwrap());
            found.iter().for_each(|line| writeln!(wrong, "  {}", shortened(line)).unwrap());
        }
        if begin.elapsed() > LONGEST {
            writeln!(wrong, "{name} took {:?}", begin.elapsed()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Searches without anything hostile, for what the corpus does not ask.
const HARMLESS: [&str; 4] = [
    "ValueSet?_filter=url ew x",
    "ValueSet?_filter=url co x",
    "ValueSet?_filter=url sw x",
    "Provenance?target.target._id=x",
];

#[test]
fn no_text_of_a_user_stands_in_a_query() {
    let compiler = compiler();
    let mut wrong = String::new();
    let corpus = corpus::queries().into_iter().map(|(_, query)| query);
    // Long lists travel as one value.
    let codes: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let long = format!("Observation?code={}", codes.join(","));
    let references = format!("Observation?subject={}", codes.join(","));
    let harmless = corpus.chain(HARMLESS).chain([long.as_str(), references.as_str()]);
    let known: BTreeSet<_> = harmless.flat_map(|query| lowered::words(&compiler, query)).collect();
    for entry in entries().iter().filter(|entry| entry.ids.is_some()) {
        let begin = Instant::now();
        let words = lowered::words(&compiler, &entry.query);
        let strange: Vec<_> = words.difference(&known).collect();
        if !strange.is_empty() {
            writeln!(wrong, "{}: {strange:?}", entry.name).unwrap();
        }
        if begin.elapsed() > LONGEST {
            writeln!(wrong, "{} took {:?}", entry.name, begin.elapsed()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn there_are_many_and_each_says_something_else() {
    let entries = entries();
    let names: BTreeSet<_> = entries.iter().map(|entry| entry.name).collect();
    let queries: BTreeSet<_> = entries.iter().map(|entry| &entry.query).collect();
    assert_eq!((names.len(), queries.len()), (entries.len(), entries.len()), "a name or a search stands twice");
    assert!(entries.len() >= 300, "{} searches", entries.len());
    let ids: Vec<_> = data::resources().iter().map(|body| body["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice");
}
