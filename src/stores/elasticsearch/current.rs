//! What a store has of resources now, read by their names: what was written is there at once, searched or not.

use super::Shared;
use super::document::{Record, name};
use super::fault::{Cause, Said};
use super::link::Ask;
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use crate::stores::version::Current;
use elasticsearch::http::Method;
use fhirc_codegen::rows::TypeCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

/// Resources that one request reads.
const CHUNK: usize = 1_000;

/// How often an index is asked that does not answer yet.
const ATTEMPTS: u32 = 7;
/// How long it waits before the second time; twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Serialize)]
struct Wanted<'a> {
    _index: String,
    _id: String,
    _source: &'a [&'a str],
}

#[derive(Deserialize)]
struct Answer {
    docs: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    _source: Option<Record>,
    #[serde(default)]
    error: Option<Cause>,
}

/// How much of a resource is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// All but the body.
    Record,
    /// All.
    Body,
}

impl Depth {
    fn fields(self) -> &'static [&'static str] {
        match self {
            Depth::Record => &["tenant", "ord", "code", "type", "id", "rid", "updated", "version"],
            Depth::Body => &["tenant", "ord", "code", "type", "id", "rid", "updated", "version", "body"],
        }
    }
}

impl Shared {
    /// What there is of each, in their order; nothing of what never was.
    pub(super) async fn records(
        &self,
        tenant: Tenant,
        of: &[(TypeCode, &str)],
        depth: Depth,
    ) -> Result<Vec<Option<Record>>, StoreError> {
        let registry = &self.held.get().registry;
        let mut records = Vec::with_capacity(of.len());
        for chunk in of.chunks(CHUNK) {
            let wanted = |(ty, id): &(TypeCode, &str)| {
                let _index = self.indexes.alias(tenant, *ty, registry);
                Ok(Wanted { _index, _id: name(tenant, id)?, _source: depth.fields() })
            };
            let docs = chunk.iter().map(wanted).collect::<Result<Vec<_>, StoreError>>()?;
            let ask = Ask::new("reading resources", Method::Post, "/_mget").json(&json!({ "docs": docs }))?;
            for found in self.docs(&ask).await? {
                match found.error.map(|cause| Said::of(200, &cause)) {
                    // Nothing of the type was ever written.
                    Some(said) if said.is("index_not_found_exception") => records.push(None),
                    Some(said) => return Err(said.failed(ask.doing)),
                    None => records.push(found._source),
                }
            }
        }
        if records.len() != of.len() {
            return Err(StoreError::Corrupt { what: "not all resources that were asked for were told of".to_owned() });
        }
        Ok(records)
    }
}

impl Shared {
    /// What is told of documents; again for a while where an index is so new that it does not answer yet.
    async fn docs(&self, ask: &Ask) -> Result<Vec<Found>, StoreError> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let Answer { docs } = self.link.done(ask).await?;
            let is_new = |found: &Found| {
                let cause = found.error.as_ref().map(|cause| Said::of(200, cause));
                cause.is_some_and(|said| said.is("no_shard_available_action_exception"))
            };
            if attempt == ATTEMPTS || !docs.iter().any(is_new) {
                return Ok(docs);
            }
            sleep(pause).await;
            pause *= 2;
        }
        Ok(Vec::new())
    }
}

impl Record {
    /// As a version that is replaced.
    pub(super) fn current(self) -> Current {
        Current { version: self.version, updated: self.updated.unwrap_or_default(), body: self.body }
    }
}
