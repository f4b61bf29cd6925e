//! The generated world: the same every time, of the documented shape, valid, complete.

mod model;
#[cfg(feature = "sqlite")]
mod stored;

use super::world::World;
use super::{Resource, Settings, chart, generate, types};
use crate::fnv::Fnv;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

fn sample(patients: u32) -> impl Iterator<Item = Resource> {
    generate(Settings { patients, seed: 1 })
}

fn parsed(patients: u32) -> impl Iterator<Item = Json> {
    sample(patients).map(|resource| serde_json::from_str(&resource.json).unwrap())
}

fn hash(settings: Settings) -> String {
    let mut hash = Fnv::new();
    for resource in generate(settings) {
        hash.update(resource.json.as_bytes());
        hash.update(b"\n");
    }
    hash.to_string()
}

#[test]
fn the_bytes_are_always_the_same() {
    // Changes only on purpose: whoever has generated a sample finds it again.
    assert_eq!(hash(Settings { patients: 20, seed: 1 }), "78b1ff0817e329c2099bc7fb7d4d652d");
    assert_ne!(hash(Settings { patients: 20, seed: 1 }), hash(Settings { patients: 20, seed: 2 }));
}

#[test]
fn a_patient_does_not_depend_on_those_before() {
    let settings = Settings { patients: 20, seed: 1 };
    let alone = chart::write(&World::new(settings), 19);
    let all: Vec<Resource> = generate(settings).collect();
    assert!(all.ends_with(&alone));
}

#[test]
fn nothing_is_made_before_it_is_asked_for() {
    let first: Vec<_> = generate(Settings { patients: u32::MAX, seed: u64::MAX }).take(2).collect();
    assert_eq!(first.iter().map(|resource| resource.ty).collect::<Vec<_>>(), ["Organization"; 2]);
}

#[test]
fn without_patients_there_are_still_those_who_would_treat_them() {
    let types: BTreeSet<_> = sample(0).map(|resource| resource.ty).collect();
    assert_eq!(types, BTreeSet::from(["Organization", "Practitioner"]));
}

#[test]
fn there_are_as_many_as_documented() {
    let mut counts: BTreeMap<_, _> = types().map(|ty| (ty, 0)).collect();
    sample(100).for_each(|resource| *counts.get_mut(resource.ty).unwrap() += 1);
    let expected = [
        ("Condition", 331),
        ("DiagnosticReport", 87),
        ("Encounter", 434),
        ("MedicationRequest", 309),
        ("Observation", 1228),
        ("Organization", 16),
        ("Patient", 100),
        ("Practitioner", 5),
        ("Procedure", 108),
    ];
    assert_eq!(counts, expected.into());
}

#[test]
fn every_type_comes() {
    let found: BTreeSet<_> = sample(20).map(|resource| resource.ty).collect();
    assert_eq!(found, types().collect());
}

fn references<'j>(json: &'j Json, found: &mut Vec<&'j str>) {
    match json {
        Json::Object(members) => {
            found.extend(members.get("reference").and_then(Json::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_most_lead_back() {
    let (mut known, mut ahead, mut count) = (BTreeSet::new(), BTreeSet::new(), 0);
    for resource in parsed(300) {
        let name = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        let mut found = Vec::new();
        references(&resource, &mut found);
        count += found.len();
        ahead.extend(found.into_iter().filter(|target| !known.contains(*target)).map(str::to_owned));
        assert!(known.insert(name), "an id comes twice");
    }
    assert!(ahead.iter().any(|target| target.starts_with("Patient/")));
    assert!(ahead.iter().any(|target| target.starts_with("Condition/")));
    assert!(ahead.len() * 20 < count, "{} of {count} lead forward", ahead.len());
    assert_eq!(ahead.difference(&known).next(), None);
}

#[test]
fn nothing_is_stored_after_the_present() {
    for resource in parsed(100) {
        let updated = resource["meta"]["lastUpdated"].as_str().unwrap();
        assert!((24, "2017") <= (updated.len(), updated) && updated < "2025-07-01", "{updated}");
    }
}

#[test]
fn names_are_as_varied_as_people() {
    let patients: Vec<Json> = parsed(1_000).filter(|resource| resource["resourceType"] == "Patient").collect();
    let share = |member: &str, has: fn(&str) -> bool| {
        patients.iter().filter(|patient| has(patient["name"][0][member].as_str().unwrap())).count() / 10
    };
    let accents = share("text", |name| !name.is_ascii());
    let hyphens = share("text", |name| name.contains('-'));
    let apostrophes = share("family", |name| name.contains(['\'', '’']));
    let several_words = share("family", |name| name.contains(' '));
    let shares = [accents, hyphens, apostrophes, several_words];
    let expected = [30..50, 5..15, 2..10, 5..20];
    assert!(expected.iter().zip(shares).all(|(range, share)| range.contains(&share)), "{shares:?}");
}
