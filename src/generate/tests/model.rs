//! Generated resources against the type model: every member is known, lists and values are what they should be.

use super::parsed;
use crate::definitions::{ElementInfo, Registry, TypeKind, Variant};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// The element of a type that has this name in JSON, with the type that the name stands for.
fn element<'r>(registry: &'r Registry, ty: &str, name: &str) -> Option<(&'r ElementInfo, &'r Variant)> {
    let found = |element: &'r ElementInfo| {
        let variant = element.variants.iter().find(|variant| variant.json_name == name)?;
        Some((element, variant))
    };
    registry.elements(ty).find_map(found)
}

fn check_object(registry: &Registry, path: &str, ty: &str, members: &Map<String, Json>) {
    let mut choices = BTreeSet::new();
    for (name, value) in members.iter().filter(|(name, _)| *name != "resourceType") {
        let path = format!("{path}.{name}");
        let (element, variant) = element(registry, ty, name).unwrap_or_else(|| panic!("{path} is not known"));
        assert!(!element.choice || choices.insert(element.name), "{path} has two types");
        match value {
            Json::Array(items) => {
                assert!(element.repeats && !items.is_empty(), "{path} is no list");
                items.iter().for_each(|item| check(registry, &path, variant, item));
            }
            value => {
                assert!(!element.repeats, "{path} is a list");
                check(registry, &path, variant, value);
            }
        }
    }
}

fn check(registry: &Registry, path: &str, variant: &Variant, value: &Json) {
    if registry.type_info(variant.ty).unwrap().kind != TypeKind::Primitive {
        let members = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
        assert!(!members.is_empty(), "{path} is empty");
        check_target(registry, path, variant, members);
        return check_object(registry, path, variant.ty, members);
    }
    let fits = match variant.ty {
        "boolean" => value.is_boolean(),
        "decimal" => value.is_number(),
        "integer" | "positiveInt" | "unsignedInt" => value.is_i64(),
        _ => value.as_str().is_some_and(|text| !text.is_empty()),
    };
    assert!(fits, "{path}: {value} is no {}", variant.ty);
}

fn check_target(registry: &Registry, path: &str, variant: &Variant, members: &Map<String, Json>) {
    if variant.ty == "Reference" {
        let (ty, _) = members["reference"].as_str().unwrap().split_once('/').unwrap();
        let ty = registry.resource_type(ty).unwrap();
        assert!(variant.targets.contains(ty), "{path} may not refer to that");
    }
}

#[test]
fn every_member_is_known() {
    let registry = Registry::r4();
    for resource in parsed(300) {
        let ty = resource["resourceType"].as_str().unwrap();
        check_object(registry, ty, ty, resource.as_object().unwrap());
    }
}

/// Invariants obs-6, obs-7 and con-3 to con-5 of R4, and what must be there. FHIR R4 10.1.4, 9.2.4.
#[test]
fn the_invariants_hold() {
    for resource in parsed(300) {
        let has = |name: &str| resource.as_object().unwrap().keys().any(|key| key.starts_with(name));
        let what = &resource["id"];
        match resource["resourceType"].as_str().unwrap() {
            "Observation" => {
                let values = ["value", "dataAbsentReason", "component"];
                assert_eq!(values.into_iter().filter(|name| has(name)).count(), 1, "{what}");
                assert!(has("status") && has("code") && has("subject"), "{what}");
            }
            "Condition" => {
                let clinical = &resource["clinicalStatus"]["coding"][0]["code"];
                assert_eq!(has("abatement"), clinical == "resolved", "{what}");
                assert!(has("subject"), "{what}");
            }
            "Encounter" => assert!(has("status") && has("class"), "{what}"),
            "MedicationRequest" => {
                assert!(["status", "intent", "medication", "subject"].into_iter().all(has), "{what}");
            }
            "Procedure" => assert!(has("status") && has("subject"), "{what}"),
            "DiagnosticReport" => assert!(has("status") && has("code"), "{what}"),
            "Organization" => assert!(has("identifier") && has("name"), "{what}"),
            "Practitioner" | "Patient" => {}
            other => panic!("nothing is said about {other}"),
        }
    }
}

#[test]
fn every_kind_of_value_comes() {
    let kinds: BTreeSet<String> = parsed(300)
        .flat_map(|resource| resource.as_object().unwrap().keys().cloned().collect::<Vec<_>>())
        .filter(|name| ["value", "effective", "onset", "deceased", "performed"].iter().any(|of| name.starts_with(of)))
        .collect();
    let expected = [
        "deceasedBoolean",
        "deceasedDateTime",
        "effectiveDateTime",
        "effectiveInstant",
        "effectivePeriod",
        "onsetAge",
        "onsetDateTime",
        "onsetPeriod",
        "performedDateTime",
        "performedPeriod",
        "valueCodeableConcept",
        "valueInteger",
        "valueQuantity",
        "valueString",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());
}
