//! Whether an element is there: `:missing`, `pr`. FHIR R4 3.1.1.4.4; items 106 to 108.

use serde_json::Value;

use crate::reference::path::Element;

/// Does it hold more than extensions (item 106)? So a Period without bounds is missing (decision 12).
pub(in crate::reference) fn is_present(element: &Element<'_>) -> bool {
    element.json.is_some_and(has_content)
}

/// Something beside ids, extensions and empty shells of both.
fn has_content(json: &Value) -> bool {
    match json {
        Value::Null => false,
        Value::Object(members) => members.iter().any(|(name, member)| !is_extra(name) && has_content(member)),
        Value::Array(list) => list.iter().any(has_content),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

fn is_extra(name: &str) -> bool {
    matches!(name, "id" | "extension" | "modifierExtension") || name.starts_with('_')
}
