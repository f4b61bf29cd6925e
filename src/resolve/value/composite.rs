//! Composites: a part per component, all of one element. FHIR R4 3.1.1.4.12.

use crate::ir::{ReferenceTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{self, Written};
use fhirc_grammar::Item;

/// `http://loinc.org|8480-6$gt140`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, item: &Item) -> Option<(Facet, Test)> {
    let parts: Vec<Written> = item.parts.iter().map(Written::part).collect();
    tuple(resolver, asked, &parts, item.span)
}

/// The same, the parts already cut.
pub(in crate::resolve) fn tuple(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    parts: &[Written],
    span: fhirc_grammar::Span,
) -> Option<(Facet, Test)> {
    let components = asked.components;
    if components.len() != parts.len() {
        let message = format!("`{}` takes {} parts joined by `$`, not {}", asked.code, components.len(), parts.len());
        resolver.report(errors::bad_value("bad-composite", span, message));
        return None;
    }
    let mut alternatives: Vec<Vec<Test>> = vec![Vec::new()];
    // A quantity in canonical units is looked for among tuples in canonical units.
    let mut view = Facet::Value;
    for (component, part) in components.iter().zip(parts) {
        let (facet, test) = value::written(resolver, &Asked::component(component, part.span), part)?;
        let tests = match test {
            Test::Any(tests) => tests,
            test => vec![test],
        };
        if tests.iter().any(|test| matches!(test, Test::Reference(ReferenceTest::Foreign(_)))) {
            resolver.report(errors::not_supported("a reference to another server in a composite", part.span));
            return None;
        }
        if facet == Facet::Canonical {
            view = Facet::Canonical;
        }
        alternatives = product(&alternatives, &tests);
    }
    Some((view, one_of(alternatives.into_iter().map(Test::Tuple).collect())))
}

/// Every way to go on: "one of" moves from inside a tuple to around it, so that a tuple holds plain tests.
fn product(heads: &[Vec<Test>], tests: &[Test]) -> Vec<Vec<Test>> {
    let extend = |head: &Vec<Test>, test: &Test| head.iter().cloned().chain([test.clone()]).collect();
    heads.iter().flat_map(|head| tests.iter().map(move |test| extend(head, test))).collect()
}
