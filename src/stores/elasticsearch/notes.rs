//! What a store knows of itself, in an index of its own: one document per fact, replaced only where nobody else did.

use super::answer::is_counted_whole;
use super::fault::Unexpected;
use super::link::{Ask, Link, Reply, parsed};
use crate::stores::StoreError;
use elasticsearch::http::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// How often a change is tried that others are making too.
const ATTEMPTS: usize = 200;

/// Tenants that are listed.
const MOST: u32 = 10_000;

/// The notes of a store.
#[derive(Debug)]
pub(super) struct Notes {
    index: String,
}

/// A note, and what tells whether it was changed since.
#[derive(Debug, Deserialize)]
pub(super) struct Note<T> {
    #[serde(rename = "_source")]
    pub(super) note: T,
    #[serde(rename = "_seq_no")]
    change: i64,
    #[serde(rename = "_primary_term")]
    term: i64,
}

/// The number that is given next.
#[derive(Serialize, Deserialize)]
struct Counter {
    next: i64,
}

/// The aliases of indexes.
#[derive(Serialize, Deserialize)]
struct Aliases {
    made: BTreeSet<String>,
}

fn made(of: &str) -> String {
    format!("indexes:{of}")
}

/// A tenant.
#[derive(Serialize, Deserialize)]
struct Tenant {
    /// `tenant`
    kind: String,
    name: String,
    number: i64,
}

#[derive(Deserialize)]
struct Hits<T> {
    hits: Inner<T>,
}

#[derive(Deserialize)]
struct Inner<T> {
    hits: Vec<Hit<T>>,
}

#[derive(Deserialize)]
struct Hit<T> {
    #[serde(rename = "_source")]
    source: T,
}

const READING: &str = "reading what the store knows";

impl Notes {
    pub(super) fn new(prefix: &str) -> Notes {
        Notes { index: format!("{prefix}-meta") }
    }

    /// Makes the index, unless it is there.
    pub(super) async fn create_index(&self, link: &Link, replicas: Option<u32>) -> Result<(), StoreError> {
        let mappings = json!({ "dynamic": false, "properties": { "kind": { "type": "keyword" } } });
        let settings = replicas.map_or_else(|| json!({}), |replicas| json!({ "number_of_replicas": replicas }));
        let ask = Ask::new("making the store", Method::Put, format!("/{}", self.index))
            .json(&json!({ "mappings": mappings, "settings": settings }))?;
        match link.ask(&ask).await? {
            Reply::Said(said) if !said.is("resource_already_exists_exception") => Err(said.failed(ask.doing)),
            _ => Ok(()),
        }
    }

    /// A note, if it is there. Without the index of the notes nothing that is in the store can be told from another
    /// tenant's.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        link: &Link,
        id: &str,
        fields: Option<&str>,
    ) -> Result<Option<Note<T>>, StoreError> {
        self.look(link, id, fields).await?.ok_or_else(|| Unexpected("the notes of the store are gone").failed(READING))
    }

    /// A note, or some fields of it, if it is there; nothing if there are no notes at all.
    pub(super) async fn look<T: DeserializeOwned>(
        &self,
        link: &Link,
        id: &str,
        fields: Option<&str>,
    ) -> Result<Option<Option<Note<T>>>, StoreError> {
        let ask = Ask::new(READING, Method::Get, format!("/{}/_doc/{id}", self.index));
        let ask = match fields {
            Some(fields) => ask.with("_source_includes", fields),
            None => ask,
        };
        match link.ask(&ask).await? {
            Reply::Done(body) => parsed(ask.doing, &body).map(|note| Some(Some(note))),
            Reply::Said(said) if said.is("index_not_found_exception") => Ok(None),
            Reply::Said(said) if said.status() == 404 => Ok(Some(None)),
            Reply::Said(said) => Err(said.failed(ask.doing)),
        }
    }

    /// Writes a note; false if there is one already.
    pub(super) async fn create(&self, link: &Link, id: &str, note: &impl Serialize) -> Result<bool, StoreError> {
        let path = format!("/{}/_create/{id}", self.index);
        self.put(link, Ask::new("writing what the store knows", Method::Put, path).json(note)?).await
    }

    /// Replaces a note; false if somebody else has.
    pub(super) async fn replace<T>(
        &self,
        link: &Link,
        id: &str,
        old: &Note<T>,
        new: &impl Serialize,
    ) -> Result<bool, StoreError> {
        let path = format!("/{}/_doc/{id}", self.index);
        let ask = Ask::new("writing what the store knows", Method::Put, path)
            .with("if_seq_no", old.change.to_string())
            .with("if_primary_term", old.term.to_string());
        self.put(link, ask.json(new)?).await
    }

    async fn put(&self, link: &Link, ask: Ask) -> Result<bool, StoreError> {
        match link.ask(&ask).await? {
            Reply::Done(_) => Ok(true),
            Reply::Said(said) if said.status() == 409 => Ok(false),
            Reply::Said(said) => Err(said.failed(ask.doing)),
        }
    }

    /// The first of so many numbers that nobody else is given.
    pub(super) async fn take(&self, link: &Link, counter: &str, first: i64, many: i64) -> Result<i64, StoreError> {
        let id = format!("counter:{counter}");
        for _ in 0..ATTEMPTS {
            let taken = match self.get::<Counter>(link, &id, None).await? {
                None => self.create(link, &id, &Counter { next: first + many }).await?.then_some(first),
                Some(known) => {
                    let next = known.note.next;
                    self.replace(link, &id, &known, &Counter { next: next + many }).await?.then_some(next)
                }
            };
            if let Some(taken) = taken {
                return Ok(taken);
            }
        }
        Err(StoreError::Busy)
    }

    /// The aliases that were ever made of the indexes of a tenant, or of all.
    pub(super) async fn aliases(&self, link: &Link, of: &str) -> Result<BTreeSet<String>, StoreError> {
        Ok(self.get::<Aliases>(link, &made(of), None).await?.map(|known| known.note.made).unwrap_or_default())
    }

    /// Notes one more, unless it is known.
    pub(super) async fn add_alias(&self, link: &Link, of: &str, alias: &str) -> Result<(), StoreError> {
        let id = made(of);
        for _ in 0..ATTEMPTS {
            let known = self.get::<Aliases>(link, &id, None).await?;
            let mut all = known.as_ref().map(|known| known.note.made.clone()).unwrap_or_default();
            if !all.insert(alias.to_owned()) {
                return Ok(());
            }
            let all = Aliases { made: all };
            let is_noted = match &known {
                None => self.create(link, &id, &all).await?,
                Some(known) => self.replace(link, &id, known, &all).await?,
            };
            if is_noted {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// The number of a tenant, if it has one.
    pub(super) async fn tenant(&self, link: &Link, name: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.get::<Tenant>(link, &format!("tenant:{name}"), None).await?.map(|known| known.note.number))
    }

    /// The number of a tenant, which it is given if it has none.
    pub(super) async fn number_tenant(&self, link: &Link, name: &str) -> Result<i64, StoreError> {
        if let Some(number) = self.tenant(link, name).await? {
            return Ok(number);
        }
        let number = self.take(link, "tenants", 1, 1).await?;
        let tenant = Tenant { kind: "tenant".to_owned(), name: name.to_owned(), number };
        if self.create(link, &format!("tenant:{name}"), &tenant).await? {
            return Ok(number);
        }
        let missing = || Unexpected("a note that is there cannot be read").failed("numbering a tenant");
        self.tenant(link, name).await?.ok_or_else(missing)
    }

    /// The names of all tenants.
    pub(super) async fn tenants(&self, link: &Link) -> Result<Vec<String>, StoreError> {
        let doing = "listing the tenants";
        let refresh = Ask::new(doing, Method::Post, format!("/{}/_refresh", self.index));
        link.done::<serde::de::IgnoredAny>(&refresh).await?;
        let query = json!({ "query": { "term": { "kind": "tenant" } }, "size": MOST });
        let ask = Ask::new(doing, Method::Post, format!("/{}/_search", self.index)).json(&query)?;
        let told: Json = link.done(&ask.with("allow_partial_search_results", "false")).await?;
        if !is_counted_whole(&told) {
            return Err(Unexpected("a part of the index did not answer").failed(doing));
        }
        let found = Hits::<Tenant>::deserialize(told);
        let found = found.map_err(|error| StoreError::Failed { doing, source: Box::new(error) })?;
        if found.hits.hits.len() >= MOST as usize {
            return Err(StoreError::Limit { what: "more than 10,000 tenants cannot be listed" });
        }
        let mut names: Vec<String> = found.hits.hits.into_iter().map(|hit| hit.source.name).collect();
        names.sort();
        Ok(names)
    }
}
