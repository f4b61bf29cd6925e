//! The extraction programs of all resource types.

use std::sync::Arc;

use fhirc_grammar::Diagnostic;

use super::compile::{Parsed, compile};
use super::compound::Compound;
use super::trie::Node;
use super::unindexed::Unindexed;
use super::words::{Source, Texts};
use crate::definitions::{ParamId, Registry};

/// The programs, in the order of the types.
#[derive(Debug)]
pub(super) struct Programs {
    types: Vec<Arc<OfType>>,
    /// Where texts stand, for the parameters that are about words.
    pub(super) texts: Arc<Texts>,
    /// Parameters without rows, in the order of the types and slots.
    pub(super) unindexed: Vec<(ParamId, Unindexed)>,
    /// What could not be compiled; such a parameter has no rows either.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// What is compiled of one type.
#[derive(Debug, Default)]
pub(super) struct OfType {
    pub(super) root: Node,
    /// The parameters that are about words.
    pub(super) words: Vec<(ParamId, Source)>,
    /// The composites that stand for two parameters.
    pub(super) compounds: Vec<Compound>,
    /// The parameters that are read for these alone: no rows are kept for them.
    pub(super) only_read: Vec<ParamId>,
    pub(super) unindexed: Vec<(ParamId, Unindexed)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Programs {
    /// Compiles the parameters of every type that are wanted.
    pub(super) fn new(registry: &Registry, wanted: impl Fn(ParamId) -> bool) -> Programs {
        let mut parsed = Parsed::default();
        let types = registry.types().map(|ty| Arc::new(compile(registry, ty, &mut parsed, &wanted)));
        Programs::of(types.collect(), Arc::new(Texts::new(registry)))
    }

    /// Compiles all parameters; what is as it was `before` under other definitions of the release is taken over.
    pub(super) fn again(registry: &Registry, (before, under): (&Programs, &Registry)) -> Programs {
        let mut parsed = Parsed::default();
        let types = registry.types().zip(&before.types).map(|(ty, known)| {
            if registry.keeps_as(under, ty) {
                return Arc::clone(known);
            }
            Arc::new(compile(registry, ty, &mut parsed, |_| true))
        });
        Programs::of(types.collect(), Arc::clone(&before.texts))
    }

    fn of(types: Vec<Arc<OfType>>, texts: Arc<Texts>) -> Programs {
        let unindexed = types.iter().flat_map(|of| of.unindexed.iter().copied()).collect();
        let diagnostics = types.iter().flat_map(|of| of.diagnostics.iter().cloned()).collect();
        Programs { types, texts, unindexed, diagnostics }
    }

    /// The program of a type, by its place.
    pub(super) fn get(&self, place: usize) -> Option<&OfType> {
        self.types.get(place).map(Arc::as_ref)
    }
}
