//! What the planner knows of a store's data: the counts that the store keeps, and those made for the search at hand.

use crate::plan::{Plan, counted, questions};
use crate::stores::{Statistics, Store, StoreError};
use crate::tenant::TenantContext;
use fhirc_codegen::algebra::{Edge, End, Set};
use fhirc_codegen::program::Query;
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use fhirc_codegen::stats::{Counted, Stats};
use std::collections::HashMap;

/// Counts for one search.
#[derive(Clone, Debug)]
pub struct Measured {
    kept: Statistics,
    counted: HashMap<Set, Counted>,
}

/// The counts that choosing among the plans of a search needs.
///
/// # Errors
/// The store fails.
pub async fn measured(store: &Store, tenant: &TenantContext, plan: &Plan) -> Result<Measured, StoreError> {
    let kept = store.statistics(tenant).await?;
    // Where no query runs, nothing is chosen.
    let Ok(capabilities) = store.capabilities() else { return Ok(Measured { kept, counted: HashMap::new() }) };
    let (sets, queries): (Vec<Set>, Vec<Query>) = questions(plan, &kept, capabilities.as_ref()).into_iter().unzip();
    let found = if queries.is_empty() { Vec::new() } else { store.counts(tenant, &queries).await? };
    let counts = queries.iter().zip(found).map(|(query, found)| found.map(|found| counted(query, found)));
    let counted = sets.into_iter().zip(counts).filter_map(|(set, count)| Some((set, count?))).collect();
    Ok(Measured { kept, counted })
}

impl Stats for Measured {
    fn rows(&self, key: KeyId) -> Option<u64> {
        self.kept.rows(key)
    }

    fn frequent(&self, key: KeyId, value: &Value) -> Option<u64> {
        self.kept.frequent(key, value)
    }

    fn counted(&self, rows: &Set) -> Option<Counted> {
        self.counted.get(rows).copied()
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        self.kept.resources(ty)
    }

    fn fan_out(&self, edge: Edge, end: End) -> Option<u64> {
        self.kept.fan_out(edge, end)
    }
}
