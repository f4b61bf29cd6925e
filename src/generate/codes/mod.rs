//! Codes and what is plausible for them, the most frequent first.
//!
//! Contains content from LOINC (<https://loinc.org>), copyright Regenstrief Institute, Inc. and the LOINC Committee,
//! available at no cost under the licence at <https://loinc.org/license>. SNOMED CT codes are copyright International
//! Health Terminology Standards Development Organisation; they serve as examples here.

mod conditions;
mod laboratory;
mod medications;
mod observations;
mod procedures;
mod reports;
mod vital_signs;

pub(super) use conditions::{CONDITIONS, Disease};
pub(super) use medications::{Drug, MEDICATIONS};
pub(super) use observations::{Answer, Category, Measure, OBSERVATIONS, Question};
pub(super) use procedures::PROCEDURES;
pub(super) use reports::REPORTS;
