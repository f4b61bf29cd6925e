//! Composites: the values of all components inside one element. FHIR R4 3.1.1.4.13; items 92 to 97.

use super::{Stored, stored};
use crate::definitions::ParamId;
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
