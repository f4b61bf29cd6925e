//! Bundles: each entry is a write. FHIR R4 2.36, 3.1.0.11.

use super::check::{contained, id, is_id, resource_type, type_and_id};
use super::identity::assigned_id;
use super::place::{Place, Reason, Refusal};
use crate::definitions::Registry;
use crate::stores::Write;
use fhirc_codegen::rows::TypeCode;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

/// A write and where it came from.
pub(super) struct Placed {
    pub(super) place: Place,
    pub(super) write: Write,
    /// Something about the input that was not followed.
    pub(super) note: Option<&'static str>,
}

const IF_NONE_EXIST: &str = "`ifNoneExist` of an entry is not looked at: the resource is loaded under its own id";

/// What to do with a Bundle, by its type.
pub(super) enum Use {
    /// Its entries are the resources.
    Unpack,
    /// It is a resource itself.
    Keep,
}

/// How a Bundle of this type is used. FHIR R4 valueset-bundle-type.
pub(super) fn usage(bundle: &Map<String, Json>) -> Result<Use, Reason> {
    match bundle.get("type").and_then(Json::as_str) {
        Some("transaction" | "batch" | "collection" | "searchset") => Ok(Use::Unpack),
        Some("document" | "message") => Ok(Use::Keep),
        Some("history") => {
            Err(Reason::new("a Bundle of type `history` cannot be loaded: its entries are old versions"))
        }
        Some("transaction-response" | "batch-response") => {
            Err(Reason::new("a Bundle that answers a transaction cannot be loaded: its entries are outcomes"))
        }
        Some(other) => Err(Reason::new("the Bundle has an unknown type").detail(format!("`{other}`"))),
        None => Err(Reason::new("the Bundle has no type")),
    }
}

/// The writes of a Bundle, in the order of its entries.
pub(super) fn unpack(bundle: Map<String, Json>, place: &Place, registry: &Registry) -> Vec<Result<Placed, Refusal>> {
    let entries = match bundle.into_iter().find(|(name, _)| name == "entry") {
        None => return Vec::new(),
        Some((_, Json::Array(entries))) => entries,
        Some(_) => return vec![Err(Reason::new("`entry` of the Bundle is not a list").at(place.clone()))],
    };
    let mut local = HashMap::new();
    let mut read = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let place = place.entry(index);
        match Entry::read(entry, index, registry) {
            Ok(Some(entry)) => {
                if let (Some(url), Action::Put { name, .. }) = (&entry.full_url, &entry.action) {
                    local.insert(url.clone(), format!("{name}/{}", entry.id));
                }
                read.push(Ok((place, entry)));
            }
            Ok(None) => {}
            Err(reason) => read.push(Err(reason.at(place))),
        }
    }
    let placed = |(place, entry): (Place, Entry)| {
        let note = entry.note;
        Placed { place, write: entry.write(&local), note }
    };
    read.into_iter().map(|entry| entry.map(placed)).collect()
}

struct Entry {
    full_url: Option<String>,
    ty: TypeCode,
    id: String,
    action: Action,
    note: Option<&'static str>,
}

enum Action {
    Put { name: String, resource: Map<String, Json> },
    Delete,
}

impl Entry {
    /// `None` is an entry that holds no resource of the set: an outcome of a search.
    fn read(entry: Json, index: usize, registry: &Registry) -> Result<Option<Entry>, Reason> {
        let Json::Object(mut entry) = entry else { return Err(Reason::new("an entry of the Bundle is not an object")) };
        if entry.get("search").and_then(|search| search.get("mode")).and_then(Json::as_str) == Some("outcome") {
            return Ok(None);
        }
        let request = entry.remove("request");
        let text = |name| request.as_ref().and_then(|request| request.get(name)).and_then(Json::as_str);
        let url = text("url").unwrap_or_default().to_owned();
        let method = text("method").map(str::to_owned);
        match method.as_deref() {
            Some("DELETE") => Entry::delete(&url, registry).map(Some),
            None | Some("POST" | "PUT") => match entry.remove("resource") {
                Some(Json::Object(resource)) => {
                    let full_url = entry.get("fullUrl").and_then(Json::as_str).map(str::to_owned);
                    let target = (method.as_deref() == Some("PUT")).then_some(url.as_str());
                    let note = text("ifNoneExist").map(|_| IF_NONE_EXIST);
                    Ok(Some(Entry { note, ..Entry::put(resource, full_url, target, index, registry)? }))
                }
                _ => Err(Reason::new("an entry of the Bundle has no resource")),
            },
            Some(method @ ("GET" | "HEAD" | "PATCH")) => {
                Err(Reason::new(format!("an entry with method `{method}` cannot be loaded")))
            }
            Some(method) => Err(Reason::new("an entry has an unknown method").detail(format!("`{method}`"))),
        }
    }

    fn delete(url: &str, registry: &Registry) -> Result<Entry, Reason> {
        let (name, id) = type_and_id(url).ok_or_else(|| not_plain("DELETE", url))?;
        let ty = registry.resource_type(name).ok_or_else(|| not_plain("DELETE", url))?;
        Ok(Entry { full_url: None, ty: TypeCode(ty.code()), id: id.to_owned(), action: Action::Delete, note: None })
    }

    /// `target` is the url of a PUT.
    fn put(
        mut resource: Map<String, Json>,
        full_url: Option<String>,
        target: Option<&str>,
        index: usize,
        registry: &Registry,
    ) -> Result<Entry, Reason> {
        let ty = resource_type(&resource, registry)?;
        let name = registry.type_name(ty).to_owned();
        contained(&resource, registry)?;
        let own = id(&resource)?;
        let id = match (target, own) {
            (Some(url), own) => put_id(url, &name, own)?,
            (None, Some(own)) => own,
            (None, None) => full_url
                .as_deref()
                .and_then(|url| id_of_full_url(url, &name))
                .unwrap_or_else(|| assigned_id(index, &resource)),
        };
        if !resource.contains_key("id") {
            // Behind `resourceType`, where people look for it.
            resource.shift_insert(resource.len().min(1), "id".to_owned(), Json::String(id.clone()));
        }
        Ok(Entry { full_url, ty: TypeCode(ty.code()), id, action: Action::Put { name, resource }, note: None })
    }

    fn write(self, local: &HashMap<String, String>) -> Write {
        match self.action {
            Action::Delete => Write::Delete { ty: self.ty, id: self.id },
            Action::Put { resource, .. } => {
                let mut body = Json::Object(resource);
                relink(&mut body, local);
                Write::Put { ty: self.ty, id: self.id, body, keep_updated: true }
            }
        }
    }
}

/// The id that a PUT names; it must be the resource's own, if that has one.
fn put_id(url: &str, name: &str, own: Option<String>) -> Result<String, Reason> {
    match type_and_id(url) {
        Some((ty, id)) if ty == name && own.as_deref().is_none_or(|own| own == id) => Ok(id.to_owned()),
        Some(_) => {
            Err(Reason::new("a PUT names another resource than the one in its entry").detail(format!("`{url}`")))
        }
        None => Err(not_plain("PUT", url)),
    }
}

fn not_plain(method: &str, url: &str) -> Reason {
    let shown: String = url.chars().take(120).collect();
    Reason::new(format!("a {method} must name `Type/id`; conditional requests cannot be loaded"))
        .detail(format!("`{shown}`"))
}

/// The id in `urn:uuid:<id>` or `…/Type/<id>`: the same input always gets the same ids, so that it can be loaded again.
fn id_of_full_url(url: &str, name: &str) -> Option<String> {
    let id = match url.strip_prefix("urn:uuid:").or_else(|| url.strip_prefix("urn:oid:")) {
        Some(id) => id,
        None => url.rsplit_once('/').filter(|(base, _)| base.rsplit('/').next() == Some(name))?.1,
    };
    is_id(id).then(|| id.to_owned())
}

/// References to a `fullUrl` of the same Bundle become `Type/id`. FHIR R4 3.1.0.11.2 (transaction processing rules).
fn relink(value: &mut Json, local: &HashMap<String, String>) {
    match value {
        Json::Object(members) => {
            for (name, member) in members.iter_mut() {
                match member {
                    Json::String(text) if name == "reference" => {
                        if let Some(target) = local.get(text.as_str()) {
                            text.clone_from(target);
                        }
                    }
                    _ => relink(member, local),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| relink(item, local)),
        _ => {}
    }
}
