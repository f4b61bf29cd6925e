//! The parts of composite parameters, and the targets of reference parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::datatypes::Datatypes;
use super::expression::{branches, plain_steps, resolve_is};
use super::model::{Model, Variant};
use super::param::{Component, ParamType, SearchParam, Targets};
use super::tables::reads;
use super::types::TypeSet;

/// The parts of `composite` in a search for type `ty`. `Err` names the URL of a part that is not defined.
pub(super) fn components(
    model: &Model,
    ty: &str,
    composite: &SearchParam,
    by_url: &BTreeMap<String, Arc<SearchParam>>,
) -> Result<Vec<Component>, String> {
    let mut parts = Vec::new();
    for part in &composite.components {
        let definition = by_url.get(&part.definition).ok_or_else(|| part.definition.clone())?;
        let targets = targets(model, ty, definition);
        let (definition, expression) = (Arc::clone(definition), part.expression.clone());
        parts.push(Component { definition, expression, targets, datatypes: Datatypes::default() });
    }
    if parts.is_empty() {
        return Ok(parts);
    }
    let focus = branches(model, ty, composite.expression.as_deref().unwrap_or_default());
    mend_swapped(model, ty, &focus, &mut parts);
    for part in &mut parts {
        part.datatypes = Datatypes::of(model, ty, composite.expression.as_deref(), &part.expression);
    }
    Ok(parts)
}

/// Puts right two parts that carry each other's expression.
///
/// R4's `DocumentReference.relationship` gives the reference `relatesto` the expression `code` and the token
/// `relation` the expression `target`. The definitions decide, since they say how the values in a search are read:
/// where two parts cannot read what their expressions find, but each can read what the other's finds, the
/// expressions change places.
fn mend_swapped(model: &Model, ty: &str, focus: &[&str], parts: &mut [Component]) {
    let [first, second] = parts else { return };
    let found_by = |part: &Component| found(model, ty, focus, &part.expression);
    let (of_first, of_second) = (found_by(first), found_by(second));
    let can_read = |part: &Component, found: &[&Variant]| found.iter().any(|variant| reads(part.ty(), variant.ty));
    let known = !of_first.is_empty() && !of_second.is_empty();
    let wrong = !can_read(first, &of_first) && !can_read(second, &of_second);
    if known && wrong && can_read(first, &of_second) && can_read(second, &of_first) {
        std::mem::swap(&mut first.expression, &mut second.expression);
    }
}

/// What the expression `part` finds on the elements that the paths `focus` find; nothing where one is no plain path.
fn found<'a>(model: &'a Model, ty: &str, focus: &[&str], part: &str) -> Vec<&'a Variant> {
    let Some(part) = plain_steps(model, part) else { return Vec::new() };
    let focus = focus.iter().filter_map(|branch| plain_steps(model, branch));
    focus.flat_map(|steps| model.walk(ty, &[steps, part.clone()].concat())).collect()
}

/// The types a reference parameter may point to in a search for type `ty`; empty for other parameters.
pub(super) fn targets(model: &Model, ty: &str, param: &SearchParam) -> TypeSet {
    if param.ty != ParamType::Reference {
        return TypeSet::EMPTY;
    }
    let branches = branches(model, ty, param.expression.as_deref().unwrap_or_default());
    let wanted: Option<TypeSet> =
        branches.iter().map(|branch| resolve_is(branch).and_then(|name| model.resource_type(name))).collect();
    let stated = stated(model, ty, param, &branches);
    match wanted {
        Some(wanted) if !wanted.is_empty() => stated.and(wanted),
        _ => stated,
    }
}

fn stated(model: &Model, ty: &str, param: &SearchParam, branches: &[&str]) -> TypeSet {
    match &param.targets {
        Targets::Any => model.all_targets,
        Targets::Named(names) => names.iter().filter_map(|name| model.resource_type(name)).collect(),
        Targets::Unstated => {
            let paths = branches.iter().filter_map(|branch| plain_steps(model, branch));
            let variants: Vec<_> = paths.flat_map(|path| model.walk(ty, &path)).collect();
            let found = variants.iter().fold(TypeSet::EMPTY, |all, variant| all.or(variant.targets));
            if found.is_empty() { model.all_targets } else { found }
        }
    }
}
