//! Resources, made from the type model: every element that some search parameter looks at may be there.

use super::elements::{complex, extension_only, local, primitive, reference};
use super::pools::{SYSTEMS, TEXTS, URLS};
use super::random::Random;
use crate::definitions::{ElementInfo, Registry, ResourceType, TypeKind, Variant};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// As deep as the longest expressions go.
const DEPTH: usize = 4;

/// Makes resources of some types that refer to each other.
#[derive(Debug)]
pub(super) struct Maker<'r> {
    registry: &'r Registry,
    types: &'r [ResourceType],
    /// Whether values may be SampledData, which parameters read and composites leave out: where one is, composites do not
    /// stand for their parts.
    sampled: bool,
}

/// What the expressions of a type mention.
#[derive(Debug, Default)]
struct Mentioned {
    names: BTreeSet<String>,
    literals: Vec<String>,
}

impl<'r> Maker<'r> {
    pub(super) fn new(registry: &'r Registry, types: &'r [ResourceType], sampled: bool) -> Maker<'r> {
        Maker { registry, types, sampled }
    }

    /// A resource with others inside it.
    pub(super) fn resource(&self, random: &mut Random, ty: ResourceType, id: &str) -> Json {
        let mut resource = self.plain(random, ty, id);
        let may_contain = self.registry.is_a(self.registry.type_name(ty), "DomainResource");
        if may_contain && random.chance(35) {
            let inside = ["c2", "c1", "c3"].iter().take(1 + random.below(3)).filter_map(|id| {
                let ty = *random.one(self.types)?;
                Some(Json::Object(self.plain(random, ty, id)))
            });
            resource.insert("contained".to_owned(), inside.collect());
        }
        resource.insert("meta".to_owned(), meta(random));
        Json::Object(resource)
    }

    fn plain(&self, random: &mut Random, ty: ResourceType, id: &str) -> Map<String, Json> {
        let name = self.registry.type_name(ty);
        let mut resource = Map::new();
        resource.insert("resourceType".to_owned(), json!(name));
        resource.insert("id".to_owned(), json!(id));
        self.members(random, name, &self.mentioned(ty), DEPTH, &mut resource);
        resource
    }

    fn mentioned(&self, ty: ResourceType) -> Mentioned {
        let mut mentioned = Mentioned::default();
        for param in self.registry.params(ty) {
            let parts = self.registry.components(param).iter().map(|part| part.expression.as_str());
            for expression in self.registry.definition(param).expression.as_deref().into_iter().chain(parts) {
                let names = expression.split(|letter: char| !letter.is_ascii_alphanumeric());
                mentioned.names.extend(names.map(str::to_owned));
                mentioned.literals.extend(expression.split('\'').skip(1).step_by(2).map(str::to_owned));
            }
        }
        mentioned
    }

    fn members(
        &self,
        random: &mut Random,
        ty: &str,
        mentioned: &Mentioned,
        depth: usize,
        into: &mut Map<String, Json>,
    ) {
        for element in self.registry.elements(ty).filter(|element| mentioned.names.contains(element.name)) {
            let own = matches!(element.name, "id" | "meta" | "contained" | "extension" | "text");
            if let Some(variant) = self.variant(random, element).filter(|_| !own)
                && random.chance(if variant.hierarchy { 85 } else { 65 })
            {
                self.add(random, element, variant, mentioned, depth, into);
            }
        }
    }

    /// Of the many types that a value of an observation may have, quantities are what most is asked of.
    fn variant<'e>(&self, random: &mut Random, element: &'e ElementInfo) -> Option<&'e Variant> {
        let allowed = |variant: &&Variant| self.sampled || variant.ty != "SampledData";
        let all: Vec<&Variant> = element.variants.iter().filter(allowed).collect();
        let has = |ty| element.variants.iter().any(|variant| variant.ty == ty);
        let numbers = all.iter().copied().filter(|variant| matches!(variant.ty, "Quantity" | "SampledData"));
        let numbers: Vec<&Variant> = numbers.collect();
        let of_observation = has("Quantity") && has("SampledData");
        random.one(&numbers).copied().filter(|_| of_observation && random.chance(40)).or(random.one(&all).copied())
    }

    fn add(
        &self,
        random: &mut Random,
        element: &ElementInfo,
        variant: &Variant,
        mentioned: &Mentioned,
        depth: usize,
        into: &mut Map<String, Json>,
    ) {
        let name = variant.json_name.to_string();
        if self.kind(variant) == Some(TypeKind::Primitive) && random.chance(5) {
            let only = extension_only();
            into.insert(format!("_{name}"), if element.repeats { json!([only]) } else { only });
            return;
        }
        let value = if element.repeats {
            // Of elements with parts more: what is asked of one may hold of two.
            let most = if variant.ty.contains('.') { 4 } else { 2 };
            random.list(most, |random| self.value(random, variant, mentioned, depth))
        } else {
            self.value(random, variant, mentioned, depth)
        };
        if !value.is_null() {
            into.insert(name, value);
        }
    }

    fn value(&self, random: &mut Random, variant: &Variant, mentioned: &Mentioned, depth: usize) -> Json {
        if self.kind(variant) == Some(TypeKind::Primitive) {
            return primitive(random, variant.ty, &mentioned.literals);
        }
        match variant.ty {
            "Reference" => {
                // Mostly to what is there; any type that is allowed otherwise.
                let near = self.types.iter().filter(|ty| variant.targets.contains(**ty));
                let near: Vec<&str> = near.map(|ty| self.registry.type_name(*ty)).collect();
                let all: Vec<&str> = variant.targets.iter().map(|ty| self.registry.type_name(ty)).collect();
                let types = if near.is_empty() || random.chance(5) { &all } else { &near };
                // Deep hierarchies, and cycles: most links lead on.
                if variant.hierarchy && random.chance(70) { local(random, types) } else { reference(random, types) }
            }
            "Resource" => Json::Null,
            ty => complex(random, ty).unwrap_or_else(|| {
                let mut members = Map::new();
                if depth > 0 {
                    self.members(random, ty, mentioned, depth - 1, &mut members);
                }
                if members.is_empty() { Json::Null } else { Json::Object(members) }
            }),
        }
    }

    fn kind(&self, variant: &Variant) -> Option<TypeKind> {
        self.registry.type_info(variant.ty).map(|info| info.kind)
    }
}

/// Every resource says when it changed: a store gives the time of its own clock to one that does not.
fn meta(random: &mut Random) -> Json {
    let updated = ["2013-01-14T10:00:00Z", "2013-01-14T10:00:00.123Z", "2013-01-15T00:00:00Z", "2024-07-01T12:30:00Z"];
    let mut meta = json!({ "lastUpdated": random.pick(&updated) });
    let tag = |random: &mut Random| json!({ "system": random.pick(&SYSTEMS), "code": random.pick(&["a", "A", "b"]) });
    let more = [
        ("tag", random.list(2, tag)),
        ("security", random.list(1, tag)),
        ("profile", random.list(2, |random| json!(random.pick(&URLS)))),
        ("source", random.maybe(20, |random| json!(random.pick(&URLS)))),
    ];
    if let Some(members) = meta.as_object_mut() {
        let more = more.into_iter().filter(|(_, value)| !value.is_null());
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
    meta
}

/// Gives a resource another text somewhere: an earlier version of it.
pub(super) fn earlier(random: &mut Random, resource: &Json) -> Json {
    let mut earlier = resource.clone();
    if let Some(members) = earlier.as_object_mut() {
        let names: Vec<String> = members.keys().filter(|name| !KEPT.contains(&name.as_str())).cloned().collect();
        if let Some(name) = random.one(&names) {
            members.remove(name);
        }
        members.insert("language".to_owned(), json!(random.pick(&TEXTS)));
    }
    earlier
}

/// Members that every resource keeps.
pub(super) const KEPT: [&str; 3] = ["resourceType", "id", "meta"];
