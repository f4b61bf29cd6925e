//! Strings: folded text and the text as stored. FHIR R4 3.1.1.4.8; items 44 to 54, 158.

use serde_json::Value;

use crate::ir::{TextMatch, TextTest};
use crate::reference::path::Element;
use crate::values::{fold_forms, later_words};

/// A text and what searches look at.
#[derive(Clone, Debug)]
pub(in crate::reference) struct Text {
    /// As stored.
    raw: String,
    /// Folded, dashes dropped: the form that sorts. Empty where nothing is left.
    pub(in crate::reference) primary: String,
    /// All folded forms of the whole (decision 44).
    forms: Vec<String>,
    /// Of a family name, what begins at a later word (decision 47).
    later: Vec<String>,
}

impl Text {
    /// A text that is no family name.
    pub(super) fn plain(raw: &str) -> Text {
        let folded = fold_forms(raw);
        // What folds to nothing is no value but for `:exact` (decision 52).
        let all = std::iter::once(folded.primary.clone()).chain(folded.dashed);
        let forms = all.filter(|form| !form.is_empty()).collect();
        Text { raw: raw.to_owned(), primary: folded.primary, forms, later: Vec::new() }
    }

    fn family(raw: &str) -> Text {
        Text { later: later_words(raw), ..Text::plain(raw) }
    }

    /// Does some form of it have all the words of one of the lists (item 73)?
    pub(super) fn has_words(&self, lists: &[Vec<String>]) -> bool {
        let has = |form: &String, words: &[String]| words.iter().all(|word| form.split(' ').any(|one| one == word));
        self.forms.iter().any(|form| lists.iter().any(|words| has(form, words)))
    }
}

/// The texts of an element.
pub(super) fn stored(element: &Element<'_>) -> Vec<Text> {
    match element.datatype {
        "string" | "markdown" if element.is("HumanName", "family") => {
            element.text().map(Text::family).into_iter().collect()
        }
        "string" | "markdown" => element.text().map(Text::plain).into_iter().collect(),
        // Item 48.
        "HumanName" => {
            let parts = texts(element, &["given", "prefix", "suffix", "text"]).map(Text::plain);
            texts(element, &["family"]).map(Text::family).chain(parts).collect()
        }
        "Address" => {
            let parts = ["line", "city", "district", "state", "country", "postalCode", "text"];
            texts(element, &parts).map(Text::plain).collect()
        }
        _ => Vec::new(),
    }
}

/// The texts that stand under these names, alone or in a list.
fn texts<'v>(element: &Element<'v>, names: &[&str]) -> impl Iterator<Item = &'v str> {
    let members: Vec<&Value> = names.iter().filter_map(|name| element.get(name)).collect();
    members.into_iter().flat_map(|member| match member {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
        one => one.as_str().into_iter().collect(),
    })
}

/// Does a stored text pass?
pub(super) fn passes(test: &TextTest, stored: &Text) -> bool {
    let some = |stored: &[String], holds: fn(&str, &str) -> bool| {
        stored.iter().any(|stored| test.forms.iter().any(|wanted| holds(stored, wanted)))
    };
    let starts = |stored: &str, wanted: &str| stored.starts_with(wanted);
    let equals = some(&stored.forms, |stored, wanted| stored == wanted);
    // Texts are put in order by the form that sorts.
    let compared = |holds: fn(&str, &str) -> bool| {
        !stored.primary.is_empty() && test.forms.first().is_some_and(|wanted| holds(&stored.primary, wanted))
    };
    match test.how {
        TextMatch::Starts => some(&stored.forms, starts) || some(&stored.later, starts),
        TextMatch::StartsWhole => some(&stored.forms, starts),
        TextMatch::Equals => equals,
        TextMatch::Ends => some(&stored.forms, |stored, wanted| stored.ends_with(wanted)),
        TextMatch::Contains => some(&stored.forms, |stored, wanted| stored.contains(wanted)),
        TextMatch::Exact => test.forms.contains(&stored.raw),
        TextMatch::Less => compared(|stored, wanted| stored < wanted),
        TextMatch::LessOrEqual => equals || compared(|stored, wanted| stored <= wanted),
        TextMatch::Greater => compared(|stored, wanted| stored > wanted),
        TextMatch::GreaterOrEqual => equals || compared(|stored, wanted| stored >= wanted),
        TextMatch::Differs => !stored.forms.is_empty() && !equals,
    }
}
