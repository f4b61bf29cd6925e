//! Patients. FHIR R4 8.1.

use super::Resource;
use super::datatypes::{Code, coding, concept, narrative, reference, references};
use super::id::Id;
use super::json::Object;
use super::list::List;
use super::organization;
use super::person::{Person, address, phone};
use super::places::{PLACES, Place};
use super::random::Random;
use super::resource::Head;
use super::tables;
use super::time::{DAY, Known, NOW, Time, YEAR};
use super::world::World;

/// How long patients have been looked at.
const WINDOW: i64 = 6 * YEAR;

static TEST_DATA: Code = Code::new("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST", "test health data");
const IDENTIFIERS: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
static MEDICAL_RECORD: Code = Code::new(IDENTIFIERS, "MR", "Medical record number");
static NATIONAL: Code = Code::new(IDENTIFIERS, "NI", "National unique individual identifier");

const MARITAL: &str = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus";
const MARITAL_STATUS: List<(u32, Code)> = List::of(&[
    (47, Code::new(MARITAL, "M", "Married")),
    (32, Code::new(MARITAL, "S", "Never Married")),
    (12, Code::new(MARITAL, "D", "Divorced")),
    (9, Code::new(MARITAL, "W", "Widowed")),
]);
const FURTHER_LANGUAGES: List<(u32, (&str, &str))> = List::of(&[
    (30, ("en", "English")),
    (20, ("es", "Spanish")),
    (15, ("tr", "Turkish")),
    (10, ("fr", "French")),
    (10, ("pl", "Polish")),
    (8, ("ar", "Arabic")),
    (4, ("uk", "Ukrainian")),
    (3, ("zh-CN", "Chinese")),
]);

/// What a patient's other resources depend on.
#[derive(Debug)]
pub(super) struct Patient {
    pub(super) number: u64,
    pub(super) born: Time,
    /// When the patient is first seen.
    pub(super) from: Time,
    /// The death, or the present.
    pub(super) until: Time,
    died: bool,
    adult: bool,
    person: Person,
    place: &'static Place,
    /// The number of the organization that keeps the record.
    pub(super) home: u64,
    pub(super) doctor: Id,
}

impl Patient {
    pub(super) fn new(world: &World, number: u64, random: &mut Random) -> Patient {
        let home = organization::hospital(world, world.organization(random));
        let place = if random.percent(70) { organization::place(home) } else { random.ranked(&PLACES) };
        let age = random.bell(46 * YEAR, 23 * YEAR).clamp(30 * DAY, 101 * YEAR);
        let adult = age >= 20 * YEAR;
        let born = NOW.plus(-age);
        let from = born.plus(DAY).max(NOW.plus(-WINDOW));
        let died = random.percent(tables::DECEASED);
        let until = if died { Time(random.between(from.plus(DAY).0, NOW.0)) } else { NOW };
        let person = Person::new(random, place);
        let doctor = world.practitioner(random);
        Patient { number, born, from, until, died, adult, person, place, home, doctor }
    }

    pub(super) fn id(&self) -> Id {
        Id::patient(self.number)
    }

    pub(super) fn write(&self, world: &World, random: &mut Random) -> Resource {
        let told = Time(random.between(self.from.0, self.until.0));
        let head = Head { tag: Some(&TEST_DATA), ..Head::new(self.id(), random, told) };
        let born = random.weighted(&tables::BIRTH_DATES).map(|known| self.born.date(known));
        head.write(|o| {
            let Person { gender, .. } = self.person;
            let born_on = born.as_ref().map_or_else(String::new, |born| format!(", born {born}"));
            narrative(o, &format!("{}, {gender}{born_on}", self.person.full_name()));
            self.identifiers(o, random);
            o.bare("active", !random.percent(4));
            self.names(o, random);
            self.telecom(o, random);
            o.text("gender", gender);
            if let Some(born) = &born {
                o.text("birthDate", born);
            }
            self.deceased(o, random);
            o.objects("address", [self.place], |o, place| address(o, place, "home", random));
            if self.adult && random.percent(60) {
                concept(o, "maritalStatus", [random.weighted(&MARITAL_STATUS)]);
            }
            if random.percent(3) {
                o.bare("multipleBirthInteger", random.between(1, 3));
            }
            self.communication(o, random);
            references(o, "generalPractitioner", random.percent(88).then_some(self.doctor));
            reference(o, "managingOrganization", Id::organization(self.home));
            let next = self.number + 1;
            let linked = random.percent(1) && next < world.patients;
            o.objects("link", linked.then_some(next), |o, next| {
                reference(o, "other", Id::patient(next));
                o.text("type", "seealso");
            });
        })
    }

    fn identifiers(&self, o: &mut Object<'_>, random: &mut Random) {
        let record = format!("{:08}", 10_000_000 + self.number * 37);
        let record_system = format!("https://hospital-{}.example.org/records", self.home + 1);
        let national = random.percent(55).then(|| {
            let system = format!("https://identity.example.org/{}", self.place.country.to_lowercase());
            (&NATIONAL, system, random.digits("#########"))
        });
        let all = [Some((&MEDICAL_RECORD, record_system, record)), national].into_iter().flatten();
        o.objects("identifier", all, |o, (ty, system, value)| {
            o.text("use", if ty == &NATIONAL { "official" } else { "usual" });
            concept(o, "type", [ty]);
            o.text("system", system);
            o.text("value", value);
        });
    }

    fn names(&self, o: &mut Object<'_>, random: &mut Random) {
        let prefix = (self.adult && random.percent(6)).then_some("Dr.");
        let married = self.adult && self.person.gender == "female" && random.percent(15);
        let maiden = married.then(|| self.person.maiden_name(random));
        let wedding = self.from.date(Known::Year);
        o.objects("name", std::iter::once(None).chain(maiden.map(Some)), |o, maiden| match maiden {
            None => self.person.official_name(o, prefix),
            Some(maiden) => {
                o.text("use", "maiden");
                o.text("family", maiden);
                o.texts("given", &self.person.given);
                o.object("period", |o| o.text("end", &wedding));
            }
        });
    }

    fn telecom(&self, o: &mut Object<'_>, random: &mut Random) {
        let (phones, mails) = (random.percent(85), random.percent(45));
        let kinds = [phones.then_some("phone"), mails.then_some("email")].into_iter().flatten();
        o.objects("telecom", kinds, |o, kind| {
            if kind == "phone" {
                return phone(o, self.place, if random.percent(70) { "mobile" } else { "home" }, random);
            }
            o.text("system", "email");
            o.text("value", format_args!("{}@mail.example.org", self.id()));
        });
    }

    fn deceased(&self, o: &mut Object<'_>, random: &mut Random) {
        let when_is_known = random.percent(75);
        if self.died && when_is_known {
            o.text("deceasedDateTime", self.until.date_time(self.place.offset(self.until)));
        } else if self.died || random.percent(tables::SAID_TO_LIVE) {
            o.bare("deceasedBoolean", self.died);
        }
    }

    fn communication(&self, o: &mut Object<'_>, random: &mut Random) {
        let own = self.place.culture.language;
        let further = random.percent(15).then(|| *random.weighted(&FURTHER_LANGUAGES)).filter(|other| *other != own);
        let all = [Some((own, true)), further.map(|further| (further, false))].into_iter().flatten();
        o.objects("communication", all, |o, ((code, display), preferred)| {
            let code = Code::new("urn:ietf:bcp:47", code, display);
            o.object("language", |o| o.objects("coding", [&code], coding));
            o.bare("preferred", preferred);
        });
    }
}
