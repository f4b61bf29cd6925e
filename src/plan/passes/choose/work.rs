//! What it costs to find the members of a set, and to test a resource for being one: rows that are looked at.

use super::Chooser;
use fhirc_codegen::algebra::{Edge, Elements, End, Set, SetId};

/// A part of the far sides that is as good as none.
const SELDOM_PASSES: f64 = 1e-6;

impl Chooser<'_> {
    /// To find all members.
    pub(super) fn finding(&mut self, id: SetId) -> f64 {
        if let Some(&known) = self.finding.get(&id) {
            return known;
        }
        let plan = self.plan;
        let members = self.estimates.get(id);
        let cost = match plan.graph.set(id) {
            Set::And(children) => children.iter().map(|&child| self.driving(children, child)).fold(f64::MAX, f64::min),
            // Those that several parts have are told apart.
            Set::Or(children) => children.iter().map(|&child| self.finding(child)).sum::<f64>() + members,
            Set::Minus { from, less } => self.finding(*from) + self.estimates.get(*from) * self.testing(*less),
            Set::Via { far: from, .. } | Set::Closure { seed: from, .. } => self.finding(*from) + members,
            Set::Elements { key, within, .. } => {
                self.estimates.elements(*key, self.universe(id)) * (1.0 + tests(within)) + members
            }
            Set::All(_) | Set::None | Set::Rows { .. } | Set::Slot(_) | Set::Named { .. } => members,
        };
        self.finding.insert(id, cost);
        cost
    }

    /// To find all members of an intersection by going through those of one part.
    pub(super) fn driving(&mut self, children: &[SetId], driver: SetId) -> f64 {
        self.finding(driver) + self.estimates.get(driver) * self.testing_others(children, driver)
    }

    /// To test a member of one part of an intersection for the others.
    pub(super) fn testing_others(&mut self, children: &[SetId], driver: SetId) -> f64 {
        children.iter().filter(|child| **child != driver).map(|&child| self.testing(child)).sum()
    }

    /// To test one resource.
    pub(super) fn testing(&mut self, id: SetId) -> f64 {
        if let Some(&known) = self.testing.get(&id) {
            return known;
        }
        let plan = self.plan;
        let cost = match plan.graph.set(id) {
            Set::And(children) | Set::Or(children) => children.iter().map(|&child| self.testing(child)).sum(),
            Set::Minus { from, less } => self.testing(*from) + self.testing(*less),
            Set::Via { edge, from, far } => 1.0 + self.ends(*edge, *from, id).max(1.0) * self.testing(*far),
            // Elements are few, and tested until one passes.
            Set::Elements { key, within, .. } => {
                let universe = self.universe(id);
                1.0 + (self.estimates.elements(*key, universe) / universe).max(1.0) * tests(within)
            }
            // The number itself tells the type.
            Set::All(_) | Set::None => 0.0,
            Set::Rows { .. } | Set::Closure { .. } | Set::Slot(_) | Set::Named { .. } => 1.0,
        };
        self.testing.insert(id, cost);
        cost
    }

    /// How many resources at the other end of a link are tested until one passes, or none is left.
    pub(super) fn ends(&self, edge: Edge, from: End, via: SetId) -> f64 {
        let graph = &self.plan.graph;
        let ends = match from {
            End::Source => self.estimates.references(edge),
            End::Target => self.estimates.referrers(graph, edge, via),
        };
        let Set::Via { far, .. } = graph.set(via) else { return ends };
        let passes = (self.estimates.get(*far) / self.estimates.universe(graph, *far).max(1.0)).min(1.0);
        // A sum of `(1 - passes)^n`; of less than that the difference is lost in rounding.
        if passes < SELDOM_PASSES { ends } else { (1.0 - (1.0 - passes).powf(ends)) / passes }
    }
}

/// What it costs to test an element: a lookup for each condition on its rows.
fn tests(within: &Elements) -> f64 {
    match within {
        Elements::Rows { .. } => 1.0,
        Elements::And(parts) | Elements::Or(parts) => parts.iter().map(tests).sum(),
        Elements::Not(inner) => tests(inner),
    }
}
