//! Numbers of tenants: the first column of every key.

use crate::tenant::TenantContext;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The number of a tenant in one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tenant(pub(super) i64);

/// A tenant that nothing was ever written for: no row has its number.
pub(super) const NOBODY: Tenant = Tenant(0);

/// Numbers that were looked up. Tenants are never renumbered.
#[derive(Debug, Default)]
pub(super) struct Tenants(Mutex<BTreeMap<TenantContext, Tenant>>);

impl Tenants {
    /// The number of a tenant, if it was looked up.
    pub(super) fn known(&self, tenant: &TenantContext) -> Option<Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(tenant).copied()
    }

    /// Forgets all, to look them up again.
    #[cfg(feature = "postgres")]
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Remembers what was looked up, and never what a transaction gives that may yet fail. Reading on behalf of a
    /// tenant does not create it: it has nothing.
    pub(super) fn found(&self, tenant: &TenantContext, found: Option<Tenant>) -> Tenant {
        if let Some(found) = found {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant.clone(), found);
        }
        found.unwrap_or(NOBODY)
    }
}
