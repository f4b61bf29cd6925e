//! The test of one row, made here: for what a store only narrows.

use crate::algebra::{Atom, Order, Rel, Source, Test};
use crate::rows::{Col, Point, RowKind, Value};

/// Whether rows of any store can be tested here: nothing is compared with what earlier steps found, or is stored.
pub fn is_testable(test: &Test) -> bool {
    match test {
        Test::Atom(Atom::In(_, source) | Atom::NotIn(_, source)) => matches!(source, Source::Values(_)),
        Test::Atom(_) => true,
        Test::All(tests) | Test::Any(tests) => tests.iter().all(is_testable),
    }
}

/// Whether a row with these values, in the order of the columns of its kind, passes. Nothing if a column or a type is not
/// that of the row, or the test is not [testable](is_testable).
pub fn passes(kind: RowKind, values: &[Value], test: &Test) -> Option<bool> {
    match test {
        Test::Atom(atom) => Row { columns: &kind.columns(), values }.atom(atom),
        Test::All(tests) => tests.iter().try_fold(true, |all, test| Some(passes(kind, values, test)? && all)),
        Test::Any(tests) => tests.iter().try_fold(false, |any, test| Some(passes(kind, values, test)? || any)),
    }
}

struct Row<'r> {
    columns: &'r [Col],
    values: &'r [Value],
}

impl<'r> Row<'r> {
    fn atom(&self, atom: &Atom) -> Option<bool> {
        Some(match atom {
            Atom::Eq(col, value) => self.value(col)? == value,
            Atom::Ne(col, value) => self.value(col)? != value,
            Atom::In(cols, Source::Values(tuples)) => self.among(cols, tuples)?,
            Atom::NotIn(cols, Source::Values(tuples)) => !self.among(cols, tuples)?,
            Atom::In(..) | Atom::NotIn(..) => return None,
            Atom::Range(col, rel, search) => match (self.value(col)?, search) {
                (Value::Instants(a, b), Value::Instants(s, e)) => lies(*rel, (a, b), (s, e)),
                (Value::Cuts(a, b), Value::Cuts(s, e)) => lies(*rel, (a, b), (s, e)),
                _ => return None,
            },
            Atom::Order(col, order, Value::Text(other)) => match order {
                Order::Before => self.text(col)? < other.as_str(),
                Order::UpTo => self.text(col)? <= other.as_str(),
                Order::After => self.text(col)? > other.as_str(),
                Order::From => self.text(col)? >= other.as_str(),
            },
            Atom::Order(..) => return None,
            Atom::Starts(col, part) => self.text(col)?.starts_with(part.as_str()),
            Atom::Ends(col, part) => self.text(col)?.ends_with(part.as_str()),
            Atom::Has(col, part) => self.text(col)?.contains(part.as_str()),
            Atom::Near(col, centre, radius) => match self.value(col)? {
                Value::Point(point) => is_near(*point, *centre, *radius),
                _ => return None,
            },
            Atom::Words(col, words) => {
                let text = self.text(col)?;
                words.iter().all(|word| text.split(' ').any(|one| one == word))
            }
        })
    }

    fn value(&self, col: &Col) -> Option<&'r Value> {
        let place = self.columns.iter().position(|known| known == col)?;
        self.values.get(place)
    }

    fn text(&self, col: &Col) -> Option<&'r str> {
        if let Value::Text(text) = self.value(col)? { Some(text) } else { None }
    }

    fn among(&self, cols: &[Col], tuples: &[Vec<Value>]) -> Option<bool> {
        let own = cols.iter().map(|col| self.value(col)).collect::<Option<Vec<_>>>()?;
        Some(tuples.iter().any(|tuple| tuple.iter().eq(own.iter().copied())))
    }
}

fn lies<T: Ord>(rel: Rel, (a, b): (T, T), (s, e): (T, T)) -> bool {
    match rel {
        Rel::Within => s <= a && b <= e,
        Rel::Meets => a < e && s < b,
        Rel::Same => a == s && b == e,
        Rel::Covers => a <= s && e <= b,
        Rel::Differs => a != s || b != e,
    }
}

fn is_near(point: Point, centre: Point, radius: i64) -> bool {
    let distances = point.coordinates().into_iter().zip(centre.coordinates());
    let squares: i128 = distances.map(|(one, other)| (i128::from(one) - i128::from(other)).pow(2)).sum();
    squares <= i128::from(radius).pow(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Set;
    use crate::testing::model;
    use crate::testing::queries::rows;
    use crate::testing::world::{World, world};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

        #[test]
        fn a_row_passes_as_the_model_says(world in world(), set in rows()) {
            let Set::Rows { key, kind, test, .. } = &set else { panic!("{set:?}") };
            let World { resources, .. } = &world;
            for row in resources.iter().flat_map(|r| &r.rows).filter(|row| row.key == *key) {
                let expected = is_testable(test).then(|| model::passes(&world, row, test));
                // What is empty passes or not whatever stands beside it.
                if let Some(expected) = expected {
                    prop_assert_eq!(passes(*kind, &row.values, test), Some(expected));
                }
            }
        }
    }
}
