//! How often what comes: every frequency of the generated world that is no property of a single code.

use super::list::List;
use super::time::Known;

/// Patients for each practitioner.
pub(super) const PATIENTS_PER_PRACTITIONER: u64 = 20;
pub(super) const LEAST_PRACTITIONERS: u64 = 5;
/// Patients for each organization.
pub(super) const PATIENTS_PER_ORGANIZATION: u64 = 25;
pub(super) const LEAST_ORGANIZATIONS: u64 = 16;

/// Encounters of a patient: 4.08 in the mean.
pub(super) const ENCOUNTERS: List<(u32, u64)> =
    List::of(&[(5, 0), (15, 1), (18, 2), (16, 3), (13, 4), (10, 5), (7, 6), (5, 7), (4, 8), (3, 10), (2, 14), (2, 20)]);
/// Observations of an encounter: 2.91 in the mean.
pub(super) const OBSERVATIONS: List<(u32, u64)> =
    List::of(&[(14, 0), (17, 1), (18, 2), (17, 3), (14, 4), (9, 5), (5, 6), (4, 8), (2, 12)]);
/// Conditions of an encounter: 0.72 in the mean.
pub(super) const CONDITIONS: List<(u32, u64)> = List::of(&[(45, 0), (41, 1), (11, 2), (3, 3)]);
/// Medication requests of an encounter: 0.70 in the mean.
pub(super) const PRESCRIPTIONS: List<(u32, u64)> = List::of(&[(50, 0), (35, 1), (10, 2), (5, 3)]);
/// Procedures of an encounter: 0.25 in the mean.
pub(super) const PROCEDURES: List<(u32, u64)> = List::of(&[(80, 0), (16, 1), (3, 2), (1, 3)]);
/// Diagnostic reports for a hundred encounters with results of a laboratory.
pub(super) const REPORTED: u64 = 40;

/// `administrative-gender`. FHIR R4 4.2.9.
pub(super) const GENDERS: List<(u32, &str)> = List::of(&[(50, "female"), (48, "male"), (1, "other"), (1, "unknown")]);

/// Hundredths of dead patients.
pub(super) const DECEASED: u64 = 8;
/// Hundredths of living patients of whom it is said that they live.
pub(super) const SAID_TO_LIVE: u64 = 25;
/// How far birth dates are known.
pub(super) const BIRTH_DATES: List<(u32, Option<Known>)> =
    List::of(&[(94, Some(Known::Day)), (3, Some(Known::Month)), (2, Some(Known::Year)), (1, None)]);

/// Hundredths of patients whose names do not come from the place where they live.
pub(super) const FROM_ELSEWHERE: u64 = 18;
/// Hundredths of people with two family names joined by a hyphen, where that is the custom.
pub(super) const JOINED_FAMILY_NAMES: u64 = 5;
/// Hundredths of people with a second given name.
pub(super) const SECOND_GIVEN_NAME: u64 = 35;

/// Encounters by class. FHIR R4 8.11.4, v3-ActCode.
pub(super) const CLASSES: List<(u32, Class)> = List::of(&[
    (74, Class::Ambulatory),
    (10, Class::Emergency),
    (9, Class::Inpatient),
    (4, Class::Virtual),
    (3, Class::Home),
]);

/// The class of an encounter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Ambulatory,
    Emergency,
    Inpatient,
    Virtual,
    Home,
}

/// `observation-status`. FHIR R4 10.1.4.
pub(super) const OBSERVATION_STATUS: List<(u32, &str)> =
    List::of(&[(930, "final"), (35, "amended"), (20, "preliminary"), (10, "corrected"), (5, "entered-in-error")]);
/// `medicationrequest-status` and `-intent`. FHIR R4 11.1.4.
pub(super) const PRESCRIPTION_STATUS: List<(u32, &str)> =
    List::of(&[(62, "completed"), (28, "active"), (7, "stopped"), (2, "cancelled"), (1, "on-hold")]);
pub(super) const PRESCRIPTION_INTENT: List<(u32, &str)> = List::of(&[(92, "order"), (5, "plan"), (3, "proposal")]);
/// `event-status` of procedures. FHIR R4 9.3.4.
pub(super) const PROCEDURE_STATUS: List<(u32, &str)> =
    List::of(&[(93, "completed"), (4, "not-done"), (2, "stopped"), (1, "in-progress")]);
