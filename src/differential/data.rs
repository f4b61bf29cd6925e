//! Small sets of resources as a sequence of writes.

use super::mangle::mangle;
use super::pools::{CODES, IDS, TEXTS, URLS, VERSIONS};
use super::random::Random;
use super::resources::{Maker, earlier};
use crate::definitions::{Registry, ResourceType};
use crate::reference::{Earlier, Inner, Resource};
use crate::stores::Write;
use crate::values::{Instant, Zone, parse_date};
use fhirc_codegen::rows::TypeCode;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A write: a resource, or `{"delete": "Type/id"}`.
pub(super) type Line = Json;

/// Types that much refers to, and that much is asked of.
const HUBS: [&str; 20] = [
    "Observation",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Encounter",
    "Group",
    "Location",
    "CarePlan",
    "ValueSet",
    "CodeSystem",
    "Questionnaire",
    "QuestionnaireResponse",
    "Condition",
    "DocumentReference",
    "Device",
    "RelatedPerson",
    "MedicationRequest",
    "List",
    "Specimen",
    "Consent",
];

/// Types whose resources are no content of their own.
const LEFT_OUT: [&str; 3] = ["Bundle", "Parameters", "Binary"];

/// Writes that create, change and delete resources of a few types.
pub(super) fn generate(registry: &Registry, random: &mut Random) -> Vec<Line> {
    let types = types(registry, random);
    let maker = Maker::new(registry, &types, random.chance(40));
    let mut writes = Vec::new();
    for &ty in &types {
        for id in IDS.iter().filter(|_| random.chance(75)).collect::<Vec<_>>() {
            let resource = maker.resource(random, ty, id);
            let deletion = json!({ "delete": format!("{}/{id}", registry.type_name(ty)) });
            for _ in 0..random.pick(&[0, 0, 0, 0, 1, 1, 2, 3]) {
                // Other resources may appear between two versions.
                let at = random.below(writes.len() + 1);
                writes.insert(at, earlier(random, &resource));
                if random.chance(15) {
                    let at = random.below(writes.len() + 1);
                    writes.insert(at, deletion.clone());
                }
            }
            writes.push(resource);
            writes.extend(random.chance(6).then_some(deletion));
        }
    }
    // Resources come before and after those that they refer to.
    if random.chance(50) {
        writes.reverse();
    }
    if random.chance(6) {
        let mut longer = Longer::default();
        writes.iter_mut().for_each(|line| longer.lengthen(random, line));
    }
    if random.chance(20) {
        for line in &mut writes {
            (0..random.pick(&[0, 0, 0, 1, 1, 2, 3])).for_each(|_| mangle(random, line));
        }
    }
    writes
}

/// Texts of a set of resources that become longer than an index of a database takes, each everywhere alike.
#[derive(Default)]
struct Longer(BTreeMap<String, String>);

/// Folded, it is still longer than that.
const FILLING: &str = "Ä long 漢字 text, of which there are many ";

impl Longer {
    fn lengthen(&mut self, random: &mut Random, json: &mut Json) {
        match json {
            Json::String(text) if is_free(text) => {
                let known = self.0.get(text).cloned();
                let longer = known.unwrap_or_else(|| longer(random, text));
                self.0.insert(std::mem::replace(text, longer.clone()), longer);
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.lengthen(random, item)),
            Json::Object(members) => members.values_mut().for_each(|member| self.lengthen(random, member)),
            _ => {}
        }
    }
}

/// Whether nothing hangs on a text but what it says.
fn is_free(text: &str) -> bool {
    TEXTS.contains(&text) || CODES.contains(&text) || URLS.contains(&text) || VERSIONS.contains(&text)
}

fn longer(random: &mut Random, text: &str) -> String {
    let filling = FILLING.repeat(9);
    match random.below(8) {
        0..3 => format!("{filling}{text}"),
        3 => format!("{text}{filling}"),
        4 => format!("{text} {filling}{text}"),
        _ => text.to_owned(),
    }
}

fn types(registry: &Registry, random: &mut Random) -> Vec<ResourceType> {
    let all: Vec<&str> =
        registry.types().map(|ty| registry.type_name(ty)).filter(|name| !LEFT_OUT.contains(name)).collect();
    let mut names = vec!["Patient"];
    // Places alone are asked for by distance.
    names.extend(random.chance(35).then_some("Location"));
    // Composites that stand for two parameters are theirs.
    names.extend(random.chance(35).then_some("Observation"));
    if random.chance(40) {
        let hierarchies: Vec<_> = registry.types().filter(|ty| registry.hierarchy(*ty).is_some()).collect();
        let name = random.one(&hierarchies).map(|ty| registry.type_name(*ty));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    while names.len() < 5 {
        let name = if random.chance(75) { random.pick(&HUBS) } else { random.pick(&all) };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.into_iter().filter_map(|name| registry.resource_type(name)).collect()
}

/// The type and id that a line is about.
fn identity<'l>(registry: &Registry, line: &'l Line) -> Option<(ResourceType, &'l str)> {
    let text = |name: &str| line.get(name).and_then(Json::as_str);
    let (name, id) = match text("delete") {
        Some(reference) => reference.split_once('/')?,
        None => (text("resourceType")?, text("id")?),
    };
    Some((registry.resource_type(name)?, id))
}

fn is_deletion(line: &Line) -> bool {
    line.get("delete").is_some()
}

/// The lines as writes of a store. A line that says no known type and id is none.
pub(super) fn writes(registry: &Registry, lines: &[Line]) -> Vec<Write> {
    let write = |line: &Line| {
        let (ty, id) = identity(registry, line)?;
        let (ty, id) = (TypeCode(ty.code()), id.to_owned());
        Some(if is_deletion(line) {
            Write::Delete { ty, id }
        } else {
            Write::Put { ty, id, body: line.clone(), keep_updated: true }
        })
    };
    lines.iter().filter_map(write).collect()
}

/// The contained resources that are or were there, in the order in which they first appeared.
pub(super) fn appeared(registry: &Registry, lines: &[Line]) -> Vec<Inner> {
    let of = |line: &Line| {
        let (ty, id) = identity(registry, line)?;
        Some(Inner::of(registry, &(ty, id.to_owned()), line))
    };
    lines.iter().filter_map(of).flatten().collect()
}

/// A resource and all its versions.
struct History<'l> {
    ty: ResourceType,
    id: &'l str,
    /// The first one first; `None` for a deletion.
    versions: Vec<Option<&'l Line>>,
}

/// The resources in the order in which they were first created (decision 133).
fn histories<'l>(registry: &Registry, lines: &'l [Line]) -> Vec<History<'l>> {
    let mut all: Vec<History<'_>> = Vec::new();
    for line in lines {
        let Some((ty, id)) = identity(registry, line) else { continue };
        let now = (!is_deletion(line)).then_some(line);
        match all.iter_mut().find(|history| (history.ty, history.id) == (ty, id)) {
            // What stays as it is makes no version.
            Some(history) => history.versions.extend((history.versions.last() != Some(&now)).then_some(now)),
            // What is deleted before it was created does not exist.
            None if now.is_some() => all.push(History { ty, id, versions: vec![now] }),
            None => {}
        }
    }
    all
}

/// The resources that are there after all writes.
pub(super) fn live(registry: &Registry, lines: &[Line]) -> Vec<Resource> {
    let resource = |(n, History { ty, id, versions }): (i64, History<'_>)| {
        let json = Arc::new((*versions.last()?)?.clone());
        let stated = json.pointer("/meta/lastUpdated").and_then(Json::as_str);
        let date = stated.and_then(|text| parse_date(text, &Zone::UTC).ok());
        let last_updated = date.map(|date| Instant(date.interval.start()));
        let (version, ord) = (i64::try_from(versions.len()).ok()?, (i64::from(ty.code()) << 32) + n);
        Some(Resource { ty, id: id.to_owned(), version, ord, last_updated, json })
    };
    (0..).zip(histories(registry, lines)).filter_map(resource).collect()
}

/// The versions of these resources before the current ones.
pub(super) fn earlier_versions(registry: &Registry, lines: &[Line]) -> Vec<Earlier> {
    let mut found = Vec::new();
    for History { ty, id, versions } in histories(registry, lines) {
        let Some((Some(_), before)) = versions.split_last() else { continue };
        let puts = (1..).zip(before).filter(|(_, put)| put.is_some());
        found.extend(puts.map(|(version, _)| Earlier { ty, id: id.to_owned(), version }));
    }
    found
}
