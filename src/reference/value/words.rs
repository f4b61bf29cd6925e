//! Words of a narrative and of a whole resource: `_text`, `_content`. FHIR R4 3.1.1.4.20; decision 114.

use serde_json::Value;

use crate::definitions::Registry;
use crate::values::{plain_text, words};

/// The words that a resource has for the parameter `code`.
pub(in crate::reference) fn stored(registry: &Registry, code: &str, ty: &'static str, json: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    match code {
        "_text" => {
            texts.extend(json.get("text").and_then(|text| text.get("div")).and_then(Value::as_str).map(plain_text));
        }
        _ => collect(registry, ty, json, &mut texts),
    }
    texts.iter().flat_map(|text| words(text)).collect()
}

/// The texts in an object of type `ty`: what the model calls string, markdown or xhtml, but for ids and references.
fn collect(registry: &Registry, ty: &str, json: &Value, texts: &mut Vec<String>) {
    for (key, value) in json.as_object().into_iter().flatten() {
        let inner = match key.strip_prefix('_') {
            Some(_) => Some("Element"),
            None => {
                let mut variants = registry.elements(ty).flat_map(|element| &element.variants);
                variants.find(|variant| variant.json_name == *key).map(|variant| variant.ty)
            }
        };
        for value in items(value) {
            match (inner, value) {
                (Some("string"), _) if key == "id" || ty == "Reference" && key == "reference" => {}
                (Some("string" | "markdown"), Value::String(text)) => texts.push(text.clone()),
                (Some("xhtml"), Value::String(text)) => texts.push(plain_text(text)),
                (Some("Resource"), _) => {
                    let ty = value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
                    collect(registry, ty, value, texts);
                }
                (Some(inner), _) => collect(registry, inner, value, texts),
                (None, _) => {}
            }
        }
    }
}

/// What a member holds: the items of a list, and of lists in it, or one value.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().flat_map(items).collect(),
        one => vec![one],
    }
}
