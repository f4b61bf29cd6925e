//! Composites: every combination of the component values inside one element, and what is in each element that one of
//! several is. FHIR R4 `search.html#composite`.

use fhirc_codegen::rows::{Base, ELEMENT, RowKind, Tuple, Value as Cell};
use serde_json::Value;

use super::convert::{Reading, Values};
use super::presence::holds_value;
use super::route::Route;
use super::scope::Scope;
use super::trie::Reader;
use super::warning::Problem;
use crate::keys::{Facet, OfPart};

/// Combinations indexed per element. Real ones have a few dozen; a list of a thousand codes times another is an
/// attack or an accident.
pub(super) const MAX_TUPLES: usize = 10_000;

/// The components of a composite, to be read on each element that its own expression finds.
#[derive(Debug)]
pub(super) struct Tuples {
    pub(super) shape: Tuple,
    pub(super) parts: Vec<Part>,
    /// Whether brackets of a filter may ask for one of the elements: see [`crate::definitions::Registry::grouping`].
    pub(super) groups: bool,
}

/// One component: where its values stand and how they are read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) base: Base,
    pub(super) readers: Vec<(Route, Reader)>,
    /// To what it reads, and to the same in other types, which it does not read.
    pub(super) any_type: Vec<Route>,
}

impl Tuples {
    /// Adds the rows of one element to `values`, which is the `number`th of its list, and tells whether it has a tuple.
    pub(super) fn read<'v>(&self, focus: &'v Value, number: usize, values: &mut Values<'v>) -> bool {
        let outer = std::mem::take(&mut values.found);
        let parts: Vec<Vec<Reading>> = self.parts.iter().map(|part| part.read(focus, values)).collect();
        values.found = outer;
        self.combine(&parts, Facet::Value, values);
        if self.shape.parts().contains(&Base::Quantity) {
            self.combine(&parts, Facet::Canonical, values);
        }
        let has_tuple = !values.found.is_empty();
        if self.groups {
            self.element(focus, number, &parts, values);
        }
        has_tuple
    }

    /// That the element is there, what is there in it, and the values of that.
    fn element<'v>(&self, focus: &'v Value, number: usize, parts: &[Vec<Reading>], values: &mut Values<'v>) {
        let facet = Facet::Element;
        let number = Cell::Int(i64::try_from(number).unwrap_or(i64::MAX));
        let there = |part: i64| Reading { facet, kind: RowKind::Element, cells: vec![Cell::Int(part), number.clone()] };
        values.found.push(there(ELEMENT));
        for (n, (part, found)) in self.parts.iter().zip(parts).enumerate() {
            let mut has_value = false;
            for one in found {
                let (Some(of), Some((base, cells))) = (OfPart::view(one.facet), part.cells(one)) else { continue };
                has_value |= of == OfPart::Value;
                let cells = [&[number.clone(), Cell::Int(of.number(n))], cells].concat();
                values.found.push(Reading { facet, kind: RowKind::Part(base), cells });
            }
            let otherwise = if has_value { None } else { part.otherwise(focus, values.scope) };
            values.found.extend(otherwise.map(|of| there(of.number(n))));
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
    /// How it is there without a value.
    fn otherwise(&self, focus: &Value, scope: Scope<'_>) -> Option<OfPart> {
        let is_there = |route: &Route| route.select(focus, scope).into_iter().any(holds_value);
        if self.readers.iter().any(|(route, _)| is_there(route)) {
            return Some(OfPart::There);
        }
        self.any_type.iter().any(is_there).then_some(OfPart::Otherwise)
    }

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
