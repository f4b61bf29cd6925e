//! The little that definitions must know of SearchParameter expressions: which branches of a union speak of a type,
//! their plain steps, and the type that `resolve() is` asks for. The expressions are compiled in `index`.

use super::model::{Model, TypeKind};

/// The branches of the union `expression` that can find something in a resource of type `ty`: those that start at
/// the type or at one it inherits from, and those that name no type at all.
pub(super) fn branches<'a>(model: &Model, ty: &str, expression: &'a str) -> Vec<&'a str> {
    let branches = split(expression, '|').into_iter().filter(|branch| !branch.is_empty());
    branches.filter(|branch| speaks_of(model, ty, branch)).collect()
}

fn speaks_of(model: &Model, ty: &str, branch: &str) -> bool {
    let name = branch.trim_start_matches(['(', ' ']);
    let name = name.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    let starts_at_type = is_resource(model, name);
    !starts_at_type || model.lineage(ty).any(|info| info.name == name)
}

/// Is it the name of a resource type? In an expression `code` is an element, though there is a data type `code` too.
fn is_resource(model: &Model, name: &str) -> bool {
    let kind = model.types.get(name).map(|info| info.kind);
    matches!(kind, Some(TypeKind::Resource | TypeKind::Abstract))
}

/// The steps of a branch below its type, where they are names only: `[]` for `Observation`, `["relatesTo", "target"]`
/// for `DocumentReference.relatesTo.target`. A condition on the type of the target at the end does not count.
pub(super) fn plain_steps<'a>(model: &Model, branch: &'a str) -> Option<Vec<&'a str>> {
    let (path, _) = split_target(branch);
    let mut steps: Vec<_> = path.split('.').collect();
    if steps.first().is_some_and(|first| is_resource(model, first)) {
        steps.remove(0);
    }
    let plain = |step: &&str| step.chars().all(|letter| letter.is_ascii_alphanumeric());
    steps.iter().all(plain).then_some(steps)
}

/// `Patient` in `Observation.subject.where(resolve() is Patient)`.
pub(super) fn resolve_is(branch: &str) -> Option<&str> {
    split_target(branch).1
}

/// `Observation.subject.where(resolve() is Patient)` as `Observation.subject` and `Patient`.
fn split_target(branch: &str) -> (&str, Option<&str>) {
    let condition = branch.strip_suffix(')').and_then(|rest| rest.rsplit_once(".where(resolve() is "));
    match condition {
        Some((path, ty)) if ty.chars().all(|letter| letter.is_ascii_alphanumeric()) => (path, Some(ty)),
        _ => (branch, None),
    }
}

/// Splits at `separator` outside parentheses and quotes, and trims the pieces.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted) = (0_u32, false);
    let pieces = text.split(|letter: char| {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => return letter == separator && depth == 0 && !quoted,
        }
        false
    });
    pieces.map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_split_outside_parentheses_and_quotes() {
        assert_eq!(split("a | (b | c).first() | d.where(e = 'x|y')", '|').len(), 3);
    }

    #[test]
    fn the_wanted_target_is_named() {
        assert_eq!(resolve_is("Observation.subject.where(resolve() is Patient)"), Some("Patient"));
        assert_eq!(resolve_is("Observation.subject"), None);
        assert_eq!(resolve_is("Flag.subject.where(resolve() is Patient or resolve() is Group)"), None);
    }
}
