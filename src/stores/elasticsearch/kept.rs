//! The note that makes a store: its settings, its secret, and the definitions that hold.

use super::link::Link;
use super::notes::{Note, Notes};
use crate::stores::StoreError;
use crate::stores::settled::Remembered;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name of the note.
const STORE: &str = "store";

/// What a store remembers.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) settings: Remembered,
    #[serde(flatten)]
    pub(super) now: Now,
    /// The definitions over the release.
    pub(super) definitions: String,
    /// 32 bytes in hexadecimal digits.
    pub(super) secret: String,
}

/// Which definitions hold: a part of the note that is read alone.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Now {
    /// The epoch of the definitions.
    pub(super) epoch: u32,
    /// By the name of a type, the last build that came to its end: no document of the type that is found is older.
    #[serde(default)]
    pub(super) built: BTreeMap<String, u32>,
}

/// The fields of [`Now`].
const NOW: &str = "epoch,built";

impl Kept {
    /// The note; nothing if there is no store.
    pub(super) async fn look(link: &Link, notes: &Notes) -> Result<Option<Kept>, StoreError> {
        Ok(notes.look::<Kept>(link, STORE, None).await?.flatten().map(|known| known.note))
    }

    /// Makes the note; false if there is one already.
    pub(super) async fn create(&self, link: &Link, notes: &Notes) -> Result<bool, StoreError> {
        notes.create(link, STORE, self).await
    }

    /// The note of a store that is there.
    pub(super) async fn read(link: &Link, notes: &Notes) -> Result<Note<Kept>, StoreError> {
        notes.get(link, STORE, None).await?.ok_or_else(gone)
    }

    /// Replaces what was read; false if somebody else has.
    pub(super) async fn replace(&self, link: &Link, notes: &Notes, old: &Note<Kept>) -> Result<bool, StoreError> {
        notes.replace(link, STORE, old, self).await
    }
}

impl Now {
    /// What holds now: a small answer, as fresh as what was written last.
    pub(super) async fn read(link: &Link, notes: &Notes) -> Result<Now, StoreError> {
        Ok(notes.get(link, STORE, Some(NOW)).await?.ok_or_else(gone)?.note)
    }
}

fn gone() -> StoreError {
    StoreError::Corrupt { what: "the note of its definitions is gone".to_owned() }
}
