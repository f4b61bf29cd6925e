//! What the values of a parameter can be: the datatypes at the ends of its expression, by the type model.

use super::model::{ElementInfo, Model};
use fhirc_grammar::{PathExpr, PathNode};

/// The datatypes that the expression of a parameter leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datatypes {
    /// The datatypes, sorted, each once: `CodeableConcept`, `code`.
    pub names: Vec<&'static str>,
    /// The code system, where every element is a `code` that is bound to the same one.
    pub system: Option<&'static str>,
}

impl Datatypes {
    /// The datatypes of `expression` on resources or elements of type `context`, inside resources of type `resource`.
    pub(super) fn of(model: &Model, resource: &str, context: &str, expression: &PathNode) -> Datatypes {
        let typing = Typing { model, resource, context };
        let ends = typing.ends(expression);
        let mut names: Vec<_> = ends.iter().map(|end| end.ty).collect();
        names.sort_unstable();
        names.dedup();
        let mut systems = ends.iter().map(|end| end.element.and_then(|element| element.system));
        let first = systems.next().flatten();
        let system = if systems.all(|system| system == first) { first } else { None };
        Datatypes { names, system }
    }

    /// Whether every value is one of these datatypes.
    pub fn only(&self, datatypes: &[&str]) -> bool {
        !self.names.is_empty() && self.names.iter().all(|ty| datatypes.contains(ty))
    }

    /// Whether some value is one of these datatypes.
    pub fn some(&self, datatypes: &[&str]) -> bool {
        self.names.iter().any(|ty| datatypes.contains(ty))
    }
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

    /// A type name is the context itself, or leads nowhere from it; another name is an element of it.
    fn first_step(&self, name: &str) -> Vec<End<'m>> {
        if !self.model.types.contains_key(name) {
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
