//! Contained resources: rows at a level of their own, reached by references only. Semantics 89, 143.

use serde_json::json;

use super::{extract, readable};
use crate::definitions::Registry;
use crate::index::Problem;
use crate::keys::{Facet, Key, Level};

#[test]
fn a_contained_resource_has_rows_of_its_own() {
    let observation = json!({"resourceType": "Observation", "id": "o", "subject": {"reference": "#p"}, "contained": [{
        "resourceType": "Patient", "id": "p", "name": [{"given": ["Inner"]}],
        "managingOrganization": {"reference": "#org"}, "generalPractitioner": [{"reference": "Practitioner/1"}],
    }, {
        "resourceType": "Organization", "id": "org", "name": "Inside", "partOf": {"reference": "#"},
    }]});
    let extraction = extract(&observation);
    assert_eq!(extraction.warnings, []);
    assert_eq!(readable(&extraction.rows, "subject", Facet::Value), ["Patient/Observation/o#p"]);
    assert_eq!(readable(&extraction.rows, "patient", Facet::Value), ["Patient/Observation/o#p"], "its type is known");
    assert_eq!(readable(&extraction.rows, "given", Facet::Value), [""; 0], "nothing leaks");

    let [patient, organization] = extraction.contained.as_slice() else { panic!("{:?}", extraction.contained) };
    assert_eq!(patient.id, "Observation/o#p");
    assert_eq!(Registry::r4().type_name(patient.ty), "Patient");
    assert_eq!(readable(&patient.rows, "given", Facet::Value), ["inner|0|Inner"]);
    assert_eq!(readable(&patient.rows, "organization", Facet::Value), ["Organization/Observation/o#org"]);
    assert_eq!(readable(&patient.rows, "general-practitioner", Facet::Value), ["Practitioner/1"]);
    assert_eq!(readable(&organization.rows, "partof", Facet::Value), ["Observation/o"], "`#` is the container");
    for inner in [patient, organization] {
        assert_eq!(readable(&inner.rows, "_id", Facet::Container), ["Observation/o"], "where it stands");
        assert_eq!(readable(&inner.rows, "_id", Facet::Present), [""], "that it is there");
    }
    for row in patient.rows.iter().chain(&organization.rows) {
        assert_eq!(Key::from_id(row.key, Registry::r4()).unwrap().level, Level::Contained);
    }
    for row in &extraction.rows {
        assert_eq!(Key::from_id(row.key, Registry::r4()).unwrap().level, Level::Top);
    }
}

#[test]
fn what_cannot_be_reached_is_reported() {
    let observation = json!({"resourceType": "Observation", "id": "o", "subject": {"reference": "#x"}, "contained": [
        {"resourceType": "Patient"}, {"id": "p"}, {"resourceType": "Nothing", "id": "q"}, 5,
        {"resourceType": "Patient", "id": ""}, {"resourceType": "Patient", "id": "q"},
    ]});
    let extraction = extract(&observation);
    assert_eq!(extraction.contained, []);
    let seen: Vec<_> = extraction.warnings.iter().map(|warning| (warning.path.as_str(), &warning.problem)).collect();
    assert_eq!(
        seen,
        [
            ("Observation.subject", &Problem::NoReference("#x".to_owned())),
            ("Observation.contained[0]", &Problem::NoContained),
            ("Observation.contained[1]", &Problem::NoContained),
            ("Observation.contained[2]", &Problem::NoContained),
            ("Observation.contained[3]", &Problem::NoContained),
            ("Observation.contained[4]", &Problem::NoContained),
            ("Observation.contained[5]", &Problem::SameContained),
        ]
    );
}
