//! Documents that are older than definitions: their rows were made under an earlier epoch. Only those count that searches
//! may meet: a resource that is deleted has no rows.

use super::Shared;
use super::answer::{Hit, Types, is_counted_whole, whole_indexes};
use super::fault::Unexpected;
use super::kept::Now;
use super::link::Ask;
use super::query::no_number;
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use elasticsearch::http::Method;
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

const DOING: &str = "looking for resources that are not indexed yet";

/// Tenants that are told at once; the others are told when these are done.
const TENANTS: u32 = 1_000;

/// A document that is older than it must be.
pub(super) struct Old {
    pub(super) ord: i64,
    /// As references name its resource.
    pub(super) rid: String,
    pub(super) version: i64,
}

/// Documents made before an epoch.
fn before(epoch: u32) -> Json {
    json!({ "range": { "epoch": { "lt": epoch } } })
}

/// Documents of a tenant, or of all, that are found by what refers to them.
fn found(tenant: Option<Tenant>, and: Option<Json>) -> Json {
    let tenant = tenant.map(|tenant| json!({ "term": { "tenant": tenant.0 } }));
    let clauses: Vec<Json> = tenant.into_iter().chain([json!({ "exists": { "field": "rid" } })]).chain(and).collect();
    json!({ "bool": { "filter": clauses } })
}

/// By type, the least epoch that its documents must be of: for the sake of what is being built or was retired, and of what
/// was built before.
pub(super) fn needed(registry: &Registry, now: &Now) -> BTreeMap<ResourceType, u32> {
    let mut needed: BTreeMap<ResourceType, u32> = BTreeMap::new();
    let built = now.built.iter().filter_map(|(ty, build)| Some((registry.resource_type(ty)?, *build)));
    let builds = registry.builds().into_iter();
    let building = builds.flat_map(|(build, params)| params.into_iter().map(move |param| (param.ty(), build)));
    let retired = registry.retired().into_iter().map(|param| (param.ty(), registry.epoch()));
    for (ty, epoch) in built.chain(building).chain(retired) {
        let least = needed.entry(ty).or_default();
        *least = epoch.max(*least);
    }
    needed
}

impl Shared {
    /// How many documents of a type are older than an epoch, by tenant. Whatever was written so far is met.
    pub(super) async fn older(
        &self,
        registry: &Registry,
        ty: ResourceType,
        epoch: u32,
    ) -> Result<Vec<(Tenant, u64)>, StoreError> {
        let names = self.indexes.everyones(TypeCode(ty.code()), registry);
        self.refresh(&BTreeSet::from([names.clone()])).await?;
        let tenants = json!({ "tenants": { "terms": { "field": "tenant", "size": TENANTS } } });
        let body =
            json!({ "query": found(None, Some(before(epoch))), "size": 0, "track_total_hits": false, "aggs": tenants });
        let told = self.told_of(&names, &body).await?;
        let buckets = told.pointer("/aggregations/tenants/buckets").and_then(Json::as_array);
        let counted = |bucket: &Json| Some((Tenant(bucket.get("key")?.as_i64()?), bucket.get("doc_count")?.as_u64()?));
        Ok(buckets.into_iter().flatten().filter_map(counted).collect())
    }

    /// The next of these documents, in the order of their numbers.
    pub(super) async fn next_older(
        &self,
        tenant: Tenant,
        (ty, epoch): (ResourceType, u32),
        (after, many): (i64, usize),
    ) -> Result<Vec<Old>, StoreError> {
        let body = json!({
            "query": found(Some(tenant), Some(before(epoch))), "size": many, "track_total_hits": false, "_source": false,
            "version": true, "docvalue_fields": ["rid"], "sort": [{ "ord": { "order": "asc" } }],
            "search_after": [after],
        });
        let types = Types::Only(BTreeSet::from([TypeCode(ty.code())]));
        let hits = self.search(DOING, (tenant, &types), &body).await?.hits;
        let old = |hit: &Hit| {
            let ord = hit.sort.first().and_then(Json::as_i64);
            let rid = hit.texts("rid").next().map(str::to_owned);
            Some(Old { ord: ord?, rid: rid?, version: hit.version? })
        };
        hits.iter().map(|hit| old(hit).ok_or_else(no_number)).collect()
    }

    /// Those of these parameters for which a document of the tenant is too old. There is none after a build, but for what
    /// the server had taken before it and written after: it looks at the name of an index before it writes.
    pub(super) async fn lacking(
        &self,
        tenant: Tenant,
        (registry, now): (&Registry, &Now),
        params: &BTreeSet<ParamId>,
    ) -> Result<BTreeSet<ParamId>, StoreError> {
        let built = |ty: ResourceType| now.built.get(registry.type_name(ty)).copied();
        let mut types: BTreeMap<ResourceType, bool> = BTreeMap::new();
        let mut lacking = BTreeSet::new();
        for param in params.iter().filter(|param| !registry.is_of_release(**param)) {
            let Some(epoch) = built(param.ty()) else { continue };
            let is_old = match types.get(&param.ty()) {
                Some(known) => *known,
                None => {
                    let body = json!({
                        "query": found(Some(tenant), Some(before(epoch))), "size": 1, "track_total_hits": false,
                        "_source": false,
                    });
                    let of = Types::Only(BTreeSet::from([TypeCode(param.ty().code())]));
                    let is_old = !self.search(DOING, (tenant, &of), &body).await?.hits.is_empty();
                    *types.entry(param.ty()).or_insert(is_old)
                }
            };
            if is_old {
                lacking.insert(*param);
            }
        }
        Ok(lacking)
    }

    /// Tells all who look at the builds of a registry how far they are.
    pub(super) async fn measure(&self, registry: &Registry) -> Result<(), StoreError> {
        for (build, params) in registry.builds() {
            let types: BTreeSet<ResourceType> = params.iter().map(|param| param.ty()).collect();
            let (mut done, mut total) = (0, 0);
            for ty in types {
                let names = self.indexes.everyones(TypeCode(ty.code()), registry);
                let old = json!({ "old": { "filter": before(build) } });
                let body = json!({ "query": found(None, None), "size": 0, "track_total_hits": true, "aggs": old });
                let told = self.told_of(&names, &body).await?;
                let count = |path| told.pointer(path).and_then(Json::as_u64).unwrap_or_default();
                let (all, old) = (count("/hits/total/value"), count("/aggregations/old/doc_count"));
                done += all.saturating_sub(old);
                total += all;
            }
            registry.progress(build).set(done, total);
        }
        Ok(())
    }

    /// What is told of the documents of all tenants, if all is told.
    async fn told_of(&self, names: &str, body: &Json) -> Result<Json, StoreError> {
        let ask = whole_indexes(Ask::new(DOING, Method::Post, format!("/{names}/_search")));
        let ask = ask.with("allow_partial_search_results", "false").json(body)?;
        let told: Json = self.link.done(&ask).await?;
        if is_counted_whole(&told) {
            return Ok(told);
        }
        Err(Unexpected("a part of the index did not answer").failed(DOING))
    }
}
