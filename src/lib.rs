//! A compiler for FHIR search: one query, one meaning, every store.

pub mod definitions;
mod fnv;
pub mod index;
pub mod keys;
#[cfg(feature = "sqlite")]
pub mod load;
mod parallel;
pub mod stores;
pub mod tenant;
pub mod values;
