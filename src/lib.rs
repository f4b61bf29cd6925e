//! A compiler for FHIR search: one query, one meaning, every store.

pub mod definitions;
pub mod ir;
pub mod keys;
pub mod plan;
pub mod reference;
pub mod resolve;
pub mod values;
