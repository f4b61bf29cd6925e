//! What is remembered of the database beside connections to it.

use super::number::Systems;
use crate::stores::tally::Remembered;
use crate::stores::tenants::Tenants;

/// Numbers and counts that were read once. A server that takes the place of another may not have its last
/// transactions, and gives their numbers to others: so all is forgotten when a connection breaks, and when a new one is
/// made, which may lead to another server.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) tenants: Tenants,
    pub(super) remembered: Remembered,
    pub(super) systems: Systems,
}

impl Known {
    /// Forgets all, to look it up again.
    pub(super) fn forget(&self) {
        self.tenants.forget();
        self.remembered.forget();
        self.systems.forget();
    }
}
