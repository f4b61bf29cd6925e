//! What parameters find in the resources, for generated searches to ask for.

use super::Reference;
use super::path::Element;
use crate::definitions::{ParamId, ParamType, ResourceType};
use crate::ir::Env;
use serde_json::Value;

/// An element that a parameter reads.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Its type.
    pub(crate) datatype: &'static str,
    /// Its JSON.
    pub(crate) json: Value,
}

impl Reference<'_> {
    /// The types that have resources, of their own or inside others.
    pub(crate) fn types(&self) -> Vec<ResourceType> {
        let inner = self.inner.iter().map(|inner| inner.ty);
        let mut types: Vec<ResourceType> = self.resources.iter().map(|resource| resource.ty).chain(inner).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// The elements that a parameter reads, each as a list of one; of a composite, a list with an element per part.
    pub(crate) fn found(&self, param: ParamId, env: &Env) -> Vec<Vec<Found>> {
        let universe = self.universe(env);
        let definition = self.registry.definition(param);
        let mut all = Vec::new();
        for node in universe.of_type(param.ty()).chain(universe.contained(param.ty())) {
            if definition.ty != ParamType::Composite {
                all.extend(universe.elements(node, param).iter().filter_map(|element| Some(vec![found(element)?])));
                continue;
            }
            let expression = definition.expression.as_deref().unwrap_or_default();
            for element in universe.find(node, expression, Element::resource(node, self.registry)) {
                let part = |expression: &str| universe.find(node, expression, element).iter().find_map(found);
                let parts = self.registry.components(param).iter().map(|component| part(&component.expression));
                all.extend(parts.collect::<Option<Vec<_>>>());
            }
        }
        all
    }
}

fn found(element: &Element<'_>) -> Option<Found> {
    Some(Found { datatype: element.datatype, json: element.json?.clone() })
}
