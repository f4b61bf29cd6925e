//! Observations. FHIR R4 10.1.

use super::Resource;
use super::codes::{Answer, Category, OBSERVATIONS, Question};
use super::datatypes::{Code, category, named_concept, period, reference, references};
use super::encounter::Visit;
use super::id::Id;
use super::json::Object;
use super::patient::Patient;
use super::random::Random;
use super::resource::{Head, stored};
use super::tables;
use super::time::{DAY, HOUR, Known, Time};
use super::value::Value;
use super::world::World;

const CATEGORIES: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const VITAL_SIGNS: &str = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
const BLOOD_PRESSURE: &str = "http://hl7.org/fhir/StructureDefinition/bp";

fn code_of(category: Category) -> Code {
    match category {
        Category::VitalSigns => Code::new(CATEGORIES, "vital-signs", "Vital Signs"),
        Category::Laboratory => Code::new(CATEGORIES, "laboratory", "Laboratory"),
        Category::Survey => Code::new(CATEGORIES, "survey", "Survey"),
        Category::Imaging => Code::new(CATEGORIES, "imaging", "Imaging"),
        Category::SocialHistory => Code::new(CATEGORIES, "social-history", "Social History"),
    }
}

/// Something that will be observed.
#[derive(Debug)]
pub(super) struct Observation {
    pub(super) id: Id,
    question: &'static Question,
    /// When.
    pub(super) time: Time,
    /// Not during the visit, but at home after it.
    at_home: bool,
}

impl Observation {
    pub(super) fn new(id: Id, visit: &Visit, patient: &Patient, random: &mut Random) -> Observation {
        let question = *random.ranked(&OBSERVATIONS);
        let at_home = question.category == Category::VitalSigns && random.percent(10);
        let time = if at_home {
            visit.until().plus(random.between(DAY, 20 * DAY)).min(patient.until)
        } else {
            visit.during(random)
        };
        Observation { id, question, time, at_home }
    }

    pub(super) fn is_from_laboratory(&self) -> bool {
        self.question.category == Category::Laboratory
    }

    pub(super) fn write(&self, world: &World, patient: &Patient, visit: &Visit, random: &mut Random) -> Resource {
        let question = self.question;
        let mut constitution = world.trait_of(patient.number, question.code.code);
        let value = Value::new(question, &mut constitution, random);
        let head = Head { profile: profile(question, random), ..Head::new(self.id, random, self.time) };
        head.write(|o| {
            o.text("status", random.weighted(&tables::OBSERVATION_STATUS));
            category(o, "category", &code_of(question.category));
            let also = if random.percent(45) { question.also } else { &[] };
            named_concept(o, "code", std::iter::once(&question.code).chain(also), question.name);
            reference(o, "subject", visit.patient);
            if !self.at_home {
                reference(o, "encounter", visit.id);
            }
            self.effective(o, visit, random);
            if self.is_from_laboratory() {
                o.text("issued", stored(random, self.time));
            }
            let by_house = self.is_from_laboratory() && random.percent(50);
            let performer = if by_house { visit.provider } else { visit.doctor };
            references(o, "performer", (!self.at_home).then_some(performer));
            value.write(o, self.is_from_laboratory() || random.percent(25));
        })
    }

    /// `Observation.effective[x]`: mostly a time, sometimes a day, a Period or an instant.
    fn effective(&self, o: &mut Object<'_>, visit: &Visit, random: &mut Random) {
        let local = self.time.date_time(visit.offset);
        match random.below(100) {
            0..86 => o.text("effectiveDateTime", local),
            86..91 => o.text("effectiveDateTime", self.time.date(Known::Day)),
            91..98 => {
                let start = self.time.plus(-random.between(HOUR, DAY)).date_time(visit.offset);
                period(o, "effectivePeriod", &start, Some(&local));
            }
            _ => o.text("effectiveInstant", self.time.instant(random.below(1_000))),
        }
    }
}

/// Some say which profile they follow.
fn profile(question: &Question, random: &mut Random) -> Option<&'static str> {
    let profile = match question.answer {
        Answer::Panel(_) => BLOOD_PRESSURE,
        _ => VITAL_SIGNS,
    };
    (question.category == Category::VitalSigns && random.percent(40)).then_some(profile)
}
