//! Definitions that change while they are in use.

use serde_json::json;

use super::super::{ComponentRef, ParamId, ParamType, Registry, SearchParam, State, Targets};
use super::{changed, param, published, resource, url};

fn with(name: &str, code: &str, expression: &str) -> super::super::SearchParam {
    changed(resource(name, code, expression), json!({}))
}

fn finished(registry: &Registry) -> Registry {
    let switched = registry.builds().keys().fold(registry.clone(), |registry, &build| registry.switched(build));
    switched.cleared(&switched.retired())
}

fn codes_of(problems: &[fhirc_grammar::Diagnostic]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.code).collect()
}

fn states(registry: &Registry) -> Vec<(String, State)> {
    registry.standings().into_iter().map(|standing| (standing.definition.url.clone(), standing.state)).collect()
}

const BUILDING: State = State::Building { answered: false, done: 0, total: 0 };

#[test]
fn a_new_definition_is_built_then_answers_and_can_go_again() {
    let r4 = Registry::r4();
    let patient = r4.resource_type("Patient").unwrap();
    let (built, _) = r4.define(vec![with("z", "zodiac", "Patient.active")]).unwrap();
    assert_eq!(built.param(patient, "zodiac"), None);
    built.progress(1).set(3, 7);
    assert_eq!(built.being_built(patient, "zodiac").unwrap().get(), (3, 7));
    assert_eq!(built.builds().len(), 1);
    let ready = built.switched(1);
    assert!(ready.being_built(patient, "zodiac").is_none() && ready.builds().is_empty());
    let zodiac = ready.param(patient, "zodiac").unwrap();
    assert!(ready.answers(zodiac, &built) && !built.answers(zodiac, &ready));
    let gone = ready.retire(&[url("z")]).unwrap();
    assert_eq!((gone.param(patient, "zodiac"), gone.retired()), (None, vec![zodiac]));
    let (again, _) = gone.cleared(&[zodiac]).define(vec![with("z", "zodiac", "Patient.active")]).unwrap();
    let again = again.builds().into_values().next().unwrap();
    assert!(again[0].slot() > zodiac.slot(), "a number is never given twice");
}

#[test]
fn definitions_that_say_nothing_new_change_nothing() {
    let r4 = Registry::r4();
    let known = r4.definitions().map(|known| changed(published(r4, known), json!({}))).collect();
    let (same, warnings) = r4.define(known).unwrap();
    assert_eq!((same.epoch(), warnings.len()), (0, 0));
    let (first, _) = r4.define(vec![with("z", "zodiac", "Patient.active")]).unwrap();
    let (second, _) = first.define(vec![with("z", "zodiac", "Patient.active")]).unwrap();
    assert_eq!(first.epoch(), second.epoch());
    // Taken back before it was built: nothing is left but what was begun.
    let (back, _) = first.define(vec![with("z", "zodiac", "Patient.gender")]).unwrap();
    assert_eq!((back.builds().len(), back.retired().len()), (1, 1));
}

#[test]
fn the_definition_before_answers_until_its_successor_is_complete() {
    let r4 = Registry::r4();
    let old = param(r4, "Patient", "gender");
    let (taken, warnings) = r4.define(vec![with("my-gender", "gender", "Patient.maritalStatus")]).unwrap();
    assert_eq!(codes_of(&warnings), ["redefined-parameter"]);
    assert_eq!(param(&taken, "Patient", "gender"), old);
    assert!(matches!(states(&taken)[0].1, State::Building { answered: true, .. }));
    let taken = finished(&taken);
    let new = param(&taken, "Patient", "gender");
    assert!(taken.answers(new, &taken) && !taken.answers(old, r4));
    // What is retired does not answer on, though the other's rows are to be made again.
    let fallen = taken.retire(&[url("my-gender")]).unwrap();
    let patient = old.ty();
    assert!(fallen.param(patient, "gender").is_none() && fallen.being_built(patient, "gender").is_some());
    let fallen = finished(&fallen);
    let again = param(&fallen, "Patient", "gender");
    assert_eq!(fallen.definition(again).url, r4.definition(old).url);
    assert!(again.slot() > new.slot());
}

#[test]
fn what_others_rest_on_stays() {
    let r4 = Registry::r4();
    let hl7 = |name: &str| format!("http://hl7.org/fhir/SearchParameter/{name}");
    for (name, why) in [
        ("Resource-id", "`_id` of `Account` is what other searches rest on"),
        ("clinical-code", "it is a part of"),
        ("List-item", "`item` of `List` is what other searches rest on"),
        ("Location-partof", "`partof` of `Location` is what other searches rest on"),
        ("conformance-url", "`url` of `CapabilityStatement` is what other searches rest on"),
        ("clinical-patient", "it says what belongs to the Patient compartment"),
    ] {
        let problems = r4.retire(&[hl7(name)]).unwrap_err();
        assert_eq!(codes_of(&problems), ["definition-in-use"], "{name}");
        assert!(problems[0].message.contains(why), "{}", problems[0].message);
    }
    for (name, code, ty) in [("p", "subject", "token"), ("i", "item", "reference"), ("u", "url", "uri")] {
        let base = match code {
            "subject" => "Observation",
            "item" => "List",
            _ => "ValueSet",
        };
        let other = resource(name, code, &format!("{base}.id"));
        let (same, warnings) = r4.define(vec![changed(other, json!({"base": [base], "type": ty}))]).unwrap();
        assert_eq!(codes_of(&warnings), ["unused-parameter"], "{code}");
        assert!(same.builds().is_empty());
        assert_eq!(states(&same), [(url(name), State::Idle)]);
    }
}

#[test]
fn a_composite_and_its_part_go_together() {
    let part = json!([{"definition": url("city"), "expression": "city"}, {"definition": url("city"), "expression": "country"}]);
    let place = changed(resource("place", "place", "Patient.address"), json!({"type": "composite", "component": part}));
    let city = changed(resource("city", "home", "Patient.address.city"), json!({"type": "string"}));
    let (both, _) = Registry::r4().define(vec![place, city]).unwrap();
    let both = finished(&both);
    assert_eq!(codes_of(&both.retire(&[url("city")]).unwrap_err()), ["definition-in-use"]);
    let neither = finished(&both.retire(&[url("city"), url("place")]).unwrap());
    assert_eq!(states(&neither), []);
    // A part that reads other things changes the composite.
    let code = changed(resource("city", "home", "Patient.address.city"), json!({"type": "token"}));
    let (other, _) = both.define(vec![code]).unwrap();
    let built = other.builds().into_values().next().unwrap();
    let codes: Vec<_> = built.iter().map(|&id| other.definition(id).code.as_str()).collect();
    assert_eq!(codes, ["place", "home"]);
}

#[test]
fn what_is_stored_comes_back() {
    let r4 = Registry::r4();
    let family = r4.definition(param(r4, "Patient", "family")).url.clone();
    let check = |next: Registry| {
        let read = r4.stored(&next.to_stored()).unwrap();
        assert_eq!(read.to_stored(), next.to_stored());
        assert_eq!((read.epoch(), read.builds(), read.retired()), (next.epoch(), next.builds(), next.retired()));
        assert_eq!(states(&read), states(&next));
        let params = |registry: &Registry| registry.types().flat_map(|ty| registry.kept(ty)).collect::<Vec<ParamId>>();
        assert_eq!(params(&read), params(&next));
        read
    };
    let target = json!({"type": "reference", "target": ["Organization", "Practitioner"], "experimental": false});
    let doctor = changed(resource("doctor", "doctor", "Patient.generalPractitioner"), target);
    let next = check(r4.define(vec![with("z", "zodiac", "Patient.active"), doctor]).unwrap().0);
    assert_eq!(states(&next), [(url("doctor"), BUILDING), (url("z"), BUILDING)]);
    let next = check(next.switched(1));
    let next =
        check(next.define(vec![with("z", "zodiac", "Patient.gender"), with("f", "family", "Patient.id")]).unwrap().0);
    let next = check(next.retire(&[family]).unwrap());
    let next = check(finished(&next));
    let expected = [("doctor", State::Active), ("f", State::Active), ("z", State::Active)];
    let found = states(&next);
    assert_eq!(found[..3], expected.map(|(name, state)| (url(name), state)));
    assert_eq!(found[3].1, State::Withdrawn);
    assert!(r4.stored("{}").is_err());
}

/// The codes that the composite with this code combines, in a search for observations.
fn combined(registry: &Registry, code: &str) -> Option<[String; 2]> {
    let observation = registry.resource_type("Observation").unwrap();
    let parts = registry.compound(registry.param(observation, code)?)?;
    assert_eq!(registry.combined(parts), registry.param(observation, code));
    Some(parts.map(|part| registry.definition(part).code.clone()))
}

#[test]
fn a_composite_stands_for_parameters_that_were_there_before_it() {
    let r4 = Registry::r4();
    let both = Some(["code", "value-quantity"].map(str::to_owned));
    assert_eq!(combined(r4, "code-value-quantity"), both);
    // The rows of the composite were not compared with the values of another definition.
    let quantity = r4.definitions().find(|known| known.url.ends_with("/Observation-value-quantity")).unwrap();
    let other = changed(published(r4, quantity), json!({"expression": "(Observation.value as Quantity)"}));
    let (building, _) = r4.define(vec![other]).unwrap();
    assert_eq!(combined(&building, "code-value-quantity"), None);
    assert_eq!(combined(&finished(&building), "code-value-quantity"), None);
    let back = finished(&finished(&building).define(vec![quantity.clone()]).unwrap().0);
    assert_eq!(combined(&back, "code-value-quantity"), None, "they come with a new number");
    // One that took its code.
    let taken = with("mine", "value-quantity", "(Observation.component.value as Quantity)");
    let taken = super::super::SearchParam { bases: vec!["Observation".to_owned()], ty: ParamType::Quantity, ..taken };
    let (building, _) = r4.define(vec![taken]).unwrap();
    assert_eq!(combined(&building, "code-value-quantity"), both, "it answers until the other is complete");
    let taken = finished(&building);
    assert_eq!(combined(&taken, "code-value-quantity"), None);
    let fallen_back = finished(&taken.retire(&[url("mine")]).unwrap());
    assert_eq!(combined(&fallen_back, "code-value-quantity"), None, "the rows of the composite missed some values");
    let stored = r4.stored(&fallen_back.to_stored()).unwrap();
    assert_eq!(combined(&stored, "code-value-quantity"), None);
}

#[test]
fn an_added_composite_stands_for_its_parameters_too() {
    let r4 = Registry::r4();
    let part = |url: &str, expression: &str| ComponentRef {
        definition: format!("http://hl7.org/fhir/SearchParameter/{url}"),
        expression: expression.to_owned(),
    };
    let composite = |expression: &str| SearchParam {
        url: url("code-date"),
        code: "code-date".to_owned(),
        bases: vec!["Observation".to_owned()],
        ty: ParamType::Composite,
        expression: Some(expression.to_owned()),
        targets: Targets::Unstated,
        components: vec![part("clinical-code", "code"), part("clinical-date", "effective")],
        experimental: false,
    };
    let (building, _) = r4.define(vec![composite("Observation")]).unwrap();
    assert_eq!(combined(&building, "code-date"), None, "it does not answer yet");
    let both = Some(["code", "date"].map(str::to_owned));
    assert_eq!(combined(&finished(&building), "code-date"), both);
    let (elsewhere, _) = r4.define(vec![composite("Observation.component")]).unwrap();
    assert_eq!(combined(&finished(&elsewhere), "code-date"), None);
}
