//! Answers to searches: whole, or an error.

use super::document::Record;
use super::fault::{Said, Unexpected};
use super::link::{Ask, Reply, parsed};
use super::{Dialect, Shared};
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use elasticsearch::http::Method;
use fhirc_codegen::elasticsearch::clause::{Key, PointInTime};
use fhirc_codegen::rows::TypeCode;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How long the server holds a point in time from one request to the next.
const KEEP: &str = "1m";

/// Bytes of the names of indexes in the path of a request: the first line of one has 4,096.
const NAMES: usize = 2_000;

/// Where to search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Types {
    /// Resources of any type.
    Any,
    /// Resources of these types.
    Only(BTreeSet<TypeCode>),
}

/// What a search found.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    timed_out: bool,
    #[serde(default)]
    terminated_early: bool,
    _shards: Shards,
    hits: Hits,
    #[serde(default)]
    aggregations: Option<Aggregations>,
}

#[derive(Debug, Deserialize)]
struct Aggregations {
    members: Values,
}

/// Values of a field in all hits, each once.
#[derive(Debug, Deserialize)]
pub(super) struct Values {
    sum_other_doc_count: u64,
    buckets: Vec<Bucket>,
}

#[derive(Debug, Deserialize)]
struct Bucket {
    key: String,
}

impl Values {
    /// The values, if these are all.
    pub(super) fn all(self) -> Option<impl Iterator<Item = String>> {
        (self.sum_other_doc_count == 0).then(|| self.buckets.into_iter().map(|bucket| bucket.key))
    }
}

#[derive(Debug, Deserialize)]
struct Shards {
    total: u32,
    successful: u32,
    failed: u32,
}

impl Shards {
    /// Whether each has answered.
    fn all(&self) -> bool {
        self.failed == 0 && self.successful == self.total
    }
}

#[derive(Debug, Deserialize)]
struct Hits {
    #[serde(default)]
    total: Option<Total>,
    hits: Vec<Hit>,
}

/// How many hits there are.
#[derive(Debug, Deserialize)]
pub(super) struct Total {
    pub(super) value: u64,
    relation: String,
}

/// A document that was found.
#[derive(Debug, Deserialize)]
pub(super) struct Hit {
    #[serde(default)]
    pub(super) sort: Vec<Json>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Vec<Json>>,
    #[serde(default, rename = "_source")]
    pub(super) source: Option<Record>,
    /// The version of the document, where it was asked for.
    #[serde(default, rename = "_version")]
    pub(super) version: Option<i64>,
}

/// A search that was answered whole.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) total: Option<Total>,
    pub(super) hits: Vec<Hit>,
    /// What was asked of all hits together.
    pub(super) values: Option<Values>,
}

/// Why a search was not answered.
pub(super) enum Failure {
    /// It has more parts than the server takes.
    TooLarge,
    Failed(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Failed(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> StoreError {
        match failure {
            Failure::TooLarge => StoreError::Limit { what: "a request has more parts than the server takes" },
            Failure::Failed(error) => error,
        }
    }
}

impl Hit {
    /// The texts of a field.
    pub(super) fn texts(&self, field: &str) -> impl Iterator<Item = &str> {
        self.fields.get(field).into_iter().flatten().filter_map(Json::as_str)
    }

    /// Where it stands in the order, to go on behind it.
    pub(super) fn position(&self) -> Vec<Key> {
        let key = |value: &Json| match value {
            Json::Number(number) => number.as_i64().map_or(Key::Missing(None), Key::Int),
            Json::String(text) => Key::Text(text.clone()),
            _ => Key::Missing(None),
        };
        self.sort.iter().map(key).collect()
    }
}

impl Total {
    /// The number, which must not be a bound.
    pub(super) fn exact(&self, doing: &'static str) -> Result<u64, StoreError> {
        match self.relation.as_str() {
            "eq" => Ok(self.value),
            _ => Err(Unexpected("the server tells a bound where a number was asked for").failed(doing)),
        }
    }
}

impl Answer {
    /// What it found, if all of what was asked has answered.
    fn whole(self, doing: &'static str) -> Result<Found, StoreError> {
        let Answer { timed_out, terminated_early, _shards, hits, aggregations } = self;
        let missing = if timed_out {
            "the server gave up in the middle of a search"
        } else if terminated_early && aggregations.is_none() {
            // No request asks for an early end. OpenSearch 3.8 tells one of whatever it aggregates without hits, all of it.
            "the server ended a search before its end"
        } else if !_shards.all() {
            "a part of the index did not answer"
        } else {
            let values = aggregations.map(|told| told.members);
            return Ok(Found { total: hits.total, hits: hits.hits, values });
        };
        Err(Unexpected(missing).failed(doing))
    }
}

impl Shared {
    /// Searches the documents of a tenant. Types of which nothing was ever written are no part of it; an index that does
    /// not answer whole is an error.
    pub(super) async fn search(
        &self,
        doing: &'static str,
        (tenant, types): (Tenant, &Types),
        body: &impl Serialize,
    ) -> Result<Found, Failure> {
        let Some(names) = self.names(tenant, types) else {
            return Ok(Found { total: None, hits: Vec::new(), values: None });
        };
        let ask = whole_indexes(Ask::new(doing, Method::Post, format!("/{names}/_search")));
        self.found(ask, body).await
    }

    /// The same at a point in time, which says where.
    pub(super) async fn search_at(&self, doing: &'static str, body: &impl Serialize) -> Result<Found, Failure> {
        self.found(Ask::new(doing, Method::Post, "/_search"), body).await
    }

    async fn found(&self, ask: Ask, body: &impl Serialize) -> Result<Found, Failure> {
        let ask = ask.with("allow_partial_search_results", "false").json(body)?;
        match self.link.ask(&ask).await? {
            Reply::Done(body) => Ok(parsed::<Answer>(ask.doing, &body)?.whole(ask.doing)?),
            Reply::Said(said) if said.is_too_large() => Err(Failure::TooLarge),
            Reply::Said(said) => Err(self.said(ask.doing, said).into()),
        }
    }

    fn said(&self, doing: &'static str, said: Said) -> StoreError {
        if said.is("timeout_exception") || said.is("task_cancelled_exception") {
            return StoreError::TimedOut { after: self.timeout };
        }
        said.failed(doing)
    }

    /// The indexes to be searched; nothing if there are none.
    pub(super) fn names(&self, tenant: Tenant, types: &Types) -> Option<String> {
        let Types::Only(types) = types else { return Some(self.indexes.all(tenant)) };
        let registry = &self.held.get().registry;
        let names: Vec<String> = types.iter().map(|ty| self.indexes.pattern(tenant, *ty, registry)).collect();
        if names.is_empty() {
            return None;
        }
        let names = names.join(",");
        Some(if names.len() > NAMES { self.indexes.all(tenant) } else { names })
    }

    /// Has the server hold a point in time.
    pub(super) async fn begin(
        &self,
        doing: &'static str,
        tenant: Tenant,
        types: &Types,
    ) -> Result<PointInTime, StoreError> {
        let pit = self.dialect.point_in_time();
        let names = self.names(tenant, types).unwrap_or_else(|| self.indexes.all(tenant));
        let ask = whole_indexes(Ask::new(doing, Method::Post, format!("/{names}/{}", pit.begin)));
        // Of a part that is not held, nothing would be missed later: OpenSearch holds what it can, if it is not told.
        let ask = match self.dialect {
            Dialect::Elasticsearch => ask,
            Dialect::OpenSearch => ask.with("allow_partial_pit_creation", "false"),
        };
        let told: BTreeMap<String, Json> = self.link.done(&ask.with("keep_alive", KEEP)).await?;
        if !is_held_whole(&told) {
            return Err(Unexpected("a part of the index did not answer").failed(doing));
        }
        let id = told.get(pit.name).and_then(Json::as_str);
        let id = id.ok_or_else(|| Unexpected("the server holds no point in time").failed(doing))?;
        Ok(PointInTime { id: id.to_owned(), keep_alive: KEEP })
    }

    /// Has it let go. What it does not hear it does by itself a little later.
    pub(super) async fn end(&self, PointInTime { id, .. }: PointInTime) {
        let pit = self.dialect.point_in_time();
        let body = if pit.in_a_list { json!({ (pit.name): [id] }) } else { json!({ (pit.name): id }) };
        let ask = Ask::new("ending a search", Method::Delete, pit.end);
        if let Ok(ask) = ask.json(&body) {
            let _ = self.link.ask(&ask).await;
        }
    }
}

/// Whether all parts are held, as far as the answer says.
fn is_held_whole(told: &BTreeMap<String, Json>) -> bool {
    told.get("_shards").is_none_or(|shards| Shards::deserialize(shards).is_ok_and(|shards| shards.all()))
}

/// Whether all parts have counted to the end.
pub(super) fn is_counted_whole(told: &Json) -> bool {
    let shards = told.get("_shards").map(Shards::deserialize);
    shards.is_some_and(|shards| shards.is_ok_and(|shards| shards.all())) && told.get("timed_out") == Some(&json!(false))
}

/// Closed indexes count, so that they are an error and not left out.
pub(super) fn whole_indexes(ask: Ask) -> Ask {
    ask.with("expand_wildcards", "open,closed,hidden")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_lacks_a_part_is_none() {
        let all = json!({ "total": 2, "successful": 2, "failed": 0 });
        assert!(is_counted_whole(&json!({ "timed_out": false, "_shards": all })));
        assert!(!is_counted_whole(&json!({ "timed_out": true, "_shards": all })));
        assert!(!is_counted_whole(&json!({ "timed_out": false })));
        let some = json!({ "total": 2, "successful": 1, "failed": 1 });
        assert!(!is_counted_whole(&json!({ "timed_out": false, "_shards": some })));
    }

    #[test]
    fn a_point_in_time_that_lacks_a_part_is_none() {
        let held = |told: Json| is_held_whole(&serde_json::from_value(told).unwrap());
        assert!(held(json!({ "id": "a" })));
        assert!(held(json!({ "pit_id": "a", "_shards": { "total": 2, "successful": 2, "skipped": 0, "failed": 0 } })));
        assert!(!held(json!({ "pit_id": "a", "_shards": { "total": 2, "successful": 1, "skipped": 0, "failed": 1 } })));
        assert!(!held(json!({ "pit_id": "a", "_shards": { "total": 2, "successful": 1, "skipped": 0, "failed": 0 } })));
    }
}
