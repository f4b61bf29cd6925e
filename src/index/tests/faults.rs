//! Malformed values cost themselves only; expressions out of reach are named.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{extract, readable, type_of};
use crate::definitions::{ParamType, Registry, SearchParam, Targets};
use crate::index::{ExtractSettings, Extractor};
use crate::keys::{Facet, Key, Level};

#[test]
fn a_bad_value_is_reported_with_its_place_and_costs_no_other() {
    let table = [
        (json!({"birthDate": "2023-02-30"}), "Patient.birthDate"),
        (json!({"birthDate": 1970}), "Patient.birthDate"),
        (json!({"gender": ""}), "Patient.gender"),
        (json!({"gender": {"code": "male"}}), "Patient.gender"),
        (json!({"active": "true"}), "Patient.active"),
        (json!({"name": ["Smith"]}), "Patient.name[0]"),
        (json!({"name": [{"family": 1}]}), "Patient.name[0].family"),
        (json!({"address": [{"line": [{}]}]}), "Patient.address[0].line"),
        (json!({"link": "x"}), "Patient.link"),
        (json!({"identifier": [{"system": 1, "value": "a"}]}), "Patient.identifier[0].system"),
        (json!({"telecom": [5]}), "Patient.telecom[0]"),
        (json!({"managingOrganization": {"reference": "nowhere"}}), "Patient.managingOrganization"),
        (json!({"managingOrganization": "Organization/1"}), "Patient.managingOrganization"),
        (json!({"meta": {"tag": [[]]}}), "Patient.meta.tag[0]"),
    ];
    for (fault, path) in table {
        let mut patient = json!({"resourceType": "Patient", "multipleBirthInteger": 1, "language": "de", "communication": [
            {"language": {"coding": [{"code": "de"}]}},
        ]});
        patient.as_object_mut().unwrap().extend(fault.as_object().unwrap().clone());
        let extraction = extract(&patient);
        let paths: Vec<_> = extraction.warnings.iter().map(|warning| warning.path.as_str()).collect();
        assert_eq!(paths.first(), Some(&path), "{fault} {paths:?}");
        assert_eq!(readable(&extraction.rows, "language", Facet::Value), ["de|-"]);
    }
}

#[test]
fn values_that_contradict_themselves_have_no_row() {
    let table = [
        (
            json!({"resourceType": "CarePlan", "period": {"start": "2020", "end": "2019"}}),
            "date",
            "it ends before it begins",
        ),
        (
            json!({"resourceType": "CarePlan", "period": {"start": "2020", "end": "soon"}}),
            "date",
            "a year has four digits, `0001` to `9999`",
        ),
        (
            json!({"resourceType": "RiskAssessment", "prediction": [{"probabilityRange": {"low": {"value": 2}, "high": {"value": 1}}}]}),
            "probability",
            "it ends before it begins",
        ),
        (
            json!({"resourceType": "Condition", "onsetRange": {"low": {"value": 1, "unit": "a"}, "high": {"value": 2, "unit": "b"}}}),
            "onset-age",
            "its ends have different units",
        ),
        (
            json!({"resourceType": "Patient", "managingOrganization": {"reference": "Organization?identifier=a|b"}}),
            "organization",
            "`Organization?identifier=a|b` is a conditional reference, left over from a transaction",
        ),
        (
            json!({"resourceType": "Condition", "onsetAge": {"value": 1, "comparator": "~"}}),
            "onset-age",
            "`~` is no comparator",
        ),
        (
            json!({"resourceType": "Condition", "onsetAge": {"value": "63"}}),
            "onset-age",
            "a text stands where a number belongs",
        ),
    ];
    for (resource, code, message) in table {
        let extraction = extract(&resource);
        let messages: Vec<_> = extraction.warnings.iter().map(|warning| warning.problem.to_string()).collect();
        assert_eq!(messages, [message], "{resource}");
        assert_eq!(readable(&extraction.rows, code, Facet::Value), [""; 0], "{resource}");
        assert_eq!(readable(&extraction.rows, code, Facet::Present), [""], "the element is there");
    }
}

fn added(ty: ParamType, expression: &str) -> SearchParam {
    SearchParam {
        url: "http://example.org/p".to_owned(),
        code: "p".to_owned(),
        bases: vec!["Patient".to_owned()],
        ty,
        expression: Some(expression.to_owned()),
        targets: Targets::Unstated,
        components: Vec::new(),
        experimental: false,
    }
}

fn with(param: SearchParam) -> Extractor {
    let (registry, diagnostics) = Registry::r4().with_params(vec![param]);
    assert_eq!(diagnostics, []);
    Extractor::new(&registry, ExtractSettings::default())
}

#[test]
fn what_cannot_be_compiled_is_named() {
    let table = [
        (ParamType::Token, "Patient.sex", "`sex`, which is no element of `Patient`"),
        (ParamType::Date, "Patient.name", "no element that a date reads"),
        (ParamType::Date, "Observation.effective", "no element that a date reads"),
        (
            ParamType::Token,
            "Patient.generalPractitioner.resolve().active",
            "a step into another resource (`resolve()`)",
        ),
        (ParamType::String, "Patient.name.given[0]", "an index into what is not one whole list"),
        (
            ParamType::String,
            "(Patient.name.text | Patient.contact.name.text).first()",
            "an index into what is not one whole list",
        ),
        (ParamType::Token, "Patient.telecom.where(system = 'phone')[0]", "an index into what is not one whole list"),
        (ParamType::String, "Patient.active.exists()", "a condition, which a string does not read"),
        (ParamType::Special, "Patient.address", "a special parameter has rules of its own"),
        (ParamType::Reference, "Patient.link.other.where(resolve() is Nobody)", "`Nobody`, which is no resource type"),
    ];
    for (ty, expression, what) in table {
        let extractor = with(added(ty, expression));
        let messages: Vec<_> = extractor.diagnostics().iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(messages, [format!("`p` of `Patient` cannot be indexed: {what}")], "{expression}");
    }
}

#[test]
fn a_type_has_room_for_far_more_parameters_than_a_release_has() {
    let many = (0..2_000).map(|n| {
        let name = format!("p{n}");
        SearchParam {
            url: format!("http://example.org/{name}"),
            code: name,
            ..added(ParamType::Token, "Patient.active")
        }
    });
    let (registry, problems) = Registry::r4().with_params(many.collect());
    assert_eq!(problems, []);
    let patient = registry.resource_type("Patient").unwrap();
    let id = |code| {
        let param = registry.param(patient, code).unwrap();
        (param, Key { param, facet: Facet::Value, level: Level::Top }.id())
    };
    for code in ["p0", "p963", "p991", "p992", "p1999"] {
        let (param, id) = id(code);
        assert_eq!(Key::from_id(id, &registry).map(|key| key.param), Some(param), "{code}");
        assert_eq!(crate::keys::type_code(id).0, patient.code());
    }
}

#[test]
fn added_parameters_reach_extensions_and_indexes() {
    let patient = json!({
        "resourceType": "Patient",
        "birthDate": "1970",
        "_birthDate": {"extension": [{"url": "http://time", "valueDateTime": "1970-03-30T12:00:00Z"}]},
        "extension": [{"url": "http://other", "valueString": "no"}, {"url": "http://mother", "valueString": "Mary"}],
        "name": [{"text": "One"}, {"text": "Two"}],
        "contact": [
            {"name": {"text": "A"}, "extension": [{"url": "http://flag", "valueBoolean": true}]}, {"name": {"text": "B"}},
        ],
    });
    let table = [
        (ParamType::String, "Patient.extension('http://mother').value", "mary|0|Mary"),
        (
            ParamType::Date,
            "Patient.birthDate.extension('http://time').value",
            "1970-03-30T12:00:00Z..1970-03-30T12:00:01Z",
        ),
        (ParamType::String, "Patient.name[1].text", "two|0|Two"),
        (ParamType::String, "Patient.name.first().text", "one|0|One"),
        (ParamType::String, "Patient.contact.where(extension('http://flag').exists()).name.text", "a|0|A"),
        (ParamType::String, "Patient.extension.where(url = 'http://mother').value.ofType(string)", "mary|0|Mary"),
    ];
    for (ty, expression, expected) in table {
        let extractor = with(added(ty, expression));
        assert_eq!(extractor.diagnostics(), []);
        let registry = Registry::r4().with_params(vec![added(ty, expression)]).0;
        let key =
            Key { param: registry.param(type_of(&patient), "p").unwrap(), facet: Facet::Value, level: Level::Top };
        let rows = extractor.extract(type_of(&patient), &patient).rows;
        let cells: Vec<String> = rows
            .iter()
            .filter(|row| row.key == key.id())
            .map(|row| {
                row.values.iter().map(super::cell).collect::<Vec<_>>().join("|").trim_end_matches('|').to_owned()
            })
            .collect();
        assert_eq!(cells, [expected], "{expression}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "name",
        "family",
        "code",
        "coding",
        "system",
        "value",
        "valueQuantity",
        "subject",
        "reference",
        "identifier",
        "effectivePeriod",
        "start",
        "end",
        "contained",
        "id",
        "component",
        "unit",
        "low",
        "high",
        "resourceType",
        "Patient",
        "_name",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["2020", "#", "#a", "Patient/1", "-", "<", "9999-12-31T23:59:59.9999999Z"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(names.to_vec()), inner, 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_stops_extraction(resource in any_json()) {
        for name in ["Patient", "Observation", "CarePlan"] {
            let ty = Registry::r4().resource_type(name).unwrap();
            let extraction = super::extractor().extract(ty, &resource);
            prop_assert!(extraction.rows.is_sorted());
        }
    }
}
