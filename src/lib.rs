//! A compiler for FHIR search: one query, one meaning, every store.

pub mod definitions;
pub mod index;
pub mod keys;
pub mod values;
