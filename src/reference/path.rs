//! SearchParameter expressions evaluated step by step over the JSON: the subset of FHIRPath that definitions use.

use fhirc_grammar::{Literal, PathExpr, PathNode};
use serde_json::Value;

use super::universe::{Node, Universe};
use super::value::{number, reference};
use crate::definitions::{ElementInfo, Registry, TypeKind};

/// An element that an expression finds, or a Boolean that it computes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'v> {
    /// Its JSON; nothing for a primitive that holds only extensions.
    pub(super) json: Option<&'v Value>,
    /// What stands beside a primitive, under its name with a `_`: its id and extensions.
    beside: Option<&'v Value>,
    /// Its type: `HumanName`, `Observation.component`, the type of a resource.
    pub(super) datatype: &'static str,
    /// The type it is an element of, and its definition there; nothing for a resource and for what is computed.
    place: Option<(&'static str, &'v ElementInfo)>,
}

impl<'v> Element<'v> {
    /// A whole resource.
    pub(super) fn resource(node: Node<'v>, registry: &Registry) -> Self {
        Element { json: Some(node.json), beside: None, datatype: registry.type_name(node.ty), place: None }
    }

    fn truth(truth: bool) -> Self {
        static TRUE: Value = Value::Bool(true);
        static FALSE: Value = Value::Bool(false);
        Element { json: Some(if truth { &TRUE } else { &FALSE }), beside: None, datatype: "boolean", place: None }
    }

    /// Is it the answer to a condition, not an element?
    pub(super) fn is_computed(&self) -> bool {
        self.place.is_none() && self.datatype == "boolean"
    }

    /// Its text, if it is one: FHIR has no empty text (R4 `datatypes.html#string`).
    pub(super) fn text(&self) -> Option<&'v str> {
        text(self.json?)
    }

    /// A member of its object.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.json?.get(name)
    }

    /// The code system that its required binding names (decision 57).
    pub(super) fn bound_system(&self) -> Option<&'static str> {
        self.place?.1.system
    }

    /// Is it the url that the resource itself has, as canonical resources do?
    pub(super) fn is_own_url(&self) -> bool {
        self.place.is_some_and(|(ty, info)| info.name == "url" && !ty.contains('.'))
    }

    /// Is it the element `name` of type `parent`?
    pub(super) fn is(&self, parent: &str, name: &str) -> bool {
        self.place.is_some_and(|(ty, info)| ty == parent && info.name == name)
    }
}

/// What `path` finds from `start`, an element of `node`; in the order of the document, alternatives one by one.
pub(super) fn evaluate<'v>(
    universe: &Universe<'v>,
    node: Node<'v>,
    path: &PathNode,
    start: Element<'v>,
) -> Vec<Element<'v>> {
    Evaluator { universe, node }.elements(path, start)
}

/// The elements that `path` is about: its own, or those that it compares where it computes a Boolean. Whether
/// `Patient.deceased` is missing is asked of the element, not of the answer to `deceased.exists()`.
pub(super) fn subjects<'v>(
    universe: &Universe<'v>,
    node: Node<'v>,
    path: &PathNode,
    start: Element<'v>,
) -> Vec<Element<'v>> {
    use PathExpr::{And, Eq, Exists, Is, Ne};
    match &path.node {
        Exists(of) | Is(of, _) | Eq(of, _) | Ne(of, _) => subjects(universe, node, of, start),
        And(one, other) => [one, other].into_iter().flat_map(|of| subjects(universe, node, of, start)).collect(),
        PathExpr::Union(paths) => paths.iter().flat_map(|of| subjects(universe, node, of, start)).collect(),
        _ => evaluate(universe, node, path, start),
    }
}

struct Evaluator<'s, 'v> {
    universe: &'s Universe<'v>,
    node: Node<'v>,
}

impl<'v> Evaluator<'_, 'v> {
    fn elements(&self, path: &PathNode, start: Element<'v>) -> Vec<Element<'v>> {
        let of = |base: &PathNode| self.elements(base, start);
        match &path.node {
            PathExpr::Ident(name) => self.first_step(name, start),
            PathExpr::Resource => vec![Element::resource(self.node, self.universe.registry)],
            PathExpr::This => vec![start],
            PathExpr::Child(base, name) => {
                of(base).into_iter().flat_map(|element| self.children(element, name)).collect()
            }
            // It names one type of a choice, which none of its subtypes is: `ConceptMap.source as uri` is no canonical.
            // R4 writes some types with a capital: `as(DateTime)`.
            PathExpr::As(base, ty) | PathExpr::OfType(base, ty) => {
                of(base).into_iter().filter(|element| element.datatype.eq_ignore_ascii_case(ty)).collect()
            }
            PathExpr::Index(base, index) => of(base).into_iter().skip(*index as usize).take(1).collect(),
            PathExpr::First(base) => of(base).into_iter().take(1).collect(),
            PathExpr::Extension(base, url) => {
                let extensions = of(base).into_iter().flat_map(|element| self.children(element, "extension"));
                extensions.filter(|extension| extension.get("url").and_then(Value::as_str) == Some(url)).collect()
            }
            PathExpr::Where(base, criterion) => {
                of(base).into_iter().filter(|&element| self.truth(criterion, element) == Some(true)).collect()
            }
            PathExpr::Union(paths) => paths.iter().flat_map(of).collect(),
            // Only R6 goes on from the resource that is referred to.
            PathExpr::Resolve(_) => Vec::new(),
            PathExpr::Exists(_) | PathExpr::Is(..) | PathExpr::Eq(..) | PathExpr::Ne(..) | PathExpr::And(..) => {
                self.truth(path, start).map(Element::truth).into_iter().collect()
            }
        }
    }

    /// The name of a type is where the expression starts, if that is of the type; another name is an element of it.
    fn first_step(&self, name: &str, start: Element<'v>) -> Vec<Element<'v>> {
        let kind = self.universe.registry.type_info(name).map(|info| info.kind);
        if !matches!(kind, Some(TypeKind::Resource | TypeKind::Abstract)) {
            return self.children(start, name);
        }
        if self.universe.registry.is_a(start.datatype, name) { vec![start] } else { Vec::new() }
    }

    /// The elements `name` of an element, whichever type a choice has.
    fn children(&self, element: Element<'v>, name: &str) -> Vec<Element<'v>> {
        let registry = self.universe.registry;
        let Some(info) = registry.element(element.datatype, name) else { return Vec::new() };
        let member = |name: &str| [element.json, element.beside].into_iter().flatten().find_map(|json| json.get(name));
        let mut children = Vec::new();
        for variant in &info.variants {
            let values = listed(member(&variant.json_name));
            let besides = listed(member(&format!("_{}", variant.json_name)));
            for place in 0..values.len().max(besides.len()) {
                let json = values.get(place).filter(|json| !json.is_null());
                let beside = besides.get(place).filter(|beside| !beside.is_null());
                if json.is_some() || beside.is_some() {
                    let datatype = json.and_then(|json| resource_type(json, variant.ty, registry));
                    let datatype = datatype.unwrap_or(variant.ty);
                    children.push(Element { json, beside, datatype, place: Some((element.datatype, info)) });
                }
            }
        }
        children
    }

    /// Three-valued: nothing is neither true nor false.
    fn truth(&self, path: &PathNode, start: Element<'v>) -> Option<bool> {
        match &path.node {
            PathExpr::Exists(of) => Some(!self.elements(of, start).is_empty()),
            PathExpr::Eq(of, literal) => {
                // What holds nothing but extensions has no value to compare (item 106).
                let found: Vec<_> =
                    self.elements(of, start).into_iter().filter(|element| element.json.is_some()).collect();
                let equal = |element: &Element<'v>| element.json.is_some_and(|json| is_literal(json, literal));
                (!found.is_empty()).then(|| found.len() == 1 && found.iter().all(equal))
            }
            PathExpr::Ne(of, literal) => {
                let equal = PathNode::new(PathExpr::Eq(of.clone(), literal.clone()), path.span);
                self.truth(&equal, start).map(|equal| !equal)
            }
            PathExpr::And(one, other) => match (self.truth(one, start), self.truth(other, start)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            PathExpr::Is(of, ty) => match &of.node {
                PathExpr::Resolve(of) => {
                    let target = self.elements(of, start).first().and_then(|of| self.target_type(of))?;
                    Some(self.universe.registry.is_a(target, ty))
                }
                _ => self.elements(of, start).first().map(|element| self.universe.registry.is_a(element.datatype, ty)),
            },
            _ => self.elements(path, start).first()?.json?.as_bool(),
        }
    }

    fn target_type(&self, element: &Element<'v>) -> Option<&'static str> {
        reference::target_type(self.universe, self.node, element).map(|ty| self.universe.registry.type_name(ty))
    }
}

/// A text, which is not empty.
pub(super) fn text(json: &Value) -> Option<&str> {
    json.as_str().filter(|text| !text.is_empty())
}

/// A list, or one element as a list of one.
pub(super) fn listed(json: Option<&Value>) -> &[Value] {
    match json {
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// A resource inside another one is of the type that it says itself.
fn resource_type(json: &Value, declared: &str, registry: &Registry) -> Option<&'static str> {
    if declared != "Resource" {
        return None;
    }
    registry.resource_type(json.get("resourceType")?.as_str()?).map(|ty| registry.type_name(ty))
}

fn is_literal(json: &Value, literal: &Literal) -> bool {
    match literal {
        Literal::String(text) => json.as_str() == Some(text),
        Literal::Bool(truth) => json.as_bool() == Some(*truth),
        Literal::Number(digits) => {
            number::decimal(json).is_some_and(|number| digits.parse().is_ok_and(|wanted| number == wanted))
        }
    }
}
