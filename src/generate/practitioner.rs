//! Practitioners. FHIR R4 8.4.

use super::Resource;
use super::datatypes::{Code, coding, named_concept, reference};
use super::id::{Id, Type};
use super::list::List;
use super::organization;
use super::person::{Person, address, phone};
use super::resource::Head;
use super::time::{Known, NOW, YEAR};
use super::world::World;

const DEGREES: &str = "http://terminology.hl7.org/CodeSystem/v2-0360";
const QUALIFICATIONS: List<(u32, Code)> = List::of(&[
    (70, Code::new(DEGREES, "MD", "Doctor of Medicine")),
    (18, Code::new(DEGREES, "RN", "Registered Nurse")),
    (7, Code::new(DEGREES, "NP", "Nurse Practitioner")),
    (5, Code::new(DEGREES, "PHD", "Doctor of Philosophy")),
]);

pub(super) fn write(world: &World, number: u64) -> Resource {
    let mut random = world.random(Type::Practitioner, number);
    let issuer = world.organization(&mut random);
    let place = organization::place(issuer);
    let person = Person::new(&mut random, place);
    let born = NOW.plus(-random.between(26 * YEAR, 69 * YEAR));
    let known = NOW.plus(-random.between(0, 6 * YEAR));
    let head = Head::new(Id::practitioner(number), &mut random, known);
    head.write(|o| {
        o.objects("identifier", [number], |o, number| {
            o.text("system", "https://registry.example.org/practitioners");
            o.text("value", format_args!("{:08}", 10_000_019 + number * 13));
        });
        o.bare("active", !random.percent(4));
        let prefix = random.percent(75).then_some("Dr.");
        o.objects("name", [&person], |o, person| person.official_name(o, prefix));
        o.objects("telecom", [place], |o, place| phone(o, place, "work", &mut random));
        if random.percent(60) {
            o.objects("address", [place], |o, place| address(o, place, "work", &mut random));
        }
        o.text("gender", person.gender);
        if random.percent(40) {
            o.text("birthDate", born.date(Known::Day));
        }
        let degree = random.weighted(&QUALIFICATIONS);
        o.objects("qualification", [degree], |o, degree| {
            named_concept(o, "code", [degree], degree.display);
            reference(o, "issuer", Id::organization(issuer));
        });
        let (code, display) = place.culture.language;
        let language = Code::new("urn:ietf:bcp:47", code, display);
        o.objects("communication", [&language], |o, language| o.objects("coding", [language], coding));
    })
}
