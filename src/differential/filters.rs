//! `_filter` expressions over the same parameters.

use super::conditions::Path;
use super::pools::IDS;
use super::query::Filter;
use super::random::Random;
use super::sample::Samples;
use super::terms;
use super::values;
use crate::definitions::{ParamType, ResourceType};
use crate::reference::Found;

impl Samples<'_> {
    /// A filter on resources of a type.
    pub(super) fn filter(&self, random: &mut Random, ty: ResourceType, depth: usize) -> Option<Filter> {
        match random.below(100) {
            0..18 if depth > 0 => Some(Filter::Not(Box::new(self.filter(random, ty, depth - 1)?))),
            18..60 if depth > 0 => {
                let first = Box::new(self.filter(random, ty, depth - 1)?);
                let mut tail = Vec::new();
                for _ in 0..=random.below(2) {
                    tail.push((random.pick(&["and", "or"]), self.filter(random, ty, depth - 1)?));
                }
                Some(Filter::Join { first, tail })
            }
            _ => self.compare(random, ty).map(Filter::Compare),
        }
    }

    fn compare(&self, random: &mut Random, ty: ResourceType) -> Option<String> {
        let Path { links, end } = self.path(random, ty, 2);
        if random.chance(60)
            && let Some(bracket) = self.bracket(random, end)
        {
            return Some(links + &bracket);
        }
        if random.chance(6) {
            return self.listed(random, end).map(|condition| links + &condition);
        }
        let param = self.param(random, end)?;
        let (code, kind) = (self.code(param), self.kind(param));
        if operators(kind, code).is_empty() || random.chance(8) {
            return Some(format!("{links}{code} pr {}", random.pick(&["true", "false"])));
        }
        let found = random.one(self.of(param)).and_then(|sample| sample.first());
        compared(random, code, kind, found).map(|condition| links + &condition)
    }

    /// Membership in a List, or words.
    fn listed(&self, random: &mut Random, ty: ResourceType) -> Option<String> {
        // A List by its id, or those of a functional list.
        let is_current = random.chance(25);
        let list = if is_current { terms::CURRENT_LIST.0 } else { random.pick(&IDS) };
        let links = self.links(ty);
        match (random.below(4), random.one(&links)) {
            (0, _) => Some(format!("_list eq {list}")),
            (1, _) => Some(format!("{} co {}", random.pick(&["_text", "_content"]), random.pick(&["smith", "100"]))),
            (_, Some(link)) => {
                let of_type = if is_current { "" } else { "List/" };
                Some(format!("{} {} {of_type}{list}", self.code(*link), random.pick(&["in", "ni"])))
            }
            (_, None) => None,
        }
    }
}

/// `name op value`, the value mostly that of `found`.
pub(super) fn compared(random: &mut Random, name: &str, kind: ParamType, found: Option<&Found>) -> Option<String> {
    let op = *random.one(operators(kind, name))?;
    let value = match op {
        "in" | "ni" => random.pick(&terms::VALUE_SETS).to_owned(),
        "ss" | "sb" => terms::related(random).join("|"),
        _ => values::value(random, kind, found).join("|"),
    };
    let bare = value.starts_with(|first: char| first.is_ascii_alphanumeric())
        && value.chars().all(|letter| letter.is_ascii_alphanumeric() || "-.:|/+".contains(letter));
    let is_measured = matches!(kind, ParamType::Date | ParamType::Number);
    let value = if is_measured || bare && random.chance(60) { value } else { serde_json::json!(value).to_string() };
    Some(format!("{name} {op} {value}"))
}

/// The operators that a type of parameter has.
fn operators(kind: ParamType, code: &str) -> &'static [&'static str] {
    match kind {
        _ if code == "_id" => &["eq", "ne"],
        ParamType::String => &["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"],
        ParamType::Token => &["eq", "eq", "eq", "ne", "ne", "ne", "in", "ni", "ss", "sb"],
        ParamType::Uri => &["eq", "ne", "sw", "ew", "co", "gt", "lt", "ge", "le"],
        ParamType::Date => &["eq", "ne", "co", "po", "gt", "lt", "ge", "le", "sa", "eb", "ap"],
        ParamType::Number => &["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"],
        ParamType::Quantity => &["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"],
        ParamType::Reference => &["re"],
        ParamType::Composite | ParamType::Special => &[],
    }
}
