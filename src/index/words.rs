//! Words of a resource: of its narrative, and of all its texts. FHIR R4 3.1.1.4.20; decision 114.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::definitions::{ElementInfo, Registry, SearchParam};
use crate::values::{plain_text, words};

/// Where words are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `_text`: the narrative.
    Narrative,
    /// `_content`: every text of the resource, in the resources that it contains too.
    Content,
}

impl Source {
    /// Where the words of this parameter of the specification come from; `None` if it has no words.
    pub(super) fn of(param: &SearchParam) -> Option<Source> {
        match param.url.as_str() {
            "http://hl7.org/fhir/SearchParameter/DomainResource-text" => Some(Source::Narrative),
            "http://hl7.org/fhir/SearchParameter/Resource-content" => Some(Source::Content),
            _ => None,
        }
    }
}

/// Where the texts of every type stand.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The number of each type: its place in `members`.
    numbers: BTreeMap<&'static str, usize>,
    /// The JSON members of each type that are or hold texts.
    members: Vec<BTreeMap<String, Member>>,
}

/// What stands under a JSON name.
#[derive(Clone, Copy, Debug)]
enum Member {
    /// A text.
    Text,
    /// XHTML.
    Markup,
    /// An object of the type with this number.
    Object(usize),
    /// A resource of the type that it says itself.
    Resource,
}

impl Texts {
    /// Works out the types of a release.
    pub(super) fn new(registry: &Registry) -> Texts {
        let mut texts = Texts::default();
        let mut waiting = Vec::new();
        for ty in registry.types() {
            texts.number(registry.type_name(ty), &mut waiting);
        }
        while let Some(ty) = waiting.pop() {
            let members = registry.elements(ty).flat_map(|element| texts.element(ty, element, &mut waiting));
            let members = members.collect();
            if let Some(known) = texts.numbers.get(ty).and_then(|&number| texts.members.get_mut(number)) {
                *known = members;
            }
        }
        texts
    }

    fn number(&mut self, ty: &'static str, waiting: &mut Vec<&'static str>) -> usize {
        *self.numbers.entry(ty).or_insert_with(|| {
            waiting.push(ty);
            self.members.push(BTreeMap::new());
            self.members.len() - 1
        })
    }

    fn element(
        &mut self,
        owner: &str,
        element: &ElementInfo,
        waiting: &mut Vec<&'static str>,
    ) -> Vec<(String, Member)> {
        let mut members = Vec::new();
        for variant in &element.variants {
            let name = variant.json_name.as_ref();
            match variant.ty {
                // Ids and references are strings of R4, but no text.
                "string" if name == "id" || (owner, name) == ("Reference", "reference") => {}
                "string" | "markdown" => members.push((name.to_owned(), Member::Text)),
                "xhtml" => members.push((name.to_owned(), Member::Markup)),
                "Resource" => members.push((name.to_owned(), Member::Resource)),
                ty => members.push((name.to_owned(), Member::Object(self.number(ty, waiting)))),
            }
            // The twin of a primitive holds extensions.
            members.push((format!("_{name}"), Member::Object(self.number("Element", waiting))));
        }
        members
    }

    /// The words of a resource, each once.
    pub(super) fn words(&self, source: Source, resource: &Value) -> BTreeSet<String> {
        let mut found = Found::default();
        match source {
            Source::Narrative => {
                let narrative = resource.get("text").and_then(|text| text.get("div"));
                found.markup.extend(narrative.and_then(Value::as_str));
            }
            Source::Content => self.inside(Member::Resource, resource, &mut found),
        }
        let of_texts = found.texts.into_iter().flat_map(words);
        of_texts.chain(found.markup.into_iter().flat_map(|markup| words(&plain_text(markup)))).collect()
    }

    fn inside<'v>(&self, member: Member, value: &'v Value, found: &mut Found<'v>) {
        match (member, value) {
            (_, Value::Array(items)) => items.iter().for_each(|item| self.inside(member, item, found)),
            (Member::Text, Value::String(text)) => {
                found.texts.insert(text);
            }
            (Member::Markup, Value::String(text)) => {
                found.markup.insert(text);
            }
            (Member::Object(number), Value::Object(_)) => self.object(number, value, found),
            (Member::Resource, Value::Object(_)) => {
                let ty = value.get("resourceType").and_then(Value::as_str);
                if let Some(&number) = ty.and_then(|ty| self.numbers.get(ty)) {
                    self.object(number, value, found);
                }
            }
            _ => {}
        }
    }

    fn object<'v>(&self, number: usize, object: &'v Value, found: &mut Found<'v>) {
        let Some(members) = self.members.get(number) else { return };
        for (name, value) in object.as_object().into_iter().flatten() {
            if let Some(&member) = members.get(name) {
                self.inside(member, value, found);
            }
        }
    }
}

/// The texts of a resource, each once: `text` and `display` of a concept often say the same.
#[derive(Debug, Default)]
struct Found<'v> {
    texts: BTreeSet<&'v str>,
    markup: BTreeSet<&'v str>,
}
