//! Filters of a value set over the concepts of a system. FHIR R4 4.9.6 (`ValueSet.compose.include.filter`).

use super::code_system::{At, CodeSystem};
use super::value_set::Filter;
use crate::ir::CodeCase;
use crate::resolve::{Direction, TerminologyError};
use std::collections::BTreeSet;

/// Why a filter does not say which concepts it means; the text goes behind the name of the value set.
pub(super) enum Unclear {
    /// It is not followed.
    Filter(String),
    /// The code system cannot tell.
    System(TerminologyError),
}

impl From<TerminologyError> for Unclear {
    fn from(error: TerminologyError) -> Self {
        Unclear::System(error)
    }
}

/// The concepts of `all` that pass the filter.
pub(super) fn passing(system: &CodeSystem, all: &BTreeSet<At>, filter: &Filter) -> Result<BTreeSet<At>, Unclear> {
    let Filter { property, op, value } = filter;
    match op.as_str() {
        "is-a" => hierarchy(system, filter, Direction::Below),
        "generalizes" => hierarchy(system, filter, Direction::Above),
        "descendent-of" => Ok(&hierarchy(system, filter, Direction::Below)? - &named(system, filter)?),
        "is-not-a" => Ok(all - &hierarchy(system, filter, Direction::Below)?),
        "=" => by_value(system, all, property, |values| values.contains(&value.as_str())),
        "in" => by_value(system, all, property, |values| list(value).any(|item| values.contains(&item))),
        "not-in" => by_value(system, all, property, |values| !list(value).any(|item| values.contains(&item))),
        "exists" if value == "true" => by_value(system, all, property, |values| !values.is_empty()),
        "exists" if value == "false" => by_value(system, all, property, |values| values.is_empty()),
        _ => Err(not_followed(filter)),
    }
}

/// The named concept and all above or below it.
fn hierarchy(system: &CodeSystem, filter: &Filter, direction: Direction) -> Result<BTreeSet<At>, Unclear> {
    let start = named(system, filter)?.into_iter().collect();
    Ok(system.closure(direction, start)?)
}

/// The concept that a filter of the hierarchy names.
fn named(system: &CodeSystem, filter: &Filter) -> Result<BTreeSet<At>, Unclear> {
    if !matches!(filter.property.as_str(), "concept" | "code") {
        return Err(not_followed(filter));
    }
    let case = if system.case_sensitive == Some(true) { CodeCase::Sensitive } else { CodeCase::Insensitive };
    let found = system.find(&filter.value, case);
    if found.is_empty() {
        return Err(Unclear::Filter(format!("filters by `{}`, a code that its system lacks", filter.value)));
    }
    Ok(found.into_iter().collect())
}

/// The concepts whose values of a property pass.
fn by_value(
    system: &CodeSystem,
    all: &BTreeSet<At>,
    property: &str,
    passes: impl Fn(&[&str]) -> bool,
) -> Result<BTreeSet<At>, Unclear> {
    if !system.has_property(property) {
        return Err(Unclear::Filter(format!("filters by `{property}`, a property that its system does not declare")));
    }
    Ok(all.iter().copied().filter(|&at| passes(&system.values(at, property))).collect())
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim)
}

fn not_followed(Filter { property, op, value }: &Filter) -> Unclear {
    Unclear::Filter(format!("has the filter `{property} {op} {value}`"))
}
