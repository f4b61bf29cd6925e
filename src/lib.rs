//! A compiler for FHIR search: one query, one meaning, every store.

pub mod stores;
pub mod tenant;
