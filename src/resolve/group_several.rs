//! `name[filter].part` of `_filter` on one of several elements: one condition on the element.

use crate::ir::{OfElement, Pred, PredKind};
use crate::resolve::errors;
use crate::resolve::filter::turns_too_often;
use crate::resolve::filter_value;
use crate::resolve::group::{Part, Several};
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Filter, FilterOp, FilterPath, FilterValue, Logic, Node, Span, Spanned};

/// One comparison in a bracket, or behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'t> {
    pub(super) path: &'t FilterPath,
    pub(super) op: &'t Spanned<FilterOp>,
    pub(super) value: &'t FilterValue,
    pub(super) span: Span,
}

impl Several<'_> {
    /// Some element satisfies the filter and the comparison. Where values that stand together say it, their rows are
    /// asked; else rows about the parts of each element.
    pub(super) fn holds(&self, resolver: &mut Resolver<'_>, filter: &Node, behind: Asking<'_>) -> Option<Pred> {
        let inside = self.condition(resolver, filter);
        let outside = self.compare(resolver, behind);
        let (inside, outside) = (inside?, outside?);
        for (condition, span) in [(&inside, filter.span), (&outside, behind.span)] {
            if *condition == OfElement::Const(false) {
                let why = format!("no `{}` lacks what is mandatory in it", self.path);
                resolver.report(errors::never_matches(span, &why));
                break;
            }
        }
        let holds = OfElement::all(vec![inside, outside]);
        let composite = self.composites.first().map(|(composite, _)| *composite)?;
        let by_rows = self.by_rows(resolver.registry, &holds, behind.span);
        Some(by_rows.unwrap_or_else(|| Pred::new(PredKind::Element { composite, holds }, behind.span)))
    }

    fn condition(&self, resolver: &mut Resolver<'_>, node: &Node) -> Option<OfElement> {
        let (first, tail) = match &node.node {
            Filter::Compare { path, op, value } => {
                return self.compare(resolver, Asking { path, op, value, span: node.span });
            }
            Filter::Not(inner) => return Some(self.condition(resolver, inner)?.not()),
            Filter::Logic { first, tail } => (first, tail),
        };
        if turns_too_often(resolver, tail, node.span) {
            return None;
        }
        // Left to right, without precedence (item 150).
        let mut op = tail.first()?.op.node;
        let mut run = self.condition(resolver, first).map(|first| vec![first]);
        for next in tail {
            let right = self.condition(resolver, &next.right);
            if next.op.node != op {
                run = run.map(|run| vec![joined(op, run)]);
                op = next.op.node;
            }
            run = run.zip(right).map(|(run, right)| [run, vec![right]].concat());
        }
        run.map(|run| joined(op, run))
    }

    /// One comparison: of a part, or of each that a name may mean, as `value` means all types of a choice.
    fn compare(&self, resolver: &mut Resolver<'_>, asking: Asking<'_>) -> Option<OfElement> {
        let name = &asking.path.end.name;
        if !asking.path.links.is_empty() || asking.path.end.modifier.is_some() {
            // Joins lead from a parameter of the resource, that is from every element.
            resolver.report(errors::not_grouped("a path that goes on", asking.path.span, &self.path));
            return None;
        }
        let is_meant = |part: &&Part<'_>| part.called.names().any(|known| known == name.node);
        let meant: Vec<&Part<'_>> = self.parts.iter().filter(is_meant).collect();
        if meant.is_empty() {
            let mut known: Vec<&str> = self.parts.iter().flat_map(|part| part.called.names()).collect();
            known.sort_unstable();
            known.dedup();
            resolver.report(errors::unknown_part(name, &self.path, &known));
            return None;
        }
        if asking.op.node == FilterOp::Pr {
            return self.presence(resolver, &meant, asking);
        }
        let some = self.some(resolver, &meant, asking)?;
        // A part may have several values, and `ni` is about all of them (decision 160).
        Some(if asking.op.node == FilterOp::Ni { some.not() } else { some })
    }

    /// Some value of one of the parts passes.
    fn some(&self, resolver: &mut Resolver<'_>, meant: &[&Part<'_>], asking: Asking<'_>) -> Option<OfElement> {
        let before = resolver.diagnostics.len();
        let mut found = Vec::new();
        let mut wrong: Vec<Diagnostic> = Vec::new();
        for part in meant {
            let asked = Asked::component(part.component, asking.span);
            match filter_value::test(resolver, &asked, asking.op, asking.value) {
                Some((facet, test)) => found.push(OfElement::Part { part: part.id, facet, test }),
                None => {
                    // What is wrong for one type of a choice may be right for another; if it is for none, a wrong value
                    // says more than an operator that the type does not have.
                    let told = resolver.diagnostics.split_off(before);
                    if wrong.iter().all(|problem| problem.code == "unsupported-operator") {
                        wrong = told;
                    }
                }
            }
        }
        if found.is_empty() {
            resolver.diagnostics.extend(wrong);
            return None;
        }
        Some(OfElement::any(found))
    }

    /// A part that the specification makes mandatory is there wherever its element is.
    fn presence(&self, resolver: &mut Resolver<'_>, meant: &[&Part<'_>], asking: Asking<'_>) -> Option<OfElement> {
        let want = filter_value::wanted(resolver, asking.value)?;
        let name = &asking.path.end.name.node;
        if self.is_mandatory(resolver.registry, name) {
            return Some(OfElement::Const(want));
        }
        // The name of the element means all of its types, and each of its parts tells of all.
        let there = match meant.iter().find(|part| part.called.element == name) {
            Some(part) => OfElement::Present { part: part.id, any_type: true },
            None => {
                let there = meant.iter().map(|part| OfElement::Present { part: part.id, any_type: false });
                OfElement::any(there.collect())
            }
        };
        Some(if want { there } else { there.not() })
    }
}

fn joined(op: Logic, run: Vec<OfElement>) -> OfElement {
    match op {
        Logic::And => OfElement::all(run),
        Logic::Or => OfElement::any(run),
    }
}
