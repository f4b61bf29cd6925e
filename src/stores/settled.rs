//! The settings that stored rows depend on: what a store remembers, and whether it is opened with the same.

use super::definitions::Definitions;
use super::{StoreError, StoreSettings};
use crate::definitions::{Registry, SearchParam};
use crate::fnv::Fnv;
use crate::index::ExtractSettings;
use crate::values::{FOLD_VERSION, Zone};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// The settings that stored rows depend on.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) definitions: Definitions,
    pub(super) extract: ExtractSettings,
    pub(super) zone: Zone,
    pub(super) bases: Vec<String>,
}

/// Settings under the names that a store remembers them by.
pub(super) type Remembered = BTreeMap<String, String>;

/// Checks each setting against the stored one; what the store shall remember from now on is added to these.
/// `version` is that of the schema: a kind of store counts it up when its tables or the meaning of stored rows change.
pub(super) fn agree(
    stored: &mut Remembered,
    version: u32,
    settings: &StoreSettings,
) -> Result<(Zone, Vec<String>), StoreError> {
    let registry = &settings.registry;
    let fixed = [
        ("schema", "schema version", version.to_string()),
        ("fold", "folding version", FOLD_VERSION.to_string()),
        ("fhir", "FHIR version", registry.version().name().to_owned()),
        ("release", "definitions of the release", fingerprint(&registry.release())),
    ];
    for (name, what, wanted) in fixed {
        one(stored, (name, what), Some(wanted), String::new)?;
    }
    let zone = settings.zone.as_ref().map(Zone::to_string);
    let zone = one(stored, ("zone", "the zone"), zone, || Zone::UTC.to_string())?;
    let bases = settings.bases.as_ref().map(|bases| bases.join(" "));
    let bases = one(stored, ("bases", "the base URLs"), bases, String::new)?;
    let unknown = |_| StoreError::Corrupt { what: format!("its zone `{zone}` is unknown to this build") };
    let zone = zone.parse().map_err(unknown)?;
    Ok((zone, bases.split_whitespace().map(str::to_owned).collect()))
}

/// The stored value, which must be the wanted one, if one is wanted. A new store takes the wanted or usual one.
fn one(
    stored: &mut Remembered,
    (name, what): (&str, &'static str),
    wanted: Option<String>,
    usual: impl FnOnce() -> String,
) -> Result<String, StoreError> {
    match (stored.get(name), wanted) {
        (Some(stored), Some(wanted)) if *stored != wanted => {
            Err(StoreError::Mismatch { what, stored: stored.clone(), wanted })
        }
        (Some(stored), _) => Ok(stored.clone()),
        (None, wanted) => {
            let value = wanted.unwrap_or_else(usual);
            stored.insert(name.to_owned(), value.clone());
            Ok(value)
        }
    }
}

/// The version of the schema that is generated for SQL. The tenth tells the elements of resources one by one.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) const SQL_SCHEMA: u32 = 10;

/// The definitions of the store, which must be at least those that are given.
pub(super) fn defined(given: &Registry, stored: Registry) -> Result<Arc<Registry>, StoreError> {
    let unknown = |given: &&Arc<SearchParam>| !stored.added().contains(given);
    match given.added().iter().find(unknown) {
        Some(unknown) => Err(StoreError::Undefined { url: unknown.url.clone() }),
        None => Ok(Arc::new(stored)),
    }
}

/// The definitions of a new store: nothing is there that would have to be built or cleared.
pub(super) fn fresh(given: &Arc<Registry>) -> Arc<Registry> {
    given.settled().map_or_else(|| Arc::clone(given), Arc::new)
}

/// A short text that differs when the definitions differ in a way that rows depend on.
fn fingerprint(registry: &Registry) -> String {
    let mut hash = Fnv::new();
    for ty in registry.types() {
        for param in registry.params(ty) {
            let definition = registry.definition(param);
            // Slots are part of the keys of rows. Writing into a hash cannot fail.
            let _ = write!(
                hash,
                "{} {} {definition:?} {:?}",
                registry.type_name(ty),
                param.slot(),
                registry.components(param)
            );
        }
    }
    hash.to_string()
}
