//! From elements to values: per type of parameter, a table of the data types it reads. FHIR R4 `search.html#ptypes`.

mod date;
mod number;
mod position;
mod quantity;
mod reference;
mod string;
mod token;
mod uri;

use fhirc_codegen::rows::{Base, RowKind, Tuple, Value as Cell};
use serde_json::Value;

use super::route::Element;
use super::scope::Scope;
use super::settings::ExtractSettings;
use super::warning::Problem;
use crate::definitions::{ParamType, Registry};
use crate::keys::Facet;

pub(super) use token::truth_value;

/// How an element becomes values.
pub(super) type Convert = fn(&Value, &mut Values<'_>);

/// A line of a table: a data type, and how its elements become values.
type Line = (&'static str, Convert);

/// How a parameter of type `ty` reads elements of the data type `datatype`; `None` if it does not read them. A few
/// elements are read in a way of their own.
pub(super) fn converter(
    ty: ParamType,
    datatype: &str,
    element: Option<Element>,
    registry: &Registry,
) -> Option<Convert> {
    let special = element.and_then(|element| match ty {
        ParamType::String => string::by_element(element),
        ParamType::Uri => uri::by_element(element, registry),
        _ => None,
    });
    let table: &[Line] = match ty {
        ParamType::Token => token::TABLE,
        ParamType::String => string::TABLE,
        ParamType::Reference => reference::TABLE,
        ParamType::Date => date::TABLE,
        ParamType::Number => number::TABLE,
        ParamType::Quantity => quantity::TABLE,
        ParamType::Uri => uri::TABLE,
        ParamType::Special => position::TABLE,
        ParamType::Composite => &[],
    };
    let (_, convert) = table.iter().find(|(name, _)| *name == datatype)?;
    Some(special.unwrap_or(*convert))
}

/// What a conversion looks at besides the element, and where it puts what it finds.
#[derive(Debug)]
pub(super) struct Values<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) settings: &'a ExtractSettings,
    /// The code system that the binding of the element names.
    pub(super) system: Option<&'static str>,
    pub(super) found: Vec<Reading>,
    pub(super) problems: Vec<Misfit>,
}

/// One value: a row without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) facet: Facet,
    pub(super) kind: RowKind,
    pub(super) cells: Vec<Cell>,
}

/// What is wrong with the element, or with one of its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    pub(super) member: Option<&'static str>,
    pub(super) problem: Problem,
}

impl<'a> Values<'a> {
    pub(super) fn new(scope: Scope<'a>, settings: &'a ExtractSettings) -> Self {
        Self { scope, settings, system: None, found: Vec::new(), problems: Vec::new() }
    }

    fn push(&mut self, facet: Facet, base: Base, cells: Vec<Cell>) {
        self.found.push(Reading { facet, kind: RowKind::One(base), cells });
    }

    fn push_pair(&mut self, facet: Facet, cells: Vec<Cell>) {
        self.found.push(Reading { facet, kind: RowKind::Tuple(Tuple::TokenToken), cells });
    }

    pub(super) fn complain(&mut self, problem: Problem) {
        self.problems.push(Misfit { member: None, problem });
    }

    fn complain_of(&mut self, member: &'static str, problem: Problem) {
        self.problems.push(Misfit { member: Some(member), problem });
    }

    /// The element as text, which FHIR wants for most primitives and wants not empty.
    fn text<'v>(&mut self, element: &'v Value) -> Option<&'v str> {
        let text = element.as_str();
        if text.is_none_or(str::is_empty) {
            self.complain(Problem::wrong_type("a text", element));
        }
        text.filter(|text| !text.is_empty())
    }

    /// The member `name` as text; a missing one is no problem.
    fn member_text<'v>(&mut self, element: &'v Value, name: &'static str) -> Option<&'v str> {
        let member = present(element, name)?;
        let text = member.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.complain_of(name, Problem::wrong_type("a text", member));
        }
        text
    }

    /// The element as an object, which complex types are.
    fn object<'v>(&mut self, element: &'v Value) -> Option<&'v Value> {
        if !element.is_object() {
            self.complain(Problem::wrong_type("an object", element));
        }
        Some(element).filter(|element| element.is_object())
    }
}

/// The member `name`, if the element has it.
fn present<'v>(element: &'v Value, name: &str) -> Option<&'v Value> {
    element.get(name).filter(|member| !member.is_null())
}

/// The items of the member `name`: those of an array, a single value, or none.
fn items<'v>(element: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    let items = match element.get(name) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    items.iter().filter(|item| !item.is_null())
}
