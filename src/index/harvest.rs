//! What one walk over a resource brings in: rows, and what was wrong.

use std::collections::BTreeSet;

use fhirc_codegen::rows::{Base, Row, RowKind, Value as Cell};
use serde_json::Value;

use super::convert::{Reading, Values, truth_value};
use super::presence::holds_value;
use super::scope::Scope;
use super::settings::ExtractSettings;
use super::trie::{Leaf, Meeting, Reader, Rule, Spot};
use super::warning::{Problem, Warning};
use crate::definitions::ParamId;
use crate::keys::{Facet, Key, Level};

/// The rows of one resource while it is walked.
#[derive(Debug)]
pub(super) struct Harvest<'a> {
    values: Values<'a>,
    level: Level,
    rows: Vec<Row>,
    warnings: &'a mut Warnings,
}

impl<'a> Harvest<'a> {
    pub(super) fn new(
        scope: Scope<'a>,
        settings: &'a ExtractSettings,
        level: Level,
        warnings: &'a mut Warnings,
    ) -> Self {
        Self { values: Values::new(scope, settings), level, rows: Vec::new(), warnings }
    }

    /// The rows sorted, each once.
    pub(super) fn into_rows(mut self) -> Vec<Row> {
        self.rows.sort_unstable();
        self.rows.dedup();
        self.rows
    }

    /// Takes the words of the resource.
    pub(super) fn words(&mut self, param: ParamId, words: BTreeSet<String>) {
        let kind = RowKind::One(Base::Word);
        for word in words {
            self.push(param, Reading { facet: Facet::Words, kind, cells: vec![Cell::Text(word)] });
        }
    }

    /// Takes what the walk met.
    pub(super) fn meet(&mut self, meeting: Meeting<'_>, element: &'a Value, at: Spot<'_>) {
        match meeting {
            Meeting::Wanted(leaf) => self.take(leaf, element, at),
            Meeting::DeadEnd => {
                self.warnings.add(None, at.place.to_string(), Problem::wrong_type("an object", element));
            }
        }
    }

    fn take(&mut self, leaf: &Leaf, element: &'a Value, at: Spot<'_>) {
        let present = match &leaf.rule {
            Rule::Value(reader) => {
                self.values.system = reader.system;
                (reader.convert)(element, &mut self.values);
                holds_value(element)
            }
            // Without a combination a composite is missing (decision 108).
            Rule::Tuples(tuples) => tuples.read(element, at.index, &mut self.values),
            Rule::Listed(reader) => {
                self.listed(reader, element);
                false
            }
            Rule::Truth(condition) => {
                let scope = self.values.scope;
                if let Some(truth) = condition.holds(element, 0, scope) {
                    truth_value(truth, &mut self.values);
                }
                condition.routes().iter().any(|route| route.select(element, scope).into_iter().any(holds_value))
            }
        };
        if present {
            self.push(leaf.param, Reading { facet: Facet::Present, kind: RowKind::Present, cells: Vec::new() });
        }
        for found in std::mem::take(&mut self.values.found) {
            self.push(leaf.param, found);
        }
        for misfit in std::mem::take(&mut self.values.problems) {
            let path = misfit.member.map_or_else(|| at.place.to_string(), |name| at.place.member(name).to_string());
            self.warnings.add(Some(leaf.param), path, misfit.problem);
        }
    }

    /// The target of an entry once more, for `_list` (item 112). What is wrong with it is said where it is read first.
    fn listed(&mut self, reader: &Reader, entry: &'a Value) {
        if entry.get("deleted").and_then(Value::as_bool) == Some(true) {
            return;
        }
        let Some(item) = entry.get("item") else { return };
        (reader.convert)(item, &mut self.values);
        self.values.problems.clear();
        self.values.found.retain(|found| found.kind == RowKind::One(Base::Ref));
        self.values.found.iter_mut().for_each(|found| found.facet = Facet::Listed);
    }

    fn push(&mut self, param: ParamId, Reading { facet, kind, cells }: Reading) {
        let key = Key { param, facet, level: self.level }.id();
        self.rows.push(Row { key, kind, values: cells });
    }
}

/// Warnings in the order of the document; what several parameters complain of is reported once.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    pub(super) list: Vec<Warning>,
    seen: BTreeSet<(String, String)>,
}

impl Warnings {
    pub(super) fn add(&mut self, param: Option<ParamId>, path: String, problem: Problem) {
        if self.seen.insert((path.clone(), problem.to_string())) {
            self.list.push(Warning { param, path, problem });
        }
    }
}
