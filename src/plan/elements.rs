//! Conditions on one element: the set of elements that satisfies them, and what that says of the whole resource.

use crate::definitions::ParamId;
use crate::ir::{self, OfElement, Part};
use crate::keys::{Facet, Key, Level, OfPart, row_kinds};
use crate::plan::build::Builder;
use crate::plan::rows::{rows, type_code};
use fhirc_codegen::algebra::{Atom, Elements, Set, SetId, Span, Test, Universe};
use fhirc_codegen::rows::{Col, ColName, KeyId, RowKind, Value};

impl Builder<'_> {
    /// Resources with an element that satisfies a condition.
    pub(super) fn element(&mut self, composite: ParamId, holds: &OfElement, level: Level, span: Span) -> SetId {
        let universe = Universe(vec![type_code(composite.ty())]);
        let set = Set::Elements { key: key(composite, level), universe, within: self.within(holds, level) };
        let elements = self.add(set, span);
        // What holds of one element holds of the resource: rows by value find few to look at closely.
        match self.implied(holds, level, span) {
            Some(implied) => self.add(Set::And(vec![elements, implied]), span),
            None => elements,
        }
    }

    fn within(&self, condition: &OfElement, level: Level) -> Elements {
        let all = |conditions: &[OfElement]| conditions.iter().map(|condition| self.within(condition, level)).collect();
        match condition {
            OfElement::All(conditions) => Elements::And(all(conditions)),
            OfElement::Any(conditions) => Elements::Or(all(conditions)),
            OfElement::Not(inner) => Elements::Not(Box::new(self.within(inner, level))),
            OfElement::Const(true) => Elements::And(Vec::new()),
            OfElement::Const(false) => Elements::Or(Vec::new()),
            OfElement::Part { part, facet, test } => values(*part, *facet, level, test),
            OfElement::Present { part, any_type } => self.presence(*part, *any_type, level),
        }
    }

    /// It has a value, or rows say that it is there without one.
    fn presence(&self, part: Part, any_type: bool, level: Level) -> Elements {
        let key = key(part.composite, level);
        let says = |of: OfPart| of_part(of.number(part.component), Test::TRUE);
        let kinds = row_kinds(part.composite, Facet::Element, self.registry).into_iter().filter(|kind| kind.is_part());
        let values = kinds.map(|kind| Elements::Rows { key, kind, test: says(OfPart::Value) });
        let otherwise = any_type.then_some(OfPart::Otherwise).into_iter().chain([OfPart::There]);
        let there = otherwise.map(|of| Elements::Rows { key, kind: RowKind::Element, test: says(of) });
        Elements::Or(values.chain(there).collect())
    }

    /// What holds of every resource that has such an element, as far as parameters of the resource read the parts.
    fn implied(&mut self, condition: &OfElement, level: Level, span: Span) -> Option<SetId> {
        match condition {
            OfElement::All(conditions) => {
                let implied = conditions.iter().filter_map(|condition| self.implied(condition, level, span));
                let implied: Vec<SetId> = implied.collect();
                (!implied.is_empty()).then(|| self.add(Set::And(implied), span))
            }
            OfElement::Any(conditions) => {
                let implied: Option<_> =
                    conditions.iter().map(|condition| self.implied(condition, level, span)).collect();
                implied.map(|implied| self.add(Set::Or(implied), span))
            }
            OfElement::Part { part, facet, test } => {
                let param = part.read_by?;
                Some(self.rows(param.ty(), Key { param, facet: *facet, level }, test, span))
            }
            OfElement::Not(_) | OfElement::Present { .. } | OfElement::Const(_) => None,
        }
    }
}

fn key(composite: ParamId, level: Level) -> KeyId {
    Key { param: composite, facet: Facet::Element, level }.id()
}

/// Elements with a value of the part that passes: the rows that hold the same of a resource, as rows of a part.
fn values(part: Part, facet: Facet, level: Level, test: &ir::Test) -> Elements {
    let Some(view) = OfPart::view(facet) else { return Elements::Or(Vec::new()) };
    let number = view.number(part.component);
    let of_kind = |(_, kind, test): (KeyId, RowKind, Test)| {
        let RowKind::One(base) = kind else { return None };
        let (key, kind) = (key(part.composite, level), RowKind::Part(base));
        Some(Elements::Rows { key, kind, test: of_part(number, test) })
    };
    Elements::Or(rows(part.composite, facet, level, test).into_iter().filter_map(of_kind).collect())
}

/// The row is about the part of this number, and passes.
fn of_part(number: i64, test: Test) -> Test {
    let part = Test::Atom(Atom::Eq(Col::first(ColName::Part), Value::Int(number)));
    if test == Test::TRUE { part } else { Test::All(vec![part, test]) }
}
