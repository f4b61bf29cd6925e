//! One search and the answer it must give.

use fhirc::reference::page;
use serde_json::{Value, json};

/// A case as it stands in its file.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) query: String,
    json: Value,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The names of matches, of includes on the first page, and the number of matches.
    Answer { ids: Vec<String>, included: Vec<String>, total: usize, count: u32 },
    /// The query was refused as wrong.
    Refused(String),
    /// The query was refused by name as not supported yet, which is no answer.
    NotSupported(String),
}

impl Case {
    pub(crate) fn new(json: &Value) -> Case {
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Case { id: text("id"), query: text("query"), json: json.clone() }
    }

    /// Which figure the case counts for.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.json["disputed"], &self.json["confidence"], &self.json["strength"]) {
            (Value::Bool(true), ..) => "disputed",
            (_, confidence, _) if confidence == "server" => "server",
            (_, _, strength) if strength == "should" => "should",
            _ => "core",
        }
    }

    /// Why the outcome does not meet the case; nothing if it does.
    pub(crate) fn failure(&self, outcome: &Outcome) -> Option<String> {
        let (ids, included, total, count) = match outcome {
            Outcome::NotSupported(why) => return Some(format!("not supported: {why}")),
            Outcome::Refused(_) if self.json["expectError"] == true || self.json["alt"] == "error" => return None,
            Outcome::Refused(why) => return Some(format!("expected {}, refused: {why}", self.json["expect"])),
            Outcome::Answer { ids, included, total, count } => (ids, included, *total, *count),
        };
        let expected = self.json.get("expect").map(names);
        let others: Vec<_> = match &self.json["alt"] {
            Value::Array(alternatives) => alternatives.iter().map(names).collect(),
            _ => Vec::new(),
        };
        if !expected.iter().chain(&others).any(|accepted| self.same(ids, accepted)) {
            return Some(format!(
                "expected {}, got {ids:?}",
                expected.map_or("an error".to_owned(), |ids| format!("{ids:?}"))
            ));
        }
        // A listed alternative: nothing more is asked.
        if !expected.is_some_and(|expected| self.same(ids, &expected)) {
            return None;
        }
        self.wrong_includes(included).or_else(|| self.wrong_total(total)).or_else(|| self.wrong_pages(ids, count))
    }

    fn same(&self, ids: &[String], accepted: &[String]) -> bool {
        if self.json["ordered"] == true { ids == accepted } else { sorted(ids) == sorted(accepted) }
    }

    fn wrong_includes(&self, included: &[String]) -> Option<String> {
        let expected = names(self.json.get("included")?);
        let others = self.json["altIncluded"].as_array().into_iter().flatten().map(names);
        let fits =
            std::iter::once(expected.clone()).chain(others).any(|accepted| sorted(&accepted) == sorted(included));
        (!fits).then(|| format!("expected included {expected:?}, got {included:?}"))
    }

    fn wrong_total(&self, total: usize) -> Option<String> {
        let expected = self.json.get("total")?;
        (*expected != json!(total)).then(|| format!("expected total {expected}, got {total}"))
    }

    fn wrong_pages(&self, ids: &[String], count: u32) -> Option<String> {
        self.json.get("pages")?;
        let size = usize::try_from(count).unwrap();
        let pages = (0..ids.len()).step_by(size.max(1)).map(|first| page(ids, first, count));
        let together: Vec<_> = pages.flatten().cloned().collect();
        (together != *ids).then(|| format!("pages together are {together:?}, not {ids:?}"))
    }
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn sorted(names: &[String]) -> Vec<&String> {
    let mut names: Vec<_> = names.iter().collect();
    names.sort();
    names
}
