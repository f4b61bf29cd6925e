//! Counts: live resources by type, and rough ones that only choose a plan, all in one request.

use super::Shared;
use super::answer::{is_counted_whole, whole_indexes};
use super::fault::Unexpected;
use super::link::{Ask, Reply, parsed};
use super::query::{Filled, lower};
use super::types::types_of;
use crate::stores::tenants::Tenant;
use crate::stores::{Slots, StoreError};
use elasticsearch::http::Method;
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::stats::Found;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Several {
    responses: Vec<Json>,
}

impl Shared {
    /// Live resources by type.
    pub(super) async fn count(&self, tenant: Tenant) -> Result<BTreeMap<TypeCode, u64>, StoreError> {
        let query = json!({ "bool": { "filter": [{ "term": { "tenant": tenant.0 } }] } });
        let types = json!({ "types": { "terms": { "field": "type", "size": 256 } } });
        let path = format!("/{}/_search", self.indexes.all(tenant));
        let ask = Ask::new("counting resources", Method::Post, path).with("allow_partial_search_results", "false");
        let ask =
            whole_indexes(ask).json(&json!({ "query": query, "size": 0, "track_total_hits": false, "aggs": types }))?;
        let told: Json = match self.link.ask(&ask).await? {
            Reply::Done(body) => parsed(ask.doing, &body)?,
            Reply::Said(said) => return Err(said.failed(ask.doing)),
        };
        if !is_counted_whole(&told) {
            return Err(Unexpected("a part of the index did not answer").failed(ask.doing));
        }
        let buckets = told.pointer("/aggregations/types/buckets").and_then(Json::as_array);
        let counted = |bucket: &Json| {
            let ty = u8::try_from(bucket.get("key")?.as_u64()?).ok()?;
            Some((TypeCode(ty), bucket.get("doc_count")?.as_u64()?))
        };
        Ok(buckets.into_iter().flatten().filter_map(counted).collect())
    }

    /// Members of each query, up to its bound; nothing of what was not counted whole.
    pub(super) async fn rough(&self, tenant: Tenant, queries: &[Query]) -> Result<Vec<Option<Found>>, StoreError> {
        let doing = "counting for a plan";
        let mut lines = String::new();
        let written = |line: Result<String, serde_json::Error>| {
            line.map_err(|error| StoreError::Failed { doing, source: Box::new(error) })
        };
        for query in queries {
            // What is counted is bounded, and the rows that are looked at are not told.
            let query = &Query { visits: None, ..query.clone() };
            let filled = lower(query)?.fill(&Filled { tenant, slots: BTreeMap::new() });
            let missing = || StoreError::Unsupported { what: "a count over a slot".to_owned() };
            let requests = filled.ok_or_else(missing)?;
            let types = types_of(query, &Slots::new());
            let names = self.names(tenant, &types).unwrap_or_else(|| self.indexes.all(tenant));
            lines.push_str(&written(serde_json::to_string(&json!({ "index": names })))?);
            lines.push('\n');
            lines.push_str(&written(serde_json::to_string(requests.body()))?);
            lines.push('\n');
        }
        let told: Several = self.link.done(&Ask::new(doing, Method::Post, "/_msearch").body(lines)).await?;
        let found = |told: &Json| {
            let rows = told.pointer("/hits/total/value").and_then(Json::as_u64).filter(|_| is_counted_whole(told));
            rows.map(|rows| Found { rows, last: None })
        };
        let found: Vec<Option<Found>> = told.responses.iter().map(found).collect();
        Ok(if found.len() == queries.len() { found } else { vec![None; queries.len()] })
    }
}
