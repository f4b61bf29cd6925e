//! Links: chains and `_has`, for ordinary parameters and for `_filter` alike. FHIR R4 3.1.1.4.13, 3.1.1.4.14.

use crate::definitions::{Modifier, ParamId, ParamType, ResourceType, TypeSet};
use crate::ir::{Link, Pred, PredKind, Way};
use crate::resolve::errors;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Has, Name, Span, Spanned};
use std::collections::{HashMap, HashSet};

/// The most conditions that one search may grow to over untyped chains.
const MAX_NODES: usize = 20_000;

/// What is known of types and the number of steps that are left.
type Known = HashMap<(ResourceType, usize), bool>;

/// A path on which resources are followed.
struct Path<'e> {
    end: &'e dyn End,
    /// Where the query says so.
    span: Span,
    /// From where the end is reached.
    known: Known,
    /// Where the end is not reached and it was said why: types and the number of steps that are left.
    told: HashSet<(ResourceType, usize)>,
}

/// One link of a path, whichever language it was written in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'t> {
    Forward(&'t Name),
    Has(&'t Has),
}

/// What stands at the end of the links: a condition on the resource there.
pub(super) trait End {
    /// The parameter that the resource there must have.
    fn name(&self) -> &Spanned<String>;
    /// Whether resources of type `ty` have all that is asked of them.
    fn fits(&self, resolver: &Resolver<'_>, ty: ResourceType) -> bool {
        resolver.knows(ty, &self.name().node)
    }
    /// What keeps it from resources of all of these types.
    fn missing(&self, _: &Resolver<'_>, _: TypeSet) -> &Spanned<String> {
        self.name()
    }
    /// The condition on a resource of type `ty`.
    fn resolve(&self, resolver: &mut Resolver<'_>, ty: ResourceType) -> Option<Pred>;
}

impl Resolver<'_> {
    /// The condition that `steps` from a resource of type `ty` lead to a resource at which `end` holds.
    pub(super) fn follow(&mut self, ty: ResourceType, steps: &[Step<'_>], end: &dyn End, span: Span) -> Option<Pred> {
        self.walk(ty, steps, &mut Path { end, span, known: Known::new(), told: HashSet::new() })
    }

    fn walk(&mut self, ty: ResourceType, steps: &[Step<'_>], path: &mut Path<'_>) -> Option<Pred> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            if self.nodes == MAX_NODES + 1 {
                self.report(errors::chain_too_wide(path.span, MAX_NODES));
            }
            return None;
        }
        match steps.split_first() {
            None => path.end.resolve(self, ty),
            Some((Step::Forward(name), rest)) => self.forward(ty, name, rest, path),
            Some((Step::Has(has), rest)) => self.reverse(ty, has, rest, path),
        }
    }

    fn forward(&mut self, ty: ResourceType, name: &Name, rest: &[Step<'_>], path: &mut Path<'_>) -> Option<Pred> {
        let param = self.reference_param(ty, &name.name)?;
        let targets = self.targets(param, name)?;
        let end = path.end;
        let mut able: Vec<_> =
            targets.iter().filter(|&target| self.arrives(target, rest, end, &mut path.known)).collect();
        let mut dead = false;
        if able.is_empty() {
            // Nobody arrives: what stops those that come farther is the better error.
            able = targets.iter().filter(|&target| self.can_go_on(target, rest, end)).collect();
            dead = !able.is_empty();
            able.retain(|&target| path.told.insert((target, rest.len())));
        }
        if able.is_empty() && !dead {
            let next = match rest.first() {
                Some(Step::Forward(name)) => &name.name,
                Some(Step::Has(has)) => &has.reference,
                None => end.missing(self, targets),
            };
            let only = targets.iter().next().filter(|_| targets.len() == 1);
            self.report(match only {
                Some(only) => errors::unknown_parameter(self.registry, only, next),
                None => errors::dead_chain(&name.name, next, &self.type_names(targets)),
            });
            return None;
        }
        let ends = self.for_each_type(able, |resolver, target| Some((target, resolver.walk(target, rest, path)?)));
        let ends: Vec<_> = ends.into_iter().flatten().collect();
        (!ends.is_empty()).then(|| linked(param, Way::Forward, ends, path.span))
    }

    fn reverse(&mut self, ty: ResourceType, has: &Has, rest: &[Step<'_>], path: &mut Path<'_>) -> Option<Pred> {
        let Some(source) = self.registry.resource_type(&has.ty.node) else {
            self.report(errors::unknown_type(self.registry, &has.ty));
            return None;
        };
        let param = self.reference_param(source, &has.reference)?;
        let targets = self.registry.targets(param);
        if !targets.contains(ty) {
            let here = Spanned::new(self.registry.type_name(ty).to_owned(), has.reference.span);
            self.report(errors::not_a_target(&has.reference, &here, &self.type_names(targets)));
            return None;
        }
        let pred = self.walk(source, rest, path)?;
        Some(linked(param, Way::Reverse, vec![(source, pred)], path.span))
    }

    /// The reference parameter `name` of `ty`.
    pub(super) fn reference_param(&mut self, ty: ResourceType, name: &Spanned<String>) -> Option<ParamId> {
        let Some(param) = self.registry.param(ty, &name.node) else {
            self.report(errors::unknown_parameter(self.registry, ty, name));
            return None;
        };
        let is = self.registry.definition(param).ty;
        if is != ParamType::Reference {
            self.report(errors::not_a_reference(self.registry, ty, name, is));
            return None;
        }
        Some(param)
    }

    /// The types that the link leads to: all that the parameter refers to, or the one that is named (item 118).
    pub(super) fn targets(&mut self, param: ParamId, name: &Name) -> Option<TypeSet> {
        let targets = self.registry.targets(param);
        let Some(wanted) = &name.modifier else { return Some(targets) };
        let Some(ty) = self.registry.resource_type(&wanted.node) else {
            self.report(match Modifier::from_name(&wanted.node) {
                Some(_) => errors::modified_link(&name.name, wanted),
                None => errors::unknown_type(self.registry, wanted),
            });
            return None;
        };
        if !targets.contains(ty) {
            self.report(errors::not_a_target(&name.name, wanted, &self.type_names(targets)));
            return None;
        }
        Some(TypeSet::from_iter([ty]))
    }

    /// Whether a resource of type `ty` has the parameter that comes next.
    fn can_go_on(&self, ty: ResourceType, rest: &[Step<'_>], end: &dyn End) -> bool {
        match rest.first() {
            Some(Step::Has(_)) => true,
            Some(Step::Forward(name)) => self.knows(ty, &name.name.node),
            None => end.fits(self, ty),
        }
    }

    /// Whether the whole rest of the path leads somewhere from a resource of type `ty`: every link is a reference to
    /// some type that can go on in turn.
    fn arrives(&self, ty: ResourceType, rest: &[Step<'_>], end: &dyn End, known: &mut Known) -> bool {
        if let Some(&known) = known.get(&(ty, rest.len())) {
            return known;
        }
        let arrives = match rest.split_first() {
            None => end.fits(self, ty),
            Some((Step::Has(_), _)) => true,
            Some((Step::Forward(name), rest)) => match self.registry.param(ty, &name.name.node) {
                Some(param) => self.leads_on(param, name, rest, end, known),
                // What is being built is refused where the path is followed.
                None => self.has(ty, &name.name.node),
            },
        };
        known.insert((ty, rest.len()), arrives);
        arrives
    }

    fn leads_on(&self, param: ParamId, name: &Name, rest: &[Step<'_>], end: &dyn End, known: &mut Known) -> bool {
        let named = name.modifier.as_ref().map(|wanted| self.registry.resource_type(&wanted.node));
        let mut targets = self.registry.targets(param).iter();
        targets.any(|ty| named.is_none_or(|named| named == Some(ty)) && self.arrives(ty, rest, end, known))
    }

    /// The names of some types, for help.
    pub(super) fn type_names(&self, types: TypeSet) -> Vec<&'static str> {
        types.iter().map(|ty| self.registry.type_name(ty)).collect()
    }
}

fn linked(param: ParamId, way: Way, ends: Vec<(ResourceType, Pred)>, span: Span) -> Pred {
    Pred::new(PredKind::Linked { link: Link { param }, way, ends }, span)
}
