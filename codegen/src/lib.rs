//! Set algebra in, target queries out. Knows no FHIR rule and no driver.

pub mod algebra;
pub mod program;
pub mod rows;
pub mod capability;
pub mod stats;
