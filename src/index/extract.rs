//! The extractor: index rows of a resource and of the resources it contains.

use fhirc_codegen::rows::{Base, Row, RowKind, TypeCode, Value as Cell};
use fhirc_grammar::Diagnostic;
use serde_json::Value;
use std::collections::BTreeSet;

use super::harvest::{Harvest, Warnings};
use super::place::Place;
use super::programs::Programs;
use super::scope::Scope;
use super::settings::ExtractSettings;
use super::target::{contained_id, container_key, resource_type};
#[cfg(test)]
use super::trie::Node;
use super::trie::Spot;
use super::unindexed::Unindexed;
use super::warning::{Problem, Warning};
use crate::definitions::{ParamId, Registry, ResourceType};
use crate::keys::{Level, range, standing};

/// Extracts index rows; made once from the definitions, used for every resource.
#[derive(Debug)]
pub struct Extractor {
    registry: Registry,
    settings: ExtractSettings,
    programs: Programs,
}

/// What a resource adds to the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// Its own rows, sorted, each once.
    pub rows: Vec<Row>,
    /// The rows of the resources it contains.
    pub contained: Vec<ContainedRows>,
    /// What could not be read, in the order of the document.
    pub warnings: Vec<Warning>,
}

/// The rows of a contained resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainedRows {
    /// Its type.
    pub ty: ResourceType,
    /// Its id in the whole store, as references to it name it: `Observation/1#p`.
    pub id: String,
    /// Its rows under keys of level `Contained`, sorted, each once.
    pub rows: Vec<Row>,
}

impl Extractor {
    /// Compiles the parameters of all types that rows are kept for, those that are being built included.
    pub fn new(registry: &Registry, settings: ExtractSettings) -> Self {
        Self { registry: registry.clone(), settings, programs: Programs::new(registry, |_| true) }
    }

    /// Compiles these parameters alone.
    pub fn only(registry: &Registry, settings: ExtractSettings, params: &BTreeSet<ParamId>) -> Self {
        let programs = Programs::new(registry, |param| params.contains(&param));
        Self { registry: registry.clone(), settings, programs }
    }

    /// This extractor under changed definitions. Only types are compiled whose parameters have changed.
    #[must_use]
    pub fn changed(&self, registry: &Registry) -> Self {
        let programs = Programs::again(registry, (&self.programs, &self.registry));
        Self { registry: registry.clone(), settings: self.settings.clone(), programs }
    }

    /// Parameters that could not be compiled and have no rows. Empty for the built-in definitions.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.programs.diagnostics
    }

    /// Parameters that have no rows by design, in the order of the types and slots.
    pub fn unindexed(&self) -> &[(ParamId, Unindexed)] {
        &self.programs.unindexed
    }

    /// The rows of a resource of type `ty`. Whatever is wrong with a value costs that value only.
    pub fn extract(&self, ty: ResourceType, resource: &Value) -> Extraction {
        let scope = Scope::of(resource, ty, &self.registry);
        let name = self.registry.type_name(ty);
        let mut warnings = Warnings::default();
        let rows = self.rows(scope, Level::Top, Place::root(name), &mut warnings);
        let mut contained = Vec::new();
        let place = Place::root(name);
        let list = place.member("contained");
        let all = resource.get("contained").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut taken = BTreeSet::new();
        for (index, inner) in all.iter().enumerate() {
            let place = list.item(index);
            if !inner.get("id").and_then(Value::as_str).is_none_or(|id| taken.insert(id)) {
                warnings.add(None, place.to_string(), Problem::SameContained);
                continue;
            }
            match self.identity(scope, inner) {
                Some((ty, id)) => {
                    let mut rows = self.rows(scope.contained(inner, ty), Level::Contained, place, &mut warnings);
                    rows.extend(self.standing(scope, ty));
                    rows.sort_unstable();
                    contained.push(ContainedRows { ty, id, rows });
                }
                None => warnings.add(None, place.to_string(), Problem::NoContained),
            }
        }
        Extraction { rows, contained, warnings: warnings.list }
    }

    /// The rows that every contained resource of a type has: what negation within them is taken from, and where it
    /// stands.
    fn standing(&self, scope: Scope<'_>, ty: ResourceType) -> Vec<Row> {
        let container = scope.container.get("id").and_then(Value::as_str);
        let (Some(param), Some(key), Some(id)) =
            (self.registry.param(ty, "_id"), container_key(&self.registry, ty), container)
        else {
            return Vec::new();
        };
        let stands = Cell::Rid(TypeCode(scope.container_type.code()), id.to_owned());
        vec![
            Row { key: standing(param), kind: RowKind::Present, values: Vec::new() },
            Row { key, kind: RowKind::One(Base::Ref), values: vec![stands, Cell::Text(String::new())] },
        ]
    }

    fn identity(&self, scope: Scope<'_>, inner: &Value) -> Option<(ResourceType, String)> {
        let ty = resource_type(inner, &self.registry)?;
        let id = inner.get("id")?.as_str().filter(|id| !id.is_empty())?;
        let container = scope.container.get("id")?.as_str()?;
        Some((ty, contained_id(self.registry.type_name(scope.container_type), container, id)))
    }

    fn rows<'v>(&'v self, scope: Scope<'v>, level: Level, place: Place<'_>, warnings: &mut Warnings) -> Vec<Row> {
        let Some(of) = self.programs.get(scope.ty.index()) else { return Vec::new() };
        let mut harvest = Harvest::new(scope, &self.settings, level, warnings);
        of.root.walk(scope.resource, Spot { place, index: 0 }, scope, &mut |meeting, element, at| {
            harvest.meet(meeting, element, at);
        });
        for &(param, source) in &of.words {
            harvest.words(param, self.programs.texts.words(source, scope.resource));
        }
        let mut rows = harvest.into_rows();
        let beside: Vec<Row> = of.compounds.iter().filter_map(|compound| compound.beside(level, &rows)).collect();
        if !beside.is_empty() {
            rows.extend(beside);
            rows.sort_unstable();
        }
        if !of.only_read.is_empty() {
            let (first, last): (Vec<_>, Vec<_>) = of.only_read.iter().map(|param| range(*param)).unzip();
            let is_of = |key| first.iter().zip(&last).any(|(first, last)| (*first..=*last).contains(&key));
            rows.retain(|row| !is_of(row.key));
        }
        rows
    }

    /// The program of a type.
    #[cfg(test)]
    pub(super) fn root(&self, ty: ResourceType) -> Option<&Node> {
        self.programs.get(ty.index()).map(|of| &of.root)
    }
}
