//! Conditions on one of several elements, as tests of rows that hold what stands together in one.

use crate::definitions::{Component, ParamId};
use crate::ir::{Pred, PredKind, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::filter_value;
use crate::resolve::group::{Part, Several, reads_only};
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::composite;
use fhirc_grammar::{Diagnostic, Filter, FilterOp, FilterPath, FilterValue, Logic, Node, Span, Spanned};

/// The most combinations that `or` inside a bracket may grow to, and the most values that one of them may have.
const MAX_ROWS: usize = 1_000;
const MAX_TESTS: usize = 20_000;

/// What must hold of one element: a test per part, of some parts at least.
type Row = Vec<Option<(Facet, Test)>>;

/// One comparison in a bracket, or behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'t> {
    pub(super) path: &'t FilterPath,
    pub(super) op: &'t Spanned<FilterOp>,
    pub(super) value: &'t FilterValue,
    pub(super) span: Span,
}

impl Several<'_> {
    /// Some element satisfies the filter and the comparison.
    pub(super) fn holds(&self, resolver: &mut Resolver<'_>, filter: &Node, behind: Asking<'_>) -> Option<Pred> {
        let inside = self.rows(resolver, filter);
        let outside = self.compare(resolver, behind);
        let (inside, outside) = (inside?, outside?);
        if inside.is_empty() || outside.is_empty() {
            let span = if inside.is_empty() { filter.span } else { behind.span };
            resolver.report(errors::never_matches(span, &format!("no `{}` lacks what is mandatory in it", self.path)));
        }
        let rows = self.both(resolver, &inside, &outside, behind.span)?;
        let preds: Option<Vec<Pred>> = rows.into_iter().map(|row| self.row(resolver, row, behind.span)).collect();
        Some(Pred::any(preds?, behind.span))
    }

    /// The rows of which one must hold.
    fn rows(&self, resolver: &mut Resolver<'_>, node: &Node) -> Option<Vec<Row>> {
        match &node.node {
            Filter::Compare { path, op, value } => self.compare(resolver, Asking { path, op, value, span: node.span }),
            // A complement among elements is no test of one of them.
            Filter::Not(_) => self.refuse(resolver, "`not`", node.span),
            Filter::Logic { first, tail } => {
                let mut rows = self.rows(resolver, first);
                for next in tail {
                    let right = self.rows(resolver, &next.right);
                    let (left, right) = (rows?, right?);
                    rows = match next.op.node {
                        Logic::Or => Some([left, right].concat()),
                        Logic::And => self.both(resolver, &left, &right, node.span),
                    };
                }
                rows
            }
        }
    }

    /// The rows of one comparison: of a part, or of each that a name may mean, as `value` means all types of a choice.
    fn compare(&self, resolver: &mut Resolver<'_>, asking: Asking<'_>) -> Option<Vec<Row>> {
        let name = &asking.path.end.name;
        if !asking.path.links.is_empty() || asking.path.end.modifier.is_some() {
            // Joins lead from a parameter of the resource, that is from every element.
            return self.refuse(resolver, "a path that goes on", asking.path.span);
        }
        let meant: Vec<usize> =
            (0..).zip(&self.parts).filter(|(_, part)| part.names.contains(&name.node)).map(|(n, _)| n).collect();
        if meant.is_empty() {
            let mut known: Vec<&str> = self.parts.iter().flat_map(|part| &part.names).map(String::as_str).collect();
            known.sort_unstable();
            known.dedup();
            resolver.report(errors::unknown_part(name, &self.path, &known));
            return None;
        }
        let before = resolver.diagnostics.len();
        let mut rows: Option<Vec<Row>> = None;
        let mut wrong: Vec<Diagnostic> = Vec::new();
        for place in meant {
            match self.part(resolver, place, asking) {
                Some(found) => rows.get_or_insert_default().extend(found),
                None => {
                    // What is wrong for one type of a choice may be right for another; if it is for none, a wrong value
                    // says more than an operator that the type does not have.
                    let found = resolver.diagnostics.split_off(before);
                    if wrong.iter().all(|problem| problem.code == "unsupported-operator") {
                        wrong = found;
                    }
                }
            }
        }
        match &mut rows {
            Some(rows) => rows.dedup(),
            None => resolver.diagnostics.extend(wrong),
        }
        rows
    }

    fn part(&self, resolver: &mut Resolver<'_>, place: usize, asking: Asking<'_>) -> Option<Vec<Row>> {
        let Part { component, .. } = self.parts.get(place)?;
        match asking.op.node {
            FilterOp::Pr => return self.presence(resolver, asking),
            // A part may have several values, and `ni` is about all of them.
            FilterOp::Ni => return self.refuse(resolver, "operator `ni`", asking.op.span),
            _ => {}
        }
        let asked = Asked::component(component, asking.span);
        let test = filter_value::test(resolver, &asked, asking.op, asking.value)?;
        let mut row: Row = vec![None; self.parts.len()];
        *row.get_mut(place)? = Some(test);
        Some(vec![row])
    }

    /// A part that the specification makes mandatory is there wherever its element is.
    fn presence(&self, resolver: &mut Resolver<'_>, asking: Asking<'_>) -> Option<Vec<Row>> {
        let want = filter_value::wanted(resolver, asking.value)?;
        match (self.is_mandatory(resolver, &asking.path.end.name.node), want) {
            (true, true) => Some(vec![vec![None; self.parts.len()]]),
            (true, false) => Some(Vec::new()),
            (false, _) => self.refuse(resolver, "`pr` of a part that may be missing", asking.op.span),
        }
    }

    fn is_mandatory(&self, resolver: &Resolver<'_>, name: &str) -> bool {
        resolver.registry.element(self.datatype, name).is_some_and(|element| element.mandatory)
    }

    /// Every row of the one with every row of the other.
    fn both(&self, resolver: &mut Resolver<'_>, left: &[Row], right: &[Row], span: Span) -> Option<Vec<Row>> {
        if left.len().saturating_mul(right.len()) > MAX_ROWS {
            return too_wide(resolver, span);
        }
        let mut rows = Vec::new();
        for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            let parts = left.iter().zip(right);
            if parts.clone().any(|(left, right)| left.is_some() && right.is_some()) {
                // A part may have several values: the two conditions may hold of two of them.
                return self.refuse(resolver, "two conditions on one part", span);
            }
            rows.push(parts.map(|(left, right)| left.clone().or_else(|| right.clone())).collect());
        }
        Some(rows)
    }

    fn row(&self, resolver: &mut Resolver<'_>, row: Row, span: Span) -> Option<Pred> {
        let asked: Vec<usize> = (0..).zip(&row).filter(|(_, test)| test.is_some()).map(|(place, _)| place).collect();
        let covers = |places: &[usize]| places.len() == asked.len() && asked.iter().all(|place| places.contains(place));
        if let Some((param, places)) = self.composites.iter().find(|(_, places)| covers(places)) {
            if places.iter().any(|place| self.is_implied(*place, &row)) {
                return self.refuse(resolver, "`co` on a decimal, beside another condition,", span);
            }
            let parts: Option<Vec<_>> = places.iter().map(|place| row.get(*place)?.clone()).collect();
            return self.tuples(resolver, *param, parts?, span);
        }
        let alone = match asked.as_slice() {
            [] => self.there(resolver),
            [only] => self.parts.get(*only).zip(row.get(*only).cloned().flatten()).and_then(|(part, (facet, test))| {
                Some(PredKind::Param { param: self.alone(resolver, part.component)?, facet, test })
            }),
            _ => None,
        };
        match alone {
            Some(kind) => Some(Pred::new(kind, span)),
            None => self.refuse(resolver, "a condition on these parts alone", span),
        }
    }

    /// Whether a part is asked for the range that its digits imply: rows of several parts hold the number as it is. An
    /// integer is both.
    fn is_implied(&self, place: usize, row: &Row) -> bool {
        let asked = row.get(place).and_then(Option::as_ref).is_some_and(|(facet, _)| *facet == Facet::Implied);
        asked && self.parts.get(place).is_some_and(|part| part.component.datatypes.some(&["decimal"]))
    }

    /// Some element is there: a mandatory part of one is.
    fn there(&self, resolver: &Resolver<'_>) -> Option<PredKind> {
        let mut mandatory = self
            .parts
            .iter()
            .map(|part| part.component)
            .filter(|component| self.is_mandatory(resolver, &component.expression));
        mandatory.find_map(|component| Some(PredKind::Present { param: self.alone(resolver, component)? }))
    }

    fn tuples(
        &self,
        resolver: &mut Resolver<'_>,
        param: ParamId,
        parts: Vec<(Facet, Test)>,
        span: Span,
    ) -> Option<Pred> {
        let size = |(_, test): &(Facet, Test)| if let Test::Any(tests) = test { tests.len() } else { 1 };
        if parts.iter().map(size).fold(1, usize::saturating_mul) > MAX_TESTS {
            return too_wide(resolver, span);
        }
        let (facet, test) = composite::tuples(parts);
        Some(Pred::new(PredKind::Param { param, facet, test }, span))
    }

    /// The parameter that reads the same part of every element.
    fn alone(&self, resolver: &Resolver<'_>, component: &Component) -> Option<ParamId> {
        let param = resolver.registry.param(self.ty, &component.definition.code)?;
        let path = format!("{}.{}", self.path, component.expression);
        reads_only(resolver.registry, param, &path).then_some(param)
    }

    fn refuse<T>(&self, resolver: &mut Resolver<'_>, what: &str, span: Span) -> Option<T> {
        resolver.report(errors::not_grouped(what, span, &self.path));
        None
    }
}

fn too_wide<T>(resolver: &mut Resolver<'_>, span: Span) -> Option<T> {
    let message = format!("this filter has more than {MAX_ROWS} combinations on one element");
    resolver.report(Diagnostic::error("filter-too-wide", span, message));
    None
}
