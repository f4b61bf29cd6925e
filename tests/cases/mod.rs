//! Conformance cases: how they are read, run on the reference evaluator, and judged.

mod case;
mod group;

pub(crate) use case::{Case, Outcome};
pub(crate) use group::groups;
