//! A compiler for FHIR search: one query, one meaning, every store.

pub mod values;
