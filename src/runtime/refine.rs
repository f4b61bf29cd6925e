//! Candidates tested again: those with a row that passes are handed on.

use crate::runtime::ExecuteError;
use crate::runtime::run::Run;
use crate::stores::reading::Reading;
use crate::stores::{StoreError, Tuple};
use fhirc_codegen::algebra::Test;
use fhirc_codegen::capability::Question;
use fhirc_codegen::program::{Query, StepId, Yield};
use fhirc_codegen::refine::passes;
use fhirc_codegen::rows::{RowKind, Value};
use std::collections::BTreeSet;

impl<R: Reading> Run<'_, '_, R> {
    /// The identities of the candidates that have a row which passes.
    pub(super) async fn refined(
        &mut self,
        id: StepId,
        candidates: &Query,
        by: &Test,
        bound: u32,
    ) -> Result<Vec<Tuple>, ExecuteError> {
        let Yield::Rows(_, kind) = candidates.yields else {
            let what = "a test of candidates that tell no rows".to_owned();
            return Err(ExecuteError::Store(StoreError::Unsupported { what }));
        };
        let found = self.one(id, candidates, None).await?;
        if found.len() > bound as usize {
            let span = candidates.root_node().map(|root| root.span).unwrap_or_default();
            return Err(ExecuteError::Store(StoreError::Refused { what: Question::Refined(bound), span }));
        }
        let mut kept = BTreeSet::new();
        for tuple in &found {
            kept.extend(kept_of(tuple, kind, by)?);
        }
        Ok(kept.into_iter().map(|identity| Tuple { ord: 0, keys: vec![Some(identity)] }).collect())
    }
}

/// The identity of a candidate with one of its rows, if that passes.
fn kept_of(Tuple { keys, .. }: &Tuple, kind: RowKind, by: &Test) -> Result<Option<Value>, StoreError> {
    let unlike = || StoreError::Corrupt { what: "a row does not have the columns of its kind".to_owned() };
    let values = keys.iter().cloned().collect::<Option<Vec<Value>>>().ok_or_else(unlike)?;
    let (identity, values) = values.split_first().ok_or_else(unlike)?;
    let is_kept = passes(kind, values, by).ok_or_else(unlike)?;
    Ok(is_kept.then(|| identity.clone()))
}
