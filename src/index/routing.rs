//! From a path expression to its routes: every element name looked up in the type model.

use fhirc_grammar::{Literal, PathExpr, PathNode, Span};

use super::route::{Condition, Element, Route, Step};
use crate::definitions::{ElementInfo, Registry, ResourceType, TypeKind, TypeSet, Variant};

/// A construct that no route can stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unroutable {
    /// What it is, in words: lowercase, no full stop.
    pub(super) what: String,
    /// Where it stands in the expression.
    pub(super) span: Span,
}

/// What an expression is read on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) registry: &'a Registry,
    /// The resource type: what a leading type name and `%resource` stand for.
    pub(super) resource: ResourceType,
    /// Where the first name and `$this` start: the resource, the focus of a composite, the element of a `where`.
    pub(super) start: &'a Route,
}

type Routes = Result<Vec<Route>, Unroutable>;

impl Ground<'_> {
    /// The routes of a path; none if it is about other resource types only.
    pub(super) fn routes(self, path: &PathNode) -> Routes {
        match &path.node {
            PathExpr::Ident(name) => self.ident(name, path.span),
            PathExpr::Resource => Ok(vec![self.resource()]),
            PathExpr::This => Ok(vec![self.start.restart()]),
            PathExpr::Child(from, name) => self.each(from, |route| self.child(&route, name, path.span)),
            PathExpr::As(from, ty) | PathExpr::OfType(from, ty) => self.each(from, |route| Ok(self.narrow(route, ty))),
            PathExpr::Index(from, index) => self.nth(from, *index as usize, path.span),
            PathExpr::First(from) => self.nth(from, 0, path.span),
            PathExpr::Extension(from, url) => self.each(from, |route| self.extension(&route, url, path.span)),
            PathExpr::Where(from, criterion) => self.each(from, |route| {
                let ground = Ground { start: &route.restart(), ..self };
                let condition = ground.condition(criterion)?;
                Ok(vec![route.only(condition)])
            }),
            PathExpr::Union(alternatives) => {
                let routes: Result<Vec<_>, _> = alternatives.iter().map(|path| self.routes(path)).collect();
                Ok(routes?.into_iter().flatten().collect())
            }
            PathExpr::Resolve(_) => Err(unroutable("a step into another resource (`resolve()`)", path.span)),
            PathExpr::Exists(_) | PathExpr::Is(..) | PathExpr::Eq(..) | PathExpr::Ne(..) | PathExpr::And(..) => {
                Err(unroutable("a condition where elements are wanted", path.span))
            }
        }
    }

    /// The condition that a criterion stands for, asked of an element at `start`.
    pub(super) fn condition(self, criterion: &PathNode) -> Result<Condition, Unroutable> {
        match &criterion.node {
            PathExpr::Exists(path) => {
                let routes = self.routes(path)?;
                let extensions: Vec<_> = routes.iter().filter_map(|route| self.beside(route)).collect();
                Ok(Condition::Exists(routes.into_iter().chain(extensions).collect()))
            }
            PathExpr::Eq(path, literal) => Ok(Condition::Equal(self.routes(path)?, literal.clone())),
            PathExpr::Ne(path, literal) => Ok(Condition::Differs(self.routes(path)?, literal.clone())),
            PathExpr::And(one, other) => {
                Ok(Condition::Both(Box::new(self.condition(one)?), Box::new(self.condition(other)?)))
            }
            PathExpr::Is(path, ty) if is_resolve_of_this(path) => match self.registry.resource_type(ty) {
                Some(ty) => Ok(Condition::RefersTo(ty)),
                None => Err(unroutable(format!("`{ty}`, which is no resource type"), criterion.span)),
            },
            _ => Err(unroutable("a criterion of this form", criterion.span)),
        }
    }

    fn resource(self) -> Route {
        Route::resource(self.registry.type_name(self.resource))
    }

    /// A leading name: a type, which other resource types do not answer to, or an element.
    fn ident(self, name: &str, span: Span) -> Routes {
        let names_type = self
            .registry
            .type_info(name)
            .is_some_and(|info| matches!(info.kind, TypeKind::Resource | TypeKind::Abstract));
        if !names_type {
            return self.child(&self.start.restart(), name, span);
        }
        let applies = self.registry.is_a(self.registry.type_name(self.resource), name);
        Ok(applies.then(|| self.resource()).into_iter().collect())
    }

    fn each(self, from: &PathNode, step: impl Fn(Route) -> Routes) -> Routes {
        let routes: Result<Vec<_>, _> = self.routes(from)?.into_iter().map(step).collect();
        Ok(routes?.into_iter().flatten().collect())
    }

    fn child(self, route: &Route, name: &str, span: Span) -> Routes {
        let Some(info) = self.registry.element(route.datatype, name) else {
            return Err(unroutable(format!("`{name}`, which is no element of `{}`", route.datatype), span));
        };
        let owner = self.owner(route.datatype, info);
        Ok(info.variants.iter().map(|variant| route.member(owner, info, variant)).collect())
    }

    /// The type that adds the element: `Quantity` for `value` of an `Age`.
    fn owner(self, datatype: &'static str, element: &ElementInfo) -> &'static str {
        let lineage =
            std::iter::successors(self.registry.type_info(datatype), |info| self.registry.type_info(info.parent?));
        let mut owners = lineage.filter(|info| info.elements.iter().any(|own| std::ptr::eq(own, element)));
        owners.next().map_or(datatype, |info| info.name)
    }

    /// Keeps the route if its elements are of type `ty`. Case differences (`DateTime`) are an erratum of R4.
    fn narrow(self, mut route: Route, ty: &str) -> Vec<Route> {
        if route.datatype.eq_ignore_ascii_case(ty) {
            return vec![route];
        }
        if route.datatype != "Resource" {
            return Vec::new();
        }
        let Some(resource) = self.registry.resource_type(ty) else { return Vec::new() };
        route.datatype = self.registry.type_name(resource);
        vec![route.only(Condition::IsResource(TypeSet::from_iter([resource])))]
    }

    /// `[n]` counts over everything the path selects: that is the place in one list only if nothing before the last
    /// step forks and no condition thins that list out.
    fn nth(self, from: &PathNode, index: usize, span: Span) -> Routes {
        let routes = self.routes(from)?;
        let in_one_list = |route: &Route| !route.forks_before && matches!(route.steps.last(), Some(Step::Member(_)));
        if matches!(from.node, PathExpr::Union(_)) || !routes.iter().all(in_one_list) {
            return Err(unroutable("an index into what is not one whole list", span));
        }
        let single = |route: Route| Route { forks_last: false, ..route.only(Condition::Index(index)) };
        Ok(routes.into_iter().map(single).collect())
    }

    /// `.extension('url')`: the extensions of a primitive stand in the member beside it.
    fn extension(self, route: &Route, url: &str, span: Span) -> Routes {
        let is_primitive = self.registry.type_info(route.datatype).is_some_and(|info| info.kind == TypeKind::Primitive);
        let holder = match self.beside(route) {
            Some(beside) => beside,
            None if is_primitive => return Err(unroutable("an extension of a value picked by a condition", span)),
            None => route.clone(),
        };
        let holder = Route { datatype: "Element", ..holder };
        self.child(&holder, "extension", span)?
            .into_iter()
            .map(|extension| {
                let ground = Ground { start: &extension.restart(), ..self };
                let urls = ground.child(&extension.restart(), "url", span)?;
                let literal = Literal::String(url.to_owned());
                Ok(extension.only(Condition::Equal(urls, literal)))
            })
            .collect()
    }

    /// The route to the member that holds id and extensions of a primitive: `_birthDate` beside `birthDate`.
    fn beside(self, route: &Route) -> Option<Route> {
        self.registry.type_info(route.datatype).filter(|info| info.kind == TypeKind::Primitive)?;
        let mut beside = Route { datatype: "Element", ..route.clone() };
        match beside.steps.last_mut()? {
            Step::Member(name) => name.insert(0, '_'),
            Step::Only(_) => return None,
        }
        Some(beside)
    }
}

impl Route {
    fn member(&self, owner: &'static str, info: &ElementInfo, variant: &Variant) -> Self {
        let mut steps = self.steps.clone();
        steps.push(Step::Member(variant.json_name.clone().into_owned()));
        Self {
            steps,
            from_resource: self.from_resource,
            datatype: variant.ty,
            element: Some(Element { owner, name: info.name, system: info.system }),
            forks_before: self.forks_before || self.forks_last,
            forks_last: info.repeats,
        }
    }

    /// The same route for the elements that meet the condition.
    pub(super) fn only(mut self, condition: Condition) -> Self {
        self.steps.push(Step::Only(condition));
        self
    }
}

fn is_resolve_of_this(path: &PathNode) -> bool {
    matches!(&path.node, PathExpr::Resolve(from) if from.node == PathExpr::This)
}

fn unroutable(what: impl Into<String>, span: Span) -> Unroutable {
    Unroutable { what: what.into(), span }
}
