//! What a terminology server answered: a resource of the type that was asked for, or its words on why not.

use super::{Reply, Session};
use crate::resolve::TerminologyError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Characters of a server's words that are shown.
const SHOWN: usize = 200;

/// Why a question has no answer.
pub(super) enum Failure {
    /// The server says that it does not know the code.
    UnknownCode(TerminologyError),
    /// Anything else.
    Other(TerminologyError),
}

impl Failure {
    pub(super) fn error(self) -> TerminologyError {
        match self {
            Failure::UnknownCode(error) | Failure::Other(error) => error,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    resource_type: String,
}

/// `OperationOutcome`, as far as it is shown.
#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    issue: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    #[serde(default)]
    severity: String,
    #[serde(default)]
    code: String,
    details: Option<Details>,
    diagnostics: Option<String>,
}

#[derive(Deserialize)]
struct Details {
    text: Option<String>,
}

impl Issue {
    fn words(&self) -> &str {
        let details = self.details.as_ref().and_then(|details| details.text.as_deref());
        details.or(self.diagnostics.as_deref()).unwrap_or(&self.code)
    }
}

/// The resource that an operation gives.
pub(super) fn read<T: DeserializeOwned>(session: &Session, reply: &Reply, wanted: &str) -> Result<T, Failure> {
    let failed = |what: String| Failure::Other(session.failed(what));
    let header = serde_json::from_slice::<Header>(&reply.body);
    let issue = match &header {
        Ok(header) if header.resource_type == "OperationOutcome" => worst(&reply.body),
        _ => None,
    };
    if reply.status != 200 {
        let error = match &issue {
            Some(issue) => session.failed(format!("answered {}: `{}`", reply.status, session.words(issue.words()))),
            None => session.failed(format!("answered {}", reply.status)),
        };
        let is_of_code = |issue: Issue| matches!(issue.code.as_str(), "not-found" | "code-invalid");
        let says_so = (400..500).contains(&reply.status) && issue.is_some_and(is_of_code);
        return Err(if says_so { Failure::UnknownCode(error) } else { Failure::Other(error) });
    }
    match header {
        Ok(Header { resource_type }) if resource_type == wanted => {}
        Ok(Header { resource_type }) => {
            let what = match issue {
                Some(issue) => format!("answered no {wanted}: `{}`", session.words(issue.words())),
                None => format!("answered with `{}` where {wanted} was asked for", session.words(&resource_type)),
            };
            return Err(failed(what));
        }
        Err(_) if serde_json::from_slice::<serde::de::IgnoredAny>(&reply.body).is_ok() => {
            return Err(failed("answered with JSON that is no resource".to_owned()));
        }
        Err(_) => return Err(failed("answered with what is no JSON".to_owned())),
    }
    serde_json::from_slice(&reply.body).map_err(|error| {
        failed(format!("answered with {wanted} that cannot be read: {}", session.words(&error.to_string())))
    })
}

/// The first issue that is an error, else the first.
fn worst(body: &[u8]) -> Option<Issue> {
    let Outcome { mut issue } = serde_json::from_slice(body).ok()?;
    let first = issue.iter().position(|issue| matches!(issue.severity.as_str(), "error" | "fatal")).unwrap_or(0);
    (first < issue.len()).then(|| issue.swap_remove(first))
}

/// Words of a server, fit to stand in a message: on one line, short, nothing that a terminal obeys, no backtick that
/// would end them.
pub(super) fn words(text: &str) -> String {
    let clean = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = clean.collect::<Vec<_>>().join(" ").replace('`', "'");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => line.get(..end).unwrap_or_default().trim_end().to_owned() + "…",
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_short_line() {
        assert_eq!(words("  too\r\n\tmany\u{1b}[31m `codes`\0 "), "too many [31m 'codes'");
        assert_eq!(words(&"ä".repeat(SHOWN)).chars().count(), SHOWN);
        assert_eq!(words(&"ä".repeat(SHOWN + 1)), "ä".repeat(SHOWN) + "…");
        assert_eq!(words(""), "");
    }

    #[test]
    fn the_worst_issue_speaks() {
        let body = br#"{"resourceType": "OperationOutcome", "issue": [
            {"severity": "warning", "code": "informational", "diagnostics": "slow"},
            {"severity": "error", "code": "too-costly", "details": {"text": "too many"}, "diagnostics": "trace"}]}"#;
        assert_eq!(worst(body).unwrap().words(), "too many");
        assert_eq!(worst(br#"{"issue": [{"severity": "information", "code": "x"}]}"#).unwrap().words(), "x");
        assert!(worst(b"{}").is_none());
    }
}
