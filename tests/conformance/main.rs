//! Conformance cases, groups of small resources and the answer each search must give: our own always, those beside the
//! project where they lie.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod reference;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod stores;
