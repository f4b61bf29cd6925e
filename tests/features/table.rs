//! The table: a row per feature, a column per kind of store.

use crate::corpus;
use fhirc::codegen::stats::Empty;
use fhirc::compiler::{Compiled, Compiler};
use fhirc::definitions::Registry;
use fhirc::explain::{Stage, Target, explain};
use fhirc::plan;
use fhirc::runtime::{ExecuteError, Request, execute};
use fhirc::stores::{Store, StoreSettings};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A feature: a comment of the corpus, and the queries right below it.
pub(crate) struct Feature {
    name: &'static str,
    pub(crate) queries: Vec<(&'static str, &'static str)>,
}

/// The features of the corpus.
pub(crate) fn features() -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    // The comment above, as long as it may still be the name of a feature.
    let (mut above, mut within) = (None, false);
    for line in corpus::lines() {
        match (corpus::query(line), above.take()) {
            (Some(query), Some(name)) => {
                features.push(Feature { name, queries: vec![query] });
                within = true;
            }
            (Some(query), None) if within => features.last_mut().unwrap().queries.push(query),
            (Some(_), None) => {}
            (None, _) => {
                above = line.strip_prefix("# ");
                within = false;
            }
        }
    }
    features
}

/// A column: a store that runs queries, or the target of one.
enum Column {
    Store(Store),
    Target(Target),
}

/// Every kind of store that something can be asked of, with the head of its column.
async fn columns() -> Vec<(String, Column)> {
    let mut columns = Vec::new();
    let urls = ["reference:", "sqlite::memory:", "postgres://h/d", "elasticsearch://h/p"];
    for url in urls {
        // These run on servers, which are not needed to know what they answer: they refuse beforehand.
        let kind = url.split_once(':').map(|(kind, _)| kind);
        let on_server =
            [Target::Postgres, Target::Elasticsearch].into_iter().find(|target| kind == Some(target.name()));
        if let Some(target) = on_server {
            columns.push((format!("{} (runs)", named(url)), Column::Target(target)));
            continue;
        }
        let settings = StoreSettings { create: true, ..StoreSettings::new(Arc::new(Registry::r4().clone())) };
        let store = Store::open(&url.parse().unwrap(), settings).await.unwrap_or_else(|error| panic!("{url}: {error}"));
        columns.push((format!("{} (runs)", named(url)), Column::Store(store)));
    }
    columns
}

fn named(url: &str) -> &str {
    match url.split_once(':').unwrap().0 {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        "elasticsearch" => "Elasticsearch",
        other => other,
    }
}

/// What the store or target does not answer in a query; nothing if it answers all of it.
async fn refused(column: &Column, compiler: &Compiler, compiled: &Compiled) -> Vec<String> {
    match column {
        Column::Store(store) => match execute(store, compiled, &Request::default(), None).await {
            Ok(_) => Vec::new(),
            Err(ExecuteError::Refused { diagnostics, .. }) => {
                diagnostics.into_iter().map(|diagnostic| what(&diagnostic.message)).collect()
            }
            Err(error) => panic!("{}: {error}", compiled.query),
        },
        Column::Target(target) => {
            if let Err(refusals) = plan::split(&compiled.plan, target.capabilities().as_ref()) {
                return refusals.iter().map(|refusal| refusal.what.to_string()).collect();
            }
            let (sections, _) = explain(compiler, &compiled.query, &[*target], &Empty);
            let lowered = sections.iter().find(|section| section.stage == Stage::Query).unwrap();
            assert!(lowered.json.as_array().unwrap().iter().all(|query| query.is_object()), "{}", lowered.text);
            Vec::new()
        }
    }
}

/// The refused part, as the message of the diagnostic names it.
fn what(message: &str) -> String {
    message.split_once(": ").map_or(message, |(_, what)| what).to_owned()
}

async fn cell(column: &Column, compiler: &Compiler, queries: &[(&str, &str)]) -> String {
    let (mut whats, mut names) = (BTreeSet::new(), Vec::new());
    for (name, query) in queries {
        let compiled = compiler.compile(query).unwrap_or_else(|rejected| panic!("{rejected}"));
        let refused = refused(column, compiler, &compiled).await;
        names.extend((!refused.is_empty()).then(|| format!("`{name}`")));
        whats.extend(refused);
    }
    let whats = whats.into_iter().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "yes".to_owned(),
        all if all == queries.len() => format!("refused: {whats}"),
        // More names than that nobody reads.
        few if few <= 3 => format!("yes, but {} refused: {whats}", names.join(", ")),
        some => format!("{} of {} yes, others refused: {whats}", queries.len() - some, queries.len()),
    }
}

/// The table as the README holds it.
pub(crate) async fn table() -> String {
    let compiler = Compiler::r4(corpus::options("http://example.org/fhir"));
    let columns = columns().await;
    let heads: Vec<&str> = columns.iter().map(|(head, _)| head.as_str()).collect();
    let mut table = format!("| feature | for example | {} |\n", heads.join(" | "));
    table += &format!("|---|---|{}\n", "---|".repeat(heads.len()));
    for Feature { name, queries } in features() {
        let mut cells = vec![name.to_owned(), format!("`{}`", queries[0].1.replace('|', "\\|"))];
        for (_, column) in &columns {
            cells.push(cell(column, &compiler, &queries).await);
        }
        table += &format!("| {} |\n", cells.join(" | "));
    }
    table
}
