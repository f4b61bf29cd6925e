//! A compiler for FHIR search: one query, one meaning, every store.

pub mod definitions;
pub mod load;
mod parallel;
pub mod stores;
pub mod tenant;
pub mod values;
