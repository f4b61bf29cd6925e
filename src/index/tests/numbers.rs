//! Numbers and quantities. FHIR R4 `search.html#number` and `#quantity`, semantics 29 to 43.

use serde_json::{Value as Json, json};

use super::rows;
use crate::keys::Facet::{Canonical, Implied, Value};
use crate::values::Cut;

fn cuts(low: Cut, high: Cut) -> String {
    format!("{}..{}", low.key(), high.key())
}

fn before(number: &str) -> Cut {
    Cut::Before(number.parse().unwrap())
}

fn after(number: &str) -> Cut {
    Cut::After(number.parse().unwrap())
}

fn point(number: &str) -> String {
    cuts(before(number), after(number))
}

/// A JSON number with the digits as they would stand in a file.
fn written(digits: &str) -> Json {
    serde_json::from_str(digits).unwrap()
}

#[test]
fn a_stored_number_is_a_point_whatever_its_precision() {
    for digits in ["99.99", "100.00", "-0", "5.40e-3", "1E+3", "0.1234567890123456789012345678901234567890"] {
        let item = json!({"resourceType": "ChargeItem", "factorOverride": written(digits)});
        assert_eq!(rows(&item, "factor-override", Value), [point(digits)], "{digits}");
    }
    let sequence = json!({"resourceType": "MolecularSequence", "variant": [{"start": 1}, {"start": 7}]});
    assert_eq!(rows(&sequence, "variant-start", Value), [point("1"), point("7")]);
}

#[test]
fn the_digits_of_a_decimal_imply_a_range() {
    let implied = |low, high| cuts(before(low), before(high));
    for (digits, expected) in [("0.25", implied("0.245", "0.255")), ("100.00", implied("99.995", "100.005"))] {
        let item = json!({"resourceType": "ChargeItem", "factorOverride": written(digits)});
        assert_eq!(rows(&item, "factor-override", Implied), [expected], "{digits}");
    }
    let sequence = json!({"resourceType": "MolecularSequence", "variant": [{"start": 7}]});
    assert_eq!(rows(&sequence, "variant-start", Implied), [point("7")]);
}

#[test]
fn a_range_of_numbers_includes_its_ends() {
    let table = [
        (json!({"low": {"value": 5}, "high": {"value": 10}}), cuts(before("5"), after("10"))),
        (json!({"low": {"value": 5}}), cuts(before("5"), Cut::Max)),
        (json!({"high": {"value": 10}}), cuts(Cut::Min, after("10"))),
    ];
    for (range, expected) in table {
        let risk = json!({"resourceType": "RiskAssessment", "prediction": [{"probabilityRange": range}]});
        assert_eq!(rows(&risk, "probability", Value), [expected]);
    }
}

#[test]
fn a_comparator_opens_the_range() {
    let table = [
        ("<", cuts(Cut::Min, before("5"))),
        ("<=", cuts(Cut::Min, after("5"))),
        (">=", cuts(before("5"), Cut::Max)),
        (">", cuts(after("5"), Cut::Max)),
    ];
    for (comparator, expected) in table {
        let observation =
            json!({"resourceType": "Observation", "valueQuantity": {"value": 5, "comparator": comparator}});
        assert_eq!(rows(&observation, "value-quantity", Value), [format!("{expected}|-")]);
    }
}

#[test]
fn quantities_stand_twice_as_written_and_in_canonical_units() {
    let table = [
        // system, code, written value, canonical code, canonical value
        ("http://unitsofmeasure.org", "mg", "5.40", "g", "0.0054"),
        ("http://unitsofmeasure.org", "Cel", "37.2", "Cel", "37.2"),
        ("http://unitsofmeasure.org", "/min", "80", "s-1", "1.333333333333333333333333333333333333333"),
        ("http://acme.org/units", "mg", "5.40", "mg", "5.4"),
    ];
    for (system, code, value, canonical_code, canonical_value) in table {
        let quantity = json!({"value": written(value), "unit": "U", "system": system, "code": code});
        let observation = json!({"resourceType": "Observation", "valueQuantity": quantity});
        assert_eq!(rows(&observation, "value-quantity", Value), [format!("{}|{system}|{code}|U", point(value))]);
        let unit = if canonical_code == code { "|U" } else { "" };
        let expected = format!("{}|{system}|{canonical_code}{unit}", point(canonical_value));
        assert_eq!(rows(&observation, "value-quantity", Canonical), [expected]);
    }
}

#[test]
fn other_data_types_reach_quantity_parameters() {
    let sampled =
        json!({"resourceType": "Observation", "valueSampledData": {"origin": {"value": 2, "unit": "mV"}, "data": "1"}});
    assert_eq!(rows(&sampled, "value-quantity", Value), [format!("{}|-||mV", point("2"))]);
    let money = json!({"resourceType": "Invoice", "totalNet": {"value": 40.22, "currency": "USD"}});
    assert_eq!(rows(&money, "totalnet", Value), [format!("{}|urn:iso:std:iso:4217|USD", point("40.22"))]);
    let age = json!({"resourceType": "Condition", "onsetAge": {"value": 63, "unit": "years"}});
    assert_eq!(rows(&age, "onset-age", Value), [format!("{}|-||years", point("63"))]);
    let range = json!({"resourceType": "Condition", "onsetRange": {
        "low": {"value": 5, "system": "http://unitsofmeasure.org", "code": "a"}, "high": {"value": 10},
    }});
    let expected = format!("{}|http://unitsofmeasure.org|a", cuts(before("5"), after("10")));
    assert_eq!(rows(&range, "onset-age", Value), [expected]);
}

#[test]
fn a_quantity_without_a_value_has_no_row() {
    let observation = json!({"resourceType": "Observation", "valueQuantity": {"unit": "mg"}});
    assert_eq!(rows(&observation, "value-quantity", Value), [""; 0]);
}
