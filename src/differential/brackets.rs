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
        if random.chance(70) {
            let (element, parts) = self.composite(random, ty)?;
            let inside = condition(random, &parts, 2)?;
            return Some(format!("{element}[{inside}].{}", of_part(random, &parts)?));
        }
        let (element, mut parts) = self.single(random, ty)?;
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
        let joined = match random.below(10) {
            0..2 => format!("not ({joined})"),
            2 => format!("{joined} and {} pr false", random.one(&parts)?.name),
            _ => joined,
        };
        Some(format!("{element}[{joined}].{}", compare(random, &last)?))
    }

    fn composite(&self, random: &mut Random, ty: ResourceType) -> Option<(String, Vec<Part<'_>>)> {
        let over = |param: &ParamId| Some((*param, self.own(*param)?)).filter(|(_, path)| !path.contains(['.', '(']));
        let is_composite = |param: &ParamId| self.kind(*param) == ParamType::Composite;
        let able: Vec<_> = self.filled(ty).into_iter().filter(is_composite).filter_map(|param| over(&param)).collect();
        let (param, element) = *random.one(&able)?;
        // Composites over one element tell of the same ones.
        let others = able.iter().filter(|(other, of)| *of == element && *other != param && random.chance(50));
        let params: Vec<ParamId> = std::iter::once(param).chain(others.map(|(other, _)| *other)).collect();
        let mut parts = Vec::new();
        for param in params {
            // Values that stand together in one element; else those of several, which may stand in one resource.
            let apart = random.chance(50);
            let sample = random.one(self.of(param))?;
            for (n, (component, together)) in self.registry.components(param).iter().zip(sample).enumerate() {
                let other = random.one(self.of(param)).filter(|_| apart).and_then(|sample| sample.get(n));
                let found = other.unwrap_or(together);
                let (plain, _) = component.expression.split_once(".as(").unwrap_or((&component.expression, ""));
                let name = random.one(&[plain, &component.definition.code]).copied()?.to_owned();
                parts.push(Part { name, kind: component.ty(), found: Some(found) });
            }
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

/// What holds of one of several elements: anything that `and`, `or`, `not` and `pr` say of its parts.
fn condition(random: &mut Random, parts: &[Part<'_>], depth: usize) -> Option<String> {
    match random.below(100) {
        0..30 if depth > 0 => Some(format!("not ({})", condition(random, parts, depth - 1)?)),
        30..60 if depth > 0 => {
            let (one, other) = (condition(random, parts, depth - 1)?, condition(random, parts, depth - 1)?);
            Some(format!("({one} {} {other})", random.pick(&["and", "or"])))
        }
        _ => of_part(random, parts),
    }
}

fn of_part(random: &mut Random, parts: &[Part<'_>]) -> Option<String> {
    let part = random.one(parts)?;
    if random.chance(20) {
        return Some(format!("{} pr {}", part.name, random.pick(&["true", "false"])));
    }
    compared(random, &part.name, part.kind, part.found)
}

fn compare(random: &mut Random, part: &Part<'_>) -> Option<String> {
    if random.chance(5) {
        return Some(format!("{} pr true", part.name));
    }
    compared(random, &part.name, part.kind, part.found)
}
