//! Procedures. FHIR R4 9.3.

use super::Resource;
use super::codes::PROCEDURES;
use super::datatypes::{named_concept, period, reference, references};
use super::encounter::Visit;
use super::id::Id;
use super::random::Random;
use super::resource::Head;
use super::tables;
use super::time::{MINUTE, NOW};

/// A procedure during a visit, because of a condition if there is one.
pub(super) fn write(id: Id, visit: &Visit, reason: Option<Id>, random: &mut Random) -> Resource {
    let code = random.ranked(&PROCEDURES);
    let start = visit.during(random);
    let end = start.plus(random.between(5 * MINUTE, 150 * MINUTE)).min(NOW);
    let status = *random.weighted(&tables::PROCEDURE_STATUS);
    Head::new(id, random, end).write(|o| {
        o.text("status", status);
        named_concept(o, "code", [code], code.name());
        reference(o, "subject", visit.patient);
        reference(o, "encounter", visit.id);
        let start = start.date_time(visit.offset);
        match status {
            // It has not been done.
            "not-done" => {}
            "in-progress" => period(o, "performedPeriod", &start, None),
            _ if random.percent(60) => period(o, "performedPeriod", &start, Some(&end.date_time(visit.offset))),
            _ => o.text("performedDateTime", start),
        }
        o.objects("performer", [visit.doctor], |o, doctor| reference(o, "actor", doctor));
        references(o, "reasonReference", reason.filter(|_| random.percent(75)));
    })
}
