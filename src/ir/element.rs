//! Conditions on one element of a resource.

use crate::definitions::ParamId;
use crate::ir::Test;
use crate::keys::Facet;

/// What must hold of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfElement {
    /// All of these; empty is true.
    All(Vec<OfElement>),
    /// One of these; empty is false.
    Any(Vec<OfElement>),
    /// The complement, among the elements.
    Not(Box<OfElement>),
    /// Some value of a part passes the test.
    Part {
        /// The part.
        part: Part,
        /// Which view of its values.
        facet: Facet,
        /// The test of one value.
        test: Test,
    },
    /// A part is there, with more than extensions in it (item 106).
    Present {
        /// The part.
        part: Part,
        /// Whether it counts in whatever type it is there, or only in those that the part reads.
        any_type: bool,
    },
    /// Always or never.
    Const(bool),
}

/// A part of an element that a composite groups the parts of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Part {
    /// The composite.
    pub composite: ParamId,
    /// Which of its components.
    pub component: usize,
    /// A parameter of the resource that reads the part of all elements, and maybe more: what no value of its has, no element
    /// has.
    pub read_by: Option<ParamId>,
}

impl OfElement {
    /// All of these. What always holds is left out, and one alone stays itself.
    pub fn all(conditions: Vec<OfElement>) -> OfElement {
        OfElement::junction(conditions, OfElement::All, true)
    }

    /// One of these. What never holds is left out, and one alone stays itself.
    pub fn any(conditions: Vec<OfElement>) -> OfElement {
        OfElement::junction(conditions, OfElement::Any, false)
    }

    fn junction(mut conditions: Vec<OfElement>, kind: fn(Vec<OfElement>) -> OfElement, unit: bool) -> OfElement {
        if conditions.contains(&OfElement::Const(!unit)) {
            return OfElement::Const(!unit);
        }
        conditions.retain(|condition| *condition != OfElement::Const(unit));
        conditions.dedup();
        match (conditions.len(), conditions.pop()) {
            (_, None) => OfElement::Const(unit),
            (1, Some(only)) => only,
            (_, Some(last)) => {
                conditions.push(last);
                kind(conditions)
            }
        }
    }

    /// The complement.
    #[expect(clippy::should_implement_trait, reason = "the same name as for conditions on resources")]
    pub fn not(self) -> OfElement {
        match self {
            OfElement::Const(value) => OfElement::Const(!value),
            OfElement::Not(inner) => *inner,
            condition => OfElement::Not(Box::new(condition)),
        }
    }

    /// The parameters that it asks for.
    pub(super) fn params(&self, found: &mut Vec<ParamId>) {
        match self {
            OfElement::All(conditions) | OfElement::Any(conditions) => {
                conditions.iter().for_each(|condition| condition.params(found));
            }
            OfElement::Not(inner) => inner.params(found),
            OfElement::Part { part, .. } => found.extend(std::iter::once(part.composite).chain(part.read_by)),
            OfElement::Present { part, .. } => found.push(part.composite),
            OfElement::Const(_) => {}
        }
    }
}
