//! Set algebra in, target queries out. Knows no FHIR rule and no driver.

pub mod algebra;
pub mod capability;
pub mod elasticsearch;
pub mod lower;
mod names;
pub mod ord;
pub mod program;
pub mod refine;
pub mod rows;
mod sorting;
pub mod sql;
pub mod stats;
pub mod target;
#[cfg(test)]
mod testing;
mod text;
