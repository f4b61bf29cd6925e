//! Encounters. FHIR R4 8.11.

use super::Resource;
use super::datatypes::{Code, category, coding, concept, period, reference};
use super::id::Id;
use super::list::List;
use super::organization;
use super::patient::Patient;
use super::random::Random;
use super::resource::Head;
use super::tables::{self, Class};
use super::time::{DAY, HOUR, MINUTE, NOW, Time};
use super::world::World;

const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

static ATTENDER: Code = Code::new("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "ATND", "attender");
static DIAGNOSIS: Code = Code::new("http://terminology.hl7.org/CodeSystem/diagnosis-role", "DD", "Discharge diagnosis");

const DISCHARGE: &str = "http://terminology.hl7.org/CodeSystem/discharge-disposition";
const DISCHARGES: List<(u32, Code)> = List::of(&[
    (85, Code::new(DISCHARGE, "home", "Home")),
    (8, Code::new(DISCHARGE, "rehab", "Rehabilitation")),
    (5, Code::new(DISCHARGE, "snf", "Skilled nursing facility")),
    (2, Code::new(DISCHARGE, "aadvice", "Left against advice")),
]);

/// What a class of encounters is like.
struct Kind {
    class: Code,
    types: List<Code>,
    /// Seconds from the first to the second.
    lasts: (i64, i64),
}

const AMBULATORY: Kind = Kind {
    class: Code::new(ACT_CODE, "AMB", "ambulatory"),
    types: List::of(&[
        Code::snomed("185349003", "Encounter for check up (procedure)"),
        Code::snomed("185345009", "Encounter for symptom (procedure)"),
        Code::snomed("390906007", "Follow-up encounter (procedure)"),
        Code::snomed("185347001", "Encounter for problem (procedure)"),
    ]),
    lasts: (10 * MINUTE, HOUR),
};
const EMERGENCY: Kind = Kind {
    class: Code::new(ACT_CODE, "EMER", "emergency"),
    types: List::of(&[Code::snomed("50849002", "Emergency room admission (procedure)")]),
    lasts: (HOUR, 9 * HOUR),
};
const INPATIENT: Kind = Kind {
    class: Code::new(ACT_CODE, "IMP", "inpatient encounter"),
    types: List::of(&[
        Code::snomed("32485007", "Hospital admission (procedure)"),
        Code::snomed("305408004", "Admission to surgical department (procedure)"),
    ]),
    lasts: (DAY, 18 * DAY),
};
const VIRTUAL: Kind = Kind {
    class: Code::new(ACT_CODE, "VR", "virtual"),
    types: List::of(&[
        Code::snomed("448337001", "Telemedicine consultation with patient (procedure)"),
        Code::snomed("185317003", "Telephone encounter (procedure)"),
    ]),
    lasts: (5 * MINUTE, 30 * MINUTE),
};
const HOME: Kind = Kind {
    class: Code::new(ACT_CODE, "HH", "home health"),
    types: List::of(&[Code::snomed("439708006", "Home visit (procedure)")]),
    lasts: (20 * MINUTE, 2 * HOUR),
};

fn kind(class: Class) -> Kind {
    match class {
        Class::Ambulatory => AMBULATORY,
        Class::Emergency => EMERGENCY,
        Class::Inpatient => INPATIENT,
        Class::Virtual => VIRTUAL,
        Class::Home => HOME,
    }
}

/// An encounter, as what happened during it sees it.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) id: Id,
    pub(super) patient: Id,
    pub(super) start: Time,
    /// None while it lasts.
    end: Option<Time>,
    /// Minutes of the local time ahead of UTC at the start.
    pub(super) offset: i64,
    pub(super) doctor: Id,
    pub(super) provider: Id,
    class: Class,
}

impl Visit {
    /// A visit that begins at `start`. Only the last one may still last.
    pub(super) fn new(world: &World, patient: &Patient, random: &mut Random, id: Id, start: Time, last: bool) -> Visit {
        let class = *random.weighted(&tables::CLASSES);
        let provider = if random.percent(55) { patient.home } else { world.organization(random) };
        let offset = organization::place(provider).offset(start);
        let start = match class {
            Class::Emergency => start,
            _ => start.on_clock(random.between(8 * HOUR, 17 * HOUR), offset).clamp(patient.from, patient.until),
        };
        let (least, most) = kind(class).lasts;
        let planned = start.plus(random.between(least, most));
        let lasts = last && patient.until == NOW && random.percent(12);
        let doctor = if random.percent(60) { patient.doctor } else { world.practitioner(random) };
        Visit {
            id,
            patient: patient.id(),
            start,
            end: (!lasts).then_some(planned.min(patient.until)),
            offset,
            doctor,
            provider: Id::organization(provider),
            class,
        }
    }

    /// A time during the visit.
    pub(super) fn during(&self, random: &mut Random) -> Time {
        Time(random.between(self.start.0, self.until().0))
    }

    /// Its end; of one that lasts, a quarter of an hour after its start, when the first results are there.
    pub(super) fn until(&self) -> Time {
        self.end.unwrap_or(self.start.plus(15 * MINUTE).min(NOW))
    }

    /// The encounter itself. Its diagnoses are written after it.
    pub(super) fn write(&self, random: &mut Random, diagnoses: &[Id]) -> Resource {
        let kind = kind(self.class);
        Head::new(self.id, random, self.until()).write(|o| {
            o.text("status", if self.end.is_some() { "finished" } else { "in-progress" });
            o.object("class", |o| coding(o, &kind.class));
            category(o, "type", random.ranked(&kind.types));
            reference(o, "subject", self.patient);
            o.objects("participant", [self.doctor], |o, doctor| {
                category(o, "type", &ATTENDER);
                reference(o, "individual", doctor);
            });
            let end = self.end.map(|end| end.date_time(self.offset));
            period(o, "period", &self.start.date_time(self.offset), end.as_deref());
            let told = !diagnoses.is_empty() && random.percent(35);
            o.objects("diagnosis", diagnoses.iter().take(if told { 2 } else { 0 }), |o, condition| {
                reference(o, "condition", *condition);
                concept(o, "use", [&DIAGNOSIS]);
            });
            if self.class == Class::Inpatient && self.end.is_some() {
                o.object("hospitalization", |o| concept(o, "dischargeDisposition", [random.weighted(&DISCHARGES)]));
            }
            reference(o, "serviceProvider", self.provider);
        })
    }
}
