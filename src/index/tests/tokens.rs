//! Tokens: a line per data type. FHIR R4 `search.html#token`, semantics 56 to 75.

use serde_json::json;

use super::rows;
use crate::keys::Facet::{OfType, Text, Value};

#[test]
fn codes_have_the_system_of_their_binding() {
    let patient = json!({"resourceType": "Patient", "gender": "female"});
    assert_eq!(rows(&patient, "gender", Value), ["female|http://hl7.org/fhir/administrative-gender"]);
    let mime = json!({"resourceType": "CapabilityStatement", "format": ["application/fhir+json"]});
    assert_eq!(rows(&mime, "format", Value), ["application/fhir+json|urn:ietf:bcp:13"]);
    let unbound = json!({"resourceType": "Bundle", "type": "searchset"});
    assert_eq!(rows(&unbound, "type", Value), ["searchset|http://hl7.org/fhir/bundle-type"]);
}

#[test]
fn codings_and_concepts() {
    let encounter =
        json!({"resourceType": "Encounter", "class": {"system": "http://s", "code": "AMB", "display": "Ambulatory"}});
    assert_eq!(rows(&encounter, "class", Value), ["amb|http://s|AMB"]);
    assert_eq!(rows(&encounter, "class", Text), ["ambulatory|0|Ambulatory"]);
    let condition = json!({"resourceType": "Condition", "code": {
        "coding": [{"system": "http://s", "code": "a"}, {"code": "b"}, {"system": "http://t"}, {"display": "Head-ache"}],
        "text": "Pain",
    }});
    assert_eq!(rows(&condition, "code", Value), ["|http://t", "a|http://s", "b|-"]);
    assert_eq!(rows(&condition, "code", Text), ["head ache|1|headache", "headache|3|Head-ache", "pain|0|Pain"]);
}

#[test]
fn identifiers() {
    let patient = json!({"resourceType": "Patient", "identifier": [
        {"system": "urn:mrn", "value": "AB1", "type": {
            "coding": [{"system": "http://v2", "code": "MR"}, {"system": "http://v2", "code": "SS"}, {"display": "no code"}],
            "text": "Record",
        }},
        {"value": "2"},
        {"system": "urn:only"},
        {"type": {"coding": [{"code": "MR"}]}},
    ]});
    assert_eq!(rows(&patient, "identifier", Value), ["|urn:only", "2|-", "ab1|urn:mrn|AB1"]);
    assert_eq!(rows(&patient, "identifier", OfType), ["mr|http://v2|MR|ab1|-|AB1", "ss|http://v2|SS|ab1|-|AB1"]);
    assert_eq!(rows(&patient, "identifier", Text), ["record|0|Record"]);
}

#[test]
fn contact_points_are_filtered_by_the_expression() {
    let patient = json!({"resourceType": "Patient", "telecom": [
        {"system": "phone", "value": "(555) 675 5745", "use": "home"},
        {"system": "email", "value": "A@b.org"},
        {"value": "c@d.org"},
    ]});
    assert_eq!(rows(&patient, "telecom", Value), ["(555) 675 5745|-", "a@b.org|-|A@b.org", "c@d.org|-"]);
    assert_eq!(rows(&patient, "phone", Value), ["(555) 675 5745|-"]);
    assert_eq!(rows(&patient, "email", Value), ["a@b.org|-|A@b.org"]);
}

#[test]
fn texts_uris_and_ids_have_no_system() {
    let set = json!({"resourceType": "ValueSet", "version": "1.0.0-RC"});
    assert_eq!(rows(&set, "version", Value), ["1.0.0-rc|-|1.0.0-RC"]);
    let message = json!({"resourceType": "MessageHeader", "eventUri": "http://e/X", "response": {"identifier": "R1"}});
    assert_eq!(rows(&message, "event", Value), ["http://e/x|-|http://e/X"]);
    assert_eq!(rows(&message, "response-id", Value), ["r1|-|R1"]);
}

#[test]
fn booleans() {
    let patient = json!({"resourceType": "Patient", "active": false});
    assert_eq!(rows(&patient, "active", Value), ["false|http://hl7.org/fhir/special-values"]);
}

/// `Patient.deceased.exists() and Patient.deceased != false`, as FHIRPath computes it (semantics 23).
#[test]
fn deceased_is_computed() {
    let table = [
        (json!({"resourceType": "Patient", "deceasedBoolean": true}), Some("true")),
        (json!({"resourceType": "Patient", "deceasedBoolean": false}), Some("false")),
        (json!({"resourceType": "Patient", "deceasedDateTime": "2020-01-01"}), Some("true")),
        (json!({"resourceType": "Patient"}), Some("false")),
        // It exists and nothing is known: neither dead nor alive.
        (
            json!({"resourceType": "Patient", "_deceasedBoolean": {"extension": [{"url": "u", "valueCode": "unknown"}]}}),
            None,
        ),
    ];
    for (patient, expected) in table {
        let expected: Vec<_> =
            expected.iter().map(|truth| format!("{truth}|http://hl7.org/fhir/special-values")).collect();
        assert_eq!(rows(&patient, "deceased", Value), expected, "{patient}");
    }
}
