//! Bulk requests: documents by external versions, so that what comes late or twice never goes back.

use super::Shared;
use super::document::Document;
use super::fault::{Cause, Said};
use super::indexes::written;
use super::link::{ATTEMPTS, Ask, PAUSE};
use super::place::Refresh;
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use elasticsearch::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use tokio::time::sleep;

/// Bytes of one request, about.
const SIZE: usize = 8 << 20;

pub(super) const DOING: &str = "writing resources";

/// Indexes that one request names.
const REFRESHED: usize = 20;

/// Documents to be written.
#[derive(Debug, Default)]
pub(super) struct Bulk {
    deeds: Vec<Deed>,
}

/// What is done to one document.
#[derive(Debug)]
pub(super) struct Deed {
    alias: String,
    /// The definitions that the document was made under.
    epoch: u32,
    fields: BTreeSet<String>,
    /// The lines of the request.
    lines: String,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is written.
    Done,
    /// There is one of the same version or a later one.
    Overtaken,
    /// Nothing is written under the definitions that it was made under, or not yet.
    Fenced,
    /// The server does not take it.
    Refused(Said),
}

/// What becomes of a document that is there in the same version.
#[derive(Clone, Copy, Debug)]
pub(super) enum Same {
    /// It stays, and the deed is told as overtaken.
    Kept,
    /// The deed takes its place.
    Replaced,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Action<'a> {
    Index(Target<'a>),
}

#[derive(Serialize)]
struct Target<'a> {
    _index: &'a str,
    _id: &'a str,
    version: i64,
    version_type: &'static str,
}

impl<'a> Target<'a> {
    fn new(_index: &'a str, _id: &'a str, version: i64, same: Same) -> Target<'a> {
        let version_type = match same {
            Same::Kept => "external",
            Same::Replaced => "external_gte",
        };
        Target { _index, _id, version, version_type }
    }
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<BTreeMap<String, Told>>,
}

#[derive(Deserialize)]
struct Told {
    status: u16,
    #[serde(default)]
    error: Option<Cause>,
}

impl Bulk {
    pub(super) fn new() -> Bulk {
        Bulk::default()
    }

    pub(super) fn push(&mut self, deed: Deed) {
        self.deeds.push(deed);
    }

    /// Where they are written to.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &str> {
        self.deeds.iter().map(|deed| deed.alias.as_str())
    }

    pub(super) fn len(&self) -> usize {
        self.deeds.len()
    }
}

impl Deed {
    /// Writes a document under a name, if there is none of a later version.
    pub(super) fn index(alias: String, name: String, document: &Document, same: Same) -> Result<Deed, StoreError> {
        let index = written(&alias, document.epoch);
        let action = Action::Index(Target::new(&index, &name, document.record.version, same));
        let lines = format!("{}\n{}\n", line(&action)?, line(document)?);
        Ok(Deed { fields: document.fields().cloned().collect(), epoch: document.epoch, alias, lines })
    }
}

fn line(of: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(of).map_err(|error| StoreError::Failed { doing: DOING, source: Box::new(error) })
}

impl Shared {
    /// Does all of it, and tells of each what became of it.
    pub(super) async fn bulk(&self, tenant: Tenant, bulk: Bulk, refresh: Refresh) -> Result<Vec<Fate>, StoreError> {
        let mut fields: BTreeMap<(&str, u32), BTreeSet<String>> = BTreeMap::new();
        for deed in &bulk.deeds {
            fields.entry((&deed.alias, deed.epoch)).or_default().extend(deed.fields.iter().cloned());
        }
        for ((alias, epoch), fields) in &fields {
            let made = self.indexes.provide(&self.link, &self.notes, (tenant, alias, *epoch), fields).await?;
            // Who has changed the definitions may have looked for indexes before this one was there.
            if made && self.now().await?.epoch != *epoch {
                return Ok(vec![Fate::Fenced; bulk.deeds.len()]);
            }
        }
        let mut fates = Vec::with_capacity(bulk.deeds.len());
        let mut rest = bulk.deeds.as_slice();
        while let Some(first) = rest.first() {
            let (mut size, mut count) = (first.lines.len(), 1);
            for deed in rest.iter().skip(1) {
                size += deed.lines.len();
                if size > SIZE {
                    break;
                }
                count += 1;
            }
            let (chunk, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            fates.extend(self.chunk(chunk, refresh).await?);
            rest = after;
        }
        Ok(fates)
    }

    /// Lets searches meet what was written to these, all of it together.
    pub(super) async fn refresh(&self, aliases: &BTreeSet<String>) -> Result<(), StoreError> {
        for some in aliases.iter().collect::<Vec<_>>().chunks(REFRESHED) {
            let names = some.iter().map(|alias| alias.as_str()).collect::<Vec<_>>().join(",");
            let told: Json = self.link.done(&Ask::new(DOING, Method::Post, format!("/{names}/_refresh"))).await?;
            if told.pointer("/_shards/failed").and_then(Json::as_u64) != Some(0) {
                return Err(StoreError::Partly);
            }
        }
        Ok(())
    }

    /// Does what one request can hold, again where the server has no room.
    async fn chunk(&self, deeds: &[Deed], refresh: Refresh) -> Result<Vec<Fate>, StoreError> {
        let mut fates: Vec<Option<Fate>> = vec![None; deeds.len()];
        let mut pause = PAUSE;
        for attempt in 1..=ATTEMPTS {
            let places: Vec<usize> = (0..).zip(&fates).filter(|(_, fate)| fate.is_none()).map(|(n, _)| n).collect();
            let lines = places.iter().filter_map(|n| deeds.get(*n)).fold(String::new(), |mut all, deed| {
                // Writing to a string does not fail.
                let _ = write!(all, "{}", deed.lines);
                all
            });
            let ask = Ask::new(DOING, Method::Post, "/_bulk").with("refresh", refresh.name());
            let answer = self.link.done(&ask.with("require_alias", "true").body(lines)).await;
            let Answer { items } = answer.map_err(partly)?;
            if items.len() != places.len() {
                return Err(StoreError::Corrupt { what: "not all documents were told of that were sent".to_owned() });
            }
            for (n, told) in places.into_iter().zip(items) {
                let fate = fate(told, attempt == ATTEMPTS)?;
                if let Some(place) = fates.get_mut(n) {
                    *place = fate;
                }
            }
            if fates.iter().all(Option::is_some) {
                break;
            }
            sleep(pause).await;
            pause *= 2;
        }
        Ok(fates.into_iter().flatten().collect())
    }
}

/// What became of one document; nothing if the server had no room for it.
fn fate(told: BTreeMap<String, Told>, is_last: bool) -> Result<Option<Fate>, StoreError> {
    let Some(Told { status, error }) = told.into_values().next() else {
        return Err(StoreError::Corrupt { what: "nothing is told of a document that was sent".to_owned() });
    };
    match (status, error) {
        (200..=299, None) => Ok(Some(Fate::Done)),
        (409, _) => Ok(Some(Fate::Overtaken)),
        (429, _) if !is_last => Ok(None),
        (status, cause) => {
            let said = Said::of(status, &cause.unwrap_or_default());
            let is_fenced = said.is("index_not_found_exception");
            Ok(Some(if is_fenced { Fate::Fenced } else { Fate::Refused(said) }))
        }
    }
}

/// What breaks may have been done in part.
pub(super) fn partly(error: StoreError) -> StoreError {
    match error {
        StoreError::Lost { .. } | StoreError::TimedOut { .. } => StoreError::Partly,
        other => other,
    }
}
