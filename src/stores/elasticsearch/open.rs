//! Opening: the index of notes, the template of the others, and whether resources were written under the same settings.

use super::dialect::Dialect;
use super::indexes;
use super::kept::{Kept, Now};
use super::link::Link;
use super::notes::Notes;
use super::place::{Layout, Place};
use crate::index::ExtractSettings;
use crate::stores::definitions::Definitions;
use crate::stores::settled::{Remembered, Settled, agree, defined, fresh};
use crate::stores::{StoreError, StoreSettings};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

/// Counted up when the form of documents changes.
const DOCUMENTS: &str = "4";
/// The meaning of the rows that documents are made of, counted up when it changes.
const ROWS: u32 = 9;

/// A store that is open.
pub(super) struct Opened {
    pub(super) dialect: Dialect,
    pub(super) settled: Settled,
    pub(super) secret: [u8; 32],
}

/// The store at a place.
pub(super) async fn open(
    link: &Link,
    place: &Place,
    notes: &Notes,
    settings: &StoreSettings,
) -> Result<Opened, StoreError> {
    let dialect = link.dialect().await?;
    let kept = match Kept::look(link, notes).await? {
        Some(known) => known,
        None if !settings.create => return Err(StoreError::Missing { place: place.shown.clone() }),
        None => match (indexes::none_left(link, place).await, Kept::look(link, notes).await?) {
            // Somebody else has just made it.
            (_, Some(known)) => known,
            (left, None) => {
                left?;
                create(link, place, notes, settings).await?
            }
        },
    };
    let mut stored = kept.settings.clone();
    let (zone, bases) = agreed(&mut stored, place, settings)?;
    let unreadable = |what: String| StoreError::Corrupt { what };
    let registry = settings.registry.stored(&kept.definitions).map_err(|error| unreadable(error.to_string()))?;
    let registry = defined(&settings.registry, registry)?;
    let extract = ExtractSettings::new(zone.clone(), bases.iter().cloned());
    let definitions = Definitions::new(registry, &extract)?;
    let secret = data_encoding::HEXUPPER.decode(kept.secret.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    let secret = secret.ok_or_else(|| unreadable("the secret of the store is not 32 bytes".to_owned()))?;
    Ok(Opened { dialect, settled: Settled { definitions, extract, zone, bases }, secret })
}

/// Makes a store, unless somebody else just does: the note comes last, so what has one is whole.
async fn create(link: &Link, place: &Place, notes: &Notes, settings: &StoreSettings) -> Result<Kept, StoreError> {
    let mut stored = Remembered::new();
    let (zone, bases) = agreed(&mut stored, place, settings)?;
    let registry = fresh(&settings.registry);
    // What cannot be indexed does not even make a store.
    Definitions::new(registry.clone(), &ExtractSettings::new(zone, bases))?;
    let secret = data_encoding::HEXUPPER.encode(&random());
    let now = Now { epoch: registry.epoch(), built: BTreeMap::new() };
    let kept = Kept { settings: stored, now, definitions: registry.to_stored(), secret };
    notes.create_index(link, place.replicas).await?;
    indexes::put_template(link, place).await?;
    if kept.create(link, notes).await? {
        return Ok(kept);
    }
    Kept::look(link, notes).await?.ok_or_else(|| StoreError::Missing { place: place.shown.clone() })
}

/// The zone and the bases of the store, if all settings agree with what it remembers.
fn agreed(
    stored: &mut Remembered,
    place: &Place,
    settings: &StoreSettings,
) -> Result<(crate::values::Zone, Vec<String>), StoreError> {
    let layout = if place.tenants == Layout::Apart { "apart" } else { "shared" };
    for (name, what, wanted) in
        [("documents", "documents of form", DOCUMENTS), ("tenants", "`tenants` in the URL", layout)]
    {
        let known = stored.entry(name.to_owned()).or_insert_with(|| wanted.to_owned());
        if known != wanted {
            return Err(StoreError::Mismatch { what, stored: known.clone(), wanted: wanted.to_owned() });
        }
    }
    agree(stored, ROWS, settings)
}

/// 32 bytes that nobody can guess: the standard library seeds its hash maps from the operating system.
fn random() -> [u8; 32] {
    let mut mac = hmac_sha256::HMAC::new(b"elasticsearch:");
    (0..4_u8).for_each(|n| mac.update(RandomState::new().hash_one(n).to_le_bytes()));
    mac.finalize()
}
