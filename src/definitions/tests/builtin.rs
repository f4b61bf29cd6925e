//! FHIR R4's own parameters.

use std::time::{Duration, Instant};

use super::super::expression::branches;
use super::super::{ParamType, Registry, reads};
use super::{param, targets};

#[test]
fn every_line_of_the_facts_is_read() {
    let none: [&str; 0] = [];
    assert_eq!(Registry::r4().facts.unread, none);
}

#[test]
fn all_parameters_of_the_specification_are_there() {
    let r4 = Registry::r4();
    let count = |ty| r4.definitions().filter(|param| param.ty == ty).count();
    assert_eq!(r4.definitions().count(), 1375);
    assert_eq!(count(ParamType::Token), 536);
    assert_eq!(count(ParamType::Reference), 472);
    assert_eq!(count(ParamType::String), 133);
    assert_eq!(count(ParamType::Date), 109);
    assert_eq!(count(ParamType::Composite), 46);
    assert_eq!(count(ParamType::Uri), 45);
    assert_eq!(count(ParamType::Quantity), 27);
    assert_eq!(count(ParamType::Number), 6);
    let special: Vec<_> = r4.definitions().filter(|param| param.ty == ParamType::Special).map(|p| &p.code).collect();
    assert_eq!(special, ["near"]);
    let pathless: Vec<_> = r4.definitions().filter(|param| param.expression.is_none()).map(|p| &p.code).collect();
    assert_eq!(pathless, ["_text", "_content", "_query"]);
}

#[test]
fn every_base_and_code_leads_to_its_definition() {
    let r4 = Registry::r4();
    let mut pairs = 0;
    for definition in r4.definitions() {
        for base in &definition.bases {
            pairs += 1;
            for ty in r4.facts.model.concrete(base).iter() {
                let id = r4.param(ty, &definition.code).unwrap();
                assert_eq!(r4.definition(id), definition);
            }
        }
    }
    assert_eq!(pairs, 1706);
}

#[test]
fn every_expression_speaks_of_each_of_its_bases() {
    let r4 = Registry::r4();
    let mut relative = Vec::new();
    for id in r4.types().flat_map(|ty| r4.params(ty)) {
        let (name, definition) = (r4.type_name(id.ty()), r4.definition(id));
        let branches = branches(&r4.facts.model, name, definition.expression.as_deref().unwrap_or_default());
        assert_eq!(branches.is_empty(), definition.expression.is_none(), "{} of {name}", definition.url);
        for branch in branches {
            let first = branch.trim_start_matches('(').split(['.', ' ', ')']).next().unwrap();
            if !r4.is_a(name, first) {
                relative.push((definition.url.rsplit('/').next().unwrap(), branch));
            }
        }
    }
    // HL7 has left out the type there.
    assert_eq!(relative, [("InsurancePlan-name", "name"), ("InsurancePlan-name", "alias")]);
}

#[test]
fn every_component_is_defined_for_the_type() {
    let r4 = Registry::r4();
    let mut parts = 0;
    for ty in r4.types() {
        for id in r4.params(ty) {
            let definition = r4.definition(id);
            assert_eq!(r4.components(id).len(), definition.components.len(), "{}", definition.url);
            for part in r4.components(id) {
                parts += 1;
                let own = r4.param(ty, &part.definition.code).map(|id| r4.definition(id));
                assert_eq!(own, Some(part.definition.as_ref()), "{}", definition.url);
                assert!(!matches!(part.ty(), ParamType::Composite | ParamType::Special), "{}", definition.url);
            }
        }
    }
    // 44 definitions of one type, two of 14 types; four have three parts.
    assert_eq!(parts, 2 * 40 + 3 * 4 + 2 * 28);
}

#[test]
fn swapped_expressions_of_document_relationship_change_places() {
    let r4 = Registry::r4();
    let id = param(r4, "DocumentReference", "relationship");
    let parts: Vec<_> = r4.components(id).iter().map(|p| (p.definition.code.as_str(), p.expression.as_str())).collect();
    assert_eq!(parts, [("relatesto", "target"), ("relation", "code")]);
}

#[test]
fn only_one_composite_is_mended() {
    let r4 = Registry::r4();
    let mended: Vec<_> = r4
        .types()
        .flat_map(|ty| r4.params(ty))
        .filter(|&id| {
            let published = r4.definition(id).components.iter().map(|part| &part.expression);
            !published.eq(r4.components(id).iter().map(|part| &part.expression))
        })
        .map(|id| r4.definition(id).url.as_str())
        .collect();
    assert_eq!(mended, ["http://hl7.org/fhir/SearchParameter/DocumentReference-relationship"]);
}

#[test]
fn targets_are_those_of_the_definition_less_those_shut_out() {
    let r4 = Registry::r4();
    assert_eq!(targets(r4, "Observation", "subject"), ["Device", "Group", "Location", "Patient"]);
    // clinical-patient names Group too, but its branch for Observation ends in `where(resolve() is Patient)`.
    assert_eq!(targets(r4, "Observation", "patient"), ["Patient"]);
    assert_eq!(targets(r4, "Patient", "identifier"), [""; 0]);
    // Reference(Any): all 146 types but Parameters.
    assert_eq!(targets(r4, "Observation", "focus").len(), 145);
    // The only definition without targets; its element is a canonical of any type.
    assert_eq!(targets(r4, "RequestGroup", "instantiates-canonical").len(), 145);
    for id in r4.types().flat_map(|ty| r4.params(ty)) {
        let definition = r4.definition(id);
        assert_eq!(r4.targets(id).is_empty(), definition.ty != ParamType::Reference, "{}", definition.url);
    }
}

#[test]
fn slots_are_common_then_domain_then_own_by_code() {
    let r4 = Registry::r4();
    let codes = |ty: &str| -> Vec<&str> {
        let ty = r4.resource_type(ty).unwrap();
        r4.params(ty).map(|id| r4.definition(id).code.as_str()).collect()
    };
    let common = ["_content", "_id", "_lastUpdated", "_profile", "_query", "_security", "_source", "_tag"];
    assert_eq!(codes("Binary"), common);
    assert_eq!(codes("Flag")[..8], common);
    assert_eq!(codes("Flag")[8..], ["_text", "author", "date", "encounter", "identifier", "patient", "subject"]);
    let birthdate = param(r4, "Patient", "birthdate");
    assert_eq!((birthdate.ty(), usize::from(birthdate.slot())), (r4.resource_type("Patient").unwrap(), 16));
}

#[test]
fn compartments_name_reference_parameters_of_their_members() {
    let r4 = Registry::r4();
    let names: Vec<_> = r4.compartments().map(|compartment| r4.type_name(compartment.centre)).collect();
    assert_eq!(names, ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]);
    for compartment in r4.compartments() {
        for (ty, codes) in compartment.members() {
            for code in codes {
                let id = r4.param(ty, code).unwrap_or_else(|| panic!("{} has no {code}", r4.type_name(ty)));
                assert_eq!(r4.definition(id).ty, ParamType::Reference);
            }
        }
    }
    let patient = r4.compartment("Patient").unwrap();
    assert_eq!(patient.params(r4.resource_type("Observation").unwrap()), ["subject", "performer"]);
    assert_eq!(patient.params(r4.resource_type("Medication").unwrap()), [""; 0]);
    assert!(!patient.centre_is_member());
    assert!(r4.compartment("Encounter").unwrap().centre_is_member());
    assert!(r4.compartment("Observation").is_none());
}

#[test]
fn mistyped_names_have_a_nearest_one() {
    let r4 = Registry::r4();
    let patient = r4.resource_type("Patient").unwrap();
    assert_eq!(r4.nearest_param(patient, "brithdate"), Some("birthdate"));
    assert_eq!(r4.nearest_param(patient, "wholly-unknown"), None);
    assert_eq!(r4.nearest_type("patient"), Some("Patient"));
    assert_eq!(r4.nearest_type("Observations"), Some("Observation"));
}

#[test]
fn plain_paths_end_at_data_types_that_the_parameter_reads() {
    let r4 = Registry::r4();
    let model = &r4.facts.model;
    let mut strange = Vec::new();
    for ty in r4.types() {
        for id in r4.params(ty) {
            let definition = r4.definition(id);
            for branch in branches(model, r4.type_name(ty), definition.expression.as_deref().unwrap_or_default()) {
                let Some(steps) = super::super::expression::plain_steps(model, branch) else { continue };
                let found = model.walk(r4.type_name(ty), &steps);
                if !steps.is_empty() && !found.iter().any(|variant| reads(definition.ty, variant.ty)) {
                    strange.push((definition.url.as_str(), branch));
                }
            }
        }
    }
    assert_eq!(strange, []);
}

#[test]
fn the_definitions_load_in_the_blink_of_an_eye() {
    let load = || {
        let start = Instant::now();
        let registry = Registry::from_text(Registry::r4().version(), include_str!("../../../definitions/r4.txt"));
        assert_eq!(registry.types().count(), 146);
        start.elapsed()
    };
    // The fastest of several, with room for a busy machine: this catches a load that became slow by orders.
    let fastest = (0..5).map(|_| load()).min().unwrap();
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
}
