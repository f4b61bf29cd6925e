//! Pairs: where rows of a composite say of a resource what conditions on two parameters say together.

use crate::definitions::{ParamType, Registry};
use crate::keys::{Facet, Key, tuple_shape};
use crate::plan::Graph;
use fhirc_codegen::algebra::{Atom, Set, SetId, Source, Test};
use fhirc_codegen::rows::{Base, Col, KeyId, RowKind, Tuple};
use fhirc_codegen::stats::Stats;

/// The rows of a composite that stand for those of two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Combined {
    /// Their key.
    pub(super) key: KeyId,
    /// What they hold.
    pub(super) shape: Tuple,
    /// The key of the resources of which they do not say all.
    beside: KeyId,
}

/// Two conditions of an intersection, and the rows that say both.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) first: SetId,
    pub(super) second: SetId,
    /// Resources with a row of the composite that passes both tests.
    pub(super) rows: Set,
    /// Resources of which the rows do not say all.
    pub(super) beside: Set,
}

impl Combined {
    /// The rows that stand for those of a token and of another parameter.
    fn of(first: KeyId, second: KeyId, registry: &Registry) -> Option<Combined> {
        let [first, second] = [Key::from_id(first, registry)?, Key::from_id(second, registry)?];
        let alike = first.param.ty() == second.param.ty() && first.level == second.level;
        let quantity = registry.definition(second.param).ty == ParamType::Quantity;
        let is_view = second.facet == Facet::Value || quantity && second.facet == Facet::Canonical;
        if !alike || first.facet != Facet::Value || !is_view {
            return None;
        }
        let composite = registry.combined([first.param, second.param])?;
        let key = |facet| Key { param: composite, facet, level: first.level }.id();
        Some(Combined { key: key(second.facet), shape: tuple_shape(composite, registry)?, beside: key(Facet::Beside) })
    }

    /// The rows that hold the values of a sort key for the resources that a condition finds: all of these values, and
    /// in their order. Texts that are abridged are not.
    pub(super) fn sorting(
        condition: &Set,
        (sorts, kind): (KeyId, RowKind),
        registry: &Registry,
        stats: &dyn Stats,
    ) -> Option<(Combined, Test)> {
        let Set::Rows { key, kind: RowKind::One(Base::Token), test, .. } = condition else { return None };
        let is_interval = matches!(kind, RowKind::One(Base::Quantity | Base::Number | Base::Time));
        if !stats.exact() || !is_interval || !is_one_code(test) {
            return None;
        }
        let combined = Combined::of(*key, sorts, registry)?;
        (stats.rows(combined.beside) == Some(0) && !stats.abridged(combined.key)).then(|| (combined, test.clone()))
    }
}

/// Two conditions among these that rows of a composite say together.
pub(super) fn among(graph: &Graph, conditions: &[SetId], registry: &Registry) -> Option<Pair> {
    let firsts = conditions.iter().filter(|id| is_sought_by_code(graph.set(**id)));
    firsts.flat_map(|first| conditions.iter().map(move |second| (*first, *second))).find_map(|(first, second)| {
        let (
            Set::Rows { key, universe, test, .. },
            Set::Rows { key: other, kind: RowKind::One(_), universe: same, test: value },
        ) = (graph.set(first), graph.set(second))
        else {
            return None;
        };
        if first == second || universe != same {
            return None;
        }
        let combined = Combined::of(*key, *other, registry)?;
        let of = |key, kind, test| Set::Rows { key, kind, universe: universe.clone(), test };
        let rows = of(combined.key, RowKind::Tuple(combined.shape), both(test, value));
        Some(Pair { first, second, rows, beside: of(combined.beside, RowKind::Present, Test::TRUE) })
    })
}

/// One row passes both, the second test with its second part. Alternatives are found in different places.
fn both(first: &Test, second: &Test) -> Test {
    match second {
        Test::Any(tests) => Test::Any(tests.iter().map(|test| both(first, test)).collect()),
        test => Test::All(vec![first.clone(), in_second(test)]),
    }
}

fn in_second(test: &Test) -> Test {
    match test {
        Test::All(tests) => Test::All(tests.iter().map(in_second).collect()),
        Test::Any(tests) => Test::Any(tests.iter().map(in_second).collect()),
        Test::Atom(atom) => Test::Atom(moved(atom)),
    }
}

fn moved(atom: &Atom) -> Atom {
    let there = |col: &Col| Col { part: 1, ..*col };
    let all = |cols: &[Col]| cols.iter().map(there).collect();
    match atom {
        Atom::Eq(col, value) => Atom::Eq(there(col), value.clone()),
        Atom::Ne(col, value) => Atom::Ne(there(col), value.clone()),
        Atom::In(cols, source) => Atom::In(all(cols), source.clone()),
        Atom::NotIn(cols, source) => Atom::NotIn(all(cols), source.clone()),
        Atom::Range(col, rel, value) => Atom::Range(there(col), *rel, value.clone()),
        Atom::Order(col, order, value) => Atom::Order(there(col), *order, value.clone()),
        Atom::Starts(col, text) => Atom::Starts(there(col), text.clone()),
        Atom::Ends(col, text) => Atom::Ends(there(col), text.clone()),
        Atom::Has(col, text) => Atom::Has(there(col), text.clone()),
        Atom::Near(col, centre, radius) => Atom::Near(there(col), *centre, *radius),
        Atom::Words(col, words) => Atom::Words(there(col), words.clone()),
    }
}

/// Whether rows of a token are found by one code, or by some.
fn is_sought_by_code(set: &Set) -> bool {
    let code = code();
    let by_code = |test: &Test| match test {
        Test::Atom(Atom::Eq(col, _)) => *col == code,
        Test::Atom(Atom::In(cols, Source::Values(_))) => cols.contains(&code),
        _ => false,
    };
    match set {
        Set::Rows { kind: RowKind::One(Base::Token), test: Test::All(tests), .. } => tests.iter().any(by_code),
        Set::Rows { kind: RowKind::One(Base::Token), test, .. } => by_code(test),
        _ => false,
    }
}

/// Whether all rows that pass have one code.
fn is_one_code(test: &Test) -> bool {
    let code = code();
    let equals = |test: &Test| matches!(test, Test::Atom(Atom::Eq(..)));
    let is_code = |test: &Test| matches!(test, Test::Atom(Atom::Eq(col, _)) if *col == code);
    match test {
        Test::All(tests) => tests.iter().all(equals) && tests.iter().any(is_code),
        test => is_code(test),
    }
}

/// The first column of a token.
fn code() -> Col {
    Col::first(fhirc_codegen::rows::ColName::Code)
}

#[cfg(test)]
mod tests {
    use crate::compiler::{Compiler, Options};
    use crate::definitions::Registry;
    use crate::keys::{Facet, Key};
    use crate::plan::{Context, choose, print};
    use fhirc_codegen::algebra::{Edge, End, Set};
    use fhirc_codegen::rows::{KeyId, RowKind, TypeCode, Value};
    use fhirc_codegen::stats::{Counted, Stats};

    /// A store with many resources, in which few have a code and such a value together.
    struct Counts {
        exact: bool,
        beside: u64,
    }

    impl Stats for Counts {
        fn rows(&self, key: KeyId) -> Option<u64> {
            let is_beside = Key::from_id(key, Registry::r4()).is_some_and(|key| key.facet == Facet::Beside);
            Some(if is_beside { self.beside } else { 300_000 })
        }

        fn frequent(&self, _: KeyId, _: &Value) -> Option<u64> {
            None
        }

        fn exact(&self) -> bool {
            self.exact
        }

        fn counted(&self, rows: &Set) -> Option<Counted> {
            matches!(rows, Set::Rows { kind: RowKind::Tuple(_), .. }).then_some(Counted::Exactly(30))
        }

        fn resources(&self, _: TypeCode) -> u64 {
            300_000
        }

        fn fan_out(&self, _: Edge, _: End) -> Option<u64> {
            None
        }
    }

    fn chosen(query: &str, exact: bool, beside: u64) -> String {
        let plan = Compiler::r4(Options::default()).compile(query).unwrap().plan;
        print(&choose(&plan, Context { registry: Registry::r4(), stats: &Counts { exact, beside } }), Registry::r4())
    }

    const ALONG: &str = "walk by value along Observation.code-value-quantity#canonical";

    #[test]
    fn the_values_of_one_code_are_gone_through_in_their_order() {
        for query in [
            "Observation?code=http://loinc.org|8867-4&_sort=-value-quantity",
            "Observation?code=8867-4&_sort=value-quantity,date",
            "Observation?code=|8867-4&status=final&_sort=value-quantity&_count=2",
            "Observation?code=8867-4&status:not=final&_sort=value-quantity",
        ] {
            let plan = chosen(query, true, 0);
            assert!(plan.contains(ALONG), "{query}\n{plan}");
            assert!(plan.contains("then those without a value"), "{query}\n{plan}");
            // What is beside has no place among the others; of other moments nobody knows.
            assert!(!chosen(query, true, 1).contains("along"), "{query}");
            assert!(!chosen(query, false, 0).contains("along"), "{query}");
        }
    }

    #[test]
    fn other_conditions_say_nothing_of_where_values_lie() {
        for query in [
            "Observation?code:not=8867-4&_sort=-value-quantity",
            "Observation?code=http://loinc.org|&_sort=-value-quantity",
            "Observation?code=8867-4,8310-5&_sort=-value-quantity",
            "Observation?code:text=heart&_sort=-value-quantity",
            "Observation?combo-code=8867-4&_sort=-value-quantity",
            "Observation?code=8867-4&_sort=-value-string",
            "Observation?code=8867-4&_sort=-date",
            "Observation?_filter=code eq loinc|8867-4 or status eq final&_sort=-value-quantity",
        ] {
            let plan = chosen(query, true, 0);
            assert!(!plan.contains("along"), "{query}\n{plan}");
        }
    }

    #[test]
    fn two_conditions_are_asked_of_their_composite() {
        let query = "Observation?code=http://loinc.org|29463-7&value-quantity=ge120|http://unitsofmeasure.org|kg";
        let plan = chosen(query, true, 0);
        assert!(plan.contains("(code = \"29463-7\" and system = \"http://loinc.org\")"), "{plan}");
        assert!(plan.contains("code-value-quantity#canonical") && !plan.contains("beside"), "{plan}");
        let beside = chosen(query, true, 2);
        assert!(beside.contains("Observation.code-value-quantity#beside"), "{beside}");
        assert!(beside.contains("minus") && beside.contains("Observation.value-quantity#canonical"), "{beside}");
        assert!(!chosen(query, false, 0).contains("code-value-quantity"));
        let list = chosen("Observation?code=29463-7,8302-2&value-quantity=gt120", true, 0);
        assert!(list.contains("Observation.code-value-quantity "), "{list}");
        let text = chosen("Observation?code=29463-7&value-string=heavy", true, 0);
        assert!(text.contains("Observation.code-value-string"), "{text}");
        for other in ["code:not=29463-7&value-quantity=gt120", "code=http://loinc.org|&value-quantity=gt120"] {
            let plan = chosen(&format!("Observation?{other}"), true, 0);
            assert!(!plan.contains("code-value-quantity"), "{plan}");
        }
    }
}
