//! `name[filter].part` of `_filter` on an element that occurs once: each condition in it is one on the resource.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::Pred;
use crate::resolve::errors;
use crate::resolve::filter::{compare, filter};
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Filter, FilterLink, FilterOp, FilterPath, FilterValue, Node, Span, Spanned};

/// An element that does not repeat, and the parameters that read parts of it.
#[derive(Clone, Debug)]
pub(super) struct Single<'r> {
    registry: &'r Registry,
    ty: ResourceType,
    /// `Specimen.collection`
    path: String,
    params: Vec<ParamId>,
}

impl<'r> Single<'r> {
    /// The element at `path`, of type `datatype`; nothing if no parameter reads a part of it.
    pub(super) fn of(registry: &'r Registry, ty: ResourceType, path: String, datatype: &str) -> Option<Self> {
        let below = format!("{path}.");
        let reads_part = |param: &ParamId| {
            let mut own = registry.own_branches(*param);
            let part = own.next().and_then(|branch| branch.strip_prefix(&below));
            let plain = part.and_then(|part| part.split('.').next());
            registry.definition(*param).ty != ParamType::Composite
                && own.next().is_none()
                && plain.is_some_and(|part| registry.element(datatype, part).is_some())
        };
        let params: Vec<ParamId> = registry.params(ty).filter(reads_part).collect();
        (!params.is_empty()).then_some(Single { registry, ty, path, params })
    }

    /// The element satisfies the filter and the comparison behind it.
    pub(super) fn holds(
        &self,
        resolver: &mut Resolver<'_>,
        inside: &Node,
        (path, op, value): (&FilterPath, &Spanned<FilterOp>, &FilterValue),
        span: Span,
    ) -> Option<Pred> {
        let here = self.node(resolver, inside).and_then(|inside| filter(resolver, self.ty, &inside));
        self.positive(resolver, op, value)?;
        let path = self.path(resolver, path)?;
        let behind = compare(resolver, self.ty, &path, op, value, span)?;
        Some(Pred::all(vec![here?, behind], span))
    }

    /// The same filter about the resource. That the element is there at all, what stands behind the brackets says: so a
    /// complement among its parts is one among resources.
    fn node(&self, resolver: &mut Resolver<'_>, node: &Node) -> Option<Node> {
        let inner = match &node.node {
            Filter::Not(inner) => Filter::Not(Box::new(self.node(resolver, inner)?)),
            Filter::Logic { first, tail } => {
                let first = self.node(resolver, first);
                let rights: Vec<_> = tail.iter().map(|next| self.node(resolver, &next.right)).collect();
                let mut tail = tail.clone();
                for (next, right) in tail.iter_mut().zip(rights) {
                    next.right = right?;
                }
                Filter::Logic { first: Box::new(first?), tail }
            }
            Filter::Compare { path, op, value } => {
                Filter::Compare { path: self.path(resolver, path)?, op: op.clone(), value: value.clone() }
            }
        };
        Some(Spanned::new(inner, node.span))
    }

    /// Behind the brackets something is asked for that is there: no row tells of the element itself.
    fn positive(&self, resolver: &mut Resolver<'_>, op: &Spanned<FilterOp>, value: &FilterValue) -> Option<()> {
        match op.node {
            FilterOp::Ni => self.refuse(resolver, "operator `ni`", op.span),
            FilterOp::Pr if value.text() == "false" => self.refuse(resolver, "`pr false`", op.span),
            _ => Some(()),
        }
    }

    fn refuse<T>(&self, resolver: &mut Resolver<'_>, what: &str, span: Span) -> Option<T> {
        let message = format!("{what} is not answered behind brackets on an element that occurs once");
        let help = format!(
            "ask for it inside, and behind for a part that is there: no index row tells of `{}` alone",
            self.path
        );
        resolver.report(Diagnostic::error("not-supported", span, message).help(help));
        None
    }

    /// The same path from the resource: its first name is a part, the others are what they are.
    fn path(&self, resolver: &mut Resolver<'_>, path: &FilterPath) -> Option<FilterPath> {
        let mut path = path.clone();
        let first = match path.links.first_mut() {
            None => &mut path.end.name,
            Some(FilterLink::Forward(name)) => &mut name.name,
            Some(FilterLink::Element { name, .. }) => name,
            Some(FilterLink::Has(has)) => {
                resolver.report(errors::not_grouped("`_has`", has.span, &self.path));
                return None;
            }
        };
        let Some(param) = self.part(&first.node) else {
            let parts: Vec<&str> =
                self.params.iter().map(|param| self.registry.definition(*param).code.as_str()).collect();
            resolver.report(errors::unknown_part(first, &self.path, &parts));
            return None;
        };
        first.node.clone_from(&self.registry.definition(param).code);
        Some(path)
    }

    /// The parameter that reads the part of this name, or that has this name itself.
    fn part(&self, name: &str) -> Option<ParamId> {
        let reads = |param: &&ParamId| self.registry.reads_only(**param, &format!("{}.{name}", self.path));
        let named = |param: &&ParamId| self.registry.definition(**param).code == name;
        self.params.iter().find(reads).or_else(|| self.params.iter().find(named)).copied()
    }
}
