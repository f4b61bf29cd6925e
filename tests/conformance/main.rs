//! Conformance cases, groups of small resources and the answer each search must give: our own always, those beside the
//! project where they lie. Every store of this build runs them, the reference evaluator among them.

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod cases;
#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "../server/mod.rs"]
mod server;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod stores;
