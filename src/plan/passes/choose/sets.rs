//! Far sides that are computed once: a resource at hand leads over links to others, and whether these are of the far set
//! is a lookup each, or several where the far set is itself behind a link. Where many resources are tested, and the far
//! set is small, its members are read once and held against the ends of the links.
//!
//! Estimates err. A set is computed up to a bound, and where it proves larger each resource is tested as before: so a
//! wrong estimate costs as many rows as the bound, whatever there is. That holds where the store stops reading there:
//! a set behind a link is read from the other end of it, which has to be known.

use super::Chooser;
use crate::plan::Plan;
use crate::plan::hash::FastMap;
use fhirc_codegen::algebra::{Access, Edge, End, Set, SetId, Test};
use fhirc_codegen::stats::{Counted, Stats};

/// What it costs to hold a resource against a set, in lookups of one row.
const HELD: f64 = 0.1;

/// What is tested less often is not worth a set.
const SELDOM: f64 = 64.0;

/// How much more a test of each has to cost before the set is computed: how often it is tested is known roughly.
const CLEARLY: f64 = 2.0;

/// The most members of a set. It is held in memory, some 50 bytes each.
const MOST: f64 = 50_000.0;

/// The fewest members that are computed before the store goes over to testing: so few cost nothing.
const FEWEST: u32 = 256;

/// How often something is tested, roughly: so parts that several sets share are looked at a few times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Times(u8);

impl Times {
    /// Never, or it is not known how often.
    pub(super) const NONE: Times = Times(0);

    /// Steps from a number to twice as many.
    const STEPS: f64 = 4.0;

    fn of(times: f64) -> Times {
        // Saturates far above all estimates.
        if times >= 1.0 { Times(((times.log2() * Times::STEPS).round() as u8).saturating_add(1)) } else { Times::NONE }
    }

    pub(super) fn number(self) -> f64 {
        match self.0.checked_sub(1) {
            Some(steps) => (f64::from(steps) / Times::STEPS).exp2(),
            None => 0.0,
        }
    }
}

/// What was worked out already.
#[derive(Debug, Default)]
pub(super) struct Known {
    tested: FastMap<(SetId, Times), f64>,
    reading: FastMap<SetId, Option<f64>>,
}

impl Chooser<'_> {
    /// How often a condition is tested of so many resources, where sets can be computed at all: what is not counted for
    /// the search is known too roughly.
    pub(super) fn times(&self, resources: f64) -> Times {
        if self.counts { Times::of(resources) } else { Times::NONE }
    }

    /// How often the next condition on a resource of a set is tested, after one that not all of them meet.
    pub(super) fn times_behind(&self, times: Times, condition: SetId, of: SetId) -> Times {
        let share = (self.estimates.get(condition) / self.universe(of)).min(1.0);
        if times == Times::NONE { times } else { Times::of(times.number() * share) }
    }

    /// How often the far side of a link is tested.
    pub(super) fn times_over(&self, times: Times, (edge, from): (Edge, End), via: SetId) -> Times {
        if times == Times::NONE { times } else { Times::of(times.number() * self.ends(edge, from, via)) }
    }

    /// How a far side is reached that is tested so often.
    pub(super) fn far(&mut self, far: SetId, times: Times) -> SetId {
        match self.set_of(far, times) {
            Some(most) => {
                let place = self.produce(far);
                let (set, span) = (self.graph.set(place).clone(), self.graph.span(place));
                let place = self.graph.add(set, Access::Set { most }, span);
                self.estimated(place, far)
            }
            None => self.probe(far, times),
        }
    }

    /// What is saved by sets where so many resources are tested for a condition.
    pub(super) fn saved(&mut self, id: SetId, times: Times) -> f64 {
        if times == Times::NONE {
            return 0.0;
        }
        let plan = self.plan;
        match plan.graph.set(id) {
            Set::And(conditions) => {
                let (mut saved, mut left) = (0.0, times);
                for condition in self.in_turn(id, conditions.clone(), times) {
                    saved += self.saved(condition, left);
                    left = self.times_behind(left, condition, id);
                }
                saved
            }
            Set::Via { edge, from, far } => {
                let over = self.times_over(times, (*edge, *from), id);
                match self.set_of(*far, over).and_then(|_| self.once(*far, over)) {
                    Some(once) => (over.number() * self.testing(*far) - once).max(0.0),
                    None => self.saved(*far, over),
                }
            }
            set => set.children().iter().map(|&child| self.saved(child, times)).sum(),
        }
    }

    /// The most members of the far side that are to be computed once, where that costs less than testing it so often.
    fn set_of(&mut self, far: SetId, times: Times) -> Option<u32> {
        let members = self.estimates.get(far);
        if times.number() < SELDOM || members > MOST {
            return None;
        }
        let once = self.once(far, times)?;
        // Against sets behind further links, which are estimated alike, less is enough.
        let clearly = once * CLEARLY < times.number() * self.testing(far);
        if !clearly || once >= self.tested(far, times) {
            return None;
        }
        // Below twice the most that a set may have.
        let twice = (members * 2.0).ceil() as u32;
        Some(twice.max(FEWEST).next_power_of_two())
    }

    /// What it costs to compute the set once and to hold so many against it.
    fn once(&mut self, far: SetId, times: Times) -> Option<f64> {
        Some(self.reading(far)? + times.number() * HELD)
    }

    /// What it costs to test a set so often.
    pub(super) fn tested(&mut self, id: SetId, times: Times) -> f64 {
        if times == Times::NONE {
            return 0.0;
        }
        if let Some(&known) = self.sets.tested.get(&(id, times)) {
            return known;
        }
        let plan = self.plan;
        let cost = match plan.graph.set(id) {
            Set::And(children) => self.tested_in_turn(id, children.clone(), times),
            Set::Or(children) => children.iter().map(|&child| self.tested(child, times)).sum(),
            Set::Minus { from, less } => {
                let (from, less) = (*from, *less);
                self.tested(from, times) + self.tested(less, self.times_behind(times, from, id))
            }
            Set::Via { edge, from, far } => {
                let (edge, from, far) = (*edge, *from, *far);
                let over = self.times_over(times, (edge, from), id);
                let test = self.tested(far, over);
                let once = self.set_of(far, over).and_then(|_| self.once(far, over));
                times.number() + once.unwrap_or(test)
            }
            _ => times.number() * self.testing(id),
        };
        self.sets.tested.insert((id, times), cost);
        cost
    }

    fn tested_in_turn(&mut self, id: SetId, conditions: Vec<SetId>, times: Times) -> f64 {
        let (mut cost, mut left) = (0.0, times);
        for condition in self.in_turn(id, conditions, times) {
            cost += self.tested(condition, left);
            left = self.times_behind(left, condition, id);
        }
        cost
    }

    /// What it costs to read all members of a set, or as many as its bound lets through; nothing where a store could read
    /// far more than that, unseen.
    fn reading(&mut self, id: SetId) -> Option<f64> {
        if let Some(&known) = self.sets.reading.get(&id) {
            return known;
        }
        let plan = self.plan;
        let members = self.keeping(id);
        let cost = match plan.graph.set(id) {
            // One run of rows, which is left where the bound is met.
            rows @ Set::Rows { test, .. } => {
                let is_run = !matches!(test, Test::Any(_)) && self.stats.counted(rows).is_some();
                (is_run || self.is_known(id)).then_some(members)
            }
            Set::Via { far, .. } => {
                let far = *far;
                self.known(far).map(|ends| ends + self.estimates.get(far) + members)
            }
            _ => self.known(id),
        };
        self.sets.reading.insert(id, cost);
        cost
    }

    /// What it costs to read a set to its end, where that is known: behind links it is an average.
    fn known(&mut self, id: SetId) -> Option<f64> {
        let plan = self.plan;
        let members = self.keeping(id);
        match plan.graph.set(id) {
            Set::Rows { .. } => self.is_known(id).then_some(members),
            Set::And(children) => {
                let driver = self.driver(children)?;
                let tests = self.estimates.get(driver) * self.testing_others(children, driver);
                Some(self.known(driver)? + tests + members)
            }
            Set::Or(children) => {
                let parts: Option<f64> = children.iter().map(|&child| self.known(child)).sum();
                Some(parts? + members)
            }
            Set::Minus { from, less } => {
                Some(self.known(*from)? + self.estimates.get(*from) * self.testing(*less) + members)
            }
            _ => None,
        }
    }

    /// What it costs to read the members where they lie, and to keep them.
    fn keeping(&self, id: SetId) -> f64 {
        self.estimates.get(id) * f64::from(self.stats.keeping()) / 100.0
    }

    /// Whether it was counted how many rows there are.
    fn is_known(&self, id: SetId) -> bool {
        matches!(self.stats.counted(self.plan.graph.set(id)), Some(Counted::Exactly(_) | Counted::About(_)))
    }
}

/// Whether some set at the end of a link was counted for the search.
pub(super) fn counts(plan: &Plan, stats: &dyn Stats) -> bool {
    let sets = plan.graph.reachable(&plan.roots());
    let any = |is: &dyn Fn(&Set) -> bool| sets.iter().any(|id| is(plan.graph.set(*id)));
    any(&|set| matches!(set, Set::Via { .. }))
        && any(&|set| matches!(set, Set::Rows { .. }) && stats.counted(set).is_some())
}
