//! Refine: a condition that the store only narrows becomes a step that finds candidates with their rows, tests these again
//! where the program runs, and hands on the identities that are right. So the condition is exact wherever it stands.

use super::Splitter;
use crate::plan::PAGE_SLOT;
use fhirc_codegen::algebra::{Access, Exactness, Node, Set, SetId, Sets, SlotId, StoreId};
use fhirc_codegen::capability::{Answer, Question};
use fhirc_codegen::program::{Op, Query, Step, Take, Yield};
use fhirc_codegen::refine::is_testable;

/// The most candidates.
const MOST: u32 = 250_000;

impl Splitter<'_> {
    /// Whether the store narrows a condition, and tells what is to be tested again.
    pub(super) fn is_refined(&self, set: &Set) -> bool {
        let Set::Rows { kind, test, .. } = set else { return false };
        self.store.row(*kind, test) == Answer::Over
            && is_testable(test)
            && self.store.answer(Question::Told(*kind)) == Answer::Exact
    }

    /// The condition as what a step has found.
    pub(super) fn refined(&mut self, id: SetId) -> SlotId {
        let plan = self.plan;
        let Some(node) = plan.graph.node(id) else { return PAGE_SLOT };
        let Set::Rows { key, kind, test, .. } = &node.set else { return PAGE_SLOT };
        let yields = Yield::Rows(*key, *kind);
        if let Some(&known) = self.filled.get(&(id, yields.clone())) {
            return known;
        }
        let slot = self.slot();
        let mut sets = Sets::default();
        let narrowed = Node { exact: Exactness::Over, access: Access::Drive, ..node.clone() };
        let root = sets.push(narrowed);
        // One more than the bound tells that there are more.
        let take = Some(Take { n: MOST.saturating_add(1), after: None });
        let candidates = Query { take, ..Query::new(sets, root, yields.clone()) };
        let op = Op::Refine { store: StoreId::default(), candidates, by: test.clone(), bound: MOST };
        self.program.steps.push(Step { op, fills: Some(slot) });
        self.filled.insert((id, yields), slot);
        slot
    }
}
