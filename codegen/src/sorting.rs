//! Which rows hold a value to sort by: said once, for rows at hand, for sets of rows and for targets.

use crate::algebra::{Atom, Source, Test};
use crate::rows::{Base, Col, ColName, Rank, Row, RowKind, Value};

impl RowKind {
    /// The ranks of the rows that sort, if rows of this kind have ranks.
    pub(crate) fn sorting_ranks(self) -> Option<[i64; 2]> {
        (self == RowKind::One(Base::Text)).then_some(Rank::SORTS.map(|rank| i64::from(rank as u8)))
    }

    /// Whether an empty first column is no value: a text that folds to nothing, a coding without a code.
    pub(crate) fn empty_is_nothing(self) -> bool {
        matches!(self, RowKind::One(Base::Text | Base::Token))
    }

    /// The test that rows with a value to sort by pass.
    pub fn sorts(self) -> Test {
        let ranks = self.sorting_ranks().map(|ranks| {
            let ranks = ranks.map(|rank| vec![Value::Int(rank)]).to_vec();
            Test::Atom(Atom::In(vec![Col::first(ColName::Rank)], Source::Values(ranks)))
        });
        let first = self.columns().first().copied().filter(|_| self.empty_is_nothing());
        let some = first.map(|first| Test::Atom(Atom::Ne(first, Value::Text(String::new()))));
        Test::All(ranks.into_iter().chain(some).collect())
    }
}

impl Row {
    /// Whether it holds a value to sort by.
    pub(crate) fn sorts(&self) -> bool {
        let columns = self.kind.columns();
        let rank = columns.iter().zip(&self.values).find(|(column, _)| **column == Col::first(ColName::Rank));
        let is_sorting = |value: &Value| match (self.kind.sorting_ranks(), value) {
            (Some(ranks), Value::Int(rank)) => ranks.contains(rank),
            _ => true,
        };
        let is_empty = matches!(self.values.first(), Some(Value::Text(text)) if text.is_empty());
        rank.is_none_or(|(_, rank)| is_sorting(rank)) && !(is_empty && self.kind.empty_is_nothing())
    }
}
