//! What a store is opened with.

use crate::definitions::Registry;
use crate::values::{Instant, Zone};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a store is opened with. The index rows of a store depend on the first three, so a store remembers them and
/// refuses to be opened with others.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// The definitions of a new store. An existing one has its own: the same release, and at least what is added here.
    pub registry: Arc<Registry>,
    /// The zone of stored dates without one. `None`: that of the store, UTC for a new one.
    pub zone: Option<Zone>,
    /// The server's own base URLs: absolute references on them are local. `None`: those of the store, none for a new
    /// one.
    pub bases: Option<Vec<String>>,
    /// Whether to create the store if it does not exist.
    pub create: bool,
    /// Where `meta.lastUpdated` comes from.
    pub clock: Clock,
}

impl StoreSettings {
    /// An existing store, with the settings it was written with.
    pub fn new(registry: Arc<Registry>) -> StoreSettings {
        StoreSettings { registry, zone: None, bases: None, create: false, clock: Clock::System }
    }
}

/// A clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// That of the machine.
    System,
    /// One that stands still, for tests and for stores that must come out the same every time.
    Fixed(Instant),
}

impl Clock {
    /// Now.
    pub fn now(self) -> Instant {
        match self {
            Clock::Fixed(instant) => instant,
            Clock::System => {
                // A clock set before 1970 counts as 1970: no resource is older than FHIR.
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
        }
    }
}
