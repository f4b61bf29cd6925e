//! The type model of R4.

use super::super::{Registry, TypeKind};

/// The JSON names and types of an element.
fn variants<'a>(r4: &'a Registry, ty: &str, name: &str) -> Vec<(&'a str, &'a str)> {
    r4.element(ty, name).unwrap().variants.iter().map(|v| (v.json_name.as_ref(), v.ty)).collect()
}

#[test]
fn a_choice_has_a_json_name_per_type() {
    let r4 = Registry::r4();
    let value = r4.element("Observation", "value").unwrap();
    assert!(value.choice && !value.repeats);
    assert_eq!(value.variants.len(), 11);
    assert_eq!(variants(r4, "Patient", "deceased"), [("deceasedBoolean", "boolean"), ("deceasedDateTime", "dateTime")]);
}

#[test]
fn elements_carry_the_marks_of_the_specification() {
    let r4 = Registry::r4();
    let marks = |ty, name| {
        let element = r4.element(ty, name).unwrap();
        (element.repeats, element.mandatory, element.modifier, element.summary)
    };
    assert_eq!(marks("Patient", "link"), (true, false, true, true));
    assert_eq!(marks("Patient.link", "other"), (false, true, false, true));
    assert_eq!(marks("Patient", "contact"), (true, false, false, false));
    assert_eq!(marks("Observation", "status"), (false, true, true, true));
    assert_eq!(marks("Observation", "value"), (false, false, false, true));
    assert_eq!(marks("Patient", "modifierExtension"), (true, false, true, false));
    assert_eq!(marks("Attachment", "data"), (false, false, false, false));
}

#[test]
fn elements_are_inherited() {
    let r4 = Registry::r4();
    assert_eq!(variants(r4, "Patient", "id"), [("id", "string")]);
    assert_eq!(variants(r4, "Patient", "meta"), [("meta", "Meta")]);
    assert_eq!(variants(r4, "Patient", "contained"), [("contained", "Resource")]);
    assert_eq!(variants(r4, "HumanName", "extension"), [("extension", "Extension")]);
    assert_eq!(variants(r4, "Patient.contact", "modifierExtension"), [("modifierExtension", "Extension")]);
    assert_eq!(variants(r4, "Age", "unit"), [("unit", "string")]);
    assert!(r4.element("Binary", "text").is_none());
    assert!(r4.is_a("Age", "Quantity") && r4.is_a("Patient", "Resource") && !r4.is_a("Bundle", "DomainResource"));
    assert_eq!(r4.elements("Meta").count(), 6 + 2);
}

#[test]
fn nested_elements_are_types_named_by_their_path() {
    let r4 = Registry::r4();
    assert_eq!(variants(r4, "Observation", "component"), [("component", "Observation.component")]);
    assert_eq!(r4.type_info("Observation.component").unwrap().kind, TypeKind::Part);
    // Content references: the element is defined elsewhere.
    assert_eq!(
        variants(r4, "Observation.component", "referenceRange"),
        [("referenceRange", "Observation.referenceRange")]
    );
    assert_eq!(variants(r4, "Bundle.entry", "link"), [("link", "Bundle.link")]);
}

#[test]
fn references_know_their_targets() {
    let r4 = Registry::r4();
    let targets = |ty, name| -> Vec<&str> {
        let variant = r4.element(ty, name).unwrap().variants.first().unwrap();
        variant.targets.iter().map(|ty| r4.type_name(ty)).collect()
    };
    assert_eq!(targets("Patient", "managingOrganization"), ["Organization"]);
    assert_eq!(targets("StructureDefinition", "baseDefinition"), ["StructureDefinition"]);
    assert_eq!(targets("Patient", "name"), [""; 0]);
    assert_eq!(targets("Observation", "focus").len(), 145);
}

#[test]
fn a_required_binding_to_one_code_system_names_it() {
    let r4 = Registry::r4();
    let system = |ty, name| r4.element(ty, name).unwrap().system;
    assert_eq!(system("Patient", "gender"), Some("http://hl7.org/fhir/administrative-gender"));
    assert_eq!(system("HumanName", "use"), Some("http://hl7.org/fhir/name-use"));
    assert_eq!(system("Attachment", "contentType"), Some("urn:ietf:bcp:13"));
    // Two code systems; a binding that is not required; an element that carries its system itself.
    assert_eq!(system("Task", "intent"), None);
    assert_eq!(system("Resource", "language"), None);
    assert_eq!(system("Patient", "maritalStatus"), None);
    assert_eq!(r4.case_sensitive("http://hl7.org/fhir/administrative-gender"), Some(true));
    assert_eq!(r4.case_sensitive("http://snomed.info/sct"), Some(false));
    assert_eq!(r4.case_sensitive("http://example.org/unknown"), None);
}

#[test]
fn every_type_that_is_named_is_known() {
    let r4 = Registry::r4();
    let model = &r4.facts.model;
    for info in model.types.values() {
        let named = info.elements.iter().flat_map(|element| &element.variants).map(|variant| variant.ty);
        for name in named.chain(info.parent) {
            assert!(model.types.contains_key(name), "{name} in {}", info.name);
        }
        assert!(info.elements.iter().all(|element| element.choice || element.variants.len() == 1), "{}", info.name);
    }
    assert_eq!(r4.types().count(), 146);
    assert_eq!((r4.resource_type_of_code(0), r4.resource_type_of_code(147)), (None, None));
    for ty in r4.types() {
        assert_eq!(r4.resource_type(r4.type_name(ty)), Some(ty));
        assert_eq!(r4.resource_type_of_code(ty.code()), Some(ty));
        assert_eq!(r4.type_info(r4.type_name(ty)).map(|info| info.kind), Some(TypeKind::Resource));
    }
}

#[test]
fn names_that_are_no_resource_type_are_none() {
    let r4 = Registry::r4();
    for name in ["", "patient", "Resource", "DomainResource", "HumanName", "Patient.contact"] {
        assert_eq!(r4.resource_type(name), None, "{name}");
    }
    assert!(r4.element("Patient", "nosuch").is_none() && r4.element("Nosuch", "id").is_none());
}
