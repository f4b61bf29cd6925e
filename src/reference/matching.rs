//! Whether a resource satisfies a condition. FHIR R4 3.1.1.4; items 66, 67, 98, 116 to 127.

use std::cell::LazyCell;

use super::hierarchy::Hierarchy;
use super::path::Element;
use super::universe::{Node, Universe};
use super::value::{self, Stored, composite, number, presence, reference, token, words};
use crate::definitions::{ParamId, ParamType};
use crate::ir::{OfElement, Pred, PredKind, Test, Way};
use crate::keys::Facet;

impl<'v> Universe<'v> {
    /// Does a resource satisfy a condition?
    pub(super) fn satisfies(&self, node: Node<'v>, pred: &Pred) -> bool {
        match &pred.kind {
            PredKind::All(preds) => preds.iter().all(|pred| self.satisfies(node, pred)),
            PredKind::Any(preds) => preds.iter().any(|pred| self.satisfies(node, pred)),
            // The complement of the set, not of a value (item 66); under a link it negates at the far end (item 67).
            PredKind::Not(inner) => !self.satisfies(node, inner),
            PredKind::Param { param, facet, test } => self.passes(node, *param, *facet, test),
            PredKind::Present { param } => self.is_present(node, *param),
            PredKind::Element { composite, holds } => {
                self.elements(node, *composite).into_iter().any(|element| self.holds_of(node, element, holds))
            }
            PredKind::Linked { link, way, ends } => {
                let holds = |far: Node<'v>| ends.iter().any(|(ty, pred)| far.ty == *ty && self.satisfies(far, pred));
                match way {
                    Way::Forward => self.targets(node, link.param).into_iter().any(holds),
                    Way::Reverse => self.sources(node, link.param).into_iter().any(holds),
                }
            }
            PredKind::Hierarchy { param, links, direction, roots } => {
                let beyond = Hierarchy { universe: self, links: *links, roots };
                self.values(node, *param, Facet::Value).iter().any(|stored| match stored {
                    Stored::Reference(to) => beyond.leads(node, to, *direction),
                    _ => false,
                })
            }
            PredKind::Listed { item, list } => {
                let mut lists = self.of_type(item.ty()).filter(|&node| self.satisfies(node, list));
                lists.any(|list| reference::lists(self, list, node))
            }
            PredKind::Const(value) => *value,
        }
    }

    /// Does one element of a resource satisfy a condition (item 164)?
    fn holds_of(&self, node: Node<'v>, element: Element<'v>, condition: &OfElement) -> bool {
        match condition {
            OfElement::All(conditions) => conditions.iter().all(|condition| self.holds_of(node, element, condition)),
            OfElement::Any(conditions) => conditions.iter().any(|condition| self.holds_of(node, element, condition)),
            OfElement::Not(inner) => !self.holds_of(node, element, inner),
            OfElement::Const(value) => *value,
            OfElement::Present { part, any_type } => {
                composite::found(self, node, element, *part, *any_type).iter().any(presence::is_present)
            }
            OfElement::Part { part, facet, test } => {
                let values = composite::values(self, node, element, *part, *facet);
                let passes = |test: &Test| values.iter().any(|stored| value::passes(test, stored));
                alternatives(test).into_iter().any(passes)
            }
        }
    }

    /// The stored resources that refer to `node` by a parameter of theirs (item 126: by type and id).
    pub(super) fn sources(&self, node: Node<'v>, param: ParamId) -> Vec<Node<'v>> {
        self.of_type(param.ty()).filter(|&source| self.targets(source, param).contains(&node)).collect()
    }

    /// Does some value pass the test? The values are the same for every alternative.
    fn passes(&self, node: Node<'v>, param: ParamId, facet: Facet, test: &Test) -> bool {
        let values = LazyCell::new(|| self.values(node, param, facet));
        let tuples = LazyCell::new(|| self.tuples(node, param, facet));
        alternatives(test).into_iter().any(|test| match test {
            Test::Tuple(tests) => tuples.iter().any(|tuple| {
                let mut parts = tests.iter().zip(tuple);
                parts.all(|(test, part)| part.iter().any(|stored| value::passes(test, stored)))
            }),
            _ => values.iter().any(|stored| value::passes(test, stored)),
        })
    }

    /// The values of a parameter in the view that is asked for.
    pub(super) fn values(&self, node: Node<'v>, param: ParamId, facet: Facet) -> Vec<Stored> {
        let elements = || self.elements(node, param).into_iter();
        let ty = self.registry.definition(param).ty;
        match facet {
            Facet::Value => elements().flat_map(|element| value::stored(self, node, ty, &element)).collect(),
            Facet::Canonical => {
                elements().flat_map(|element| value::stored(self, node, ty, &element)).map(in_canonical_units).collect()
            }
            Facet::Implied => {
                let implied = |element| number::implied(&element, self.env.fhir);
                elements().filter_map(implied).map(Stored::Number).collect()
            }
            Facet::Text => elements().flat_map(|element| token::texts(&element)).map(Stored::Text).collect(),
            Facet::Identifier => {
                elements().filter_map(|element| reference::identifier(&element)).map(Stored::Token).collect()
            }
            Facet::Own => own(node, ty).into_iter().collect(),
            Facet::Words => {
                let (code, ty) = (&self.registry.definition(param).code, self.registry.type_name(node.ty));
                words::stored(self.registry, code, ty, node.json).into_iter().map(Stored::Word).collect()
            }
            // `:of-type` has tuples; presence is no value. What a List holds is asked of the List. Where a contained
            // resource stands, nobody asks by value, and of elements one by one.
            Facet::OfType | Facet::Present | Facet::Listed | Facet::Container | Facet::Beside | Facet::Element => {
                Vec::new()
            }
        }
    }

    /// The tuples of a parameter: the values of each part, inside one element.
    fn tuples(&self, node: Node<'v>, param: ParamId, facet: Facet) -> Vec<Vec<Vec<Stored>>> {
        match facet {
            Facet::OfType => self.elements(node, param).iter().filter_map(token::of_type).collect(),
            Facet::Canonical => {
                let convert = |part: Vec<Stored>| part.into_iter().map(in_canonical_units).collect();
                let tuples = composite::tuples(self, node, param).into_iter();
                tuples.map(|tuple| tuple.into_iter().map(convert).collect()).collect()
            }
            _ => composite::tuples(self, node, param),
        }
    }

    /// A composite is there where a tuple is (decision 108), another parameter where an element with content is. Every
    /// resource but contained ones has a time of change (`dom-4`).
    fn is_present(&self, node: Node<'v>, param: ParamId) -> bool {
        let definition = self.registry.definition(param);
        match definition.ty {
            _ if definition.code == "_lastUpdated" => !node.is_contained(),
            ParamType::Composite => !composite::tuples(self, node, param).is_empty(),
            _ => self.subjects(node, param).iter().any(presence::is_present),
        }
    }
}

/// The tests of which one must hold.
fn alternatives(test: &Test) -> Vec<&Test> {
    match test {
        Test::Any(tests) => tests.iter().flat_map(alternatives).collect(),
        test => vec![test],
    }
}

pub(super) fn in_canonical_units(stored: Stored) -> Stored {
    match stored {
        Stored::Quantity(quantity) => Stored::Quantity(quantity.canonical()),
        other => other,
    }
}

/// What is known of the resource itself: `_lastUpdated` is a date, `_id` a token. A contained resource has neither a
/// time of change nor an identity of its own: its id is a name inside its container.
fn own(node: Node<'_>, ty: ParamType) -> Option<Stored> {
    match ty {
        _ if node.is_contained() => None,
        ParamType::Date => node.stored.last_updated.map(|instant| Stored::Date(instant.interval())),
        _ => Some(Stored::Id(node.id().to_owned())),
    }
}
