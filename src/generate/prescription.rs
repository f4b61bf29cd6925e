//! Medication requests. FHIR R4 11.1.

use super::Resource;
use super::codes::{Drug, MEDICATIONS};
use super::datatypes::{named_concept, reference, references};
use super::encounter::Visit;
use super::id::Id;
use super::json::Object;
use super::random::Random;
use super::resource::Head;
use super::tables;

/// A request that is made during a visit, because of a condition if there is one.
pub(super) fn write(id: Id, visit: &Visit, reason: Option<Id>, random: &mut Random) -> Resource {
    let drug = random.ranked(&MEDICATIONS);
    let time = visit.during(random);
    Head::new(id, random, time).write(|o| {
        o.text("status", random.weighted(&tables::PRESCRIPTION_STATUS));
        o.text("intent", random.weighted(&tables::PRESCRIPTION_INTENT));
        if random.percent(10) {
            o.text("priority", if random.percent(80) { "urgent" } else { "stat" });
        }
        let codes = if random.percent(50) { usize::MAX } else { 1 };
        named_concept(o, "medicationCodeableConcept", drug.codes.iter().take(codes), drug.codes.at(0).name());
        reference(o, "subject", visit.patient);
        reference(o, "encounter", visit.id);
        o.text("authoredOn", time.date_time(visit.offset));
        reference(o, "requester", visit.doctor);
        references(o, "reasonReference", reason.filter(|_| random.percent(70)));
        o.objects("dosageInstruction", [drug], dosage);
    })
}

fn dosage(o: &mut Object<'_>, drug: &Drug) {
    let (dose, form) = drug.dose;
    let often = match drug.daily {
        0 => "as needed".to_owned(),
        1 => "once a day".to_owned(),
        n => format!("{n} times a day"),
    };
    o.text("text", format_args!("{dose} {form} {often}"));
    if drug.daily > 0 {
        o.object("timing", |o| {
            o.object("repeat", |o| {
                o.bare("frequency", drug.daily);
                o.bare("period", 1);
                o.text("periodUnit", "d");
            });
        });
    }
    o.bare("asNeededBoolean", drug.daily == 0);
    o.objects("doseAndRate", [dose], |o, dose| {
        o.object("doseQuantity", |o| {
            o.bare("value", dose);
            o.text("unit", form);
        });
    });
}
