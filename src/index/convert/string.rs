//! Strings: texts, names, addresses. FHIR R4 `search.html#string`.

use fhirc_codegen::rows::{Base, Rank, Value as Cell};
use serde_json::Value;

use super::{Convert, Line, Values, items};
use crate::index::route::Element;
use crate::keys::Facet;
use crate::values::{fold_forms, later_words};

/// | data type | what is searched | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("string", text), // itself             | 44
    ("markdown", text),
    ("HumanName", name),  // every text in it   | 48
    ("Address", address), // every text in it   | 48
];

/// Family names are also found by their later words (item 47).
pub(super) fn by_element(element: Element) -> Option<Convert> {
    (element.owner == "HumanName" && element.name == "family").then_some(family as Convert)
}

fn text(element: &Value, values: &mut Values<'_>) {
    if let Some(text) = values.text(element) {
        text_rows(text, Facet::Value, values);
    }
}

fn family(element: &Value, values: &mut Values<'_>) {
    if let Some(text) = values.text(element) {
        text_rows(text, Facet::Value, values);
        for rest in later_words(text) {
            values.push(Facet::Value, Base::Text, cells(rest, Rank::Later, ""));
        }
    }
}

fn name(element: &Value, values: &mut Values<'_>) {
    members(element, &["text", "given", "prefix", "suffix"], text, values);
    members(element, &["family"], family, values);
}

fn address(element: &Value, values: &mut Values<'_>) {
    let parts = ["text", "line", "city", "district", "state", "postalCode", "country"];
    members(element, &parts, text, values);
}

fn members(element: &Value, names: &[&'static str], convert: Convert, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    for &name in names {
        let before = values.problems.len();
        items(element, name).for_each(|item| convert(item, values));
        values.problems.iter_mut().skip(before).for_each(|misfit| misfit.member = Some(name));
    }
}

/// The rows of one text: as a whole with dashes dropped, and with dashes as blanks where that differs (item 44).
pub(super) fn text_rows(text: &str, facet: Facet, values: &mut Values<'_>) {
    let forms = fold_forms(text);
    let rank = if forms.dashed.is_some() { Rank::Joined } else { Rank::Primary };
    if let Some(dashed) = forms.dashed {
        values.push(facet, Base::Text, cells(dashed, Rank::Dashed, &forms.primary));
    }
    values.push(facet, Base::Text, cells(forms.primary, rank, text));
}

fn cells(folded: String, rank: Rank, exact: &str) -> Vec<Cell> {
    vec![Cell::Text(folded), Cell::Int(rank as i64), Cell::Text(exact.to_owned())]
}
