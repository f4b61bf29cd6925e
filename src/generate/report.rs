//! Diagnostic reports over the laboratory's observations of an encounter. FHIR R4 10.3.

use super::Resource;
use super::codes::REPORTS;
use super::datatypes::{Code, category, concept, reference, references};
use super::encounter::Visit;
use super::id::Id;
use super::random::Random;
use super::resource::{Head, stored};
use super::time::Time;

static LABORATORY: Code = Code::new("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory");

/// A report over `results`, the last of which is of the time `told`.
pub(super) fn write(id: Id, visit: &Visit, results: &[Id], told: Time, random: &mut Random) -> Resource {
    Head::new(id, random, told).write(|o| {
        o.text("status", if random.percent(95) { "final" } else { "preliminary" });
        category(o, "category", &LABORATORY);
        concept(o, "code", [random.ranked(&REPORTS)]);
        reference(o, "subject", visit.patient);
        reference(o, "encounter", visit.id);
        o.text("effectiveDateTime", told.date_time(visit.offset));
        o.text("issued", stored(random, told));
        references(o, "performer", [visit.provider]);
        references(o, "resultsInterpreter", random.percent(40).then_some(visit.doctor));
        references(o, "result", results.iter().copied());
        if random.percent(20) {
            o.text("conclusion", "No further steps are needed.");
        }
    })
}
