//! Brackets of `_filter`: conditions on one element.

use super::filters::compared;
use super::random::Random;
use super::sample::Samples;
use crate::definitions::{ParamId, ParamType, ResourceType};
use crate::reference::Found;

/// A part of an element: what it is called, of which type its values are, and one of them.
struct Part<'s> {
    name: String,
    kind: ParamType,
    found: Option<&'s Found>,
}

impl Samples<'_> {
    /// `element[part op value].part op value`, over a composite or on an element that occurs once.
    pub(super) fn bracket(&self, random: &mut Random, ty: ResourceType) -> Option<String> {
        let (element, mut parts) =
            if random.chance(60) { self.composite(random, ty)? } else { self.single(random, ty)? };
        if parts.len() < 2 {
            return None;
        }
        let last = parts.remove(random.below(parts.len()));
        let mut inside = Vec::new();
        for part in &parts {
            inside.push(compare(random, part)?);
        }
        // Now and then another value of the same part.
        let joined = match inside.as_slice() {
            [one] if random.chance(20) => format!("{one} or {}", compare(random, parts.first()?)?),
            _ => inside.join(" and "),
        };
        Some(format!("{element}[{joined}].{}", compare(random, &last)?))
    }

    fn composite(&self, random: &mut Random, ty: ResourceType) -> Option<(String, Vec<Part<'_>>)> {
        let over = |param: &ParamId| Some((*param, self.own(*param)?)).filter(|(_, path)| !path.contains(['.', '(']));
        let is_composite = |param: &ParamId| self.kind(*param) == ParamType::Composite;
        let able: Vec<_> = self.filled(ty).into_iter().filter(is_composite).filter_map(|param| over(&param)).collect();
        let (param, element) = *random.one(&able)?;
        let sample = random.one(self.of(param))?;
        let mut parts = Vec::new();
        for (component, found) in self.registry.components(param).iter().zip(sample) {
            let (plain, _) = component.expression.split_once(".as(").unwrap_or((&component.expression, ""));
            let name = random.one(&[plain, &component.definition.code]).copied()?.to_owned();
            parts.push(Part { name, kind: component.ty(), found: Some(found) });
        }
        Some((element.to_owned(), parts))
    }

    fn single(&self, random: &mut Random, ty: ResourceType) -> Option<(String, Vec<Part<'_>>)> {
        let type_name = self.registry.type_name(ty);
        let reads = |param: ParamId| {
            let (element, part) = self.own(param)?.split_once('.')?;
            let once = self.registry.element(type_name, element).is_some_and(|element| !element.repeats);
            (once && !part.contains(['.', '('])).then_some((element, part, param))
        };
        let able: Vec<_> = self.filled(ty).into_iter().filter_map(reads).collect();
        let (element, ..) = *random.one(&able)?;
        let parts = able.iter().filter(|(of, ..)| *of == element).map(|(_, part, param)| Part {
            name: (*part).to_owned(),
            kind: self.kind(*param),
            found: random.one(self.of(*param)).and_then(|sample| sample.first()),
        });
        Some((element.to_owned(), parts.collect()))
    }

    /// The path below the type of a parameter that reads one path of it.
    fn own(&self, param: ParamId) -> Option<&str> {
        let root = self.registry.type_name(param.ty());
        let branches = self.registry.definition(param).expression.as_deref()?.split('|').map(str::trim);
        let mut own = branches.filter(|branch| *branch == root || branch.starts_with(&format!("{root}.")));
        own.next().filter(|_| own.next().is_none())?.strip_prefix(root)?.strip_prefix('.')
    }
}

fn compare(random: &mut Random, part: &Part<'_>) -> Option<String> {
    if random.chance(5) {
        return Some(format!("{} pr true", part.name));
    }
    compared(random, &part.name, part.kind, part.found)
}
