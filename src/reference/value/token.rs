//! Tokens: a code and the system it is from. FHIR R4 3.1.1.4.9; items 56 to 75.

use serde_json::Value;

use super::Stored;
use super::string::Text;
use crate::ir::{CodeCase, SystemTest, TokenTest};
use crate::reference::path::{Element, listed, text};
use crate::values::fold_code;

/// The system of `true` and `false` (item 59).
const SPECIAL_VALUES: &str = "http://hl7.org/fhir/special-values";

/// One coding, identifier or plain code.
#[derive(Clone, Debug)]
pub(in crate::reference) struct Token {
    /// The system that the element itself carries.
    system: Option<String>,
    /// The system that its definition gives a code without a place for one (decision 57).
    implied: Option<&'static str>,
    /// The code.
    pub(in crate::reference) code: Option<String>,
}

/// The tokens of an element.
pub(super) fn stored(element: &Element<'_>) -> Vec<Token> {
    let json = element.json;
    match element.datatype {
        "code" => plain(element.text(), element.bound_system()),
        "boolean" => {
            let code = json.and_then(Value::as_bool).map(|truth| if truth { "true" } else { "false" });
            plain(code, Some(SPECIAL_VALUES))
        }
        "Coding" => json.and_then(coding).into_iter().collect(),
        "CodeableConcept" => json.map(codings).unwrap_or_default(),
        "Identifier" => json.and_then(identifier).into_iter().collect(),
        // Its `system` says what kind of address it is, not where the code is from.
        "ContactPoint" => plain(element.get("value").and_then(text), None),
        "id" | "string" | "uri" | "oid" | "uuid" | "url" | "canonical" => plain(element.text(), None),
        _ => Vec::new(),
    }
}

fn plain(code: Option<&str>, implied: Option<&'static str>) -> Vec<Token> {
    code.map(|code| Token { system: None, implied, code: Some(code.to_owned()) }).into_iter().collect()
}

/// `system` and `code` of a Coding, from one coding (item 61); `None` if it has neither.
fn coding(json: &Value) -> Option<Token> {
    token(json, "code")
}

fn codings(concept: &Value) -> Vec<Token> {
    listed(concept.get("coding")).iter().filter_map(coding).collect()
}

/// `system` and `value` of an Identifier.
pub(super) fn identifier(json: &Value) -> Option<Token> {
    token(json, "value")
}

fn token(json: &Value, code: &str) -> Option<Token> {
    let member = |name: &str| json.get(name).and_then(text).map(str::to_owned);
    let (system, code) = (member("system"), member(code));
    (system.is_some() || code.is_some()).then_some(Token { system, implied: None, code })
}

/// The texts that stand beside the code: `:text` (item 62).
pub(in crate::reference) fn texts(element: &Element<'_>) -> Vec<Text> {
    let Some(json) = element.json else { return Vec::new() };
    let text = |json: &Value, name: &str| json.get(name).and_then(Value::as_str).map(Text::plain);
    match element.datatype {
        "Coding" => text(json, "display").into_iter().collect(),
        "CodeableConcept" => {
            let codings = listed(json.get("coding"));
            text(json, "text").into_iter().chain(codings.iter().filter_map(|coding| text(coding, "display"))).collect()
        }
        "Identifier" => json.get("type").and_then(|ty| text(ty, "text")).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Type and value of an Identifier, for `:of-type` (item 71): the values of the two parts.
pub(in crate::reference) fn of_type(element: &Element<'_>) -> Option<Vec<Vec<Stored>>> {
    if element.datatype != "Identifier" {
        return None;
    }
    let types = codings(element.get("type")?);
    let value = identifier(element.json?);
    Some(vec![types.into_iter().map(Stored::Token).collect(), value.into_iter().map(Stored::Token).collect()])
}

/// Does a stored token pass?
pub(super) fn passes(test: &TokenTest, stored: &Token) -> bool {
    let system = match &test.system {
        SystemTest::Any => true,
        SystemTest::Absent => stored.system.is_none(),
        SystemTest::Is(system) => stored.system.as_ref() == Some(system) || stored.implied == Some(system),
    };
    let code = match (&test.code, &stored.code) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wanted), Some(code)) => match test.case {
            CodeCase::Sensitive => wanted == code,
            CodeCase::Insensitive => fold_code(wanted) == fold_code(code),
        },
    };
    (system && code) != test.differs
}

/// Does a stored code begin with this text, whatever the case (item 73)?
pub(super) fn starts(text: &str, stored: &Token) -> bool {
    stored.code.as_deref().is_some_and(|code| fold_code(code).starts_with(text))
}

/// Is a stored code this media type or one below it (item 74)? A type stands above its subtypes, a subtype above
/// itself with parameters.
pub(super) fn is_media_type(name: &str, stored: &Token) -> bool {
    let ends = |rest: &str| match name.contains('/') {
        true => rest.is_empty() || rest.starts_with([';', ' ']),
        false => rest.is_empty() || rest.starts_with('/'),
    };
    let code = stored.code.as_deref().map(fold_code);
    code.as_deref().and_then(|code| code.strip_prefix(name)).is_some_and(ends)
}
