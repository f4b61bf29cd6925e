//! In which turn a resource is tested for conditions that all have to hold: not that in which they were asked.

use super::Chooser;
use super::sets::Times;
use fhirc_codegen::algebra::SetId;

/// The least part of the resources that a condition is thought to turn away.
const LEAST: f64 = 1e-6;

impl Chooser<'_> {
    /// The conditions on a resource of a set, first those that turn most away for what they cost: that is the order of
    /// least cost where they do not depend on each other. Those that are alike stay as they were asked. A far side that is
    /// computed once, for so many tests, makes each of them cheap.
    pub(super) fn in_turn(&mut self, of: SetId, conditions: Vec<SetId>, times: Times) -> Vec<SetId> {
        let universe = self.universe(of);
        let rank = |id: SetId| {
            let turned_away = 1.0 - self.estimates.get(id) / universe;
            (self.each(id, times) / turned_away.max(LEAST), id)
        };
        let mut ranked: Vec<(f64, SetId)> = conditions.into_iter().map(rank).collect();
        ranked.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        ranked.into_iter().map(|(_, id)| id).collect()
    }

    /// What one of so many tests costs.
    fn each(&mut self, id: SetId, times: Times) -> f64 {
        if times == Times::NONE { self.testing(id) } else { self.tested(id, times) / times.number() }
    }
}
