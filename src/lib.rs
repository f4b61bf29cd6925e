//! A compiler for FHIR search: one query, one meaning, every store.
//!
#![doc = include_str!("../ARCHITECTURE.md")]

pub mod compiler;
#[cfg(feature = "stores")]
pub mod conformance;
pub mod definitions;
#[cfg(feature = "stores")]
pub mod differential;
pub mod explain;
#[cfg(any(feature = "stores", test))]
mod fnv;
pub mod generate;
pub mod index;
pub mod ir;
pub mod keys;
#[cfg(feature = "stores")]
pub mod load;
#[cfg(feature = "stores")]
mod parallel;
pub mod plan;
pub mod reference;
pub mod resolve;
#[cfg(feature = "stores")]
pub mod runtime;
#[cfg_attr(
    all(feature = "stores", not(any(feature = "sqlite", feature = "postgres"))),
    expect(dead_code, reason = "what stores in SQL share, of which this build has none")
)]
pub mod stores;
pub mod tenant;
pub mod terminology;
pub mod values;

pub use fhirc_codegen as codegen;
pub use fhirc_grammar as grammar;
