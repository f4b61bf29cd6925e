//! Organizations: networks of hospitals with departments. FHIR R4 8.6.

use super::Resource;
use super::datatypes::{Code, category, reference};
use super::id::{Id, Type};
use super::list::List;
use super::person::{address, phone};
use super::places::{PLACES, Place};
use super::resource::Head;
use super::time::{DAY, NOW, YEAR};
use super::world::World;

/// A network has its own number, then those of its hospitals, then those of their departments in turn.
const HOSPITALS: u64 = 3;
const NETWORK: u64 = 16;

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/organization-type";
static PROVIDER: Code = Code::new(TYPES, "prov", "Healthcare Provider");
static DEPARTMENT: Code = Code::new(TYPES, "dept", "Hospital Department");

const NETWORK_NAMES: List<&str> = List::of(&[
    "Meridian Health Network",
    "Atlantic Hospital Alliance",
    "Saint-Luc Foundation",
    "Northlight Care Group",
    "Verbund Süd-West",
    "O'Hara Clinics",
]);
const HOSPITAL_NAMES: List<&str> = List::of(&[
    "General Hospital",
    "University Hospital",
    "St. Mary's Hospital",
    "Children's Hospital",
    "Hôpital Saint-Louis",
    "Klinikum Süd",
    "Community Clinic",
]);
const DEPARTMENT_NAMES: List<&str> = List::of(&[
    "Internal Medicine",
    "Cardiology",
    "Emergency Department",
    "Surgery",
    "Paediatrics",
    "Radiology",
    "Obstetrics & Gynaecology",
    "Neurology",
    "Laboratory Medicine",
    "Oncology",
]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Network,
    Hospital,
    Department,
}

/// The level of an organization, and the number of the one that it is part of.
fn level(number: u64) -> (Level, Option<u64>) {
    let network = number - number % NETWORK;
    match number % NETWORK {
        0 => (Level::Network, None),
        place if place <= HOSPITALS => (Level::Hospital, Some(network)),
        place => (Level::Department, Some(network + 1 + place % HOSPITALS)),
    }
}

/// The hospital that an organization stands for, where records are kept.
pub(super) fn hospital(world: &World, number: u64) -> u64 {
    match level(number) {
        (Level::Department, Some(hospital)) => hospital,
        // The first hospital of a network, unless this network is the last organization.
        (Level::Network, _) => (number + 1).min(world.organizations - 1),
        _ => number,
    }
}

/// Where an organization is: a department where its hospital is, a network where its first hospital is.
pub(super) fn place(number: u64) -> &'static Place {
    PLACES.at(turn(number))
}

/// Counts the hospitals of all networks: the turn of the one that an organization stands for.
fn turn(number: u64) -> u64 {
    let hospital = match level(number) {
        (Level::Department, Some(hospital)) => hospital,
        (Level::Network, _) => number + 1,
        _ => number,
    };
    hospital / NETWORK * HOSPITALS + hospital % NETWORK - 1
}

pub(super) fn write(world: &World, number: u64) -> Resource {
    let (level, part_of) = level(number);
    let place = place(number);
    let mut random = world.random(Type::Organization, number);
    let known = NOW.plus(-random.between(YEAR, 8 * YEAR));
    let head = Head::new(Id::organization(number), &mut random, known.plus(-DAY));
    head.write(|o| {
        o.objects("identifier", [number], |o, number| {
            o.text("system", "https://registry.example.org/organizations");
            o.text("value", format_args!("{:07}", 1_000 + number * 7));
        });
        o.bare("active", !random.percent(3));
        category(o, "type", if level == Level::Department { &DEPARTMENT } else { &PROVIDER });
        let name = name(level, number);
        o.text("name", &name);
        if level == Level::Hospital {
            o.texts("alias", [initials(&name)]);
        }
        o.objects("telecom", [place], |o, place| phone(o, place, "work", &mut random));
        o.objects("address", [place], |o, place| address(o, place, "work", &mut random));
        if let Some(part_of) = part_of {
            reference(o, "partOf", Id::organization(part_of));
        }
    })
}

/// Names go round, so that neighbours have different ones.
fn name(level: Level, number: u64) -> String {
    let city = place(number).city;
    match level {
        Level::Network => (*NETWORK_NAMES.at(number / NETWORK)).to_owned(),
        Level::Hospital => format!("{} {city}", HOSPITAL_NAMES.at(turn(number))),
        Level::Department => format!("{}, {city}", DEPARTMENT_NAMES.at(number % NETWORK - 1 - HOSPITALS)),
    }
}

fn initials(name: &str) -> String {
    name.split(' ').filter_map(|word| word.chars().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_are_part_of_hospitals_and_those_of_networks() {
        assert_eq!(level(16), (Level::Network, None));
        assert_eq!([17, 19].map(level), [(Level::Hospital, Some(16)); 2]);
        for number in 20..32 {
            let (Level::Department, Some(hospital)) = level(number) else { panic!("{number} is no department") };
            assert_eq!(level(hospital), (Level::Hospital, Some(16)));
            assert_eq!(turn(number), turn(hospital));
        }
        assert_eq!([0, 1, 2, 3, 16, 17].map(turn), [0, 0, 1, 2, 3, 3]);
    }
}
