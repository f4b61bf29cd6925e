//! Composites: the values of all components inside one element. FHIR R4 3.1.1.4.13; items 92 to 97, 164.

use super::{Stored, number, stored};
use crate::definitions::ParamId;
use crate::ir::Part;
use crate::keys::Facet;
use crate::reference::matching::in_canonical_units;
use crate::reference::path::Element;
use crate::reference::universe::{Node, Universe};

/// The tuples of a composite: for each element that its expression finds, the values of each component there. Only
/// elements in which every component has a value make a tuple.
pub(in crate::reference) fn tuples(universe: &Universe<'_>, node: Node<'_>, param: ParamId) -> Vec<Vec<Vec<Stored>>> {
    let components = universe.registry.components(param);
    let tuple = |focus| -> Vec<Vec<Stored>> {
        let part = |component: &crate::definitions::Component| {
            let found = universe.find(node, &component.expression, focus);
            let read = found.iter().filter(|element| universe.reads(component.ty(), element));
            read.flat_map(|element| stored(universe, node, component.ty(), element)).collect()
        };
        components.iter().map(part).collect()
    };
    let whole = |tuple: &Vec<Vec<Stored>>| !tuple.is_empty() && tuple.iter().all(|part| !part.is_empty());
    universe.elements(node, param).into_iter().map(tuple).filter(whole).collect()
}

/// What a part of an element is, in the types that its component reads or in any.
pub(in crate::reference) fn found<'v>(
    universe: &Universe<'v>,
    node: Node<'v>,
    element: Element<'v>,
    part: Part,
    any_type: bool,
) -> Vec<Element<'v>> {
    let Some(component) = universe.registry.components(part.composite).get(part.component) else { return Vec::new() };
    // `value.as(Quantity)` is `value` in one of its types.
    let (plain, _) = component.expression.split_once(".as(").unwrap_or((&component.expression, ""));
    if any_type {
        return universe.find(node, plain, element);
    }
    let found = universe.find(node, &component.expression, element);
    found.into_iter().filter(|element| universe.reads(component.ty(), element)).collect()
}

/// The values of a part of an element in a view.
pub(in crate::reference) fn values(
    universe: &Universe<'_>,
    node: Node<'_>,
    element: Element<'_>,
    part: Part,
    facet: Facet,
) -> Vec<Stored> {
    let Some(component) = universe.registry.components(part.composite).get(part.component) else { return Vec::new() };
    let found = found(universe, node, element, part, false);
    match facet {
        Facet::Implied => {
            found.iter().filter_map(|element| number::implied(element, universe.env.fhir)).map(Stored::Number).collect()
        }
        _ => {
            let values = found.iter().flat_map(|element| stored(universe, node, component.ty(), element));
            if facet == Facet::Canonical { values.map(in_canonical_units).collect() } else { values.collect() }
        }
    }
}
