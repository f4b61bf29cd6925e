//! Does an element hold more than extensions? Decides `:missing`. FHIR R4 `search.html#modifiers`.

use serde_json::Value;

/// Is there a value anywhere in the element, apart from its `id` and its extensions?
///
/// `{"extension": [...]}` alone is missing, `{"display": "only a display"}` is there.
pub(super) fn holds_value(element: &Value) -> bool {
    match element {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => items.iter().any(holds_value),
        Value::Object(members) => members.iter().any(|(name, value)| is_content(name) && holds_value(value)),
    }
}

/// `_birthDate` carries the id and the extensions of the primitive `birthDate`.
fn is_content(name: &str) -> bool {
    !matches!(name, "id" | "extension" | "modifierExtension") && !name.starts_with('_')
}

#[cfg(test)]
mod tests {
    use super::holds_value;
    use serde_json::json;

    #[test]
    fn only_content_counts() {
        let table = [
            (json!(null), false),
            (json!(false), true),
            (json!({}), false),
            (json!({"id": "a", "extension": [{"url": "u", "valueCode": "unknown"}]}), false),
            (json!({"_start": {"extension": [{"url": "u", "valueCode": "unknown"}]}}), false),
            (json!({"unit": "mg"}), true),
            (json!({"low": {"extension": [{"url": "u", "valueString": "s"}]}}), false),
            (json!([null, {"coding": [{"code": "a"}]}]), true),
        ];
        for (element, expected) in table {
            assert_eq!(holds_value(&element), expected, "{element}");
        }
    }
}
