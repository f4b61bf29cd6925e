//! Composites: every combination of the component values inside one element. FHIR R4 `search.html#composite`.

use fhirc_codegen::rows::{Base, RowKind, Tuple, Value as Cell};
use serde_json::Value;

use super::convert::{Reading, Values};
use super::route::Route;
use super::trie::Reader;
use super::warning::Problem;
use crate::keys::Facet;

/// Combinations indexed per element. Real ones have a few dozen; a list of a thousand codes times another is an
/// attack or an accident.
pub(super) const MAX_TUPLES: usize = 10_000;

/// The components of a composite, to be read on each element that its own expression finds.
#[derive(Debug)]
pub(super) struct Tuples {
    pub(super) shape: Tuple,
    pub(super) parts: Vec<Part>,
}

/// One component: where its values stand and how they are read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) base: Base,
    pub(super) readers: Vec<(Route, Reader)>,
}

impl Tuples {
    /// Adds the tuples of one element to `values`.
    pub(super) fn read<'v>(&self, focus: &'v Value, values: &mut Values<'v>) {
        let outer = std::mem::take(&mut values.found);
        let parts: Vec<Vec<Reading>> = self.parts.iter().map(|part| part.read(focus, values)).collect();
        values.found = outer;
        self.combine(&parts, Facet::Value, values);
        if self.shape.parts().contains(&Base::Quantity) {
            self.combine(&parts, Facet::Canonical, values);
        }
    }

    fn combine(&self, parts: &[Vec<Reading>], facet: Facet, values: &mut Values<'_>) {
        let mut tuples: Vec<(Vec<Base>, Vec<Cell>)> = vec![Default::default()];
        for (part, found) in self.parts.iter().zip(parts) {
            // Only quantities have a canonical form beside the plain one.
            let facet = if part.base == Base::Quantity { facet } else { Facet::Value };
            let wanted: Vec<_> =
                found.iter().filter(|one| one.facet == facet).filter_map(|one| part.cells(one)).collect();
            if tuples.len().saturating_mul(wanted.len()) > MAX_TUPLES {
                return values.complain(Problem::TooManyTuples(MAX_TUPLES));
            }
            let longer = |(bases, begun): &(Vec<Base>, Vec<Cell>)| {
                let with =
                    |(base, cells): &(Base, &[Cell])| ([bases.as_slice(), &[*base]].concat(), [begun, *cells].concat());
                wanted.iter().map(with).collect::<Vec<_>>()
            };
            tuples = tuples.iter().flat_map(longer).collect();
        }
        let reading = |(bases, cells): (Vec<Base>, Vec<Cell>)| {
            Some(Reading { facet, kind: RowKind::Tuple(Tuple::of(&bases)?), cells })
        };
        values.found.extend(tuples.into_iter().filter_map(reading));
    }
}

impl Part {
    /// The columns that a value fills, if it is one of this part: a reference may leave the store.
    fn cells<'r>(&self, found: &'r Reading) -> Option<(Base, &'r [Cell])> {
        let RowKind::One(base) = found.kind else { return None };
        let fits = base == self.base || (self.base, base) == (Base::Ref, Base::RefText);
        fits.then_some((base, found.cells.as_slice()))
    }

    fn read<'v>(&self, focus: &'v Value, values: &mut Values<'v>) -> Vec<Reading> {
        for (route, reader) in &self.readers {
            values.system = reader.system;
            for element in route.select(focus, values.scope) {
                (reader.convert)(element, values);
            }
        }
        std::mem::take(&mut values.found)
    }
}
