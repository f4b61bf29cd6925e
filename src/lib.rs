//! A compiler for FHIR search: one query, one meaning, every store.

pub mod compiler;
pub mod definitions;
pub mod ir;
pub mod keys;
pub mod plan;
pub mod resolve;
pub mod index;
pub mod keys;
pub mod values;
