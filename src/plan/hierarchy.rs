//! `:above` and `:below` on references as closures over the links of a hierarchy. FHIR R4 3.1.1.4.14.

use crate::definitions::ParamId;
use crate::ir::{Direction, ReferenceTest, Root, Test};
use crate::keys::{Facet, Key, Level};
use crate::plan::build::Builder;
use fhirc_codegen::algebra::{Edge, End, On, Set, SetId, Span};

/// What is asked of the references under `key`.
pub(super) struct Related<'t> {
    /// The rows of the references.
    pub(super) key: Key,
    /// The parameter that holds the links of the hierarchy.
    pub(super) links: ParamId,
    pub(super) direction: Direction,
    pub(super) roots: &'t [Root],
    pub(super) span: Span,
}

impl Builder<'_> {
    /// The resources whose reference leads to a root, or to what stands strictly above or below one.
    ///
    /// The roots are compared as references, so that they need not be stored, and a version counts; what is beyond
    /// them is joined.
    pub(super) fn related(&mut self, asked: &Related<'_>) -> SetId {
        let Related { key, links, direction, span, .. } = *asked;
        let links = Key { param: links, facet: Facet::Value, level: Level::Top };
        let edge = |key: Key| Edge { key: key.id(), on: On::Rid };
        let beyond = match direction {
            Direction::Below => {
                let seed = self.refer_to(links, asked);
                self.add(Set::Closure { edge: edge(links), from: End::Source, seed }, span)
            }
            Direction::Above => {
                let stored = self.stored(asked);
                let seed = self.add(Set::Via { edge: edge(links), from: End::Target, far: stored }, span);
                self.add(Set::Closure { edge: edge(links), from: End::Target, seed }, span)
            }
        };
        if direction == Direction::Below && key == links {
            // What is part of a root, and so on: the closure is the answer itself.
            return beyond;
        }
        let itself = self.refer_to(key, asked);
        let beyond = self.add(Set::Via { edge: edge(key), from: End::Source, far: beyond }, span);
        self.add(Set::Or(vec![itself, beyond]), span)
    }

    /// The resources with a reference to a root under `key`.
    fn refer_to(&mut self, key: Key, asked: &Related<'_>) -> SetId {
        let ty = asked.links.ty();
        let root = |Root { id, version }: &Root| {
            Test::Reference(ReferenceTest::Local { ty, id: id.clone(), version: version.clone() })
        };
        self.rows(key.param.ty(), key, &Test::Any(asked.roots.iter().map(root).collect()), asked.span)
    }

    /// The roots that are stored.
    fn stored(&mut self, asked: &Related<'_>) -> SetId {
        let ty = asked.links.ty();
        let Some(param) = self.registry.param(ty, "_id") else { return self.add(Set::None, asked.span) };
        let ids = asked.roots.iter().map(|root| Test::Id(root.id.clone())).collect();
        self.rows(ty, Key { param, facet: Facet::Own, level: Level::Top }, &Test::Any(ids), asked.span)
    }
}
