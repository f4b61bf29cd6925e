//! Parsing: a JSON document becomes writes.

use super::bundle::{Placed, Use, unpack, usage};
use super::check::{contained, id, resource_type};
use super::place::{Place, Reason, Refusal};
use super::reader::Raw;
use crate::definitions::Registry;
use crate::parallel;
use crate::stores::{InvalidMeta, Write, check_meta};
use crate::values::Zone;
use fhirc_codegen::rows::TypeCode;
use serde_json::{Map, Value as Json};

/// All documents of a chunk, on all cores, in their order.
///
/// `zone` is that of instants without one.
pub(super) fn parse_all(
    chunk: Vec<Result<Raw, Refusal>>,
    registry: &Registry,
    zone: &Zone,
) -> Vec<Result<Placed, Refusal>> {
    let parse = |raw: Result<Raw, Refusal>| match raw {
        Ok(raw) => {
            parse(raw, registry).into_iter().map(|item| item.and_then(|placed| keepable(placed, zone))).collect()
        }
        Err(refusal) => vec![Err(refusal)],
    };
    parallel::map(chunk, parse).into_iter().flatten().collect()
}

fn parse(raw: Raw, registry: &Registry) -> Vec<Result<Placed, Refusal>> {
    let Raw { place, json } = raw;
    let resource = match serde_json::from_slice::<Json>(&json) {
        Ok(Json::Object(resource)) => resource,
        Ok(_) => return vec![Err(Reason::new("not a JSON object").at(place))],
        Err(error) => return vec![Err(syntax(&error).at(place))],
    };
    if resource.get("resourceType").and_then(Json::as_str) == Some("Bundle") {
        match usage(&resource) {
            Ok(Use::Unpack) => return unpack(resource, &place, registry),
            Ok(Use::Keep) => {}
            Err(reason) => return vec![Err(reason.at(place))],
        }
    }
    vec![single(resource, &place, registry)]
}

/// Refuses what the store would refuse, and with it the whole chunk.
fn keepable(placed: Placed, zone: &Zone) -> Result<Placed, Refusal> {
    let Write::Put { body, .. } = &placed.write else { return Ok(placed) };
    match check_meta(body, zone) {
        Ok(()) => Ok(placed),
        Err(InvalidMeta::NoInstant { text }) => {
            Err(Reason::new("`meta.lastUpdated` is not an instant").detail(text).at(placed.place))
        }
        Err(other) => Err(Reason::new(other.to_string()).at(placed.place)),
    }
}

fn syntax(error: &serde_json::Error) -> Reason {
    Reason::new("not valid JSON").detail(error.to_string())
}

/// A resource that stands alone. An id is not assigned to it: nothing could refer to it.
fn single(resource: Map<String, Json>, place: &Place, registry: &Registry) -> Result<Placed, Refusal> {
    let write = || {
        let ty = resource_type(&resource, registry)?;
        contained(&resource, registry)?;
        let id = id(&resource)?.ok_or_else(|| Reason::new(format!("the {} has no `id`", registry.type_name(ty))))?;
        Ok((TypeCode(ty.code()), id))
    };
    match write() {
        Ok((ty, id)) => {
            let write = Write::Put { ty, id, body: Json::Object(resource), keep_updated: true };
            Ok(Placed { place: place.clone(), write, note: None })
        }
        Err(reason) => Err(Reason::at(reason, place.clone())),
    }
}
