//! What many hits tell alike is told together, each once, in one request.

use super::answer::{Failure, Values};
use super::query::{DOING, Members, Running, told};
use super::view::Seen;
use crate::stores::StoreError;
use fhirc_codegen::elasticsearch::{Requests, together};
use fhirc_codegen::program::Yield;

/// Hits that are told one by one before they are asked for together: so few cost little, and the values of a field are
/// numbered before they are told together.
const FEW: u32 = 1_000;

impl Running<'_> {
    /// The identities of all hits or what they refer to, where these are so many that they are told together. Nothing
    /// where they are told hit by hit: they are few, or more than one request tells.
    pub(super) async fn together(&self, requests: &Requests) -> Result<Option<Members>, StoreError> {
        let Some(body) = together(requests.body().clone(), &self.query.yields) else { return Ok(None) };
        let few = requests.clone().with(|body| body.size = FEW);
        let at = (self.tenant, &self.types);
        let found = self.shared.search(DOING, at, few.body()).await.map_err(|failure| self.failed(failure))?;
        if told(&found) < FEW {
            let mut members = Members::default();
            self.take(found, &mut members, &Seen::default())?;
            return Ok(Some(members));
        }
        let values = match self.shared.search(DOING, at, &body).await {
            Ok(found) => found.values,
            Err(Failure::TooLarge) => None,
            Err(failure) => return Err(self.failed(failure)),
        };
        let Some(values) = values.and_then(Values::all) else { return Ok(None) };
        let mut members = Members::default();
        for value in values {
            match &self.query.yields {
                Yield::Rid => members.identity(&value),
                Yield::Targets(edge) => members.target(&value, *edge),
                _ => {}
            }
        }
        self.behind(&members)?;
        Ok(Some(members))
    }
}
