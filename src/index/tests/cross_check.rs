//! The compiled programs find the same elements as step-by-step evaluation of the expressions.

use std::collections::BTreeSet;

use fhirc_grammar::parse_path;
use serde_json::Value;

use super::{extractor, generated, ndjson};
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::index::convert::converter;
use crate::index::place::Place;
use crate::index::route::Condition;
use crate::index::scope::Scope;
use crate::index::trie::{Meeting, Rule, Spot};
use crate::index::{Extractor, evaluate};

type Seen = BTreeSet<(ParamId, String, String)>;

/// Generated resources per type: at least, and before a parameter that found nothing counts as broken.
const MIN_SEEDS: u32 = 3;
const MAX_SEEDS: u32 = 300;

/// What the program of the type reads in a resource: parameter, place, and the JSON there.
fn by_program(extractor: &Extractor, ty: ResourceType, resource: &Value) -> Seen {
    let registry = Registry::r4();
    let scope = Scope::of(resource, ty, registry);
    let mut seen = Seen::new();
    let spot = Spot { place: Place::root(registry.type_name(ty)), index: 0 };
    extractor.root(ty).unwrap().walk(resource, spot, scope, &mut |meeting, element, at| {
        let Meeting::Wanted(leaf) = meeting else { return };
        match &leaf.rule {
            Rule::Truth(condition) => {
                let Some(truth) = Condition::holds(condition, element, 0, scope) else { return };
                seen.insert((leaf.param, String::new(), truth.to_string()));
            }
            // No expression: `_list` has a rule of its own.
            Rule::Listed(_) => {}
            Rule::Value(_) | Rule::Tuples(_) => {
                seen.insert((leaf.param, at.place.to_string(), element.to_string()));
            }
        }
    });
    seen
}

/// The same, from the expressions.
fn by_evaluation(extractor: &Extractor, ty: ResourceType, resource: &Value) -> Seen {
    let registry = Registry::r4();
    let scope = Scope::of(resource, ty, registry);
    let unindexed: BTreeSet<_> = extractor.unindexed().iter().map(|&(param, _)| param).collect();
    let mut seen = Seen::new();
    for param in registry.params(ty).filter(|param| !unindexed.contains(param)) {
        let definition = registry.definition(param);
        // Words have no expression.
        let Some(expression) = &definition.expression else { continue };
        let path = parse_path(expression).0.unwrap();
        for found in evaluate(&path, scope) {
            let read = match registry.resource_type(found.datatype) {
                // A resource in the place of a reference counts if the reference could name it.
                Some(inner) => registry.targets(param).contains(inner),
                None => converter(definition.ty, found.datatype, None, registry).is_some(),
            };
            if read || !registry.components(param).is_empty() {
                seen.insert((param, found.path, found.value.to_string()));
            }
        }
    }
    seen
}

fn agree(extractor: &Extractor, resource: &Value) {
    let registry = Registry::r4();
    let Some(ty) = registry.resource_type(resource["resourceType"].as_str().unwrap()) else { return };
    let (program, evaluation) = (by_program(extractor, ty, resource), by_evaluation(extractor, ty, resource));
    let differences: Vec<_> = program.symmetric_difference(&evaluation).collect();
    let named = |(param, path, _): &(ParamId, String, String)| format!("{} {path}", registry.definition(*param).code);
    let named: Vec<_> = differences.into_iter().map(named).collect();
    assert!(named.is_empty(), "{}/{}: {named:?}", registry.type_name(ty), resource["id"]);
}

#[test]
fn on_the_examples_of_the_specification() {
    ndjson("hl7-examples-r4.ndjson.gz").iter().for_each(|resource| agree(extractor(), resource));
}

#[test]
fn on_generated_resources_of_every_type_until_every_parameter_found_something() {
    let registry = Registry::r4();
    let unindexed: BTreeSet<_> = extractor().unindexed().iter().map(|&(param, _)| param).collect();
    let read = |param: &ParamId| registry.definition(*param).expression.is_some() && !unindexed.contains(param);
    for ty in registry.types() {
        let mut idle: BTreeSet<_> = registry.params(ty).filter(read).collect();
        for seed in 0..MAX_SEEDS {
            let resource = generated::resource(ty, seed);
            agree(extractor(), &resource);
            let found: BTreeSet<_> =
                by_program(extractor(), ty, &resource).into_iter().map(|(param, ..)| param).collect();
            idle.retain(|param| !found.contains(param));
            if idle.is_empty() && seed >= MIN_SEEDS {
                break;
            }
        }
        let idle: Vec<_> = idle.iter().map(|&param| &registry.definition(param).code).collect();
        assert!(idle.is_empty(), "{}: nothing found by {idle:?}", registry.type_name(ty));
    }
}
