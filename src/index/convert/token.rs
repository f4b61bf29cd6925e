//! Tokens: codes, identifiers, contact points, Booleans. FHIR R4 `search.html#token`.

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::string::text_rows;
use super::{Line, Values, items, present};
use crate::index::warning::Problem;
use crate::keys::Facet;
use crate::values::{SPECIAL_VALUES, fold_code};

/// | data type | system | code | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("code", code),                  // the binding's | itself     | 57
    ("Coding", coding),              // system        | code       | 56, 57, 62
    ("CodeableConcept", concept),    // of each coding             | 61, 62
    ("Identifier", identifier),      // system        | value      | 59, 71
    ("ContactPoint", contact_point), // none          | value      | 59, 60
    ("boolean", boolean),            // special       | true,false | 59, 75
    ("string", plain),               // none          | itself     | 58
    ("id", plain),
    ("uri", plain),
    ("url", plain),
    ("canonical", plain),
    ("oid", plain),
    ("uuid", plain),
];

fn code(element: &Value, values: &mut Values<'_>) {
    if let Some(code) = values.text(element) {
        push(values, Facet::Value, values.system, Some(code));
    }
}

fn plain(element: &Value, values: &mut Values<'_>) {
    if let Some(text) = values.text(element) {
        push(values, Facet::Value, None, Some(text));
    }
}

fn boolean(element: &Value, values: &mut Values<'_>) {
    match element {
        Value::Bool(truth) => truth_value(*truth, values),
        other => values.complain(Problem::wrong_type("true or false", other)),
    }
}

/// The token of a Boolean, stored or computed.
pub(in crate::index) fn truth_value(truth: bool, values: &mut Values<'_>) {
    push(values, Facet::Value, Some(SPECIAL_VALUES), Some(if truth { "true" } else { "false" }));
}

fn coding(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    let system = values.member_text(element, "system");
    let code = values.member_text(element, "code");
    push(values, Facet::Value, system, code);
    if let Some(display) = values.member_text(element, "display") {
        text_rows(display, Facet::Text, values);
    }
}

fn concept(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    items(element, "coding").for_each(|item| coding(item, values));
    if let Some(text) = values.member_text(element, "text") {
        text_rows(text, Facet::Text, values);
    }
}

fn identifier(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    identifier_value(element, Facet::Value, values);
    let Some(ty) = present(element, "type") else { return };
    if let Some(text) = values.member_text(ty, "text") {
        text_rows(text, Facet::Text, values);
    }
    let Some(value) = element.get("value").and_then(Value::as_str) else { return };
    for kind in items(ty, "coding") {
        let system = values.member_text(kind, "system");
        let Some(code) = values.member_text(kind, "code") else { continue };
        let cells = [cells(system, code), cells(None, value)].concat();
        values.push_pair(Facet::OfType, cells);
    }
}

/// The token of an identifier under `facet`: its own parameter's value, or a reference's `:identifier`.
pub(super) fn identifier_value(element: &Value, facet: Facet, values: &mut Values<'_>) {
    let system = values.member_text(element, "system");
    let value = values.member_text(element, "value");
    push(values, facet, system, value);
}

fn contact_point(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    let value = values.member_text(element, "value");
    push(values, Facet::Value, None, value);
}

/// A system without a code is a value too: `system|` finds it (item 56). The code is empty, which no search asks for.
fn push(values: &mut Values<'_>, facet: Facet, system: Option<&str>, code: Option<&str>) {
    if system.is_none() && code.is_none() {
        return;
    }
    values.push(facet, Base::Token, cells(system, code.unwrap_or_default()));
}

fn cells(system: Option<&str>, code: &str) -> Vec<Cell> {
    let folded = fold_code(code);
    let exact = if folded == code { String::new() } else { code.to_owned() };
    vec![Cell::Text(folded), Cell::System(system.map(str::to_owned)), Cell::Text(exact)]
}
