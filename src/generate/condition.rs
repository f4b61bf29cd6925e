//! Conditions. FHIR R4 9.2.

use super::Resource;
use super::codes::{CONDITIONS, Disease};
use super::datatypes::{Code, Decimal, category, concept, named_concept, narrative, period, quantity, reference};
use super::encounter::Visit;
use super::id::Id;
use super::json::Object;
use super::list::List;
use super::patient::Patient;
use super::random::Random;
use super::resource::Head;
use super::time::{DAY, Known, Time, YEAR};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
static ACTIVE: Code = Code::new(CLINICAL, "active", "Active");
static RESOLVED: Code = Code::new(CLINICAL, "resolved", "Resolved");
static RECURRENCE: Code = Code::new(CLINICAL, "recurrence", "Recurrence");

const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const VERIFIED: List<(u32, Code)> = List::of(&[
    (88, Code::new(VERIFICATION, "confirmed", "Confirmed")),
    (9, Code::new(VERIFICATION, "provisional", "Provisional")),
    (3, Code::new(VERIFICATION, "refuted", "Refuted")),
]);

const CATEGORIES: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
static DIAGNOSIS: Code = Code::new(CATEGORIES, "encounter-diagnosis", "Encounter Diagnosis");
static PROBLEM: Code = Code::new(CATEGORIES, "problem-list-item", "Problem List Item");

const SEVERITIES: List<(u32, Code)> = List::of(&[
    (55, Code::snomed("255604002", "Mild (qualifier value)")),
    (35, Code::snomed("6736007", "Moderate (severity modifier) (qualifier value)")),
    (10, Code::snomed("24484000", "Severe (severity modifier) (qualifier value)")),
]);

/// A condition that is found during a visit.
pub(super) fn write(id: Id, visit: &Visit, patient: &Patient, random: &mut Random) -> Resource {
    let disease = random.ranked(&CONDITIONS);
    let found = visit.during(random);
    let onset = onset(disease, patient, found, random);
    let over = random.percent(if disease.chronic { 12 } else { 80 });
    let ends = over.then(|| found.plus(random.between(2 * DAY, 30 * DAY)).min(patient.until));
    Head::new(id, random, found).write(|o| {
        let name = disease.codes.at(0).name();
        narrative(o, &format!("{name}, found on {}", found.date(Known::Day)));
        let active = if random.percent(5) { &RECURRENCE } else { &ACTIVE };
        concept(o, "clinicalStatus", [if over { &RESOLVED } else { active }]);
        concept(o, "verificationStatus", [random.weighted(&VERIFIED)]);
        category(o, "category", if disease.chronic && random.percent(70) { &PROBLEM } else { &DIAGNOSIS });
        if random.percent(30) {
            concept(o, "severity", [random.weighted(&SEVERITIES)]);
        }
        let codes = if random.percent(70) { usize::MAX } else { 1 };
        named_concept(o, "code", disease.codes.iter().take(codes), name);
        reference(o, "subject", visit.patient);
        reference(o, "encounter", visit.id);
        write_onset(o, onset, patient, visit, random);
        if let Some(ends) = ends {
            o.text("abatementDateTime", ends.date(Known::Day));
        }
        o.text("recordedDate", found.date_time(visit.offset));
        if random.percent(60) {
            reference(o, "asserter", visit.doctor);
        }
    })
}

/// A chronic disease began up to ten years before it was found, another up to two weeks; none before birth.
fn onset(disease: &Disease, patient: &Patient, found: Time, random: &mut Random) -> Time {
    let before = if disease.chronic { 10 * YEAR } else { 14 * DAY };
    found.plus(-random.between(0, before)).max(patient.born)
}

/// `Condition.onset[x]`: when, during which time, or at what age; in some, nothing is known.
fn write_onset(o: &mut Object<'_>, onset: Time, patient: &Patient, visit: &Visit, random: &mut Random) {
    match random.below(100) {
        0..55 => o.text("onsetDateTime", onset.date(Known::Day)),
        55..65 => o.text("onsetDateTime", onset.date(Known::Month)),
        65..70 => o.text("onsetDateTime", onset.date(Known::Year)),
        70..78 => o.text("onsetDateTime", onset.date_time(visit.offset)),
        78..88 => {
            let within = onset.plus(random.between(DAY, 60 * DAY)).min(patient.until);
            period(o, "onsetPeriod", &onset.date(Known::Day), Some(&within.date(Known::Day)));
        }
        88..96 => o.object("onsetAge", |o| {
            let years = (onset.0 - patient.born.0) / YEAR;
            quantity(o, Decimal { units: years.unsigned_abs(), places: 0 }, "years", "a");
        }),
        _ => {}
    }
}
