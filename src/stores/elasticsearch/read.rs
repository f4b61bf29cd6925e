//! Reading resources by their numbers and identities.

use super::Shared;
use super::answer::{Hit, Types};
use super::current::Depth;
use super::document::Record;
use crate::stores::tenants::Tenant;
use crate::stores::{LiveVersion, Method, StoreError, Stored};
use fhirc_codegen::algebra::Span;
use fhirc_codegen::capability::Question;
use fhirc_codegen::elasticsearch::identity;
use fhirc_codegen::ord::{CONTAINED, type_of};
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Resources that one request reads with their bodies.
const CHUNK: usize = 1_000;
/// Resources that one request tells the identities or numbers of.
const REFERRED: usize = 10_000;

impl Record {
    /// As a version of a resource.
    pub(super) fn stored(self) -> Stored {
        let method = if self.body.is_some() { Method::Put } else { Method::Delete };
        Stored {
            ord: self.ord,
            ty: TypeCode(self.code),
            id: self.id,
            version: self.version,
            updated: self.updated.unwrap_or_default(),
            method,
            body: self.body.unwrap_or_default(),
            container: None,
        }
    }
}

impl Shared {
    /// The current version of a resource, which may be a deletion.
    pub(super) async fn read(&self, tenant: Tenant, ty: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        let found = self.records(tenant, &[(ty, id)], Depth::Body).await?;
        Ok(found.into_iter().flatten().next().map(Record::stored))
    }

    /// The live ones among these resources, in the order asked for.
    pub(super) async fn bodies(&self, tenant: Tenant, ords: &[i64]) -> Result<Vec<Stored>, StoreError> {
        let (inside, own): (Vec<i64>, Vec<i64>) = ords.iter().copied().partition(|ord| ord & CONTAINED != 0);
        let mut found = if inside.is_empty() { BTreeMap::new() } else { self.inside(tenant, &inside).await? };
        for ords in own.chunks(CHUNK) {
            let types = Types::Only(ords.iter().map(|ord| type_of(*ord)).collect());
            let query = json!({ "bool": { "filter": [
                { "term": { "tenant": tenant.0 } }, { "terms": { "ord": ords } }, { "exists": { "field": "type" } }
            ] } });
            let body = json!({ "query": query, "size": ords.len(), "track_total_hits": false });
            let hits = self.search("reading resources", (tenant, &types), &body).await?.hits;
            found.extend(hits.into_iter().filter_map(|hit| hit.source).map(|record| (record.ord, record.stored())));
        }
        Ok(ords.iter().filter_map(|ord| found.get(ord).cloned()).collect())
    }

    /// The identities of these resources, of those that are live.
    pub(super) async fn identities(&self, tenant: Tenant, ords: &[i64]) -> Result<BTreeMap<i64, String>, StoreError> {
        let mut found = BTreeMap::new();
        for ords in ords.chunks(REFERRED) {
            let types = Types::Only(ords.iter().map(|ord| type_of(*ord)).collect());
            let pairs = self.pairs(tenant, &types, json!({ "terms": { "ord": ords } }), ords.len()).await?;
            found.extend(pairs.into_iter().map(|(rid, ord)| (ord, rid)));
        }
        Ok(found)
    }

    /// The numbers of the live ones among these resources.
    pub(super) async fn numbers(
        &self,
        tenant: Tenant,
        of: &BTreeSet<(TypeCode, String)>,
    ) -> Result<BTreeMap<(TypeCode, String), i64>, StoreError> {
        let mut found = BTreeMap::new();
        let all: Vec<&(TypeCode, String)> = of.iter().collect();
        for chunk in all.chunks(REFERRED) {
            let types = Types::Only(chunk.iter().map(|(ty, _)| *ty).collect());
            let rids: Vec<String> = chunk.iter().map(|(ty, id)| identity(*ty, id)).collect();
            let pairs = self.pairs(tenant, &types, json!({ "terms": { "rid": rids } }), chunk.len()).await?;
            found.extend(pairs.into_iter().filter_map(|(rid, ord)| Some((known(&rid)?, ord))));
        }
        Ok(found)
    }

    /// Identity and number of each document that a clause finds.
    async fn pairs(
        &self,
        tenant: Tenant,
        types: &Types,
        clause: Json,
        size: usize,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let query = json!({ "bool": { "filter": [{ "term": { "tenant": tenant.0 } }, clause] } });
        let body = json!({
            "query": query, "size": size, "track_total_hits": false, "_source": false, "stored_fields": "_none_",
            "docvalue_fields": ["rid"],
            "sort": [{ "ord": { "order": "asc" } }],
        });
        let hits = self.search("looking resources up", (tenant, types), &body).await?.hits;
        let pair = |hit: &Hit| {
            let rid = hit.texts("rid").next()?.to_owned();
            Some((rid, hit.sort.first()?.as_i64()?))
        };
        Ok(hits.iter().filter_map(pair).collect())
    }

    /// The versions that are the current ones of live resources. Earlier ones are not kept: where one is asked for, that
    /// is refused, for nobody could tell what is missing. Whoever asks knows where the query does.
    pub(super) async fn versions(&self, tenant: Tenant, of: &[(i64, i64)]) -> Result<Vec<LiveVersion>, StoreError> {
        let ords: Vec<i64> = of.iter().map(|(ord, _)| *ord).collect();
        let live: BTreeMap<i64, Stored> =
            self.bodies(tenant, &ords).await?.into_iter().map(|stored| (stored.ord, stored)).collect();
        let mut found = Vec::new();
        for (ord, version) in of {
            match live.get(ord) {
                Some(stored) if stored.version == *version => {
                    found.push(LiveVersion { stored: stored.clone(), current: true });
                }
                Some(stored) if *version < stored.version => {
                    return Err(StoreError::Refused { what: Question::Earlier, span: Span::default() });
                }
                _ => {}
            }
        }
        Ok(found)
    }
}

/// What this store does not keep.
pub(super) fn earlier() -> StoreError {
    StoreError::Unsupported { what: "for earlier versions: it keeps the current ones alone".to_owned() }
}

/// An identity as documents hold it.
pub(super) fn known(text: &str) -> Option<(TypeCode, String)> {
    let (ty, id) = text.split_once('/')?;
    Some((TypeCode(ty.parse().ok()?), id.to_owned()))
}
