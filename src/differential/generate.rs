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
            8..13 => return self.bringing(random, ty),
            13..35 => {
                if let Some(query) = self.paired(random) {
                    return Some(query);
                }
            }
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

    /// Parameters that a composite combines and that have values, both.
    fn pairs(&self) -> Vec<[ParamId; 2]> {
        let composites = self.types.iter().flat_map(|ty| self.registry.params(*ty));
        let pairs = composites.filter_map(|composite| self.registry.compound(composite));
        pairs.filter(|pair| pair.iter().all(|param| !self.of(*param).is_empty())).collect()
    }

    /// Whether a search asks for the first of two such parameters.
    pub(super) fn asks_pair(&self, query: &Query) -> bool {
        let asks = |code: &str| query.parts.iter().any(|part| matches!(part, Part::Values { key, .. } if key == code));
        let pairs = self.pairs().into_iter();
        pairs
            .map(|[first, _]| first)
            .any(|first| self.registry.type_name(first.ty()) == query.path && asks(self.code(first)))
    }

    /// Two parameters that a composite combines, asked together, and sorted by the second.
    fn paired(&self, random: &mut Random) -> Option<Query> {
        let pairs = self.pairs();
        // Quantities as often as all else.
        let quantities = pairs.iter().copied().filter(|[_, second]| self.kind(*second) == ParamType::Quantity);
        let quantities: Vec<[ParamId; 2]> = quantities.collect();
        let [first, second] = *random.one(&quantities).filter(|_| random.chance(50)).or(random.one(&pairs))?;
        let negated = if random.chance(8) { ":not" } else { "" };
        let count = random.pick(&[1, 1, 1, 1, 2]);
        let values = (0..count).map(|_| self.one_value(random, first, None)).collect();
        let mut parts = vec![Part::Values { key: format!("{}{negated}", self.code(first)), values }];
        if random.chance(55) {
            let count = random.pick(&[1, 1, 1, 2]);
            // What nearly all have is met beside most codes.
            let wide = self.kind(second) == ParamType::Quantity && random.chance(50);
            let value = |random: &mut Random| match wide {
                true => random.pick(&["gt-99", "lt99999", "ne1", "ge0", "le1000"]).to_owned(),
                false => self.one_value(random, second, None),
            };
            let values = (0..count).map(|_| value(random)).collect();
            parts.push(Part::Values { key: self.code(second).to_owned(), values });
        }
        if random.chance(15) {
            parts.extend(self.part(random, first.ty()));
        }
        if random.chance(75) {
            let mut keys = vec![format!("{}{}", random.pick(&["", "-"]), self.code(second))];
            keys.extend(if random.chance(20) { self.sort_key(random, first.ty()) } else { None });
            parts.push(Part::Values { key: "_sort".to_owned(), values: keys });
        }
        if random.chance(80) {
            parts.push(single("_count", random.pick(&["1", "2", "3", "4", "7"])));
        }
        parts.extend(random.chance(15).then(|| single("_total", "accurate")));
        Some(Query { path: self.registry.type_name(first.ty()).to_owned(), parts })
    }

    /// All resources of a type with much that comes along.
    fn bringing(&self, random: &mut Random, ty: ResourceType) -> Option<Query> {
        let mut parts = vec![single("_count", random.pick(&["3", "7"]))];
        for _ in 0..random.pick(&[1, 2, 2, 3]) {
            parts.extend(self.include(random, ty, false));
        }
        Some(Query { path: self.registry.type_name(ty).to_owned(), parts })
    }

    /// A search over several types: only parameters that all of them have.
    fn system(&self, random: &mut Random) -> Option<Query> {
        let mut types: Vec<String> = Vec::new();
        for _ in 0..=random.below(2) {
            types.push(self.registry.type_name(*random.one(&self.types)?).to_owned());
        }
        let mut parts = vec![Part::Values { key: "_type".to_owned(), values: types.clone() }];
        let prefix = random.pick(&["", "gt", "le", "sa", "ne"]);
        parts.push(match random.below(4) {
            0 => single("_id", random.pick(&IDS)),
            1 => single("_lastUpdated", &format!("{prefix}2013-01-14")),
            2 => single("_tag", random.pick(&["a", "A", "b", "http://loinc.org|a", "http://snomed.info/sct|"])),
            _ => single("_security:not", "a"),
        });
        match random.below(4) {
            0 => parts.push(single("_sort", random.pick(&["_id", "-_id", "_lastUpdated", "-_lastUpdated,_id"]))),
            1 => parts.push(single("_sort", random.pick(&["_tag", "-_profile", "_source,-_security", "-_tag:text"]))),
            _ => {
                let named = types.iter().filter_map(|name| self.registry.resource_type(name));
                let common = self.common(&named.collect::<Vec<_>>());
                let key = random.one(&common).map(|code| format!("{}{code}", random.pick(&["", "-"])));
                parts.extend(key.map(|key| single("_sort", &key)));
            }
        }
        if random.chance(30) {
            contained(random, &mut parts);
        }
        parts.push(single("_count", random.pick(&["1", "2", "3", "5"])));
        Some(Query { path: String::new(), parts })
    }

    /// What sorts resources of all these types: parameters of the same type in each.
    fn common(&self, types: &[ResourceType]) -> Vec<&str> {
        let Some((first, others)) = types.split_first() else { return Vec::new() };
        let sorts = |param: &ParamId| !matches!(self.kind(*param), ParamType::Composite | ParamType::Special);
        let same = |param: &ParamId, ty: ResourceType| {
            self.registry.param(ty, self.code(*param)).is_some_and(|other| self.kind(other) == self.kind(*param))
        };
        let in_all = |param: &ParamId| others.iter().all(|ty| same(param, *ty));
        self.filled(*first).into_iter().filter(sorts).filter(in_all).map(|param| self.code(param)).collect()
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

    /// By a parameter of the resource, or of what it refers to over a link or two, typed or not.
    fn sort_key(&self, random: &mut Random, ty: ResourceType) -> Option<String> {
        let direction = random.pick(&["", "-"]);
        let steps = random.pick(&[0, 0, 0, 0, 0, 1, 1, 1, 2]);
        let (mut links, mut end) = (String::new(), ty);
        for _ in 0..steps {
            let from = self.links(end);
            let Some(link) = random.one(&from) else { break };
            let target = *random.one(&self.targets(*link))?;
            let typed = if random.chance(70) { format!(":{}", self.registry.type_name(target)) } else { String::new() };
            links += &format!("{}{typed}.", self.code(*link));
            end = target;
        }
        if random.chance(10) {
            return Some(format!("{direction}{links}{}", random.pick(&["_id", "_lastUpdated"])));
        }
        let sorts = |param: &ParamId| self.kind(*param) != ParamType::Special;
        let able: Vec<ParamId> = self.filled(end).into_iter().filter(sorts).collect();
        // References as often as all else: few parameters of a type are.
        let references = able.iter().copied().filter(|param| self.kind(*param) == ParamType::Reference);
        let references: Vec<ParamId> = references.collect();
        let param = *random.one(&references).filter(|_| random.chance(30)).or(random.one(&able))?;
        let is_token = self.kind(param) == ParamType::Token && self.code(param) != "_id";
        let text = if is_token && random.chance(25) { ":text" } else { "" };
        Some(format!("{direction}{links}{}{text}", self.code(param)))
    }

    /// Containers that come back may be of any type.
    fn include(&self, random: &mut Random, ty: ResourceType, containers: bool) -> Option<Part> {
        let iterate = if random.chance(30) { ":iterate" } else { "" };
        let around = if iterate.is_empty() && !containers { ty } else { *random.one(&self.types)? };
        if random.chance(50) {
            match random.below(20) {
                0..3 if !containers => return Some(single(&format!("_include{iterate}"), "*")),
                3 => {
                    return Some(single(
                        &format!("_include{iterate}"),
                        &format!("{}:*", self.registry.type_name(around)),
                    ));
                }
                _ => {}
            }
            let links = self.links(around);
            let link = *random.one(&links)?;
            let name = self.registry.type_name(around);
            let targets = self.targets(link);
            let target = random.one(&targets).filter(|_| random.chance(25));
            let target = target.map_or(String::new(), |ty| format!(":{}", self.registry.type_name(*ty)));
            return Some(single(&format!("_include{iterate}"), &format!("{name}:{}{target}", self.code(link))));
        }
        if random.chance(15) {
            return Some(single(&format!("_revinclude{iterate}"), "*"));
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
