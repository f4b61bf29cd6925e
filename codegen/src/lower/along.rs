//! Pages in the order of values: by going through the rows that hold them.

use super::{Lowered, Walk};
use crate::algebra::SetId;
use crate::capability::Question;
use crate::program::{Dir, Pairs, Query};
use crate::rows::{KeyId, RowKind};
use crate::target::{Along, Comparison, Target};

impl<'q, T: Target> Walk<'q, T> {
    /// The conditions are tested before it is asked whether the value at hand is the first of its resource: that costs a
    /// lookup for each row, and mostly there is one value.
    pub(super) fn by_value(&mut self, query: &Query) -> Lowered<T::Scan> {
        let Some((key, kind, dir)) = run(query) else { return Err(self.refusal(query.root, Question::ByValue)) };
        self.along(query.root, &Along { key, kind, atoms: &[], dir })
    }

    /// The values are those of the sort key, so they are of its type, and the rows of one first value lie together.
    pub(super) fn by_pair(&mut self, query: &Query, Pairs { key, shape, first }: &'q Pairs) -> Lowered<T::Scan> {
        let kind = RowKind::Tuple(*shape);
        let cases = self.cases(query.root, kind, first)?;
        let code = kind.columns().first().copied();
        let is_one = |atoms: &[Comparison<'_>]| {
            atoms.iter().any(|atom| matches!(atom, Comparison::Eq(col, _) if Some(*col) == code))
        };
        match (run(query), shape.parts(), cases.as_slice()) {
            (Some((_, RowKind::One(sorts), dir)), [_, second], [atoms]) if *second == sorts && is_one(atoms) => {
                self.along(query.root, &Along { key: *key, kind, atoms, dir })
            }
            _ => Err(self.refusal(query.root, Question::ByValue)),
        }
    }

    fn along(&mut self, root: SetId, along: &Along<'_>) -> Lowered<T::Scan> {
        self.ask(root, Question::ByValue)?;
        let scan = self.target.walk_values(along);
        let at = self.target.at(&scan);
        let cond = self.condition(root, &at)?;
        let first = self.target.is_first(&at, along);
        let cond = self.target.and(vec![cond, first]);
        Ok(self.target.filter(scan, cond))
    }
}

/// The rows that hold the values of the first sort key, and its direction, if they lie together.
fn run(query: &Query) -> Option<(KeyId, RowKind, Dir)> {
    let key = query.order.first()?;
    key.run().map(|(id, kind)| (id, kind, key.dir))
}
