//! The concepts of a CodeSystem as they stand in the resource. FHIR R4 4.8.

use serde::Deserialize;
use serde_json::Number;

/// The part of a CodeSystem that says which codes there are.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    pub(super) case_sensitive: Option<bool>,
    pub(super) value_set: Option<String>,
    pub(super) hierarchy_meaning: Option<String>,
    pub(super) content: Option<String>,
    pub(super) count: Option<usize>,
    #[serde(default)]
    pub(super) property: Vec<Declaration>,
    #[serde(default)]
    pub(super) concept: Vec<Concept>,
}

/// `CodeSystem.property`: what a property of its concepts means.
#[derive(Deserialize)]
pub(super) struct Declaration {
    pub(super) code: String,
    pub(super) uri: Option<String>,
}

/// `CodeSystem.concept`
#[derive(Deserialize)]
pub(super) struct Concept {
    pub(super) code: String,
    #[serde(default)]
    pub(super) property: Vec<Property>,
    #[serde(default)]
    pub(super) concept: Vec<Concept>,
}

/// `CodeSystem.concept.property`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub(super) code: String,
    value_code: Option<String>,
    value_string: Option<String>,
    value_date_time: Option<String>,
    value_coding: Option<Coding>,
    value_boolean: Option<bool>,
    value_integer: Option<Number>,
    value_decimal: Option<Number>,
}

#[derive(Deserialize)]
struct Coding {
    code: Option<String>,
}

impl Property {
    /// The value as a filter of a value set writes it.
    pub(super) fn text(self) -> Option<String> {
        let text = self.value_code.or(self.value_string).or(self.value_date_time);
        let number = self.value_integer.or(self.value_decimal).map(|number| number.to_string());
        let truth = self.value_boolean.map(|truth| truth.to_string());
        text.or(number).or(truth).or(self.value_coding.and_then(|coding| coding.code))
    }
}
