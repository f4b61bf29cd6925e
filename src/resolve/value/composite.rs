//! Composites: a part per component, all of one element. FHIR R4 3.1.1.4.12.

use crate::ir::Test;
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{self, Written};
use fhirc_grammar::{Item, Span};

/// `http://loinc.org|8480-6$gt140`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, item: &Item) -> Option<(Facet, Test)> {
    let parts: Vec<Written> = item.parts.iter().map(Written::part).collect();
    tuple(resolver, asked, &parts, item.span, value::written)
}

/// What each of `parts` is for its component, by `test`, all of one element. A part that is empty would be met by any
/// value, so it is an error.
pub(in crate::resolve) fn tuple(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    parts: &[Written],
    span: Span,
    mut test: impl FnMut(&mut Resolver<'_>, &Asked<'_>, &Written) -> Option<(Facet, Test)>,
) -> Option<(Facet, Test)> {
    let components = asked.components;
    if components.len() != parts.len() {
        let message = format!("`{}` takes {} parts joined by `$`, not {}", asked.code, components.len(), parts.len());
        resolver.report(errors::bad_value("bad-composite", span, message));
        return None;
    }
    // Every part is looked at before any is used, so that all their problems are reported.
    let tests: Vec<_> = components
        .iter()
        .zip(parts)
        .map(|(component, part)| {
            let component = Asked::component(component, part.span);
            if part.text.is_empty() {
                let message = format!("the part `{}` of `{}` is empty", component.code, asked.code);
                resolver.report(errors::bad_value("bad-composite", part.span, message));
                return None;
            }
            test(resolver, &component, part)
        })
        .collect();
    let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
    Some(tuples(tests))
}

/// A test per component of one element, and the view in which it is looked for.
pub(in crate::resolve) fn tuples(parts: Vec<(Facet, Test)>) -> (Facet, Test) {
    let mut alternatives: Vec<Vec<Test>> = vec![Vec::new()];
    // A quantity in canonical units is looked for among tuples in canonical units.
    let mut view = Facet::Value;
    for (facet, test) in parts {
        let tests = match test {
            Test::Any(tests) => tests,
            test => vec![test],
        };
        if facet == Facet::Canonical {
            view = Facet::Canonical;
        }
        alternatives = product(&alternatives, &tests);
    }
    (view, one_of(alternatives.into_iter().map(Test::Tuple).collect()))
}

/// Every way to go on: "one of" moves from inside a tuple to around it, so that a tuple holds plain tests.
fn product(heads: &[Vec<Test>], tests: &[Test]) -> Vec<Vec<Test>> {
    let extend = |head: &Vec<Test>, test: &Test| head.iter().cloned().chain([test.clone()]).collect();
    heads.iter().flat_map(|head| tests.iter().map(move |test| extend(head, test))).collect()
}
