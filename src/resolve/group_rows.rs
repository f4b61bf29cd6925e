//! Conditions on one of several elements, as tests of rows that hold what stands together in one.

use crate::definitions::{ParamId, Registry};
use crate::ir::{OfElement, Pred, PredKind, Test};
use crate::keys::Facet;
use crate::resolve::group::Several;
use crate::resolve::value::composite;
use fhirc_grammar::Span;

/// The most combinations that `or` inside a bracket may grow to, and the most values that one of them may have.
const MAX_ROWS: usize = 1_000;
const MAX_TESTS: usize = 20_000;

/// What must hold of one element: a test per part, of some parts at least.
type Row = Vec<Option<(Facet, Test)>>;

impl Several<'_> {
    /// The same condition, as one on values that stand together in one element; nothing where no such rows say it.
    pub(super) fn by_rows(&self, registry: &Registry, condition: &OfElement, span: Span) -> Option<Pred> {
        let rows = self.rows(condition)?;
        let preds: Option<Vec<Pred>> =
            rows.into_iter().map(|row| Some(Pred::new(self.row(registry, row)?, span))).collect();
        Some(Pred::any(preds?, span))
    }

    /// The rows of which one must hold.
    fn rows(&self, condition: &OfElement) -> Option<Vec<Row>> {
        let anything = || vec![None; self.parts.len()];
        match condition {
            // A complement among elements is no test of one of them, and that a part is there no test of its values.
            OfElement::Not(_) | OfElement::Present { .. } => None,
            OfElement::Const(true) => Some(vec![anything()]),
            OfElement::Const(false) => Some(Vec::new()),
            OfElement::Any(conditions) => {
                let rows: Option<Vec<Vec<Row>>> = conditions.iter().map(|condition| self.rows(condition)).collect();
                rows.map(|rows| rows.concat())
            }
            OfElement::All(conditions) => {
                let (first, others) = conditions.split_first()?;
                others.iter().try_fold(self.rows(first)?, |rows, next| both(&rows, &self.rows(next)?))
            }
            OfElement::Part { part, facet, test } => {
                let place = self.parts.iter().position(|known| known.id == *part)?;
                let mut row = anything();
                *row.get_mut(place)? = Some((*facet, test.clone()));
                Some(vec![row])
            }
        }
    }

    fn row(&self, registry: &Registry, row: Row) -> Option<PredKind> {
        let asked: Vec<usize> = (0..).zip(&row).filter(|(_, test)| test.is_some()).map(|(place, _)| place).collect();
        let covers = |places: &[usize]| places.len() == asked.len() && asked.iter().all(|place| places.contains(place));
        if let Some((param, places)) = self.composites.iter().find(|(_, places)| covers(places)) {
            if places.iter().any(|place| self.is_implied(*place, &row)) {
                return None;
            }
            let parts: Option<Vec<_>> = places.iter().map(|place| row.get(*place)?.clone()).collect();
            return tuples(*param, parts?);
        }
        match asked.as_slice() {
            [] => self.there(registry),
            [only] => {
                let (part, (facet, test)) = self.parts.get(*only).zip(row.get(*only).cloned().flatten())?;
                Some(PredKind::Param { param: part.alone?, facet, test })
            }
            _ => None,
        }
    }

    /// Whether a part is asked for the range that its digits imply: rows of several parts hold the number as it is. An
    /// integer is both.
    fn is_implied(&self, place: usize, row: &Row) -> bool {
        let asked = row.get(place).and_then(Option::as_ref).is_some_and(|(facet, _)| *facet == Facet::Implied);
        asked && self.parts.get(place).is_some_and(|part| part.component.datatypes.some(&["decimal"]))
    }

    /// Some element is there: a mandatory part of one is.
    fn there(&self, registry: &Registry) -> Option<PredKind> {
        let is_mandatory = |name: &str| self.is_mandatory(registry, name);
        let mut mandatory = self.parts.iter().filter(|part| is_mandatory(&part.component.expression));
        mandatory.find_map(|part| Some(PredKind::Present { param: part.alone? }))
    }

    /// Whether what has this name is there in every element.
    pub(super) fn is_mandatory(&self, registry: &Registry, name: &str) -> bool {
        registry.element(self.datatype, name).is_some_and(|element| element.mandatory)
    }
}

/// Every row of the one with every row of the other. A part may have several values: two conditions on it may hold of two of
/// them, so no row says both.
fn both(left: &[Row], right: &[Row]) -> Option<Vec<Row>> {
    if left.len().saturating_mul(right.len()) > MAX_ROWS {
        return None;
    }
    let mut rows = Vec::new();
    for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
        let parts = left.iter().zip(right);
        if parts.clone().any(|(left, right)| left.is_some() && right.is_some()) {
            return None;
        }
        rows.push(parts.map(|(left, right)| left.clone().or_else(|| right.clone())).collect());
    }
    Some(rows)
}

fn tuples(param: ParamId, parts: Vec<(Facet, Test)>) -> Option<PredKind> {
    let size = |(_, test): &(Facet, Test)| if let Test::Any(tests) = test { tests.len() } else { 1 };
    if parts.iter().map(size).fold(1, usize::saturating_mul) > MAX_TESTS {
        return None;
    }
    let (facet, test) = composite::tuples(parts);
    Some(PredKind::Param { param, facet, test })
}
