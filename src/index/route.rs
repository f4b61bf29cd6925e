//! Routes: the ways through the JSON that a path expression takes, once it is worked out against the type model.

use fhirc_grammar::Literal;
use serde_json::Value;

use super::scope::Scope;
use super::target;
use crate::definitions::{ResourceType, TypeSet};

/// One way from a resource, or from an element of it, to elements of one data type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Route {
    pub(super) steps: Vec<Step>,
    /// Does it start at the resource (`%resource`, a type name), wherever the expression itself is read?
    pub(super) from_resource: bool,
    /// The data type of the elements at the end: `HumanName`, `Observation.component`.
    pub(super) datatype: &'static str,
    /// The element at the end; none if the route has not left the resource.
    pub(super) element: Option<Element>,
    /// Can a step before the last one lead to several elements?
    pub(super) forks_before: bool,
    /// Can the last step lead to several elements?
    pub(super) forks_last: bool,
}

/// The element at the end of a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Element {
    /// The type whose element it is: `HumanName` for `family`.
    pub(super) owner: &'static str,
    /// Its name in a path: `family`.
    pub(super) name: &'static str,
    /// The code system that its required binding names.
    pub(super) system: Option<&'static str>,
}

/// One step of a route.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// To a member of a JSON object, or to each item of it where it is an array.
    Member(String),
    /// No further unless the element meets the condition.
    Only(Condition),
}

/// What a `where` asks of an element.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// `[n]`: it is the n-th of its list.
    Index(usize),
    /// `x.exists()`; the routes include those to the extensions of a primitive, which make it exist.
    Exists(Vec<Route>),
    /// `x = literal`
    Equal(Vec<Route>, Literal),
    /// `x != literal`
    Differs(Vec<Route>, Literal),
    /// `x and y`
    Both(Box<Condition>, Box<Condition>),
    /// `resolve() is T`, told from the reference alone.
    RefersTo(ResourceType),
    /// It is a resource of one of these types.
    IsResource(TypeSet),
}

/// An element and its place in its list, 0 where it is no list.
#[derive(Clone, Copy, Debug)]
struct Item<'v> {
    value: &'v Value,
    index: usize,
}

impl Route {
    /// The route of no steps: the resource itself.
    pub(super) fn resource(datatype: &'static str) -> Self {
        Self { steps: Vec::new(), from_resource: true, datatype, element: None, forks_before: false, forks_last: false }
    }

    /// The route of no steps from where this one ends.
    pub(super) fn restart(&self) -> Self {
        Self { steps: Vec::new(), from_resource: false, forks_before: false, forks_last: false, ..self.clone() }
    }

    /// The elements at the end of the route from `start`, in the order of the document.
    pub(super) fn select<'v>(&self, start: &'v Value, scope: Scope<'v>) -> Vec<&'v Value> {
        let start = if self.from_resource { scope.resource } else { start };
        let mut items = vec![Item { value: start, index: 0 }];
        for step in &self.steps {
            items = match step {
                Step::Member(name) => items.iter().flat_map(|item| members(item.value, name)).collect(),
                Step::Only(condition) => items.into_iter().filter(|item| condition.admits(*item, scope)).collect(),
            };
        }
        items.into_iter().map(|item| item.value).collect()
    }
}

fn members<'v>(object: &'v Value, name: &str) -> Vec<Item<'v>> {
    let found = match object.get(name) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    let items = found.iter().enumerate().map(|(index, value)| Item { value, index });
    items.filter(|item| !item.value.is_null()).collect()
}

impl Condition {
    fn admits<'v>(&self, item: Item<'v>, scope: Scope<'v>) -> bool {
        self.holds(item.value, item.index, scope) == Some(true)
    }

    /// The truth of the condition for the element at `index` of its list; `None` where FHIRPath has no answer.
    pub(super) fn holds<'v>(&self, element: &'v Value, index: usize, scope: Scope<'v>) -> Option<bool> {
        match self {
            Self::Index(wanted) => Some(index == *wanted),
            Self::Exists(routes) => Some(!select_all(routes, element, scope).is_empty()),
            Self::Equal(routes, literal) => equals(&select_all(routes, element, scope), literal),
            Self::Differs(routes, literal) => equals(&select_all(routes, element, scope), literal).map(|same| !same),
            Self::Both(one, other) => match (one.holds(element, index, scope), other.holds(element, index, scope)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::RefersTo(ty) => Some(target::referenced_type(element, scope) == Some(*ty)),
            Self::IsResource(types) => {
                Some(target::resource_type(element, scope.registry).is_some_and(|ty| types.contains(ty)))
            }
        }
    }

    /// The routes of everything the condition looks at.
    pub(super) fn routes(&self) -> Vec<&Route> {
        match self {
            Self::Exists(routes) | Self::Equal(routes, _) | Self::Differs(routes, _) => routes.iter().collect(),
            Self::Both(one, other) => one.routes().into_iter().chain(other.routes()).collect(),
            Self::Index(_) | Self::RefersTo(_) | Self::IsResource(_) => Vec::new(),
        }
    }
}

fn select_all<'v>(routes: &[Route], start: &'v Value, scope: Scope<'v>) -> Vec<&'v Value> {
    routes.iter().flat_map(|route| route.select(start, scope)).collect()
}

/// FHIRPath `=`: no answer for nothing, a single value by what it says, never equal to several.
fn equals(values: &[&Value], literal: &Literal) -> Option<bool> {
    match values {
        [] => None,
        [value] => Some(is_literal(value, literal)),
        _ => Some(false),
    }
}

/// Does a JSON value say the same as a literal? Numbers compare by their text.
pub(super) fn is_literal(value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::String(text), Literal::String(wanted)) => text == wanted,
        (Value::Bool(truth), Literal::Bool(wanted)) => truth == wanted,
        (Value::Number(number), Literal::Number(wanted)) => number.to_string() == *wanted,
        _ => false,
    }
}
