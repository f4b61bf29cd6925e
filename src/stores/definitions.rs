//! The definitions of a store, and what writes and builds make of them.

use super::StoreError;
use super::extract::Extract;
use super::packed::Packed;
use super::version::{Extracted, Keeps, Outcome, RowSet, Versioning};
use crate::definitions::{ParamId, Registry};
use crate::index::{ExtractSettings, Extractor};
use crate::keys::{first, range};
use crate::values::{Instant, Zone};
use fhirc_codegen::rows::{KeyId, TypeCode};
use fhirc_grammar::Diagnostic;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

/// Definitions, with all that is worked out from them once.
#[derive(Debug)]
pub(crate) struct Definitions {
    pub(crate) registry: Arc<Registry>,
    extractor: Extractor,
    /// The build of each parameter that is being built, by the first of its keys.
    building: BTreeMap<KeyId, u32>,
}

impl Definitions {
    /// Compiles all parameters.
    ///
    /// # Errors
    /// Some parameter cannot be indexed.
    pub(crate) fn new(registry: Arc<Registry>, settings: &ExtractSettings) -> Result<Definitions, StoreError> {
        let extractor = Extractor::new(&registry, settings.clone());
        Definitions::with(registry, extractor)
    }

    /// Compiles what can be compiled, for a store without an index: what cannot gives no warnings.
    pub(crate) fn as_they_are(registry: Arc<Registry>, settings: &ExtractSettings) -> Definitions {
        let extractor = Extractor::new(&registry, settings.clone());
        Definitions { registry, extractor, building: BTreeMap::new() }
    }

    /// Compiles what has changed.
    ///
    /// # Errors
    /// Some parameter cannot be indexed.
    pub(crate) fn changed(&self, registry: Registry) -> Result<Definitions, StoreError> {
        let extractor = self.extractor.changed(&registry);
        Definitions::with(Arc::new(registry), extractor)
    }

    fn with(registry: Arc<Registry>, extractor: Extractor) -> Result<Definitions, StoreError> {
        let problems: Vec<String> = extractor.diagnostics().iter().map(|problem| problem.message.clone()).collect();
        if !problems.is_empty() {
            return Err(StoreError::Unindexable { problems });
        }
        let builds = registry.builds();
        let building = builds.into_iter().flat_map(|(build, params)| params.into_iter().map(move |p| (p, build)));
        let building = building.map(|(param, build)| (range(param).0, build)).collect();
        Ok(Definitions { registry, extractor, building })
    }

    pub(crate) fn extract(&self) -> Extract<'_> {
        Extract::new(&self.registry, &self.extractor)
    }

    /// What versions are made with, for a store that keeps rows by themselves.
    pub(crate) fn versioning<T>(&self, zone: &Zone, now: Instant, run: impl FnOnce(&Versioning<'_>) -> T) -> T {
        self.versioning_for(Keeps::Rows, zone, now, run)
    }

    /// The same for a store that keeps rows so.
    pub(crate) fn versioning_for<T>(
        &self,
        keeps: Keeps,
        zone: &Zone,
        now: Instant,
        run: impl FnOnce(&Versioning<'_>) -> T,
    ) -> T {
        let extract = self.extract();
        let extract = |ty: TypeCode, body: &Json| -> Extracted { extract.run(ty, body) };
        run(&Versioning { extract: &extract, zone, now, keeps })
    }

    /// The builds that go on.
    pub(crate) fn builds(&self) -> BTreeSet<u32> {
        self.building.values().copied().collect()
    }

    /// Takes out of a write the rows that a build will make, or did not make yet, for this resource: those of the
    /// builds that `lacks` names.
    pub(crate) fn without(&self, outcome: &mut Outcome, lacks: &BTreeSet<u32>) {
        for rows in [&mut outcome.added, &mut outcome.removed] {
            rows.values_mut().for_each(|rows| self.keep(rows, lacks));
        }
    }

    /// Keeps the rows that are of none of these builds.
    pub(crate) fn keep(&self, rows: &mut Packed, but: &BTreeSet<u32>) {
        if !but.is_empty() {
            rows.retain(|key| !self.building.get(&first(key)).is_some_and(|build| but.contains(build)));
        }
    }

    /// How many of these rows are of builds that go on.
    #[cfg(feature = "elasticsearch")]
    pub(crate) fn in_builds(&self, rows: &Packed) -> u64 {
        rows.keys().filter(|key| self.building.contains_key(&first(*key))).count() as u64
    }

    /// What makes the rows of a build; nothing if there is no such build.
    pub(crate) fn builder(&self, build: u32, settings: &ExtractSettings) -> Option<Builder> {
        let params: BTreeSet<ParamId> = self.registry.builds().remove(&build)?.into_iter().collect();
        let types = params.iter().map(|param| TypeCode(param.ty().code())).collect();
        let keys = params.iter().map(|&param| range(param).0).collect();
        let extractor = Extractor::only(&self.registry, settings.clone(), &params);
        Some(Builder { registry: Arc::clone(&self.registry), extractor, types, keys })
    }
}

/// Definitions after a change with the warnings, or what is wrong with it.
pub(crate) type Decided = Result<(Registry, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Makes the rows of one build.
#[derive(Debug)]
pub(crate) struct Builder {
    registry: Arc<Registry>,
    extractor: Extractor,
    /// The types that its parameters are for.
    types: BTreeSet<TypeCode>,
    keys: BTreeSet<KeyId>,
}

impl Builder {
    /// The rows of a stored resource under the keys of the build.
    ///
    /// # Errors
    /// The stored body is not JSON, which no store wrote.
    pub(crate) fn rows(&self, ty: TypeCode, body: &str) -> Result<RowSet, StoreError> {
        // Of other types those matter that contain one. A store writes bodies itself, so a name stands as it is.
        if !self.types.contains(&ty) && !body.contains("\"contained\"") {
            return Ok(RowSet::new());
        }
        let json: Json = serde_json::from_str(body)
            .map_err(|_| StoreError::Corrupt { what: "a stored body is not JSON".to_owned() })?;
        let mut rows = Extract::new(&self.registry, &self.extractor).run(ty, &json).rows;
        rows.values_mut().for_each(|rows| rows.retain(|row| self.keys.contains(&first(row.key))));
        rows.retain(|_, rows| !rows.is_empty());
        Ok(rows)
    }
}

/// The definitions that hold in this process, to be replaced as a whole.
#[derive(Debug)]
pub(crate) struct Held(RwLock<Arc<Definitions>>);

impl Held {
    pub(crate) fn new(definitions: Definitions) -> Held {
        Held(RwLock::new(Arc::new(definitions)))
    }

    pub(crate) fn get(&self) -> Arc<Definitions> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces them by what `change` makes of them; others wait meanwhile.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&Definitions) -> Result<(Definitions, T), StoreError>,
    ) -> Result<T, StoreError> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let (next, answer) = change(&held)?;
        *held = Arc::new(next);
        Ok(answer)
    }

    /// Replaces them, unless what is held is newer.
    pub(crate) fn set(&self, definitions: Arc<Definitions>) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if definitions.registry.epoch() >= held.registry.epoch() {
            *held = definitions;
        }
    }
}
