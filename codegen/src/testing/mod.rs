//! What the tests of all targets share: queries by hand, generated worlds and queries, a naive evaluation.

pub(crate) mod corpus;
pub(crate) mod exhaustive;
pub(crate) mod model;
pub(crate) mod queries;
pub(crate) mod world;
