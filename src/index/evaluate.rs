//! Path expressions evaluated step by step over the JSON: slow, obvious, and independent of the compiled programs.
//! The reference evaluator stands on it, and tests hold the programs against it.

use fhirc_grammar::{PathExpr, PathNode};
use serde_json::Value;

use super::route::is_literal;
use super::scope::Scope;
use super::target::{referenced_type, resource_type};
use crate::definitions::TypeKind;

/// An element that an expression selects, or a Boolean that it computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'v> {
    /// Its JSON.
    pub value: &'v Value,
    /// Its data type: `HumanName`, `Observation.component`, the type of a resource.
    pub datatype: &'static str,
    /// Where it stands: `Patient.name[0].family`.
    pub path: String,
}

/// What an expression selects in a resource, in the order of its alternatives and of the document.
pub fn evaluate<'v>(path: &PathNode, scope: Scope<'v>) -> Vec<Found<'v>> {
    Evaluator { scope }.found(path, &Item::resource(scope))
}

/// What an expression selects from `focus`, an element of the resource: how components of a composite are read.
pub fn evaluate_at<'v>(path: &PathNode, focus: &Found<'v>, scope: Scope<'v>) -> Vec<Found<'v>> {
    let start = Item { value: Some(focus.value), beside: None, datatype: focus.datatype, path: focus.path.clone() };
    Evaluator { scope }.found(path, &start)
}

static TRUE: Value = Value::Bool(true);
static FALSE: Value = Value::Bool(false);

/// An element: for a primitive its value, and beside it the object with its id and extensions.
#[derive(Clone, Debug)]
struct Item<'v> {
    value: Option<&'v Value>,
    beside: Option<&'v Value>,
    datatype: &'static str,
    path: String,
}

impl<'v> Item<'v> {
    fn resource(scope: Scope<'v>) -> Self {
        let datatype = scope.registry.type_name(scope.ty);
        Item { value: Some(scope.resource), beside: None, datatype, path: datatype.to_owned() }
    }

    fn truth(truth: bool) -> Self {
        let value = if truth { &TRUE } else { &FALSE };
        Item { value: Some(value), beside: None, datatype: "boolean", path: String::new() }
    }
}

struct Evaluator<'v> {
    scope: Scope<'v>,
}

impl<'v> Evaluator<'v> {
    fn found(&self, path: &PathNode, start: &Item<'v>) -> Vec<Found<'v>> {
        let items = self.items(path, start).into_iter();
        items.filter_map(|Item { value, datatype, path, .. }| Some(Found { value: value?, datatype, path })).collect()
    }

    fn items(&self, path: &PathNode, start: &Item<'v>) -> Vec<Item<'v>> {
        match &path.node {
            PathExpr::Ident(name) => self.ident(name, start),
            PathExpr::Resource => vec![Item::resource(self.scope)],
            PathExpr::This => vec![start.clone()],
            PathExpr::Child(from, name) => {
                self.items(from, start).iter().flat_map(|item| self.children(item, name)).collect()
            }
            PathExpr::As(from, ty) | PathExpr::OfType(from, ty) => {
                let mut items = self.items(from, start);
                items.retain(|item| item.datatype.eq_ignore_ascii_case(ty));
                items
            }
            PathExpr::Index(from, index) => self.items(from, start).into_iter().skip(*index as usize).take(1).collect(),
            PathExpr::First(from) => self.items(from, start).into_iter().take(1).collect(),
            PathExpr::Extension(from, url) => {
                self.items(from, start).iter().flat_map(|item| self.extensions(item, url)).collect()
            }
            PathExpr::Where(from, criterion) => {
                let mut items = self.items(from, start);
                items.retain(|item| self.truth(criterion, item) == Some(true));
                items
            }
            PathExpr::Union(paths) => paths.iter().flat_map(|path| self.items(path, start)).collect(),
            // Other resources are out of reach here; the compiler refuses such a step.
            PathExpr::Resolve(_) => Vec::new(),
            PathExpr::Exists(_) | PathExpr::Is(..) | PathExpr::Eq(..) | PathExpr::Ne(..) | PathExpr::And(..) => {
                self.truth(path, start).map(Item::truth).into_iter().collect()
            }
        }
    }

    fn ident(&self, name: &str, start: &Item<'v>) -> Vec<Item<'v>> {
        let registry = self.scope.registry;
        match registry.type_info(name).map(|info| info.kind) {
            Some(TypeKind::Resource | TypeKind::Abstract) => {
                let applies = registry.is_a(registry.type_name(self.scope.ty), name);
                applies.then(|| Item::resource(self.scope)).into_iter().collect()
            }
            _ => self.children(start, name),
        }
    }

    /// The elements `name` of an element, whatever the type of a choice.
    fn children(&self, item: &Item<'v>, name: &str) -> Vec<Item<'v>> {
        let (Some(object), Some(info)) = (item.value, self.scope.registry.element(item.datatype, name)) else {
            return Vec::new();
        };
        let mut children = Vec::new();
        for variant in &info.variants {
            let values = object.get(&*variant.json_name);
            let beside = object.get(format!("_{}", variant.json_name));
            let path = format!("{}.{}", item.path, variant.json_name);
            children.extend(pairs(values, beside).map(|(value, beside, index)| Item {
                value,
                beside,
                datatype: self.actual_type(variant.ty, value),
                path: index.map_or_else(|| path.clone(), |index| format!("{path}[{index}]")),
            }));
        }
        children
    }

    /// A resource inside a resource is of the type it says it is.
    fn actual_type(&self, datatype: &'static str, value: Option<&Value>) -> &'static str {
        let registry = self.scope.registry;
        let ty = value.filter(|_| datatype == "Resource").and_then(|value| resource_type(value, registry));
        ty.map_or(datatype, |ty| registry.type_name(ty))
    }

    fn extensions(&self, item: &Item<'v>, url: &str) -> Vec<Item<'v>> {
        let is_primitive =
            matches!(self.scope.registry.type_info(item.datatype).map(|info| info.kind), Some(TypeKind::Primitive));
        let holder =
            Item { value: if is_primitive { item.beside } else { item.value }, datatype: "Element", ..item.clone() };
        let mut found = self.children(&holder, "extension");
        found.retain(|extension| extension.value.and_then(|value| value.get("url")?.as_str()) == Some(url));
        found
    }

    fn truth(&self, criterion: &PathNode, item: &Item<'v>) -> Option<bool> {
        match &criterion.node {
            PathExpr::Exists(path) => Some(!self.items(path, item).is_empty()),
            PathExpr::Eq(path, literal) => match self.found(path, item).as_slice() {
                [] => None,
                found => Some(found.len() == 1 && found.iter().all(|one| is_literal(one.value, literal))),
            },
            PathExpr::Ne(path, literal) => {
                let equal = PathExpr::Eq(path.clone(), literal.clone());
                self.truth(&PathNode::new(equal, criterion.span), item).map(|equal| !equal)
            }
            PathExpr::And(one, other) => match (self.truth(one, item), self.truth(other, item)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            PathExpr::Is(path, ty) => match &path.node {
                PathExpr::Resolve(_) => {
                    let wanted = self.scope.registry.resource_type(ty)?;
                    Some(referenced_type(item.value?, self.scope) == Some(wanted))
                }
                _ => self.items(path, item).first().map(|item| item.datatype == ty),
            },
            _ => None,
        }
    }
}

/// The values of a member and what stands beside them, with their place if it is a list.
fn pairs<'v>(
    values: Option<&'v Value>,
    beside: Option<&'v Value>,
) -> impl Iterator<Item = (Option<&'v Value>, Option<&'v Value>, Option<usize>)> {
    let list = |value: Option<&'v Value>| value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is_list = [values, beside].into_iter().flatten().any(Value::is_array);
    let count = if is_list { list(values).len().max(list(beside).len()) } else { 1 };
    let pairs = (0..count).map(move |index| match is_list {
        true => (list(values).get(index), list(beside).get(index), Some(index)),
        false => (values, beside, None),
    });
    let known = |value: Option<&'v Value>| value.filter(|value| !value.is_null());
    pairs
        .map(move |(value, beside, index)| (known(value), known(beside), index))
        .filter(|(value, beside, _)| value.is_some() || beside.is_some())
}
