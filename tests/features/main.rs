//! The table of features in `README.md` says what the stores do with the queries of the corpus, and nothing else.

#![cfg(feature = "sqlite")]

#[cfg(test)]
#[path = "../corpus/mod.rs"]
mod corpus;
#[cfg(test)]
mod table;

use std::fs;
use std::path::Path;
use table::{features, table};

const BEGIN: &str =
    "<!-- features: made of tests/corpus/queries.txt by `INSTA_UPDATE=always cargo test --test features` -->\n";
const END: &str = "<!-- features end -->";

#[tokio::test]
async fn the_table_is_what_the_stores_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let table = table().await;
    if found != table && std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert!(found == table, "the table in README.md is out of date; it is\n{table}");
}

#[test]
fn every_query_belongs_to_a_feature() {
    let features = features();
    let of_features: usize = features.iter().map(|feature| feature.queries.len()).sum();
    assert!((15..=35).contains(&features.len()), "{} features: nobody reads more", features.len());
    // What follows on a comment that stands alone is about passes.
    assert!(corpus::queries().len() - of_features < 20, "{of_features} queries belong to features");
}
