//! `meta.versionId` and `meta.lastUpdated` of a resource. FHIR R4 2.26.3.

use super::InvalidMeta;
use crate::values::{DatePrecision, DateValue, Zone, parse_date};
use serde_json::{Map, Value as Json};

/// `meta.lastUpdated` as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) text: String,
    /// Microseconds since 1970 UTC.
    pub(crate) micros: i64,
    /// Whether digits finer than a microsecond were cut.
    pub(crate) cut: bool,
}

/// The `meta.lastUpdated` of a resource that was written elsewhere, if it has one.
pub(crate) fn given_updated(body: &Json, zone: &Zone) -> Result<Option<Given>, InvalidMeta> {
    let body = body.as_object().ok_or(InvalidMeta::NoObject)?;
    let Some(meta) = body.get("meta") else { return Ok(None) };
    let Some(updated) = meta.as_object().ok_or(InvalidMeta::NoMeta)?.get("lastUpdated") else { return Ok(None) };
    let refused = || InvalidMeta::NoInstant { text: updated.to_string().chars().take(60).collect() };
    let text = updated.as_str().ok_or_else(refused)?;
    let date = parse_date(text, zone).map_err(|_| refused())?;
    let is_instant = |date: &DateValue| date.precision >= DatePrecision::Second && !date.blank_sign;
    if !is_instant(&date) {
        return Err(refused());
    }
    Ok(Some(Given { text: text.to_owned(), micros: date.interval.start(), cut: date.cut }))
}

/// Whether a loaded resource can be written with its `meta`.
pub(crate) fn check_meta(body: &Json, zone: &Zone) -> Result<(), InvalidMeta> {
    given_updated(body, zone).map(|_| ())
}

/// Sets both elements, each where it stood before, else in front. The caller has made sure that `meta` is an object.
pub(crate) fn set(body: &mut Json, version: i64, updated: &str) {
    let Json::Object(body) = body else { return };
    if !body.contains_key("meta") {
        // Behind `resourceType` and `id`, where people look for it.
        body.shift_insert(body.len().min(2), "meta".to_owned(), Json::Object(Map::new()));
    }
    let Some(Json::Object(meta)) = body.get_mut("meta") else { return };
    put(meta, "lastUpdated", updated.to_owned());
    put(meta, "versionId", version.to_string());
}

fn put(meta: &mut Map<String, Json>, name: &str, value: String) {
    match meta.get_mut(name) {
        Some(known) => *known = Json::String(value),
        None => {
            meta.shift_insert(0, name.to_owned(), Json::String(value));
        }
    }
}

/// Whether two resources hold the same but for the version, and for `meta.lastUpdated` where `or_updated`.
/// The order of the members of an object does not count.
pub(crate) fn same_content(mut a: Json, mut b: Json, or_updated: bool) -> bool {
    for body in [&mut a, &mut b] {
        if let Some(Json::Object(meta)) = body.get_mut("meta") {
            meta.shift_remove("versionId");
            if or_updated {
                meta.shift_remove("lastUpdated");
            }
        }
    }
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn meta_stands_behind_the_id() {
        let mut body = json!({"resourceType": "Patient", "id": "a", "active": true});
        set(&mut body, 2, "2020-01-01T00:00:00Z");
        let text = r#"{"resourceType":"Patient","id":"a","meta":{"versionId":"2","lastUpdated":"2020-01-01T00:00:00Z"},"active":true}"#;
        assert_eq!(body.to_string(), text);
        set(&mut body, 3, "2021-01-01T00:00:00Z");
        assert_eq!(body.to_string(), text.replace("\"2\"", "\"3\"").replace("2020", "2021"));
    }

    #[test]
    fn only_instants_are_kept() {
        let given = |updated: Json| given_updated(&json!({"meta": {"lastUpdated": updated}}), &Zone::UTC);
        assert_eq!(given(json!("1970-01-01T01:00:01.5+01:00")).unwrap().unwrap().micros, 1_500_000);
        assert!(given(json!("1970-01-01T00:00:00.1234567Z")).unwrap().unwrap().cut);
        for bad in [json!("2020"), json!("2020-01-01"), json!("2020-01-01T10:00Z"), json!("soon"), json!(1)] {
            assert!(matches!(given(bad.clone()), Err(InvalidMeta::NoInstant { .. })), "{bad}");
        }
        assert_eq!(given_updated(&json!({"meta": 1}), &Zone::UTC), Err(InvalidMeta::NoMeta));
        assert_eq!(given_updated(&json!([]), &Zone::UTC), Err(InvalidMeta::NoObject));
        assert_eq!(given_updated(&json!({"meta": {}}), &Zone::UTC), Ok(None));
    }

    #[test]
    fn numbers_are_compared_as_written() {
        let value = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        assert!(same_content(value(r#"{"a":1.50,"b":2}"#), value(r#"{"b":2,"a":1.50}"#), false));
        assert!(!same_content(value(r#"{"a":1.50}"#), value(r#"{"a":1.5}"#), false));
    }
}
