//! `CodeSystem/$subsumes`: asked where an expansion leaves open whether a code exists. FHIR R4 `codesystem-operation-subsumes.html`.

use super::Session;
use super::answer::{Failure, read};
use crate::resolve::TerminologyError;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    parameter: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameter {
    name: String,
    value_code: Option<String>,
}

/// Makes sure that a system has a code, which subsumes itself if it exists: `equivalent`.
///
/// # Errors
/// It has not, or the server does not say.
pub(super) fn exists(session: &Session, system: &str, code: &str) -> Result<(), TerminologyError> {
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "system", "valueUri": system},
        {"name": "codeA", "valueCode": code},
        {"name": "codeB", "valueCode": code},
    ]});
    let asked = session.post("CodeSystem/$subsumes", &body.to_string());
    let answer: Parameters = match asked.and_then(|reply| read(session, &reply, "Parameters")) {
        Ok(answer) => answer,
        Err(Failure::UnknownCode(_)) => {
            return Err(TerminologyError::UnknownCode { system: Some(system.to_owned()), code: code.to_owned() });
        }
        Err(Failure::Other(error)) => return Err(error),
    };
    let outcome = answer.parameter.iter().find(|parameter| parameter.name == "outcome");
    match outcome.and_then(|outcome| outcome.value_code.as_deref()) {
        Some("equivalent") => Ok(()),
        _ => Err(session.failed("does not say whether a code subsumes itself".to_owned())),
    }
}
