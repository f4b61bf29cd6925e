//! Narrow: where few resources meet the other parts of an intersection, a join that becomes steps begins with them. Only what
//! they lead to is looked for on the far side, however large that is.
//!
//! `near and (via edge -> far)` is `near and (via edge -> (far and (ends of edge from near)))`: the same set, whatever
//! the estimates say.

use super::Splitter;
use super::join::{asked, joined};
use fhirc_codegen::algebra::{End, Set, SetId, SlotId};
use fhirc_codegen::program::{Strategy, Yield};

/// Resources that are taken to the far side, at most.
const FEW: u64 = 2_000;

/// A step more must save at least so many identities.
const WORTH: u64 = 2_000;

impl Splitter<'_> {
    /// The joins among these parts of an intersection that begin with the other parts.
    pub(super) fn narrowed(&self, parts: &[SetId]) -> Vec<SetId> {
        let near = self.near(parts);
        let Some(few) = near.iter().map(|id| self.estimate(*id)).min().filter(|few| *few <= FEW) else {
            return Vec::new();
        };
        let is_worth = |id: &SetId| match self.plan.graph.set(*id) {
            Set::Via { edge, from, far } => {
                self.is_cut(*edge, *from) && self.is_plain(*far) && self.estimate(*far) > few * 2 + WORTH
            }
            _ => false,
        };
        parts.iter().copied().filter(is_worth).collect()
    }

    /// The join as membership in what steps find, that begin with the other parts of the intersection.
    pub(super) fn narrow(&mut self, parts: &[SetId], join: SetId) -> Option<Set> {
        let &Set::Via { edge, from, far } = self.plan.graph.set(join) else { return None };
        let near = self.near(parts);
        let other = match from {
            End::Source => End::Target,
            End::Target => End::Source,
        };
        // For the far end, the near one is what stands on the other side.
        let slot = self.found(&near, None, asked(edge, other));
        let slot = self.found(&[far], Some(joined(edge, other, slot)), asked(edge, from));
        Some(joined(edge, from, slot))
    }

    /// A step that finds what is in all of these, and where it fills it in.
    fn found(&mut self, all: &[SetId], within: Option<Set>, yields: Yield) -> SlotId {
        let query = self.query_of(all, within, yields, (Strategy::SetFirst, None));
        let slot = self.slot();
        self.step(query, Some(slot));
        slot
    }

    /// The conditions that stand behind no link.
    fn near(&self, parts: &[SetId]) -> Vec<SetId> {
        let is_near = |id: &SetId| {
            let is_all = matches!(self.plan.graph.set(*id), Set::All(_));
            !is_all && !self.plan.graph.reachable(&[*id]).iter().any(|part| self.is_step(*part))
        };
        parts.iter().copied().filter(is_near).collect()
    }

    fn is_step(&self, id: SetId) -> bool {
        matches!(self.plan.graph.set(id), Set::Via { .. } | Set::Closure { .. } | Set::Slot(_))
    }

    /// Whether the members are resources that are there: the ends of links need not be.
    fn is_plain(&self, far: SetId) -> bool {
        match self.plan.graph.set(far) {
            Set::Via { from: End::Target, .. } | Set::Closure { .. } | Set::Slot(_) => false,
            Set::Or(parts) => parts.iter().all(|part| self.is_plain(*part)),
            _ => true,
        }
    }

    fn estimate(&self, id: SetId) -> u64 {
        self.plan.graph.node(id).map_or(0, |node| node.est.0)
    }
}
