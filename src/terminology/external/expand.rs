//! `ValueSet/$expand`, page by page up to the end. FHIR R4 `valueset-operation-expand.html`.

use super::Session;
use super::answer::{Failure, read};
use crate::resolve::{MAX_CODES, TerminologyError};
use crate::terminology::expand::{Codes, Question};
use crate::terminology::expansion::{self, Page};
use crate::terminology::value_set::{Expansion, Include};
use serde::Deserialize;
use serde_json::{Value, json};

/// Codes asked for at once.
const PAGE: usize = 1_000;

/// The value set that is to be expanded.
pub(super) struct Wanted {
    /// The parameter of `$expand` that names or defines it.
    parameters: Vec<Value>,
    /// What it is called in messages.
    name: String,
    /// The same for equal value sets.
    pub(super) key: String,
}

impl Wanted {
    pub(super) fn of(question: &Question<'_>) -> Wanted {
        let (parameters, name) = match question {
            Question::ValueSet(name) => match name.rsplit_once('|') {
                Some((url, version)) => (vec![uri("url", url), text("valueSetVersion", version)], (*name).to_owned()),
                None => (vec![uri("url", name)], (*name).to_owned()),
            },
            Question::Include(include) => (vec![defined(include)], described(include)),
        };
        Wanted { key: Value::from(parameters.clone()).to_string(), parameters, name }
    }
}

fn uri(name: &str, value: &str) -> Value {
    json!({"name": name, "valueUri": value})
}

fn text(name: &str, value: &str) -> Value {
    json!({"name": name, "valueString": value})
}

/// A value set that consists of one include.
fn defined(include: &Include) -> Value {
    let value_set = json!({"resourceType": "ValueSet", "status": "active", "compose": {"include": [include]}});
    json!({"name": "valueSet", "resource": value_set})
}

fn described(include: &Include) -> String {
    let system = include.system.as_deref().unwrap_or_default();
    let filters = include.filter.iter().map(|filter| format!(" {} {}", filter.op, filter.value));
    std::iter::once(system.to_owned()).chain(filters).collect()
}

#[derive(Deserialize)]
struct Answer {
    expansion: Option<Expansion>,
}

/// All codes of the value set.
///
/// # Errors
/// There is no expansion, or not of all of it, or it has more codes than a search may name.
pub(super) fn expand(session: &Session, wanted: &Wanted) -> Result<Codes, TerminologyError> {
    let incomplete = |why: String| TerminologyError::Incomplete { ty: "ValueSet", name: wanted.name.clone(), why };
    let mut codes = Codes::new();
    let (mut listed, mut first_total) = (0, None);
    loop {
        let Some(expansion) = page(session, wanted, listed).map_err(Failure::error)? else {
            return Err(incomplete("the terminology server does not expand it".to_owned()));
        };
        let Expansion { total, offset, .. } = expansion;
        let Page { entries, codes: more } = expansion::page(&expansion, listed).map_err(incomplete)?;
        if listed == 0 {
            first_total = total;
        } else if total != first_total {
            return Err(incomplete("its expansion changes from page to page".to_owned()));
        } else if (total, offset) == (None, None) && more.is_subset(&codes) {
            // Who does not page gives all at once, and again when asked for more.
            return Ok(codes);
        } else if !more.is_disjoint(&codes) {
            return Err(incomplete("the pages of its expansion overlap".to_owned()));
        }
        codes.extend(more);
        listed += entries;
        if codes.len() > MAX_CODES || total.is_some_and(|total| total > MAX_CODES) {
            return Err(TerminologyError::TooMany);
        }
        match (total, offset) {
            (Some(total), _) if listed >= total => return Ok(codes),
            (Some(total), _) if entries == 0 => {
                return Err(incomplete(format!("its expansion lists {listed} of {total} codes")));
            }
            // Who pages without saying how much there is ends with an empty page.
            (None, Some(_)) if entries == 0 => return Ok(codes),
            (None, None) if entries < PAGE => return Ok(codes),
            _ => {}
        }
    }
}

/// The expansion from some place on.
fn page(session: &Session, wanted: &Wanted, offset: usize) -> Result<Option<Expansion>, Failure> {
    let mut parameters = wanted.parameters.clone();
    // Only flat expansions have pages.
    parameters.extend([
        json!({"name": "excludeNested", "valueBoolean": true}),
        json!({"name": "offset", "valueInteger": offset}),
        json!({"name": "count", "valueInteger": PAGE}),
    ]);
    let body = json!({"resourceType": "Parameters", "parameter": parameters});
    let reply = session.post("ValueSet/$expand", &body.to_string())?;
    read(session, &reply, "ValueSet").map(|Answer { expansion }| expansion)
}
