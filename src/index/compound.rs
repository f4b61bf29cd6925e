//! Composites in the place of two parameters: which resources their rows do not say all of.
//!
//! A composite on the resource itself puts every value of one parameter beside every value of another, so that one row
//! answers a condition on both. What its definition leaves out (R4: SampledData), or what are too many combinations, is
//! found by comparing what was read, and noted by a row beside.

use fhirc_codegen::rows::{Base, Row, RowKind, Tuple, Value as Cell};

use crate::definitions::{ParamId, Registry};
use crate::keys::{Facet, Key, Level, base, tuple_shape};

/// A composite and the parameters whose values it combines.
#[derive(Debug)]
pub(super) struct Compound {
    composite: ParamId,
    shape: Tuple,
    pub(super) parts: [ParamId; 2],
    bases: [Base; 2],
}

impl Compound {
    /// The composite, if it is one of these.
    pub(super) fn of(composite: ParamId, registry: &Registry) -> Option<Compound> {
        let parts = registry.compound(composite)?;
        let [first, second] = parts.map(|part| base(registry.definition(part).ty));
        Some(Compound { composite, shape: tuple_shape(composite, registry)?, parts, bases: [first?, second?] })
    }

    /// The row that tells that the rows of a resource, sorted, each once, are not those of every value of the one
    /// parameter beside every value of the other.
    pub(super) fn beside(&self, level: Level, rows: &[Row]) -> Option<Row> {
        let views: &[Facet] = match self.bases {
            [_, Base::Quantity] => &[Facet::Value, Facet::Canonical],
            _ => &[Facet::Value],
        };
        let key = Key { param: self.composite, facet: Facet::Beside, level }.id();
        let differs = views.iter().any(|view| !self.combines(*view, level, rows));
        differs.then(|| Row { key, kind: RowKind::Present, values: Vec::new() })
    }

    fn combines(&self, view: Facet, level: Level, rows: &[Row]) -> bool {
        let of = |param, facet, kind| run(rows, &Key { param, facet, level }, kind);
        let [first, second] = self.parts;
        let [one, other] = self.bases;
        let pairs = of(self.composite, view, RowKind::Tuple(self.shape));
        let firsts = of(first, Facet::Value, RowKind::One(one));
        let seconds = of(second, view, RowKind::One(other));
        let has =
            |among: &[Row], cells: &[Cell]| among.binary_search_by(|row| row.values.as_slice().cmp(cells)).is_ok();
        let is_pair = |pair: &Row| {
            let cells = pair.values.split_at_checked(one.columns().len());
            cells.is_some_and(|(left, right)| has(firsts, left) && has(seconds, right))
        };
        pairs.len() == firsts.len().saturating_mul(seconds.len()) && pairs.iter().all(is_pair)
    }
}

/// The rows of a key and kind among sorted ones.
fn run<'r>(rows: &'r [Row], key: &Key, kind: RowKind) -> &'r [Row] {
    let wanted = (key.id(), kind);
    let place = |row: &Row| (row.key, row.kind);
    let start = rows.partition_point(|row| place(row) < wanted);
    let from_on = rows.get(start..).unwrap_or_default();
    let end = from_on.partition_point(|row| place(row) == wanted);
    from_on.get(..end).unwrap_or_default()
}
