//! References. FHIR R4 `search.html#reference`, semantics 76 to 90.

use serde_json::json;

use super::rows;
use crate::keys::Facet::{Identifier, Listed, Value};

#[test]
fn literal_references() {
    let table = [
        ("Patient/p1", "Patient/p1"),
        ("Patient/p1/_history/2", "Patient/p1|2"),
        ("http://example.org/fhir/Patient/p1", "Patient/p1"),
        ("https://example.com/Patient/123", "https://example.com/Patient/123"),
        ("urn:uuid:53fefa32-1111-2222-3333-55ee120877b7", "urn:uuid:53fefa32-1111-2222-3333-55ee120877b7"),
    ];
    for (text, expected) in table {
        let observation = json!({"resourceType": "Observation", "subject": {"reference": text, "display": "x"}});
        assert_eq!(rows(&observation, "subject", Value), [expected]);
    }
}

#[test]
fn an_identifier_in_a_reference_is_a_facet_of_its_own() {
    let observation = json!({"resourceType": "Observation", "subject": {
        "reference": "Patient/p2", "identifier": {"system": "http://mrn", "value": "777"},
    }});
    assert_eq!(rows(&observation, "subject", Identifier), ["777|http://mrn"]);
    assert_eq!(rows(&observation, "subject", Value), ["Patient/p2"]);
}

#[test]
fn entries_of_a_list_that_are_flagged_as_deleted_are_no_members() {
    let list = json!({"resourceType": "List", "entry": [
        {"item": {"reference": "Patient/a"}},
        {"item": {"reference": "Patient/b"}, "deleted": true},
        {"item": {"reference": "Patient/c"}, "deleted": false},
        {"item": {"reference": "urn:uuid:53fefa32-1111-2222-3333-55ee120877b7"}},
    ]});
    assert_eq!(rows(&list, "item", Listed), ["Patient/a", "Patient/c"]);
    assert_eq!(rows(&list, "item", Value).len(), 4);
}

#[test]
fn the_type_of_the_target_is_told_from_the_reference() {
    let table = [
        (json!({"reference": "Patient/1"}), true),
        (json!({"reference": "Patient/1/_history/3"}), true),
        (json!({"reference": "https://example.com/fhir/Patient/1"}), true),
        (json!({"reference": "Group/1"}), false),
        (json!({"reference": "https://example.com/fhir/Group/1"}), false),
        (json!({"reference": "urn:uuid:1"}), false),
        (json!({"reference": "urn:uuid:1", "type": "Patient"}), true),
        (json!({"identifier": {"value": "1"}, "type": "Patient"}), true),
        (json!({"identifier": {"value": "1"}, "type": "http://hl7.org/fhir/StructureDefinition/Patient"}), true),
        (json!({"identifier": {"value": "1"}}), false),
    ];
    for (subject, is_patient) in table {
        let observation = json!({"resourceType": "Observation", "subject": subject});
        let found = [rows(&observation, "patient", Value), rows(&observation, "patient", Identifier)].concat();
        assert_eq!(!found.is_empty(), is_patient, "{subject}");
    }
}

#[test]
fn canonicals_and_uris_refer_by_url_and_version() {
    let response = json!({"resourceType": "QuestionnaireResponse", "questionnaire": "http://q|1"});
    assert_eq!(rows(&response, "questionnaire", Value), ["http://q|1"]);
    let map = json!({"resourceType": "ConceptMap", "sourceUri": "http://v"});
    assert_eq!(rows(&map, "source-uri", Value), ["http://v"]);
    assert_eq!(rows(&map, "source", Value), [""; 0]);
}

#[test]
fn a_where_on_a_member_picks_the_elements() {
    let library = json!({"resourceType": "Library", "relatedArtifact": [
        {"type": "depends-on", "resource": "http://a"}, {"type": "derived-from", "resource": "http://b"},
    ]});
    assert_eq!(rows(&library, "depends-on", Value), ["http://a"]);
    assert_eq!(rows(&library, "derived-from", Value), ["http://b"]);
}

#[test]
fn the_first_resource_of_a_document_counts_as_a_reference() {
    let bundle = json!({"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Composition", "id": "c"}}, {"resource": {"resourceType": "Composition", "id": "d"}},
    ]});
    assert_eq!(rows(&bundle, "composition", Value), ["Composition/c"]);
    assert_eq!(rows(&bundle, "message", Value), [""; 0], "it is no MessageHeader");
}
