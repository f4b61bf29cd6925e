//! `_filter`: the same conditions in another language. FHIR R4 3.1.3.

use crate::definitions::{ParamType, ResourceType, TypeSet};
use crate::ir::{Pred, PredKind};
use crate::resolve::chain::{End, Step};
use crate::resolve::control;
use crate::resolve::errors;
use crate::resolve::filter_value;
use crate::resolve::group::{self, Group};
use crate::resolve::group_several::Asking;
use crate::resolve::list;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{
    Diagnostic, Filter, FilterLink, FilterOp, FilterPath, FilterValue, Logic, LogicTail, Name, Node, Span, Spanned,
};

/// How often a filter may turn between `and` and `or` without brackets: each turn nests all before it one deeper.
const MAX_TURNS: usize = 64;

/// The condition that a filter stands for on resources of type `ty`. What is wrong in it is an error in lenient
/// handling too: leaving out one operand would change the meaning of the others (decision 169).
pub(super) fn filter(resolver: &mut Resolver<'_>, ty: ResourceType, node: &Node) -> Option<Pred> {
    match &node.node {
        Filter::Not(inner) => Some(filter(resolver, ty, inner)?.not()),
        Filter::Compare { path, op, value } => compare(resolver, ty, path, op, value, node.span),
        Filter::Logic { first, tail } => {
            if turns_too_often(resolver, tail, node.span) {
                return None;
            }
            let mut left = filter(resolver, ty, first);
            for next in tail {
                let right = filter(resolver, ty, &next.right);
                // Both sides are looked at, so that all their problems are reported.
                left = left.zip(right).map(|(left, right)| join(left, next.op.node, right));
            }
            left
        }
    }
}

/// Whether a filter without brackets turns too often, which is said.
pub(super) fn turns_too_often(resolver: &mut Resolver<'_>, tail: &[LogicTail], span: Span) -> bool {
    let turns = tail.windows(2).filter(|pair| matches!(pair, [a, b] if a.op.node != b.op.node)).count();
    if turns > MAX_TURNS {
        resolver.report(errors::too_many_turns(span, MAX_TURNS));
    }
    turns > MAX_TURNS
}

/// Left to right, without precedence (item 150). A run of the same operator stays one junction.
fn join(left: Pred, op: Logic, right: Pred) -> Pred {
    let span = left.span.to(right.span);
    let kind = match (op, left.kind) {
        (Logic::And, PredKind::All(mut preds)) => {
            preds.push(right);
            PredKind::All(preds)
        }
        (Logic::Or, PredKind::Any(mut preds)) => {
            preds.push(right);
            PredKind::Any(preds)
        }
        (Logic::And, kind) => PredKind::All(vec![Pred::new(kind, left.span), right]),
        (Logic::Or, kind) => PredKind::Any(vec![Pred::new(kind, left.span), right]),
    };
    Pred::new(kind, span)
}

pub(super) fn compare(
    resolver: &mut Resolver<'_>,
    ty: ResourceType,
    path: &FilterPath,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    let leaf = Comparison { path, op, value, span };
    links(resolver, ty, &path.links, &leaf, span)
}

/// Follows the links up to the next bracket; the rest holds on the same resource as the filter in the bracket.
fn links(
    resolver: &mut Resolver<'_>,
    ty: ResourceType,
    path: &[FilterLink],
    leaf: &Comparison<'_>,
    span: Span,
) -> Option<Pred> {
    let plain: Vec<Step<'_>> = path.iter().map_while(step).collect();
    match path.get(plain.len()..).and_then(<[_]>::split_first) {
        None => resolver.follow(ty, &plain, leaf, span),
        Some((FilterLink::Element { name, filter }, rest)) => {
            let bracket = Bracket { name, filter, rest, leaf, span };
            resolver.follow(ty, &plain, &bracket, span)
        }
        Some(_) => None,
    }
}

fn step(link: &FilterLink) -> Option<Step<'_>> {
    match link {
        FilterLink::Forward(name) => Some(Step::Forward(name)),
        FilterLink::Has(has) => Some(Step::Has(has)),
        FilterLink::Element { .. } => None,
    }
}

/// `path op value` at the end of its links.
struct Comparison<'t> {
    path: &'t FilterPath,
    op: &'t Spanned<FilterOp>,
    value: &'t FilterValue,
    span: Span,
}

impl End for Comparison<'_> {
    fn name(&self) -> &Spanned<String> {
        &self.path.end.name
    }

    fn resolve(&self, resolver: &mut Resolver<'_>, ty: ResourceType) -> Option<Pred> {
        if let Some(modifier) = &self.path.end.modifier {
            let message = "`_filter` has operators where a search has modifiers";
            resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, message));
            return None;
        }
        let name = self.name();
        // FHIR defines some of them as parameters of every resource, `_query` for one.
        if control::is_control(&name.node) {
            resolver.report(errors::misplaced_parameter(name));
            return None;
        }
        if name.node == "_list" {
            return list::compare(resolver, self.op, self.value, self.span);
        }
        let Some(param) = resolver.registry.param(ty, &name.node) else {
            let of_fhir = resolver.knows(ty, &name.node) && !resolver.has(ty, &name.node);
            resolver.report(if of_fhir {
                errors::not_supported(&format!("`{}` in a filter", name.node), name.span)
            } else {
                errors::unknown_parameter(resolver.registry, ty, name)
            });
            return None;
        };
        filter_value::compare(resolver, param, self.op, self.value, self.span)
    }
}

/// `name[filter].rest`
struct Bracket<'t> {
    name: &'t Spanned<String>,
    filter: &'t Node,
    rest: &'t [FilterLink],
    leaf: &'t Comparison<'t>,
    span: Span,
}

impl End for Bracket<'_> {
    fn name(&self) -> &Spanned<String> {
        self.name
    }

    fn fits(&self, resolver: &Resolver<'_>, ty: ResourceType) -> bool {
        begins(resolver, ty, &self.name.node)
    }

    /// On a reference, the resource that it refers to must satisfy the filter in the bracket and what comes behind it.
    fn resolve(&self, resolver: &mut Resolver<'_>, ty: ResourceType) -> Option<Pred> {
        let is_reference = resolver
            .registry
            .param(ty, &self.name.node)
            .is_some_and(|param| resolver.registry.definition(param).ty == ParamType::Reference);
        if let Some(group) = group::group(resolver.registry, ty, &self.name.node).filter(|_| !is_reference) {
            return self.on_element(resolver, &group);
        }
        if !is_reference {
            resolver.report(errors::ungrouped(self.name));
            return None;
        }
        let link = Name { name: self.name.clone(), modifier: None };
        resolver.follow(ty, &[Step::Forward(&link)], &Inside(self), self.span)
    }
}

impl Bracket<'_> {
    /// Elsewhere the filter and what comes behind it hold of one element.
    fn on_element(&self, resolver: &mut Resolver<'_>, group: &Group<'_>) -> Option<Pred> {
        let Comparison { path, op, value, span } = *self.leaf;
        let first = self.rest.first().map(first_name);
        let behind = first.unwrap_or(path.end.name.span).to(path.end.name.span);
        let behind = FilterPath { links: self.rest.to_vec(), end: path.end.clone(), span: behind };
        match group {
            Group::Several(group) => group.holds(resolver, self.filter, Asking { path: &behind, op, value, span }),
            Group::Single(group) => group.holds(resolver, self.filter, (&behind, op, value), span),
        }
    }
}

/// Where a link begins.
fn first_name(link: &FilterLink) -> Span {
    match link {
        FilterLink::Forward(name) => name.name.span,
        FilterLink::Has(has) => has.span,
        FilterLink::Element { name, .. } => name.span,
    }
}

/// Whether resources of type `ty` have what a bracket named `name` is about.
fn begins(resolver: &Resolver<'_>, ty: ResourceType, name: &str) -> bool {
    resolver.knows(ty, name) || group::group(resolver.registry, ty, name).is_some()
}

/// The first parameter that a filter begins a path with and that resources of no one of these types have.
fn lacking<'t>(resolver: &Resolver<'_>, types: &[ResourceType], node: &'t Node) -> Option<&'t Spanned<String>> {
    let (name, may_be_group) = match &node.node {
        Filter::Not(inner) => return lacking(resolver, types, inner),
        Filter::Logic { first, tail } => {
            let mut all = std::iter::once(&**first).chain(tail.iter().map(|next| &next.right));
            return all.find_map(|node| lacking(resolver, types, node));
        }
        Filter::Compare { path, .. } => match path.links.first() {
            None => (&path.end.name, false),
            Some(FilterLink::Forward(name)) => (&name.name, false),
            Some(FilterLink::Element { name, .. }) => (name, true),
            Some(FilterLink::Has(_)) => return None,
        },
    };
    let has = |&ty: &ResourceType| match may_be_group {
        true => begins(resolver, ty, &name.node),
        false => resolver.knows(ty, &name.node),
    };
    (!types.iter().any(has)).then_some(name)
}

/// The resource that a bracket is about.
struct Inside<'t>(&'t Bracket<'t>);

impl End for Inside<'_> {
    fn name(&self) -> &Spanned<String> {
        match self.0.rest.first() {
            Some(FilterLink::Forward(name)) => &name.name,
            Some(FilterLink::Has(has)) => &has.reference,
            Some(FilterLink::Element { name, .. }) => name,
            None => self.0.leaf.name(),
        }
    }

    fn fits(&self, resolver: &Resolver<'_>, ty: ResourceType) -> bool {
        begins(resolver, ty, &self.name().node) && lacking(resolver, &[ty], self.0.filter).is_none()
    }

    /// A name of the filter that no type has, where some type has what comes behind it.
    fn missing(&self, resolver: &Resolver<'_>, types: TypeSet) -> &Spanned<String> {
        let begin: Vec<_> = types.iter().filter(|&ty| begins(resolver, ty, &self.name().node)).collect();
        let lacking = if begin.is_empty() { None } else { lacking(resolver, &begin, self.0.filter) };
        lacking.unwrap_or(self.name())
    }

    fn resolve(&self, resolver: &mut Resolver<'_>, ty: ResourceType) -> Option<Pred> {
        let Bracket { filter: inner, rest, leaf, span, .. } = self.0;
        let here = filter(resolver, ty, inner);
        let behind = links(resolver, ty, rest, leaf, *span);
        Some(Pred::all(vec![here?, behind?], *span))
    }
}
