//! Identities: what many hits tell is told together, each once, in one request.

use super::answer::{Failure, Values};
use super::query::{DOING, Identity, Members, Running, told};
use super::read::known;
use super::view::Seen;
use crate::stores::StoreError;
use fhirc_codegen::algebra::{Edge, On};
use fhirc_codegen::elasticsearch::{REFERENCES, Requests, TARGETS, reference_of, target_of, together};
use fhirc_codegen::program::Yield;
use std::collections::BTreeSet;

/// Hits that are told one by one before they are asked for together: so few cost little, and the values of a field are
/// numbered before they are told together.
const FEW: u32 = 1_000;

impl Running<'_> {
    /// The identities of all hits or of what they refer to, where these are so many that they are told together. Nothing
    /// where they are told hit by hit: they are few, or more than one request tells.
    pub(super) async fn together(&self, requests: &Requests) -> Result<Option<BTreeSet<Identity>>, StoreError> {
        let Some(body) = together(requests.body().clone(), &self.query.yields) else { return Ok(None) };
        let few = requests.clone().with(|body| body.size = FEW);
        let at = (self.tenant, &self.types);
        let found = self.shared.search(DOING, at, few.body()).await.map_err(|failure| self.failed(failure))?;
        if told(&found) < FEW {
            let mut members = Members::default();
            self.take(found, &mut members, &Seen::default())?;
            return Ok(Some(members.identities));
        }
        let values = match self.shared.search(DOING, at, &body).await {
            Ok(found) => found.values,
            Err(Failure::TooLarge) => None,
            Err(failure) => return Err(self.failed(failure)),
        };
        let Some(values) = values.and_then(Values::all) else { return Ok(None) };
        let identities: BTreeSet<Identity> = values.filter_map(|value| self.identity(&value)).collect();
        self.behind(identities.len())?;
        Ok(Some(identities))
    }

    /// The identity that a value of the field tells which the query asks for.
    fn identity(&self, value: &str) -> Option<Identity> {
        match &self.query.yields {
            Yield::Rid => known(value),
            Yield::Targets(edge) => target(value, *edge),
            Yield::Page | Yield::Count | Yield::Rough | Yield::Versions(_) => None,
        }
    }
}

/// The field that tells the targets of an edge.
pub(super) fn field_of(Edge { on, .. }: Edge) -> &'static str {
    if on == On::Unversioned { REFERENCES } else { TARGETS }
}

/// The target of an edge that a value of its field tells.
pub(super) fn target(value: &str, Edge { key, on }: Edge) -> Option<Identity> {
    if on != On::Unversioned {
        return target_of(key, value);
    }
    let (ty, id, version) = reference_of(key, value)?;
    version.is_empty().then_some((ty, id))
}
