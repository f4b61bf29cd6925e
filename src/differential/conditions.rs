//! Conditions on resources of a type: parameters with modifiers and values, over chains and `_has`.

use super::pools::{BASE, IDS};
use super::random::Random;
use super::sample::Samples;
use super::terms;
use super::values::{self, escaped};
use crate::definitions::{Modifier, ParamId, ParamType, ResourceType, modifiers};
use crate::reference::Found;

/// A key with its values.
pub(super) struct Condition {
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// What stands between a resource and the one that is asked: `subject:Patient.`, `_has:Observation:subject:`.
pub(super) struct Path {
    pub(super) links: String,
    /// The type at its end.
    pub(super) end: ResourceType,
}

impl Samples<'_> {
    /// A condition, at the end of up to `depth` links.
    pub(super) fn condition(&self, random: &mut Random, ty: ResourceType, depth: usize) -> Option<Condition> {
        let Path { links, end } = self.path(random, ty, depth);
        let leaf = self.leaf(random, end)?;
        Some(Condition { key: links + &leaf.key, ..leaf })
    }

    /// A walk over what refers to what.
    pub(super) fn path(&self, random: &mut Random, ty: ResourceType, depth: usize) -> Path {
        let here = Path { links: String::new(), end: ty };
        let step = match random.below(100) {
            _ if depth == 0 => None,
            0..25 => self.forward(random, ty),
            25..45 => self.reverse(random, ty),
            _ => None,
        };
        let Some(step) = step else { return here };
        let rest = self.path(random, step.end, depth - 1);
        Path { links: step.links + &rest.links, end: rest.end }
    }

    fn forward(&self, random: &mut Random, ty: ResourceType) -> Option<Path> {
        let links = self.links(ty);
        let link = *random.one(&links)?;
        let targets = self.targets(link);
        let end = *random.one(&targets)?;
        let code = self.code(link);
        let typed = if random.chance(65) { format!(":{}", self.registry.type_name(end)) } else { String::new() };
        Some(Path { links: format!("{code}{typed}."), end })
    }

    fn reverse(&self, random: &mut Random, ty: ResourceType) -> Option<Path> {
        let links: Vec<ParamId> = self.types.iter().flat_map(|ty| self.links(*ty)).collect();
        let links: Vec<&ParamId> = links.iter().filter(|link| self.registry.targets(**link).contains(ty)).collect();
        let link = **random.one(&links)?;
        let source = self.registry.type_name(link.ty());
        Some(Path { links: format!("_has:{source}:{}:", self.code(link)), end: link.ty() })
    }

    /// A parameter of a type, mostly one that has values.
    pub(super) fn param(&self, random: &mut Random, ty: ResourceType) -> Option<ParamId> {
        let filled = self.filled(ty);
        if !filled.is_empty() && random.chance(92) {
            // Half of the time a parameter of a type that few have: strings and tokens are everywhere.
            let rare = |param: &&ParamId| !matches!(self.kind(**param), ParamType::Token | ParamType::String);
            let rare: Vec<&ParamId> = filled.iter().filter(rare).collect();
            return random
                .one(&rare)
                .map(|param| **param)
                .filter(|_| random.chance(50))
                .or(random.one(&filled).copied());
        }
        let all: Vec<ParamId> = self.registry.params(ty).collect();
        random.one(&all).copied()
    }

    pub(super) fn kind(&self, param: ParamId) -> ParamType {
        self.registry.definition(param).ty
    }

    fn leaf(&self, random: &mut Random, ty: ResourceType) -> Option<Condition> {
        if random.chance(15)
            && let Some(related) = self.related(random, ty)
        {
            return Some(related);
        }
        // There is but one of these, and few types have it.
        let special = self.filled(ty).into_iter().find(|param| self.kind(*param) == ParamType::Special);
        let param = special.filter(|_| random.chance(40)).or_else(|| self.param(random, ty))?;
        let (code, kind) = (self.code(param), self.kind(param));
        let allowed: Vec<Modifier> = modifiers(self.registry.version(), kind)
            .iter()
            .copied()
            // Of references, those that lead into a hierarchy are drawn on their own.
            .filter(|modifier| kind != ParamType::Reference || !matches!(modifier, Modifier::Above | Modifier::Below))
            .filter(|modifier| USED.contains(modifier) && (code != "_id" || *modifier == Modifier::Not))
            .collect();
        if random.chance(7) {
            let missing = random.pick(&["true", "false"]).to_owned();
            return Some(Condition { key: format!("{code}:missing"), values: vec![missing] });
        }
        let modifier = random.one(&allowed).copied().filter(|_| random.chance(35));
        let targets = self.targets(param);
        if let Some(target) = random.one(&targets).filter(|_| kind == ParamType::Reference && random.chance(15)) {
            let key = format!("{code}:{}", self.registry.type_name(*target));
            return Some(Condition { key, values: vec![random.pick(&IDS).to_owned()] });
        }
        let count = if random.chance(75) { 1 } else { 2 + random.below(2) };
        let values = (0..count).map(|_| self.one_value(random, param, modifier)).collect();
        let key = modifier.map_or(code.to_owned(), |modifier| format!("{code}:{}", modifier.name()));
        Some(Condition { key, values })
    }

    /// `:above` or `:below` on a reference that leads into a hierarchy.
    fn related(&self, random: &mut Random, ty: ResourceType) -> Option<Condition> {
        let leads = |link: &ParamId| !self.registry.hierarchies(*link).is_empty();
        let links: Vec<ParamId> = self.links(ty).into_iter().filter(leads).collect();
        let link = *random.one(&links)?;
        let types: Vec<&str> =
            self.registry.hierarchies(link).iter().map(|links| self.registry.type_name(links.ty())).collect();
        let value = |random: &mut Random| match random.below(10) {
            0..4 => random.pick(&IDS).to_owned(),
            4..8 => format!("{}/{}", random.pick(&types), random.pick(&IDS)),
            8 => format!("{BASE}/{}/{}/_history/1", random.pick(&types), random.pick(&IDS)),
            _ => self.one_value(random, link, None),
        };
        let count = random.pick(&[1, 1, 1, 2, 3]);
        let values = (0..count).map(|_| value(random)).collect();
        let key = format!("{}:{}", self.code(link), random.pick(&["above", "below"]));
        Some(Condition { key, values })
    }

    pub(super) fn one_value(&self, random: &mut Random, param: ParamId, modifier: Option<Modifier>) -> String {
        let sample = random.one(self.of(param)).cloned().unwrap_or_default();
        let kind = self.kind(param);
        match (modifier, sample.first()) {
            (Some(Modifier::Text), found) => escaped(&[values::string(random, found)]),
            (Some(Modifier::TextAdvanced), found) => escaped(&[values::words(random, found)]),
            (Some(Modifier::CodeText), found) => escaped(&[values::code_text(random, found)]),
            (Some(Modifier::In | Modifier::NotIn), _) => random.pick(&terms::VALUE_SETS).to_owned(),
            (Some(Modifier::Above | Modifier::Below), _) if kind == ParamType::Token => {
                escaped(&terms::related(random))
            }
            (Some(Modifier::Identifier), found) => {
                let identifier = found.and_then(|found| found.json.get("identifier").cloned());
                let identifier = identifier.map(|json| Found { datatype: "Identifier", json });
                escaped(&values::value(random, ParamType::Token, identifier.as_ref()))
            }
            (Some(Modifier::OfType), found) => escaped(&of_type(found)),
            _ if kind == ParamType::Composite => {
                let components = self.registry.components(param).iter().enumerate();
                let parts = components.map(|(n, component)| prefixed(random, component.ty(), sample.get(n)));
                parts.collect::<Vec<_>>().join("$")
            }
            (_, found) => prefixed(random, kind, found),
        }
    }
}

/// Modifiers that are answered; `:missing` is drawn on its own.
const USED: [Modifier; 12] = [
    Modifier::Exact,
    Modifier::Contains,
    Modifier::Not,
    Modifier::Text,
    Modifier::OfType,
    Modifier::Identifier,
    Modifier::Above,
    Modifier::Below,
    Modifier::In,
    Modifier::NotIn,
    Modifier::CodeText,
    Modifier::TextAdvanced,
];

/// A value, with a prefix where its type has one.
fn prefixed(random: &mut Random, kind: ParamType, found: Option<&Found>) -> String {
    let text = escaped(&values::value(random, kind, found));
    let has_prefix = matches!(kind, ParamType::Date | ParamType::Number | ParamType::Quantity);
    let prefix = if has_prefix && random.chance(70) {
        random.pick(&["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
    } else {
        ""
    };
    prefix.to_owned() + &text
}

/// `system|code|value` of an identifier that has all three.
fn of_type(found: Option<&Found>) -> Vec<String> {
    let text = |path: &str| {
        let text = found.and_then(|found| found.json.pointer(path)?.as_str().map(str::to_owned));
        text.unwrap_or_else(|| "http://loinc.org".to_owned())
    };
    vec![text("/type/coding/0/system"), text("/type/coding/0/code"), text("/value")]
}
