//! Cuts resources down to the parts that were asked for. FHIR R4 3.1.1.5.8 and 3.1.1.5.9.

use crate::definitions::{ElementInfo, Registry, ResourceType};
use crate::ir::Shape;
use serde_json::{Map, Value as Json, json};

/// The code that marks a resource of which parts are missing (item 142).
const SUBSETTED: &str = "SUBSETTED";

/// The code system it is from.
const OBSERVATION_VALUE: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

/// The parts of a resource that `shape` asks for, as JSON. Numbers stay as they were written.
pub(super) fn cut(registry: &Registry, shape: &Shape, ty: ResourceType, body: String) -> String {
    if *shape == Shape::Whole {
        return body;
    }
    let name = registry.type_name(ty);
    let always = |element: &ElementInfo| matches!(element.name, "id" | "meta") || element.mandatory;
    let Ok(Json::Object(mut resource)) = serde_json::from_str(&body) else { return body };
    match shape {
        Shape::Whole => {}
        Shape::Summary => summarise(registry, name, &mut resource),
        Shape::Text => keep(registry, name, &mut resource, |e| always(e) || e.name == "text"),
        Shape::Data => {
            resource.shift_remove("text");
        }
        Shape::Elements(lists) => {
            let Some(list) = lists.iter().find(|list| list.ty == ty) else { return body };
            let named = |e: &ElementInfo| list.names.iter().any(|name| name == e.name);
            keep(registry, name, &mut resource, |e| always(e) || e.modifier || named(e));
        }
    }
    mark(&mut resource);
    Json::Object(resource).to_string()
}

/// Keeps the elements of an object that pass. What the model does not know goes too.
fn keep(registry: &Registry, ty: &str, object: &mut Map<String, Json>, passes: impl Fn(&ElementInfo) -> bool) {
    object.retain(|key, _| key == "resourceType" || element(registry, ty, key).is_some_and(|(e, _)| passes(e)));
}

/// Keeps what belongs to the summary, at every depth, and what is mandatory or a modifier there, so that what is left
/// is valid and says no more than it did. A resource within the resource stays whole, and so does an extension: what it
/// says is in parts that no summary names, and a modifier extension without its value would mean something else.
fn summarise(registry: &Registry, ty: &str, object: &mut Map<String, Json>) {
    keep(registry, ty, object, |e| {
        let of_any_element = !registry.is_a(ty, "Resource") && matches!(e.name, "id" | "extension");
        e.summary || e.mandatory || e.modifier || of_any_element
    });
    for (key, value) in object.iter_mut() {
        let Some((_, inner)) = element(registry, ty, key) else { continue };
        let values = match value {
            Json::Array(values) => values.as_mut_slice(),
            value => std::slice::from_mut(value),
        };
        // The twin of a primitive element, `_birthDate`, holds its id and extensions alone.
        for value in values.iter_mut().filter_map(Json::as_object_mut).filter(|_| !key.starts_with('_')) {
            if !matches!(inner, "Resource" | "Extension") {
                summarise(registry, inner, value);
            }
        }
    }
}

/// The element of type `ty` that a key in JSON stands for, and the type that the key says it has. The key of a
/// primitive element may have a twin with `_` before it.
fn element<'r>(registry: &'r Registry, ty: &str, key: &str) -> Option<(&'r ElementInfo, &'r str)> {
    let name = key.strip_prefix('_').unwrap_or(key);
    registry.elements(ty).find_map(|element| {
        let variant = element.variants.iter().find(|variant| variant.json_name == name)?;
        Some((element, variant.ty))
    })
}

/// Marks a resource as incomplete.
fn mark(resource: &mut Map<String, Json>) {
    let meta = resource.entry("meta").or_insert_with(|| json!({}));
    let Some(tags) = meta.as_object_mut().map(|meta| meta.entry("tag").or_insert_with(|| json!([]))) else { return };
    if let Some(tags) = tags.as_array_mut()
        && !tags.iter().any(|tag| tag["code"] == SUBSETTED && tag["system"] == OBSERVATION_VALUE)
    {
        tags.push(json!({ "system": OBSERVATION_VALUE, "code": SUBSETTED }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Elements;

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","text":{"status":"generated","div":"<div>x</div>"},
        "active":true,"_birthDate":{"extension":[{"url":"http://e.org/t","valueCode":"a"}]},"birthDate":"1980",
        "name":[{"id":"n","family":"A"}],"maritalStatus":{"text":"m"},
        "modifierExtension":[{"url":"http://e.org/m","valueBoolean":true}],
        "contact":[{"name":{"family":"C"}}],"link":[{"other":{"reference":"Patient/q"},"type":"refer"}]}"#;

    fn keys(shape: &Shape, body: &str) -> (Vec<String>, Json) {
        let r4 = Registry::r4();
        let whole: Json = serde_json::from_str(body).unwrap();
        let ty = r4.resource_type(whole["resourceType"].as_str().unwrap()).unwrap();
        let json: Json = serde_json::from_str(&cut(r4, shape, ty, body.to_owned())).unwrap();
        (json.as_object().unwrap().keys().cloned().collect(), json)
    }

    #[test]
    fn a_summary_keeps_its_elements_at_every_depth() {
        let (found, json) = keys(&Shape::Summary, PATIENT);
        assert_eq!(
            found,
            ["resourceType", "id", "active", "_birthDate", "birthDate", "name", "modifierExtension", "link", "meta"]
        );
        assert_eq!(json["modifierExtension"][0]["valueBoolean"], true);
        assert_eq!(json["name"][0], json!({"id": "n", "family": "A"}));
        assert_eq!(json["meta"]["tag"][0]["code"], SUBSETTED);
        let binary = r#"{"resourceType":"DocumentReference","status":"current",
            "content":[{"attachment":{"data":"AAAA","title":"t"},"format":{"code":"f"}}]}"#;
        let (_, json) = keys(&Shape::Summary, binary);
        assert_eq!(json["content"][0], json!({"attachment": {"title": "t"}, "format": {"code": "f"}}));
    }

    #[test]
    fn text_and_data_are_the_narrative_and_the_rest() {
        let observation = r#"{"resourceType":"Observation","meta":{"tag":[{"code":"x"}]},"text":{"div":"d"},
            "status":"final","code":{"text":"c"},"valueQuantity":{"value":1.50}}"#;
        let (found, json) = keys(&Shape::Text, observation);
        assert_eq!(found, ["resourceType", "meta", "text", "status", "code"]);
        assert_eq!(json["meta"]["tag"].as_array().unwrap().len(), 2);
        let (found, json) = keys(&Shape::Data, observation);
        assert_eq!(found, ["resourceType", "meta", "status", "code", "valueQuantity"]);
        assert_eq!(json["valueQuantity"]["value"].to_string(), "1.50");
    }

    #[test]
    fn elements_keep_what_is_mandatory_or_a_modifier() {
        let r4 = Registry::r4();
        let ty = r4.resource_type("Patient").unwrap();
        let shape = Shape::Elements(vec![Elements { ty, names: vec!["birthDate".to_owned()] }]);
        let (found, _) = keys(&shape, PATIENT);
        assert_eq!(
            found,
            ["resourceType", "id", "active", "_birthDate", "birthDate", "modifierExtension", "link", "meta"]
        );
        let other = r#"{"resourceType":"Group","type":"person","actual":true,"quantity":3}"#;
        assert_eq!(keys(&shape, other).0, ["resourceType", "type", "actual", "quantity"]);
    }

    #[test]
    fn a_choice_is_named_without_its_type() {
        let r4 = Registry::r4();
        let ty = r4.resource_type("Observation").unwrap();
        let shape = Shape::Elements(vec![Elements { ty, names: vec!["value".to_owned()] }]);
        let body = r#"{"resourceType":"Observation","status":"final","code":{},"valueString":"v","issued":"2020"}"#;
        assert_eq!(keys(&shape, body).0, ["resourceType", "status", "code", "valueString", "meta"]);
        let twice = cut(r4, &shape, ty, cut(r4, &shape, ty, body.to_owned()));
        assert_eq!(twice, cut(r4, &shape, ty, body.to_owned()));
    }
}
