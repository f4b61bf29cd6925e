//! What the server is sent for a query, and how it reads it.

use super::link::Ask;
use super::{ElasticsearchStore, query};
use crate::stores::StoreError;
use elasticsearch::http::Method;
use fhirc_codegen::program::Query;
use serde::Deserialize;
use serde_json::{Value as Json, json};

#[derive(Deserialize)]
struct Validated {
    #[serde(default)]
    explanations: Vec<Explanation>,
}

#[derive(Deserialize)]
struct Explanation {
    #[serde(default)]
    explanation: String,
}

impl ElasticsearchStore {
    /// The request of a query and the server's reading of it: one line per index.
    ///
    /// # Errors
    /// As for [`ElasticsearchStore::run`].
    pub async fn explain(&self, query: &Query) -> Result<(String, String), StoreError> {
        let doing = "explaining a query";
        let request = self.shared.shown(query)?;
        let body = request.map_or(Ok(Json::Null), |request| serde_json::to_value(request.body()));
        let body = body.map_err(|error| StoreError::Failed { doing, source: Box::new(error) })?;
        let ask = Ask::new(doing, Method::Post, format!("/{}/_validate/query", self.shared.indexes.whole_store()));
        let ask = ask.with("explain", "true").json(&json!({ "query": body.get("query") }))?;
        let read: Validated = self.shared.link.done(&ask).await?;
        let mut lines: Vec<String> = read.explanations.into_iter().map(|line| line.explanation).collect();
        lines.dedup();
        Ok((format!("{body:#}\n"), lines.join("\n") + "\n"))
    }

    /// The requests of a query, with all that decides what is made of their answers.
    pub(crate) fn asks(&self, query: &Query) -> Option<String> {
        let Query { yields, order, take, .. } = query;
        let body = query::lower(query).ok()?;
        Some(format!("{body:?} {yields:?} {order:?} {take:?}"))
    }
}
