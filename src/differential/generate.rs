//! Whole searches: where, conditions, what comes back.

use super::pools::IDS;
use super::query::{Part, Query};
use super::random::Random;
use super::sample::Samples;
use crate::definitions::{ParamId, ParamType, ResourceType};

impl Samples<'_> {
    /// A search.
    pub(super) fn query(&self, random: &mut Random) -> Option<Query> {
        let ty = *random.one(&self.types)?;
        let name = self.registry.type_name(ty);
        let mut parts = Vec::new();
        match random.below(100) {
            0..4 => return self.system(random),
            4..8 => parts.push(single("_type", name)),
            _ => {}
        }
        for _ in 0..random.pick(&[0, 1, 1, 1, 1, 2, 2, 3]) {
            parts.push(self.part(random, ty)?);
        }
        self.controls(random, ty, &mut parts);
        // A comma between types is none of a value.
        let path = match parts.first() {
            Some(Part::Values { key, .. }) if key == "_type" => String::new(),
            _ if random.chance(4) => format!("Patient/{}/{name}", random.pick(&IDS)),
            _ => name.to_owned(),
        };
        Some(Query { path, parts })
    }

    fn part(&self, random: &mut Random, ty: ResourceType) -> Option<Part> {
        if random.chance(25) {
            let depth = usize::from(random.chance(20));
            let path = self.path(random, ty, depth);
            let filter = self.filter(random, path.end, 2)?;
            return Some(Part::Filter { links: path.links, filter });
        }
        let condition = self.condition(random, ty, 3)?;
        Some(Part::Values { key: condition.key, values: condition.values })
    }

    /// A search over several types: only parameters that all of them have.
    fn system(&self, random: &mut Random) -> Option<Query> {
        let mut types: Vec<String> = Vec::new();
        for _ in 0..=random.below(2) {
            types.push(self.registry.type_name(*random.one(&self.types)?).to_owned());
        }
        let mut parts = vec![Part::Values { key: "_type".to_owned(), values: types }];
        let prefix = random.pick(&["", "gt", "le", "sa", "ne"]);
        parts.push(match random.below(4) {
            0 => single("_id", random.pick(&IDS)),
            1 => single("_lastUpdated", &format!("{prefix}2013-01-14")),
            2 => single("_tag", random.pick(&["a", "A", "b", "http://loinc.org|a", "http://snomed.info/sct|"])),
            _ => single("_security:not", "a"),
        });
        if random.chance(50) {
            parts.push(single("_sort", random.pick(&["_id", "-_id", "_lastUpdated", "-_lastUpdated,_id"])));
        }
        if random.chance(30) {
            contained(random, &mut parts);
        }
        parts.push(single("_count", random.pick(&["1", "2", "3", "5"])));
        Some(Query { path: String::new(), parts })
    }

    fn controls(&self, random: &mut Random, ty: ResourceType, parts: &mut Vec<Part>) {
        let containers = random.chance(20) && contained(random, parts);
        if random.chance(45) {
            let keys = (0..=random.below(2)).filter_map(|_| match containers {
                true => Some(own_key(random)),
                false => self.sort_key(random, ty),
            });
            let keys: Vec<String> = keys.collect();
            parts.extend((!keys.is_empty()).then_some(Part::Values { key: "_sort".to_owned(), values: keys }));
        }
        if random.chance(65) {
            parts.push(single("_count", random.pick(&["1", "2", "3", "4", "7"])));
        }
        match random.below(20) {
            0..4 => parts.push(single("_total", "accurate")),
            4 => parts.push(single("_total", random.pick(&["estimate", "none"]))),
            5 => parts.push(single("_summary", "count")),
            _ => {}
        }
        for _ in 0..random.pick(&[0, 0, 0, 1, 2]) {
            parts.extend(self.include(random, ty, containers));
        }
    }

    fn sort_key(&self, random: &mut Random, ty: ResourceType) -> Option<String> {
        let direction = random.pick(&["", "-"]);
        let sorts = |param: &ParamId| {
            !matches!(self.kind(*param), ParamType::Composite | ParamType::Special | ParamType::Reference)
                && !matches!(self.code(*param), "_id" | "_lastUpdated")
        };
        let (links, ty) = match random.below(10) {
            0 => return Some(own_key(random)),
            1..3 => {
                let links = self.links(ty);
                let link = *random.one(&links)?;
                let target = *random.one(&self.targets(link))?;
                (format!("{}:{}.", self.code(link), self.registry.type_name(target)), target)
            }
            _ => (String::new(), ty),
        };
        let able: Vec<ParamId> = self.filled(ty).into_iter().filter(sorts).collect();
        let param = *random.one(&able)?;
        Some(format!("{direction}{links}{}", self.code(param)))
    }

    /// Containers that come back may be of any type.
    fn include(&self, random: &mut Random, ty: ResourceType, containers: bool) -> Option<Part> {
        let iterate = if random.chance(30) { ":iterate" } else { "" };
        let around = if iterate.is_empty() && !containers { ty } else { *random.one(&self.types)? };
        if random.chance(50) {
            if random.chance(10) && !containers {
                return Some(single("_include", "*"));
            }
            let links = self.links(around);
            let link = *random.one(&links)?;
            let name = self.registry.type_name(around);
            let targets = self.targets(link);
            let target = random.one(&targets).filter(|_| random.chance(25));
            let target = target.map_or(String::new(), |ty| format!(":{}", self.registry.type_name(*ty)));
            return Some(single(&format!("_include{iterate}"), &format!("{name}:{}{target}", self.code(link))));
        }
        let links: Vec<ParamId> = self.types.iter().flat_map(|ty| self.links(*ty)).collect();
        let able: Vec<&ParamId> = links.iter().filter(|link| self.registry.targets(**link).contains(around)).collect();
        let link = **random.one(&able)?;
        let source = self.registry.type_name(link.ty());
        Some(single(&format!("_revinclude{iterate}"), &format!("{source}:{}", self.code(link))))
    }
}

/// What every resource of its own has.
fn own_key(random: &mut Random) -> String {
    format!("{}{}", random.pick(&["", "-"]), random.pick(&["_id", "_lastUpdated"]))
}

/// Asks for contained resources; whether their containers come back.
fn contained(random: &mut Random, parts: &mut Vec<Part>) -> bool {
    parts.push(single("_contained", random.pick(&["true", "both"])));
    let returned = random.pick(&["", "container", "contained", "contained", "contained"]);
    parts.extend((!returned.is_empty()).then(|| single("_containedType", returned)));
    returned != "contained"
}

fn single(key: &str, value: &str) -> Part {
    Part::Values { key: key.to_owned(), values: vec![value.to_owned()] }
}
