//! A page by sweeping over the rows of all resources in page order: those of one condition are taken, those of other keys
//! are passed over. A row that lies beside the one before costs a small part of a lookup, which a walk through the
//! resources makes for each of them.

use super::Chooser;
use crate::keys::{self, Key, Level};
use crate::plan::types::{Types, implied, key_type};
use fhirc_codegen::algebra::{Access, End, On, Set, SetId, Test};
use fhirc_codegen::rows::{Base, KeyId, RowKind};

/// What is found by fewer lookups is not worth another look.
const WORTH: f64 = 100.0;

/// A condition whose rows are swept over, and what the page is thought to cost, in rows looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    pub(super) over: SetId,
    pub(super) cost: f64,
}

impl Chooser<'_> {
    /// The best sweep, if one finds the page for less than `cost`; `candidates` are the resources that it meets.
    pub(super) fn sweeping(&mut self, root: SetId, candidates: f64, cost: f64) -> Option<Sweep> {
        if cost < WORTH {
            return None;
        }
        let conditions = self.conditions(root).into_iter();
        let sweeps = conditions.filter_map(|over| Some(Sweep { over, cost: self.swept(root, over, candidates)? }));
        let best = sweeps.min_by(|one, other| one.cost.total_cmp(&other.cost))?;
        (best.cost < cost).then_some(best)
    }

    /// What it costs to sweep over the rows of a condition of so many resources and to test those that meet it for the
    /// others.
    fn swept(&mut self, root: SetId, over: SetId, candidates: f64) -> Option<f64> {
        let (key, kind) = swept_rows(self.plan.graph.set(over))?;
        let resources = self.stats.resources(key_type(key)) as f64;
        let passed = candidates * self.beside(key, kind)? / resources.max(1.0);
        let found = candidates * (self.estimates.get(over) / self.universe(root)).min(1.0);
        // The one lookup by which a resource at hand would be tested is saved, not those behind a link.
        let behind = candidates * (self.testing(over) - 1.0) - self.saved(over, self.times(candidates));
        let (behind, others) = (behind.max(0.0), self.testing(root) - self.testing(over));
        Some(passed * f64::from(self.stats.passing()?) / 100.0 + behind + found * (1.0 + others.max(0.0)))
    }

    /// How many rows lie in the table where those of the key do, of resources of its type.
    fn beside(&self, key: KeyId, kind: RowKind) -> Option<f64> {
        let registry = self.registry;
        let param = Key::from_id(key, registry)?.param;
        let mut rows = 0;
        for param in registry.params(param.ty()) {
            for &facet in keys::facets(registry.definition(param)) {
                if keys::row_kinds(param, facet, registry).contains(&kind) {
                    rows += self.stats.rows(Key { param, facet, level: Level::Top }.id())?;
                }
            }
        }
        Some(rows as f64)
    }

    /// The set, produced by the sweep over one of its conditions.
    pub(super) fn sweep(&mut self, root: SetId, over: SetId, candidates: f64) -> SetId {
        let span = self.plan.graph.span(root);
        let members = self.estimates.get(over).min(candidates);
        let set = match self.plan.graph.set(root).clone() {
            _ if root == over => return self.swept_alone(root, over, candidates),
            Set::Minus { from, less } => {
                let less = self.probe(less, self.times_behind(self.times(candidates), from, root));
                Set::Minus { from: self.sweep(from, over, candidates), less }
            }
            Set::And(children) => {
                let others = children.into_iter().filter(|child| *child != over && !self.is_universe(*child)).collect();
                let others = self.in_turn(root, others, self.times(members));
                let mut parts = vec![self.swept_alone(root, over, candidates)];
                parts.extend(self.probe_in_turn(root, others, None, self.times(members)));
                Set::And(parts)
            }
            other => other,
        };
        let place = self.graph.add(set, Access::Walk, span);
        self.estimated(place, root)
    }

    /// The rows of a condition, restricted to the types that the matches have: by that the sweep is entered.
    fn swept_alone(&mut self, root: SetId, over: SetId, candidates: f64) -> SetId {
        let span = self.plan.graph.span(over);
        let set = match self.plan.graph.set(over).clone() {
            Set::Via { edge, from, far } => {
                let times = self.times_over(self.times(candidates), (edge, from), over);
                Set::Via { edge, from, far: self.far(far, times) }
            }
            other => other,
        };
        let types = implied(&self.plan.graph, root).map(Types::universe);
        let rows = self.graph.add(set, Access::Walk, span);
        self.estimated(rows, over);
        let Some(types) = types else { return rows };
        let within = self.graph.add(Set::All(types), Access::Probe, span);
        let place = self.graph.add(Set::And(vec![rows, within]), Access::Walk, span);
        self.estimated(place, over)
    }
}

/// The rows that tell of a condition on their own resource, one row at a time.
fn swept_rows(set: &Set) -> Option<(KeyId, RowKind)> {
    match set {
        Set::Rows { key, kind: kind @ RowKind::One(base), test, .. } if *base != Base::Word && is_one(test) => {
            Some((*key, *kind))
        }
        Set::Via { edge, from: End::Source, .. } if matches!(edge.on, On::Rid | On::Unversioned) => {
            Some((edge.key, RowKind::One(Base::Ref)))
        }
        _ => None,
    }
}

/// Whether a test has no alternatives, which would be a sweep each.
fn is_one(test: &Test) -> bool {
    match test {
        Test::Atom(_) => true,
        Test::All(tests) => tests.iter().all(is_one),
        Test::Any(_) => false,
    }
}
