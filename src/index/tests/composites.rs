//! Composites: one row per combination inside one element. FHIR R4 `search.html#composite`, semantics 92 to 97.

use serde_json::json;

use super::{extract, rows};
use crate::index::Problem;
use crate::keys::Facet::{Canonical, Present, Value};
use crate::values::Cut;

fn point(number: &str) -> String {
    let number: crate::values::Decimal = number.parse().unwrap();
    format!("{}..{}", Cut::Before(number.clone()).key(), Cut::After(number).key())
}

#[test]
fn components_combine_within_one_element_only() {
    let observation = json!({"resourceType": "Observation", "code": {"coding": [{"code": "bp"}]}, "component": [
        {"code": {"coding": [{"code": "sys"}, {"code": "s2"}]}, "valueQuantity": {"value": 107}},
        {"code": {"coding": [{"code": "dia"}]}, "valueQuantity": {"value": 60}},
    ]});
    let expected = [
        format!("dia|-||{}|-", point("60")),
        format!("s2|-||{}|-", point("107")),
        format!("sys|-||{}|-", point("107")),
    ];
    assert_eq!(rows(&observation, "component-code-value-quantity", Value), expected);
    assert_eq!(rows(&observation, "combo-code-value-quantity", Value), expected, "the root has a code, but no value");
    assert_eq!(rows(&observation, "code-value-quantity", Value), [""; 0]);
    assert_eq!(rows(&observation, "code-value-quantity", Present), [""; 0]);
    assert_eq!(rows(&observation, "combo-code-value-quantity", Present), [""]);
}

#[test]
fn quantities_in_tuples_have_canonical_units_too() {
    let observation = json!({"resourceType": "Observation", "code": {"coding": [{"code": "k"}]}, "valueQuantity": {
        "value": 2, "system": "http://unitsofmeasure.org", "code": "mg",
    }});
    let row = |value, unit| format!("k|-||{}|http://unitsofmeasure.org|{unit}", point(value));
    assert_eq!(rows(&observation, "code-value-quantity", Value), [row("2", "mg")]);
    assert_eq!(rows(&observation, "code-value-quantity", Canonical), [row("0.002", "g")]);
}

#[test]
fn a_component_may_start_at_the_resource() {
    let sequence = json!({"resourceType": "MolecularSequence",
        "referenceSeq": {"chromosome": {"coding": [{"code": "1"}]}, "windowStart": 5, "windowEnd": 6},
        "variant": [{"start": 7, "end": 8}, {"start": 9}],
    });
    let expected = [format!("1|-||{}|{}", point("7"), point("8"))];
    assert_eq!(rows(&sequence, "chromosome-variant-coordinate", Value), expected, "%resource.referenceSeq.chromosome");
    let expected = [format!("1|-||{}|{}", point("5"), point("6"))];
    assert_eq!(rows(&sequence, "chromosome-window-coordinate", Value), expected);
}

#[test]
fn other_shapes() {
    let date = json!({"resourceType": "Observation", "code": {"coding": [{"code": "a"}]}, "valueDateTime": "2019-02"});
    assert_eq!(rows(&date, "code-value-date", Value), ["a|-||2019-02-01T00:00:00Z..2019-03-01T00:00:00Z"]);
    let text = json!({"resourceType": "Observation", "code": {"coding": [{"code": "a"}]}, "valueString": "x-y"});
    assert_eq!(rows(&text, "code-value-string", Value), ["a|-||x y|1|xy", "a|-||xy|3|x-y"]);
    let truth = json!({"resourceType": "Group", "characteristic": [{"code": {"coding": [{"code": "s"}]}, "valueBoolean": true}]});
    assert_eq!(rows(&truth, "characteristic-value", Value), ["s|-||true|http://hl7.org/fhir/special-values"]);
    let document = json!({"resourceType": "DocumentReference", "relatesTo": [
        {"code": "appends", "target": {"reference": "DocumentReference/d"}},
        {"code": "replaces", "target": {"reference": "http://other.org/fhir/DocumentReference/d"}},
        {"code": "signs", "target": {"display": "lost"}},
    ]});
    let expected = [
        "DocumentReference/d||appends|http://hl7.org/fhir/document-relationship-type",
        "http://other.org/fhir/DocumentReference/d|replaces|http://hl7.org/fhir/document-relationship-type",
    ];
    assert_eq!(rows(&document, "relationship", Value), expected);
    assert_eq!(rows(&document, "relationship", Present), [""]);
}

#[test]
fn too_many_combinations_are_refused_by_name() {
    let codings: Vec<_> = (0..101).map(|n| json!({"code": n.to_string()})).collect();
    let concept = json!({"coding": codings});
    let observation = json!({"resourceType": "Observation", "code": concept, "valueCodeableConcept": concept});
    let extraction = extract(&observation);
    let problems: Vec<_> = extraction.warnings.iter().map(|warning| warning.problem.clone()).collect();
    assert_eq!(problems, [Problem::TooManyTuples(10_000)]);
}
