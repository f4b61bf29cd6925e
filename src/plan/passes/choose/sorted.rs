//! A page in the order of values: by going through them, or by sorting the matches.

use super::page::weighed;
use super::{Chooser, Matches};
use crate::plan::Produced;
use crate::plan::pairs::Combined;
use crate::plan::passes::Context;
use crate::plan::rows::type_code;
use crate::plan::types::{is_top, key_type};
use fhirc_codegen::algebra::{Access, Atom, Order, Set, SetId, Test, Universe};
use fhirc_codegen::program::{Dir, OrderBy, OrderKey, Pairs, Strategy};
use fhirc_codegen::rows::{Base, KeyId, RowKind};

/// What it costs to look up the values of a match and to sort it, in rows looked at.
const SORTED: f64 = 2.0;

/// Rows to go through in the order of values.
struct Walk {
    /// How many there are.
    rows: f64,
    /// Nothing: those of the values alone.
    pairs: Option<Pairs>,
}

impl Chooser<'_> {
    /// Values are gone through until the page is full, however many matches there are; sorting needs all matches.
    pub(super) fn sorted(&mut self, first: &OrderKey, context: Context<'_>) -> Matches {
        let root = self.plan.page.set;
        let matches = self.estimates.get(root).clamp(0.0, self.universe(root));
        let sorting = self.finding(root) + matches * SORTED;
        let values = self.values(root, first, context).filter(|_| is_top(&self.plan.graph, root));
        let each = 1.0 + self.testing(root);
        let along_values = values.map(|rows| Walk { rows, pairs: None });
        let along_pairs = values.and_then(|_| self.pairs(root, first, context));
        let walks = along_values.into_iter().chain(along_pairs);
        let walks = walks.map(|walk| (self.visited(root, first, walk.rows, matches), walk));
        let walk = walks.min_by(|(one, _), (other, _)| one.total_cmp(other));
        let walk = walk.map(|(candidates, walk)| (self.walking(root, candidates), candidates, walk));
        let weighed = weighed(walk.as_ref().map(|(visits, ..)| *visits), sorting);
        match walk {
            Some((visits, candidates, Walk { rows, pairs })) if visits < sorting => {
                let instead = self.instead(root, visits, rows * each, sorting);
                let (mut page, rest) = self.by_value(root, first, values.unwrap_or(rows), candidates);
                page.strategy = pairs.map_or(page.strategy, |pairs| Strategy::ByPair(Box::new(pairs)));
                Matches { page, weighed, cost: visits, instead, rest }
            }
            _ => {
                let page = Produced { set: self.produce(root), strategy: Strategy::SetFirst };
                Matches { page, weighed, cost: sorting, instead: None, rest: None }
            }
        }
    }

    /// The rows of a composite that hold the values beside a code, if the matches have this one.
    fn pairs(&self, root: SetId, first: &OrderKey, context: Context<'_>) -> Option<Walk> {
        let sorts = first.run()?;
        self.conditions(root).into_iter().find_map(|id| {
            let condition = self.plan.graph.set(id);
            let (combined, first) = Combined::sorting(condition, sorts, context.registry, context.stats)?;
            let pairs = Pairs { key: combined.key, shape: combined.shape, first };
            Some(Walk { rows: self.estimates.get(id), pairs: Some(pairs) })
        })
    }

    /// How many values there are to go through, where there is such a walk.
    fn values(&self, root: SetId, first: &OrderKey, context: Context<'_>) -> Option<f64> {
        let universe = self.universe(root);
        match first.alone() {
            // They lie together for all types.
            Some(OrderBy::Updated(_)) => {
                let all = context.registry.types().map(|ty| context.stats.resources(type_code(ty)) as f64);
                Some(all.sum())
            }
            // Abridged texts do not lie in the order of the whole ones.
            _ => first
                .run()
                .filter(|(key, _)| !context.stats.abridged(*key))
                .map(|(key, _)| context.stats.rows(key).map_or(universe, |rows| rows as f64)),
        }
    }

    /// How many values a walk looks at until the page is full. Conditions on other parameters are met now and then. One
    /// on the values that are gone through is met at one end of them: at once, or not before the others are passed.
    fn visited(&self, root: SetId, first: &OrderKey, values: f64, matches: f64) -> f64 {
        let wanted = self.wanted();
        if matches <= wanted || self.groups(first) {
            return values;
        }
        let mut dense = matches;
        for id in self.conditions(root) {
            match self.plan.graph.set(id) {
                Set::Rows { key, test, .. } if first.run().is_some_and(|(run, _)| run == *key) => {
                    if !leads(test, first.dir) {
                        return values;
                    }
                    let share = (self.estimates.get(id) / self.universe(root)).clamp(f64::EPSILON, 1.0);
                    dense /= share;
                }
                _ => {}
            }
        }
        (wanted * values / dense.max(1.0)).min(values)
    }

    /// Whether many resources have the same value, as with codes, and are put in order by another key: then all that
    /// have the first value are looked at before the page is full.
    fn groups(&self, first: &OrderKey) -> bool {
        self.plan.page.order.len() > 1 && matches!(first.run(), Some((_, RowKind::One(Base::Token))))
    }

    pub(super) fn conditions(&self, root: SetId) -> Vec<SetId> {
        match self.plan.graph.set(root) {
            Set::And(children) => children.clone(),
            Set::Minus { from, .. } => self.conditions(*from),
            _ => vec![root],
        }
    }

    fn by_value(
        &mut self,
        root: SetId,
        first: &OrderKey,
        values: f64,
        candidates: f64,
    ) -> (Produced, Option<Produced>) {
        let Some((key, kind)) = first.run() else {
            return (Produced { set: self.walk(root, candidates), strategy: Strategy::Walk }, None);
        };
        let page = Produced { set: self.probe(root, self.times(candidates)), strategy: Strategy::ByValue };
        (page, Some(self.rest(root, (key, kind), values)))
    }

    /// The matches that have no value.
    fn rest(&mut self, root: SetId, (key, kind): (KeyId, RowKind), values: f64) -> Produced {
        let universe = self.universe(root);
        let missing = (1.0 - values / universe).max(0.0);
        let matches = (self.estimates.get(root) * missing).max(1.0);
        let candidates = (self.wanted() * universe / matches).min(universe);
        let walks = self.walking(root, candidates) < self.finding(root);
        let span = self.plan.graph.span(root);
        let rows = Set::Rows { key, kind, universe: Universe(vec![key_type(key)]), test: kind.sorts() };
        let less = self.graph.add(rows, Access::Probe, span);
        let (from, access, strategy) = match walks {
            true => (self.walk(root, candidates), Access::Walk, Strategy::Walk),
            false => (self.produce(root), Access::Drive, Strategy::SetFirst),
        };
        Produced { set: self.graph.add(Set::Minus { from, less }, access, span), strategy }
    }
}

/// Whether what a test asks for stands at the beginning of a walk.
fn leads(test: &Test, dir: Dir) -> bool {
    match test {
        Test::All(tests) => !tests.is_empty() && tests.iter().all(|test| leads(test, dir)),
        // "At or after" is "after" or "at", and what is at the place follows.
        Test::Any(tests) => tests.iter().any(|test| leads(test, dir)),
        Test::Atom(Atom::Range(_, _, value)) => match dir {
            Dir::Asc => value.is_open_below(),
            Dir::Desc => value.is_open_above(),
        },
        Test::Atom(Atom::Order(_, order, _)) => match dir {
            Dir::Asc => matches!(order, Order::Before | Order::UpTo),
            Dir::Desc => matches!(order, Order::After | Order::From),
        },
        Test::Atom(_) => false,
    }
}
