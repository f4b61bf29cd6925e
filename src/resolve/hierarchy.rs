//! `:above` and `:below` on references: hierarchies of resources, versions of canonicals. FHIR R4 3.1.1.4.14 and 13.
//!
//! `Procedure?location:below=42` finds "all procedures that occurred at location with id 42" and those "in locations
//! that are part of location with id 42". Which parameter holds the links is a matter of the definitions
//! ([`crate::definitions`]). A target type without a hierarchy does not take part, as a chain passes over types that
//! lack the next parameter (item 118). A url of another server has no place in a hierarchy of this one: it is refused.
//!
//! "The modifier `:below` is used with canonical references, to control whether the version is considered".

use crate::definitions::{Modifier, ParamId, Registry};
use crate::ir::{Direction, Pred, PredKind, ReferenceTest, Root, Test, UrlTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{Written, reference};
use fhirc_grammar::{Item, Span};

/// Whether the modifier means something for the references of the parameter; other modifiers are not asked here.
pub(super) fn applies(registry: &Registry, param: ParamId, modifier: Modifier) -> bool {
    match modifier {
        Modifier::Above => !registry.hierarchies(param).is_empty(),
        Modifier::Below => registry.datatypes(param).some_urls() || !registry.hierarchies(param).is_empty(),
        _ => true,
    }
}

/// One of the items is what a reference leads to, or is above or below it.
pub(super) fn related(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    direction: Direction,
    asked: &Asked<'_>,
    items: &[Item],
) -> Option<Pred> {
    let hierarchies = resolver.registry.hierarchies(param);
    let asked = Asked { targets: hierarchies.iter().map(|links| links.ty()).collect(), ..*asked };
    let roots = hierarchies.into_iter().map(|links| (links, Vec::new())).collect();
    let mut found = Found { direction, roots, tests: Vec::new() };
    let mut failed = false;
    for item in items {
        let written = Written::of(item);
        let test = reference::plain(resolver, &asked, &written);
        failed |= !test.is_some_and(|test| found.add(resolver, test, written.span));
    }
    if failed { None } else { Some(found.pred(param, asked.span)) }
}

/// What the items ask for.
struct Found {
    direction: Direction,
    /// Per hierarchy.
    roots: Vec<(ParamId, Vec<Root>)>,
    /// What is compared alone.
    tests: Vec<Test>,
}

impl Found {
    /// Adds what one item may mean; false if it cannot be answered.
    fn add(&mut self, resolver: &mut Resolver<'_>, test: Test, span: Span) -> bool {
        let tests = match test {
            Test::Any(tests) => tests,
            test => vec![test],
        };
        let is_canonical = tests.iter().any(|test| matches!(test, Test::Url(_)));
        tests.into_iter().all(|test| self.add_one(resolver, test, is_canonical, span))
    }

    fn add_one(&mut self, resolver: &mut Resolver<'_>, test: Test, is_canonical: bool, span: Span) -> bool {
        let types: Vec<_> = self.roots.iter().map(|(links, _)| resolver.registry.type_name(links.ty())).collect();
        match test {
            Test::Reference(ReferenceTest::Local { ty, id, version }) => {
                if let Some((_, roots)) = self.roots.iter_mut().find(|(links, _)| links.ty() == ty) {
                    roots.push(Root { id, version });
                    return true;
                }
                if !is_canonical {
                    resolver.report(errors::no_hierarchy(resolver.registry.type_name(ty), &types, span));
                }
                is_canonical
            }
            Test::Url(UrlTest::Is { .. }) if self.direction == Direction::Above => {
                resolver.report(errors::bad_value("bad-reference", span, "only `:below` compares versions"));
                false
            }
            Test::Url(UrlTest::Is { url, version: Some(version) }) => {
                self.tests.push(Test::Url(UrlTest::BelowVersion { url, version }));
                true
            }
            Test::Reference(ReferenceTest::Foreign(url)) if !is_canonical => {
                resolver.report(errors::hierarchy_elsewhere(&url, span));
                false
            }
            test => {
                self.tests.push(test);
                true
            }
        }
    }

    fn pred(self, param: ParamId, span: Span) -> Pred {
        let direction = self.direction;
        let roots = self.roots.into_iter().filter(|(_, roots)| !roots.is_empty());
        let mut kinds: Vec<PredKind> =
            roots.map(|(links, roots)| PredKind::Hierarchy { param, links, direction, roots }).collect();
        if !self.tests.is_empty() {
            kinds.push(PredKind::Param { param, facet: Facet::Value, test: one_of(self.tests) });
        }
        if kinds.is_empty() {
            // References to resources of no type: they are said to match nothing.
            return Pred::constant(false, span);
        }
        Pred::any(kinds.into_iter().map(|kind| Pred::new(kind, span)).collect(), span)
    }
}
