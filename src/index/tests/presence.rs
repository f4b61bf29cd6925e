//! What `:missing` sees. FHIR R4 `search.html#modifiers`., semantics 42, 81, 106, 108.

use serde_json::json;

use super::rows;
use crate::keys::Facet::{Present, Value};

#[test]
fn an_element_with_content_is_present_even_without_a_value() {
    let unknown = json!({"extension": [{"url": "u", "valueCode": "unknown"}]});
    let table = [
        (json!({"resourceType": "Patient", "gender": "male"}), "gender", true),
        (json!({"resourceType": "Patient", "_gender": unknown}), "gender", false),
        (json!({"resourceType": "Patient"}), "gender", false),
        (
            json!({"resourceType": "Patient", "managingOrganization": {"display": "only a display"}}),
            "organization",
            true,
        ),
        (json!({"resourceType": "Patient", "managingOrganization": unknown}), "organization", false),
        (json!({"resourceType": "Patient", "name": [{"family": "F"}]}), "given", false),
        (json!({"resourceType": "Patient", "name": [{"given": [null], "_given": [unknown]}]}), "given", false),
        (json!({"resourceType": "Observation", "valueQuantity": {"unit": "mg"}}), "value-quantity", true),
        (json!({"resourceType": "Observation", "valueCodeableConcept": {"text": "t"}}), "value-concept", true),
        (json!({"resourceType": "Observation", "valueString": "s"}), "value-quantity", false),
        (json!({"resourceType": "CarePlan", "period": {"start": "2020"}}), "date", true),
        (json!({"resourceType": "CarePlan", "period": {"_start": unknown}}), "date", false),
        (json!({"resourceType": "Immunization", "occurrenceString": "last winter"}), "date", false),
        (json!({"resourceType": "Patient", "deceasedBoolean": false}), "deceased", true),
        (json!({"resourceType": "Patient"}), "deceased", false),
        (json!({"resourceType": "Patient", "id": "a", "meta": {"lastUpdated": "2020-01-01T00:00:00Z"}}), "_id", false),
    ];
    for (resource, code, present) in table {
        assert_eq!(!rows(&resource, code, Present).is_empty(), present, "{code} of {resource}");
    }
}

#[test]
fn columns_of_the_store_have_no_rows() {
    let patient = json!({"resourceType": "Patient", "id": "a", "meta": {"lastUpdated": "2020-01-01T00:00:00Z"}});
    assert_eq!(rows(&patient, "_id", Value), [""; 0]);
    assert_eq!(rows(&patient, "_lastUpdated", Value), [""; 0]);
}
