//! Cases: a search and the writes before it, as a file that can be run again.

use super::data::Line;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write as _};

/// A search over a few resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What was wrong once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The search.
    pub query: String,
    /// What is written before, in order: resources, and `{"delete": "Type/id"}`.
    pub writes: Vec<Line>,
}

impl Case {
    /// Reads a file.
    ///
    /// # Errors
    /// It is no case.
    pub fn read(text: &str) -> serde_json::Result<Case> {
        serde_json::from_str(text)
    }

    /// The text of a file: a line per write.
    pub fn to_file(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let writes: Vec<String> = self.writes.iter().map(|line| format!("    {line}")).collect();
        format!(
            "{{\n  \"why\": {},\n  \"query\": {},\n  \"writes\": [\n{}\n  ]\n}}\n",
            quoted(&self.why),
            quoted(&self.query),
            writes.join(",\n")
        )
    }
}

/// What a search gave: of a store, or of the reference evaluator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The matches page by page, `Type/id`, in order.
    pub pages: Vec<Vec<String>>,
    /// What came along with the first page, each in its version, sorted.
    pub included: Vec<String>,
    /// The number of matches, where it was asked for.
    pub total: Option<u64>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pages: Vec<String> = self.pages.iter().map(|page| page.join(" ")).collect();
        write!(f, "{}", pages.join(" / "))?;
        if !self.included.is_empty() {
            write!(f, " + {}", self.included.join(" "))?;
        }
        self.total.map_or(Ok(()), |total| write!(f, " of {total}"))
    }
}

/// A search to which a store and the reference evaluator give different answers.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The search and its resources.
    pub case: Case,
    /// What ran on the store: `the search`, `the plan after push-down`.
    pub what: String,
    /// The answer of the reference evaluator.
    pub expected: Answer,
    /// The answer of the store, or why it failed.
    pub found: Result<Answer, String>,
    /// How the search was understood and planned.
    pub explained: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = String::new();
        for line in &self.case.writes {
            writeln!(lines, "{line}")?;
        }
        let found = self.found.as_ref().map_or_else(|error| format!("error: {error}"), ToString::to_string);
        let Disagreement { case, what, expected, explained, .. } = self;
        write!(f, "{}\n{lines}reference: {expected}\n{what}: {found}\n{explained}", case.query)
    }
}

#[cfg(test)]
mod tests {
    use super::Case;
    use serde_json::json;

    #[test]
    fn a_case_reads_as_it_was_written() {
        let writes = vec![json!({ "resourceType": "Patient", "id": "1" }), json!({ "delete": "Patient/1" })];
        let case = Case { why: "a \"b\"".to_owned(), query: "Patient?name=%25".to_owned(), writes };
        assert_eq!(Case::read(&case.to_file()).unwrap(), case);
    }
}
