//! Composites: one row per combination inside one element. FHIR R4 `search.html#composite`, semantics 92 to 97.

use serde_json::json;

use super::{extract, extractor, readable, rows, type_of};
use crate::definitions::Registry;
use crate::index::{ExtractSettings, Extractor, Problem};
use crate::keys::Facet::{Beside, Canonical, Element, Present, Value};
use crate::keys::{Key, Level, OfPart};
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
    assert_eq!(readable(&extraction.rows, "code-value-concept", Beside), [""], "the parameters have them all");
    assert_eq!(readable(&extraction.rows, "code-value-quantity", Beside), [""; 0]);
}

#[test]
fn what_the_parameters_have_beside_a_composite_is_noted() {
    let quantity = |value| json!({"value": value, "system": "http://unitsofmeasure.org", "code": "mg"});
    let coded = |code: serde_json::Value, name: &str, value: serde_json::Value| json!({"resourceType": "Observation", "code": code, name: value});
    let codes = json!({"coding": [{"code": "a"}, {"code": "A", "system": "http://s"}, {"system": "http://t"}]});
    let sampled = json!({"origin": quantity(1)});
    let table = [
        (coded(codes.clone(), "valueQuantity", quantity(1)), "code-value-quantity", false),
        (coded(codes.clone(), "valueSampledData", sampled.clone()), "code-value-quantity", true),
        (coded(codes.clone(), "valueSampledData", sampled.clone()), "code-value-date", false),
        (coded(codes.clone(), "valueSampledData", json!({"origin": {"unit": "mg"}})), "code-value-quantity", false),
        (coded(json!({"text": "a"}), "valueSampledData", sampled), "code-value-quantity", false),
        (coded(codes.clone(), "valuePeriod", json!({"start": "2020"})), "code-value-date", false),
        (coded(codes.clone(), "valueString", json!("a-b")), "code-value-string", false),
        // A string parameter reads the text of a concept too.
        (coded(codes.clone(), "valueCodeableConcept", json!({"text": "a"})), "code-value-string", true),
        (coded(codes.clone(), "valueCodeableConcept", codes.clone()), "code-value-concept", false),
        // Of an element of its own a composite says what it says: it does not stand for parameters.
        (coded(codes, "valueSampledData", json!({"origin": quantity(1)})), "combo-code-value-quantity", false),
    ];
    for (observation, composite, beside) in table {
        assert_eq!(rows(&observation, composite, Beside).len(), usize::from(beside), "{composite} of {observation}");
    }
}

#[test]
fn a_composite_alone_is_compared_with_what_it_combines_all_the_same() {
    let registry = Registry::r4();
    let observation = json!({"resourceType": "Observation", "code": {"coding": [{"code": "a"}]},
        "valueSampledData": {"origin": {"value": 1}}});
    let composite = registry.param(type_of(&observation), "code-value-quantity").unwrap();
    let settings = ExtractSettings::new(crate::values::Zone::UTC, []);
    let only = Extractor::only(registry, settings, &[composite].into());
    let extraction = only.extract(type_of(&observation), &observation);
    let keys: Vec<_> = extraction.rows.iter().map(|row| row.key).collect();
    assert_eq!(keys, [Key { param: composite, facet: Beside, level: Level::Top }.id()]);
}

#[test]
fn contained_resources_have_notes_of_their_own() {
    let inner = json!({"resourceType": "Observation", "id": "c", "code": {"coding": [{"code": "a"}]},
        "valueSampledData": {"origin": {"value": 1}}});
    let outer = json!({"resourceType": "Observation", "id": "o", "contained": [inner]});
    let extraction = extractor().extract(type_of(&outer), &outer);
    assert_eq!(readable(&extraction.rows, "code-value-quantity", Beside), [""; 0]);
    assert_eq!(readable(&extraction.contained[0].rows, "code-value-quantity", Beside), [""]);
}

#[test]
fn elements_are_told_one_by_one() {
    let observation = json!({"resourceType": "Observation", "component": [
        {"code": {"coding": [{"code": "a"}, {"code": "b"}]}, "valueQuantity": {"value": 7}},
        {"code": {"text": "no code"}, "valueString": "x"},
        {"extension": [{"url": "http://example.org/why", "valueCode": "unknown"}]},
    ]});
    let (code, value) = (0, 1);
    let expected = [
        // Each is there; of the second, the code without a value, and a value of another type.
        "0|0".to_owned(),
        "0|1".to_owned(),
        "0|2".to_owned(),
        format!("{}|1", OfPart::There.number(code)),
        format!("{}|1", OfPart::Otherwise.number(value)),
        format!("0|{}|a|-", OfPart::Value.number(code)),
        format!("0|{}|b|-", OfPart::Value.number(code)),
        format!("0|{}|{}|-", OfPart::Value.number(value), point("7")),
        format!("0|{}|{}|-", OfPart::Canonical.number(value), point("7")),
    ];
    assert_eq!(rows(&observation, "component-code-value-quantity", Element), expected);
    assert_eq!(rows(&observation, "combo-code-value-quantity", Element), [""; 0], "it is of the resource too");
    assert_eq!(rows(&observation, "component-code-value-quantity", Value).len(), 2, "tuples are as they were");
}
