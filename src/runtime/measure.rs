//! What the planner knows of a store's data: the counts that the store keeps, and those made for the search at hand.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::plan::{Context, Plan, counted, questions};
use crate::stores::reading::{Reading, Unheld};
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
    /// See [`Stats::keeping`].
    keeping: u32,
    /// See [`Stats::passing`].
    passing: Option<u32>,
}

/// The counts that choosing among the plans of a search needs.
///
/// # Errors
/// The store fails.
pub async fn measured(store: &Store, tenant: &TenantContext, search: &Compiled) -> Result<Measured, StoreError> {
    let (plan, registry) = (&search.plan, store.registry());
    match store {
        // What a search of it is planned by, which is less than the store could tell.
        #[cfg(feature = "elasticsearch")]
        Store::Elasticsearch(store) => measure(&store.view(tenant).await?, plan, &registry).await,
        _ => measure(&Unheld { store, tenant }, plan, &registry).await,
    }
}

/// The same.
pub(super) async fn measure<R: Reading>(reading: &R, plan: &Plan, registry: &Registry) -> Result<Measured, StoreError> {
    let kept = reading.statistics().await?;
    let (questions, keeping, passing) = match reading.capabilities() {
        Ok(store) => {
            let context = Context { registry, stats: &kept };
            (questions(plan, context, store.as_ref()), store.keeping(), store.passing())
        }
        // Where no query runs, nothing is chosen.
        Err(_) => (Vec::new(), 100, None),
    };
    let queries: Vec<Query> = questions.iter().flat_map(|(_, queries)| queries).cloned().collect();
    let found = if queries.is_empty() { Vec::new() } else { reading.counts(&queries).await? };
    let mut found = queries.iter().zip(found);
    let mut known = HashMap::new();
    for (set, queries) in questions {
        let count = counted(found.by_ref().take(queries.len()).collect::<Vec<_>>(), &kept);
        known.extend(count.map(|count| (set, count)));
    }
    Ok(Measured { kept, counted: known, keeping, passing })
}

impl Measured {
    /// Leaves out what decides answers, if it may be older than the query.
    pub(super) fn leave_answers_alone(&mut self) {
        self.kept.repeated = None;
    }
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

    fn keeping(&self) -> u32 {
        self.keeping
    }

    fn passing(&self) -> Option<u32> {
        self.passing
    }

    fn resources(&self, ty: TypeCode) -> u64 {
        self.kept.resources(ty)
    }

    fn exact(&self) -> bool {
        self.kept.exact()
    }

    fn once(&self, key: KeyId) -> bool {
        self.kept.once(key)
    }

    fn abridged(&self, key: KeyId) -> bool {
        self.kept.abridged(key)
    }

    fn fan_out(&self, edge: Edge, end: End) -> Option<u64> {
        self.kept.fan_out(edge, end)
    }
}
