//! What links reach, however many of them: queries over what the ones before have found, until nothing is new.

use crate::runtime::ExecuteError;
use crate::runtime::run::Run;
use crate::stores::reading::Reading;
use crate::stores::{StoreError, Tuple};
use fhirc_codegen::algebra::SlotId;
use fhirc_codegen::capability::Question;
use fhirc_codegen::program::{Op, Step, StepId};
use fhirc_codegen::rows::Value;
use std::collections::BTreeSet;

impl<R: Reading> Run<'_, '_, R> {
    /// Runs the queries of a loop over what a slot holds, until nothing is new; all that the slot ever held.
    pub(super) async fn looped(
        &mut self,
        id: StepId,
        body: &[Step],
        frontier: SlotId,
        rounds: u32,
    ) -> Result<Vec<Tuple>, ExecuteError> {
        let mut reached = self.slots.get(&frontier).cloned().unwrap_or_default();
        let mut seen: BTreeSet<Vec<Option<Value>>> = reached.iter().map(|tuple| tuple.keys.clone()).collect();
        for _ in 0..rounds {
            if self.slots.get(&frontier).is_none_or(Vec::is_empty) {
                return Ok(reached);
            }
            let mut new = Vec::new();
            for step in body {
                let Op::Query { query, .. } = &step.op else { continue };
                let found = self.one(id, query, None).await?;
                new.extend(found.into_iter().filter(|tuple| seen.insert(tuple.keys.clone())));
            }
            reached.extend(new.iter().cloned());
            self.slots.insert(frontier, new);
        }
        let span = body.iter().find_map(|step| match &step.op {
            Op::Query { query, .. } => query.root_node().map(|root| root.span),
            _ => None,
        });
        let (what, span) = (Question::Rounds(rounds), span.unwrap_or_default());
        Err(ExecuteError::Store(StoreError::Refused { what, span }))
    }
}
