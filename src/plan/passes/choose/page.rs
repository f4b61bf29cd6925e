//! A page in the order of the resources, and totals: by going through candidates, or by computing the set.

use super::{Chooser, Matches};
use crate::plan::Produced;
use crate::plan::types::{in_page_order, is_top};
use fhirc_codegen::algebra::{Set, SetId};
use fhirc_codegen::program::Strategy;

/// How much longer than expected a page may take before it is given up, since matches do not lie evenly; and which part
/// of the time of the other way may be lost to that in any case.
const SPREAD: f64 = 4.0;

/// The fewest candidates that are looked at before a page is given up, about a millisecond.
const LEAST: f64 = 1_000.0;

impl Chooser<'_> {
    /// A walk visits candidates in page order until the page is full; a set is computed whole. Dense matches are found
    /// soon on a walk, sparse ones are few to compute. What is walked is the universe, or the rows of one value, which
    /// lie in page order too.
    pub(super) fn page(&mut self) -> Matches {
        let root = self.plan.page.set;
        let universe = self.universe(root);
        let matches = self.estimates.get(root).clamp(1.0, universe);
        let wanted = self.wanted();
        let visited = |candidates: f64| (wanted * candidates / matches).min(candidates);
        let (cost, driver) = self.page_driver(root, &visited);
        // A walk meets no resources inside others.
        let (visits, all, page) = if is_top(&self.plan.graph, root) && visited(universe) < cost {
            (visited(universe), universe, Produced { set: self.walk(root), strategy: Strategy::Walk })
        } else {
            let whole = driver.map_or(cost, |driver| self.driven(driver));
            (cost, whole, Produced { set: self.produce_by(root, driver), strategy: Strategy::SetFirst })
        };
        let cost = self.driven(root);
        let instead = self.instead(root, visits, all, cost);
        Matches { page, instead, rest: None }
    }

    /// What takes the place of a page that was thought to end soon, after `visits` of `all` candidates, where it does
    /// not: computing all matches, at `cost`. So little is lost where conditions depend on each other.
    pub(super) fn instead(&mut self, root: SetId, visits: f64, all: f64, cost: f64) -> Option<(u64, Produced)> {
        let worth = (cost / SPREAD).max(visits * SPREAD).max(LEAST);
        // Nothing is saved by giving up.
        if all <= worth * 2.0 {
            return None;
        }
        let set = self.produce(root);
        // Saturates; estimates are far below the limits of the type.
        Some((worth.ceil() as u64, Produced { set, strategy: Strategy::SetFirst }))
    }

    /// To count, all candidates are looked at.
    pub(super) fn total(&mut self, root: SetId) -> Produced {
        if is_top(&self.plan.graph, root) && self.universe(root) < self.driven(root) {
            return Produced { set: self.walk(root), strategy: Strategy::Walk };
        }
        Produced { set: self.produce(root), strategy: Strategy::SetFirst }
    }

    /// The resources of the types that matches have; at least one.
    pub(super) fn universe(&self, root: SetId) -> f64 {
        self.estimates.universe(&self.plan.graph, root).max(1.0)
    }

    /// The matches that a page needs.
    pub(super) fn wanted(&self) -> f64 {
        f64::from(self.plan.page.take.max(1))
    }

    /// What it costs to produce the first page of a set, and which part of an intersection should do so.
    fn page_driver(&mut self, id: SetId, visited: &dyn Fn(f64) -> f64) -> (f64, Option<SetId>) {
        let plan = self.plan;
        match plan.graph.set(id) {
            Set::And(children) => {
                let costs = children.iter().map(|&child| (self.page_driver(child, visited).0, Some(child)));
                costs.min_by(|(a, _), (b, _)| a.total_cmp(b)).unwrap_or((f64::MAX, None))
            }
            Set::Minus { from, .. } => (self.page_driver(*from, visited).0, None),
            rows if in_page_order(rows) => (visited(self.estimates.get(id)), None),
            _ => (self.driven(id), None),
        }
    }
}
