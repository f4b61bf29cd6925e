//! Sample data: a realistic FHIR R4 world of any size, the same bytes for the same settings on every machine.
//!
//! # Shape
//!
//! | type | how many | for 100 patients, seed 1 | what is particular |
//! |---|---|---|---|
//! | Organization | 1 for 25 patients, at least 16 | 16 | networks of 3 hospitals and 12 departments, over `partOf` |
//! | Practitioner | 1 for 20 patients, at least 5 | 5 | a few see most patients |
//! | Patient | as asked for | 100 | names of five cultures, partial birth dates, deaths, languages, narrative |
//! | Encounter | 4.1 a patient: 0 to 20 | 434 | ambulatory 74 %, emergency, inpatient; some still last |
//! | Condition | 2.9 a patient | 331 | SNOMED CT and ICD-10; onset as date, Period or age; narrative |
//! | Observation | 12 a patient | 1,228 | 40 LOINC codes; UCUM units, exact decimals, codes, texts, panels, missing values |
//! | DiagnosticReport | 1.0 a patient | 87 | over the laboratory's observations of an encounter |
//! | MedicationRequest | 2.8 a patient | 309 | RxNorm and ATC |
//! | Procedure | 1.0 a patient | 108 | many because of a condition |
//!
//! Together about 25 resources and 23 KB for each patient. Frequencies are skewed: the k-th of a list of codes or
//! names comes 1/k as often as the first, and half of all draws of an organization or a practitioner fall on a quarter
//! of them.
//!
//! All encounters lie in the six years before 2025-07-01, in local time with its offset; `meta.lastUpdated` is up to two
//! days after what the resource tells. Every patient has the tag `HTEST` (test health data).
//!
//! # Order
//!
//! Organizations, then practitioners, then one patient after the other, each followed by what belongs to it. So most
//! references lead back; `Encounter.diagnosis` and `Patient.link` lead forward. All of them lead to a resource that
//! is generated. A patient depends on the seed, on its number and, through the number of organizations and
//! practitioners, on the number of patients, but not on the patients before it: memory does not grow.

mod chart;
mod codes;
mod condition;
mod datatypes;
mod encounter;
mod id;
mod json;
mod list;
mod names;
mod observation;
mod organization;
mod patient;
mod person;
mod places;
mod practitioner;
mod prescription;
mod procedure;
mod random;
mod report;
mod resource;
mod tables;
#[cfg(test)]
mod tests;
mod time;
mod value;
mod world;

use id::Type;
use world::World;

/// What is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of patients.
    pub patients: u32,
    /// Another seed gives other resources, with the same ids where there are as many.
    pub seed: u64,
}

/// A generated resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type, one of [`types`].
    pub ty: &'static str,
    /// One line of JSON, without its end.
    pub json: String,
}

/// The types of the resources that are generated: loaded in this order, most references lead to what is there.
pub fn types() -> impl Iterator<Item = &'static str> {
    Type::ALL.into_iter().map(Type::name)
}

/// Generates resources one after the other, see the [module](self) for their shape.
pub fn generate(settings: Settings) -> impl Iterator<Item = Resource> {
    let world = World::new(settings);
    let organizations = (0..world.organizations).map(move |number| organization::write(&world, number));
    let practitioners = (0..world.practitioners).map(move |number| practitioner::write(&world, number));
    let patients = (0..world.patients).flat_map(move |number| chart::write(&world, number));
    organizations.chain(practitioners).chain(patients)
}
