//! A page in the order of the resources, and totals: by going through candidates, or by computing the set.

use super::sweep::Sweep;
use super::{Chooser, Matches};
use crate::plan::types::{in_page_order, is_top};
use crate::plan::{Produced, Weighed};
use fhirc_codegen::algebra::{Set, SetId};
use fhirc_codegen::program::Strategy;

/// How much longer than expected a page may take before it is given up, since matches do not lie evenly; and which part
/// of the time of the other way may be lost to that in any case.
const SPREAD: f64 = 4.0;

/// The fewest rows that are looked at before a page is given up, about a millisecond.
const LEAST: f64 = 1_000.0;

/// Saturates; estimates are far below the limits of the type.
pub(super) fn weighed(walking: Option<f64>, finding: f64) -> Weighed {
    Weighed { walking: walking.map(|rows| rows.ceil() as u64), finding: finding.ceil() as u64 }
}

impl Chooser<'_> {
    /// A walk visits candidates in page order until the page is full; a set is computed whole. Dense matches are found
    /// soon on a walk, sparse ones are few to compute. What is walked is the universe, or the rows of one value, which
    /// lie in page order too, or the rows of a condition among those of other keys: see `sweep`.
    pub(super) fn page(&mut self) -> Matches {
        let root = self.plan.page.set;
        let universe = self.universe(root);
        let matches = self.estimates.get(root).clamp(1.0, universe);
        let wanted = self.wanted();
        let visited = |candidates: f64| (wanted * candidates / matches).min(candidates);
        let (cost, driver) = self.page_driver(root, &visited);
        let each = 1.0 + self.testing(root);
        // A walk meets no resources inside others.
        let candidates = visited(universe);
        let top = is_top(&self.plan.graph, root);
        let walking = top.then(|| self.walking(root, candidates));
        let least = walking.map_or(cost, |walking| walking.min(cost));
        let sweep = if top { self.sweeping(root, candidates, least) } else { None };
        let weighed = weighed(sweep.map(|sweep| sweep.cost).or(walking), cost);
        let (visits, all, page) = match (sweep, walking.filter(|walking| *walking < cost)) {
            (Some(Sweep { over, cost }), _) => {
                let page = Produced { set: self.sweep(root, over, candidates), strategy: Strategy::Sweep };
                (cost, cost * universe / candidates.max(1.0), page)
            }
            (None, Some(walking)) => {
                let page = Produced { set: self.walk(root, candidates), strategy: Strategy::Walk };
                (walking, universe * each, page)
            }
            (None, None) => {
                let whole = driver.map_or(cost, |driver| self.whole(root, driver));
                let driver = driver.map(|driver| (driver, self.gone_through(driver, &visited)));
                (cost, whole, Produced { set: self.produce_by(root, driver), strategy: Strategy::SetFirst })
            }
        };
        let finding = self.finding(root);
        Matches { page, weighed, cost: visits, instead: self.instead(root, visits, all, finding), rest: None }
    }

    /// What it costs to go through so many candidates.
    pub(super) fn walking(&mut self, root: SetId, candidates: f64) -> f64 {
        let saved = self.saved(root, self.times(candidates));
        (candidates * (1.0 + self.testing(root)) - saved).max(candidates)
    }

    /// How many members of the part that drives are gone through until a page is full.
    fn gone_through(&self, driver: SetId, visited: &dyn Fn(f64) -> f64) -> f64 {
        let members = self.estimates.get(driver);
        if in_page_order(self.plan.graph.set(driver)) { visited(members) } else { members }
    }

    /// What takes the place of a page that was thought to end soon, after `visits` of `all` rows, where it does not:
    /// computing all matches, at `cost`, in rows. So little is lost where conditions depend on each other.
    pub(super) fn instead(&mut self, root: SetId, visits: f64, all: f64, cost: f64) -> Option<(u64, Produced)> {
        let worth = (cost / SPREAD).max(visits * SPREAD).max(LEAST);
        // Nothing is saved by giving up.
        if all <= worth.max(cost) {
            return None;
        }
        let set = self.produce(root);
        // Saturates; estimates are far below the limits of the type.
        Some((worth.ceil() as u64, Produced { set, strategy: Strategy::SetFirst }))
    }

    /// What it costs to go through all members of a part of an intersection.
    fn whole(&mut self, root: SetId, driver: SetId) -> f64 {
        let plan = self.plan;
        match plan.graph.set(root) {
            Set::And(children) => self.driving(children, driver),
            _ => self.finding(root),
        }
    }

    /// To count, all candidates are looked at.
    pub(super) fn total(&mut self, root: SetId) -> Produced {
        let universe = self.universe(root);
        if is_top(&self.plan.graph, root) && self.walking(root, universe) < self.finding(root) {
            return Produced { set: self.walk(root, universe), strategy: Strategy::Walk };
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
                let mut best = (f64::MAX, None);
                for &child in children {
                    let cost = match plan.graph.set(child) {
                        rows if in_page_order(rows) => {
                            visited(self.estimates.get(child)) * (1.0 + self.testing_others(children, child))
                        }
                        _ => self.driving(children, child),
                    };
                    if cost < best.0 {
                        best = (cost, Some(child));
                    }
                }
                best
            }
            Set::Minus { from, less } => (self.page_driver(*from, visited).0 * (1.0 + self.testing(*less)), None),
            rows if in_page_order(rows) => (visited(self.estimates.get(id)), None),
            _ => (self.finding(id), None),
        }
    }
}
