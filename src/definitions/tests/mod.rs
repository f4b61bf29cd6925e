//! The built-in definitions are complete and consistent; added ones find their place.

mod added;
mod builtin;
mod lifecycle;
mod packages;
mod types;

use serde_json::{Value, json};

use super::{ParamId, Registry, SearchParam, Targets, from_resource};

/// The parameter `code` of the type named `ty`.
fn param(registry: &Registry, ty: &str, code: &str) -> ParamId {
    let ty = registry.resource_type(ty).unwrap();
    registry.param(ty, code).unwrap_or_else(|| panic!("no {code}"))
}

/// The names of the types a reference parameter may point to.
fn targets(registry: &Registry, ty: &str, code: &str) -> Vec<&'static str> {
    registry.targets(param(registry, ty, code)).iter().map(|ty| registry.type_name(ty)).collect()
}

/// A token parameter of Patient as its publisher would write it.
fn resource(name: &str, code: &str, expression: &str) -> Value {
    json!({
        "resourceType": "SearchParameter", "status": "active", "url": url(name), "code": code,
        "base": ["Patient"], "type": "token", "expression": expression,
    })
}

fn url(name: &str) -> String {
    format!("http://example.org/SearchParameter/{name}")
}

/// The definition that a resource, changed by `change`, states.
fn changed(mut resource: Value, change: Value) -> SearchParam {
    for (element, value) in change.as_object().unwrap() {
        resource[element] = value.clone();
    }
    from_resource(&resource).unwrap()
}

/// The resource that a built-in definition was made from.
fn published(registry: &Registry, param: &SearchParam) -> Value {
    let mut resource = json!({
        "resourceType": "SearchParameter", "status": "draft", "url": param.url, "code": param.code,
        "base": param.bases, "type": param.ty.code(),
    });
    if let Some(expression) = &param.expression {
        resource["expression"] = json!(expression);
    }
    match &param.targets {
        Targets::Unstated => {}
        // In an order of its own, as HL7 publishes them.
        Targets::Named(names) => resource["target"] = names.iter().rev().cloned().collect(),
        Targets::Any => {
            let all = registry.types().map(|ty| registry.type_name(ty)).filter(|&name| name != "Parameters");
            resource["target"] = all.collect();
        }
    }
    if !param.components.is_empty() {
        let part = |part: &super::ComponentRef| json!({"definition": part.definition, "expression": part.expression});
        resource["component"] = param.components.iter().map(part).collect();
    }
    resource
}
