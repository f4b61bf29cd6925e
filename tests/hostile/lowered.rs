//! Queries of targets consist of our own words: text of users stands in bound parameters and typed fields.

use fhirc::codegen::stats::Empty;
use fhirc::compiler::Compiler;
use fhirc::explain::{Stage, TARGETS, explain};
use serde_json::Value;
use std::collections::BTreeSet;

/// The words that the queries of all targets are made of: of SQL all between other characters, of a request the names of
/// its members. Numbers of aliases, parameters and limits do not count.
pub(crate) fn words(compiler: &Compiler, query: &str) -> BTreeSet<String> {
    let (sections, outcome) = explain(compiler, query, &TARGETS, &Empty);
    outcome.unwrap_or_else(|rejected| panic!("{rejected}"));
    let mut words = BTreeSet::new();
    // A target that refuses has no such section.
    for section in sections.iter().filter(|section| section.stage == Stage::Query) {
        for lowered in section.json.as_array().unwrap() {
            match lowered.get("sql").and_then(Value::as_str) {
                Some(sql) => words.extend(words_of_sql(sql)),
                None => members(lowered, &mut words),
            }
        }
    }
    words
}

fn words_of_sql(sql: &str) -> impl Iterator<Item = String> {
    let pieces = sql.split(|c: char| c.is_whitespace() || c.is_ascii_digit() || "\"(),.?$".contains(c));
    pieces.filter(|piece| !piece.is_empty()).map(str::to_owned)
}

fn members(json: &Value, words: &mut BTreeSet<String>) {
    match json {
        Value::Object(object) => {
            for (name, value) in object {
                words.insert(name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
                members(value, words);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, words)),
        _ => {}
    }
}
