//! A ValueSet as it stands in the resource. FHIR R4 4.9.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A value set: what it is called, and what it consists of.
#[derive(Clone, Debug)]
pub(super) struct ValueSet {
    /// Its url, or `ValueSet/id` where it has none.
    pub(super) name: String,
    version: Option<String>,
    /// What it consists of, or why that cannot be read.
    pub(super) content: Result<Content, String>,
}

impl ValueSet {
    /// Reads the resource of this name and version.
    pub(super) fn read(name: String, version: Option<String>, body: &str) -> ValueSet {
        let content = serde_json::from_str(body).map_err(|error| format!("it cannot be read, {error}"));
        ValueSet { name, version, content }
    }

    /// Whether this is the version.
    pub(super) fn has_version(&self, version: &str) -> bool {
        self.version.as_deref() == Some(version)
    }
}

/// `compose` defines it, `expansion` lists it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    pub(super) modifier_extension: Option<Value>,
    pub(super) compose: Option<Compose>,
    pub(super) expansion: Option<Expansion>,
}

/// `ValueSet.compose`
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Compose {
    pub(super) locked_date: Option<String>,
    pub(super) inactive: Option<bool>,
    #[serde(default)]
    pub(super) include: Vec<Include>,
    #[serde(default)]
    pub(super) exclude: Vec<Include>,
}

/// `ValueSet.compose.include`, and `exclude`, which has the same parts.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Include {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) modifier_extension: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) concept: Vec<Concept>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) filter: Vec<Filter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) value_set: Vec<String>,
}

/// `ValueSet.compose.include.concept`
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Concept {
    pub(super) code: String,
}

/// `ValueSet.compose.include.filter`
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Filter {
    pub(super) property: String,
    pub(super) op: String,
    pub(super) value: String,
}

/// `ValueSet.expansion`
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Expansion {
    #[serde(default)]
    pub(super) extension: Vec<Extension>,
    pub(super) total: Option<usize>,
    pub(super) offset: Option<usize>,
    #[serde(default)]
    pub(super) parameter: Vec<Parameter>,
    #[serde(default)]
    pub(super) contains: Vec<Contains>,
}

/// An extension that says something is so.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extension {
    pub(super) url: String,
    pub(super) value_boolean: Option<bool>,
}

/// `ValueSet.expansion.parameter`
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) value_boolean: Option<bool>,
}

/// `ValueSet.expansion.contains`
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Contains {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) contains: Vec<Contains>,
}
