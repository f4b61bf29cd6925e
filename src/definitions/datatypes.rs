//! What the values of a parameter can be: the datatypes at the ends of its expression, by the type model.

use super::model::{ElementInfo, Model};
use fhirc_grammar::{PathExpr, PathNode, parse_path};

/// Datatypes that name a resource by its url.
const URLS: [&str; 3] = ["canonical", "uri", "url"];

/// The datatypes that the expression of a parameter leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datatypes {
    names: Vec<&'static str>,
    system: Option<&'static str>,
}

impl Datatypes {
    /// Values of one datatype, whose elements are bound to no code system.
    pub fn one(name: &'static str) -> Datatypes {
        Datatypes { names: vec![name], system: None }
    }

    /// What `expression` leads to from the elements that `focus` finds in resources of type `resource`, or from the
    /// resource itself. An expression that does not parse leads nowhere.
    pub(super) fn of(model: &Model, resource: &str, focus: Option<&str>, expression: &str) -> Datatypes {
        let start = match focus {
            None => vec![resource],
            Some(focus) => ends(model, resource, resource, focus).iter().map(|end| end.ty).collect(),
        };
        let ends: Vec<End<'_>> =
            start.into_iter().flat_map(|context| ends(model, resource, context, expression)).collect();
        let mut names: Vec<_> = ends.iter().map(|end| end.ty).collect();
        names.sort_unstable();
        names.dedup();
        let mut systems = ends.iter().map(|end| end.element.and_then(|element| element.system));
        let first = systems.next().flatten();
        let system = if systems.all(|system| system == first) { first } else { None };
        Datatypes { names, system }
    }

    /// The datatypes, sorted by name, each once.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The code system, where every element is a `code` that is bound to the same one.
    pub fn system(&self) -> Option<&'static str> {
        self.system
    }

    /// Whether every value is one of these datatypes.
    pub fn only(&self, datatypes: &[&str]) -> bool {
        !self.names.is_empty() && self.names.iter().all(|ty| datatypes.contains(ty))
    }

    /// Whether every value names a resource by its url.
    pub fn only_urls(&self) -> bool {
        self.only(&URLS)
    }

    /// Whether some value names a resource by its url.
    pub fn some_urls(&self) -> bool {
        self.some(&URLS)
    }

    /// Whether some value is one of these datatypes.
    pub fn some(&self, datatypes: &[&str]) -> bool {
        self.names.iter().any(|ty| datatypes.contains(ty))
    }
}

fn ends<'m>(model: &'m Model, resource: &str, context: &str, expression: &str) -> Vec<End<'m>> {
    let (node, _) = parse_path(expression);
    let typing = Typing { model, resource, context };
    node.map(|node| typing.ends(&node)).unwrap_or_default()
}

/// An element that an expression can lead to.
#[derive(Clone, Copy, Debug)]
struct End<'m> {
    ty: &'static str,
    element: Option<&'m ElementInfo>,
}

/// Where an expression is evaluated.
struct Typing<'m, 'c> {
    model: &'m Model,
    resource: &'c str,
    context: &'c str,
}

impl<'m> Typing<'m, '_> {
    fn ends(&self, node: &PathNode) -> Vec<End<'m>> {
        match &node.node {
            PathExpr::Ident(name) => self.first_step(name),
            PathExpr::This => self.named(self.context),
            PathExpr::Resource => self.named(self.resource),
            PathExpr::Child(base, name) => self.ends(base).iter().flat_map(|end| self.children(end.ty, name)).collect(),
            PathExpr::As(base, ty) | PathExpr::OfType(base, ty) => {
                self.ends(base).into_iter().filter(|end| end.ty.eq_ignore_ascii_case(ty)).collect()
            }
            PathExpr::Index(base, _) | PathExpr::First(base) | PathExpr::Where(base, _) => self.ends(base),
            PathExpr::Extension(..) => self.named("Extension"),
            PathExpr::Union(nodes) => nodes.iter().flat_map(|node| self.ends(node)).collect(),
            PathExpr::Resolve(_) => Vec::new(),
            PathExpr::Exists(_) | PathExpr::Is(..) | PathExpr::Eq(..) | PathExpr::Ne(..) | PathExpr::And(..) => {
                self.named("boolean")
            }
        }
    }

    /// A type name is the context itself, or leads nowhere from it; another name is an element of it. Elements may be
    /// called as primitive types are: `code`, `date`.
    fn first_step(&self, name: &str) -> Vec<End<'m>> {
        let names_type = name.starts_with(|c: char| c.is_ascii_uppercase()) && self.model.types.contains_key(name);
        if !names_type {
            return self.children(self.context, name);
        }
        let is_context = self.model.lineage(self.context).any(|info| info.name == name);
        if is_context { self.named(self.context) } else { Vec::new() }
    }

    fn named(&self, ty: &str) -> Vec<End<'m>> {
        self.model.types.get(ty).map(|info| End { ty: info.name, element: None }).into_iter().collect()
    }

    fn children(&self, ty: &str, name: &str) -> Vec<End<'m>> {
        let Some(element) = self.model.element(ty, name) else { return Vec::new() };
        element.variants.iter().map(|variant| End { ty: variant.ty, element: Some(element) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::definitions::Registry;

    fn names(ty: &str, code: &str) -> Vec<&'static str> {
        let registry = Registry::r4();
        let ty = registry.resource_type(ty).unwrap();
        registry.datatypes(registry.param(ty, code).unwrap()).names().to_vec()
    }

    #[test]
    fn the_ends_of_expressions_have_datatypes() {
        assert_eq!(names("Patient", "deceased"), ["boolean"]);
        assert_eq!(names("Observation", "code"), ["CodeableConcept"]);
        assert_eq!(names("Observation", "date"), ["Period", "Timing", "dateTime", "instant"]);
        assert_eq!(names("Observation", "value-quantity"), ["Quantity", "SampledData"]);
        assert_eq!(names("MolecularSequence", "variant-start"), ["integer"]);
        assert_eq!(names("PlanDefinition", "definition"), ["canonical", "uri"]);
    }

    #[test]
    fn a_bound_code_has_a_system() {
        let registry = Registry::r4();
        let patient = registry.resource_type("Patient").unwrap();
        let gender = registry.datatypes(registry.param(patient, "gender").unwrap());
        assert_eq!(gender.system(), Some("http://hl7.org/fhir/administrative-gender"));
        assert!(gender.only(&["code"]) && !gender.some(&["Coding"]));
    }

    #[test]
    fn components_have_datatypes_of_their_own() {
        let registry = Registry::r4();
        let observation = registry.resource_type("Observation").unwrap();
        let composite = registry.param(observation, "component-code-value-quantity").unwrap();
        let names: Vec<_> = registry.components(composite).iter().map(|part| part.datatypes.names().to_vec()).collect();
        assert_eq!(names, [["CodeableConcept"], ["Quantity"]]);
    }
}
