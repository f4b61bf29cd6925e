//! Definitions added to a registry.

use serde_json::json;

use super::super::{ParamId, Registry, SearchParam, from_resource};
use super::{changed, param, published, resource, targets, url};

/// R4 with further definitions, and the codes of what is wrong with them.
fn with(extra: Vec<SearchParam>) -> (Registry, Vec<(&'static str, String)>) {
    let (registry, diagnostics) = Registry::r4().with_params(extra);
    (registry, diagnostics.into_iter().map(|diagnostic| (diagnostic.code, diagnostic.message)).collect())
}

fn all_params(registry: &Registry) -> Vec<ParamId> {
    registry.types().flat_map(|ty| registry.params(ty)).collect()
}

#[test]
fn definitions_that_are_here_already_change_nothing() {
    let r4 = Registry::r4();
    let again = r4.definitions().map(|param| from_resource(&published(r4, param)).unwrap()).collect();
    let (registry, problems) = with(again);
    assert_eq!(problems, []);
    assert_eq!(all_params(&registry), all_params(r4));
}

#[test]
fn new_parameters_are_appended_in_the_order_given() {
    let r4 = Registry::r4();
    let first = changed(resource("z", "zodiac", "Patient.extension.value"), json!({}));
    let second = changed(resource("a", "aura", "Patient.extension.value"), json!({}));
    let (registry, problems) = with(vec![first, second]);
    assert_eq!(problems, []);
    let count = all_params(r4).iter().filter(|id| id.ty() == param(r4, "Patient", "_id").ty()).count();
    assert_eq!(usize::from(param(&registry, "Patient", "zodiac").slot()), count);
    assert_eq!(usize::from(param(&registry, "Patient", "aura").slot()), count + 1);
    for id in all_params(r4) {
        assert_eq!(registry.definition(id), r4.definition(id));
    }
}

#[test]
fn a_changed_definition_gets_a_new_slot_and_the_old_one_stays() {
    let r4 = Registry::r4();
    let old = param(r4, "Patient", "birthdate");
    let change = published(r4, r4.definition(old));
    let (registry, problems) =
        with(vec![changed(change, json!({"base": ["Patient"], "expression": "Patient.contact.period"}))]);
    assert_eq!(problems, []);
    let new = param(&registry, "Patient", "birthdate");
    assert!(new.slot() > old.slot());
    assert_eq!(registry.definition(old), r4.definition(old));
    assert_eq!(registry.definition(new).expression.as_deref(), Some("Patient.contact.period"));
    assert!(!all_params(&registry).contains(&old));
    // The new definition is for Patient only: Person has no birthdate any more.
    assert_eq!(registry.param(registry.resource_type("Person").unwrap(), "birthdate"), None);
}

#[test]
fn a_definition_in_other_words_keeps_its_slot() {
    let r4 = Registry::r4();
    let old = param(r4, "Patient", "birthdate");
    let change = published(r4, r4.definition(old));
    let (registry, _) = with(vec![changed(change, json!({"base": ["Patient"], "expression": "Patient.birthDate"}))]);
    assert_eq!(param(&registry, "Patient", "birthdate"), old);
    assert_eq!(registry.definition(old).expression.as_deref(), Some("Patient.birthDate"));
    assert_eq!(registry.param(registry.resource_type("Person").unwrap(), "birthdate"), None);
    assert!(r4.answers(old, &registry) && registry.answers(old, r4));
}

#[test]
fn a_parameter_of_all_resources_reaches_every_type() {
    let common = changed(resource("l", "lang", "Resource.language"), json!({"base": ["Resource"]}));
    let domain = changed(resource("e", "ext", "DomainResource.extension.url"), json!({"base": ["DomainResource"]}));
    let (registry, problems) = with(vec![common, domain]);
    assert_eq!(problems, []);
    let having = |code| registry.types().filter(|&ty| registry.param(ty, code).is_some()).count();
    // Binary, Bundle and Parameters are no domain resources.
    assert_eq!((having("lang"), having("ext")), (146, 143));
}

#[test]
fn the_same_meaning_under_another_url_keeps_the_slot() {
    let r4 = Registry::r4();
    let same = changed(resource("us-gender", "gender", "Patient.gender"), json!({}));
    let (registry, problems) = with(vec![same]);
    assert_eq!(problems, []);
    assert_eq!(param(&registry, "Patient", "gender"), param(r4, "Patient", "gender"));
}

#[test]
fn another_meaning_under_another_url_takes_the_code_over_with_a_warning() {
    let other = changed(resource("my-gender", "gender", "Patient.extension.value"), json!({}));
    let (registry, problems) = with(vec![other]);
    let gender = registry.definition(param(&registry, "Patient", "gender"));
    assert_eq!(gender.url, url("my-gender"));
    let message = "`gender` of `Patient` is now defined by `http://example.org/SearchParameter/my-gender`, \
                   not by `http://hl7.org/fhir/SearchParameter/individual-gender`";
    assert_eq!(problems, [("redefined-parameter", message.to_owned())]);
}

#[test]
fn common_parameters_and_experimental_definitions_change_no_meaning() {
    let r4 = Registry::r4();
    let id = changed(resource("id", "_id", "Resource.meta.versionId"), json!({"base": ["Resource"]}));
    let trial = changed(resource("trial", "gender", "Patient.extension.value"), json!({"experimental": true}));
    let (registry, problems) = with(vec![id, trial]);
    assert_eq!(all_params(&registry), all_params(r4));
    let hl7 = "http://hl7.org/fhir/SearchParameter";
    let kept = [
        format!(
            "`_id` of `Account` and 145 more stays defined by `{hl7}/Resource-id`: `{}` may not redefine a common parameter",
            url("id"),
        ),
        format!("`gender` of `Patient` stays defined by `{hl7}/individual-gender`: `{}` is experimental", url("trial")),
    ];
    assert_eq!(problems, kept.map(|message| ("unused-parameter", message)));
}

#[test]
fn composites_find_their_parts_in_any_order_and_fail_without_them() {
    let composite = |definition: &str| {
        let part = |url: &str, path: &str| json!({"definition": url, "expression": path});
        let parts = [part(&url("city|2.0"), "city"), part(definition, "country")];
        changed(resource("place", "place", "Patient.address"), json!({"type": "composite", "component": parts}))
    };
    let country = "http://hl7.org/fhir/SearchParameter/individual-address-country";
    let city = || changed(resource("city", "home-city", "Patient.address.city"), json!({"type": "string"}));
    let (registry, problems) = with(vec![composite(country), city()]);
    assert_eq!(problems, []);
    let parts = registry.components(param(&registry, "Patient", "place"));
    let codes: Vec<_> = parts.iter().map(|part| part.definition.code.as_str()).collect();
    assert_eq!(codes, ["home-city", "address-country"]);

    let (registry, problems) = with(vec![composite("http://example.org/nowhere"), city()]);
    assert_eq!(registry.param(registry.resource_type("Patient").unwrap(), "place"), None);
    let message =
        "`http://example.org/nowhere`, a component of `http://example.org/SearchParameter/place`, is not defined";
    assert_eq!(problems, [("unknown-component", message.to_owned())]);
}

#[test]
fn unknown_types_are_named_with_the_nearest() {
    let wrong = json!({"base": ["Patient", "Pateint"], "type": "reference", "target": ["Group", "Grup"]});
    let wrong = changed(resource("x", "x", "Patient.extension.value"), wrong);
    let (_, diagnostics) = Registry::r4().with_params(vec![wrong]);
    let helps: Vec<_> = diagnostics.iter().map(|d| (d.code, d.help.as_deref().unwrap())).collect();
    assert_eq!(helps, [("unknown-type", "did you mean `Patient`?"), ("unknown-type", "did you mean `Group`?")]);
}

#[test]
fn targets_come_from_the_element_where_the_definition_has_none() {
    let reference = |expression| changed(resource("x", "x", expression), json!({"type": "reference"}));
    let of = |expression| targets(&with(vec![reference(expression)]).0, "Patient", "x");
    assert_eq!(of("Patient.managingOrganization"), ["Organization"]);
    assert_eq!(of("Patient.link.other.where(resolve() is RelatedPerson)"), ["RelatedPerson"]);
    assert_eq!(of("Patient.extension.where(url = 'a|b').value").len(), 145);
}
