//! Tests of values as tests of index rows.

use crate::definitions::{ParamId, ResourceType};
use crate::ir::{
    CodeCase, DateTest, NearTest, NumberTest, QuantityTest, ReferenceTest, Rel, SystemTest, Test, TextMatch, TextTest,
    TokenTest, UnitTest, UrlTest,
};
use crate::keys::{Facet, Key, Level};
use crate::values::{EarthPoint, fold, fold_code};
use fhirc_codegen::algebra::{self, Atom, Order, Source};
use fhirc_codegen::rows::{Base, Col, ColName, KeyId, Point, Rank, RowKind, Tuple, TypeCode, Value};
use std::collections::BTreeMap;

/// The rows that a test of `param` looks at: a test per kind of row. One of them must pass.
pub(super) fn rows(param: ParamId, facet: Facet, level: Level, test: &Test) -> Vec<(KeyId, RowKind, algebra::Test)> {
    if facet == Facet::Own && level == Level::Contained {
        // A contained resource has no identity and no time of change of its own.
        return Vec::new();
    }
    let key = if facet == Facet::Own { KeyId(0) } else { Key { param, facet, level }.id() };
    let mut by_kind: BTreeMap<RowKind, Vec<algebra::Test>> = BTreeMap::new();
    for test in alternatives(test) {
        let (kind, test) = match test {
            Test::Tuple(parts) => match tuple(facet, parts) {
                Some(found) => found,
                None => continue,
            },
            _ => one(test, facet, 0),
        };
        by_kind.entry(kind).or_default().push(test);
    }
    by_kind.into_iter().map(|(kind, tests)| (key, kind, any(tests))).collect()
}

fn alternatives(test: &Test) -> Vec<&Test> {
    match test {
        Test::Any(tests) => tests.iter().flat_map(alternatives).collect(),
        test => vec![test],
    }
}

/// The test of one value, and the kind of row that holds such values.
fn one(test: &Test, facet: Facet, part: u8) -> (RowKind, algebra::Test) {
    let col = |name| Col { part, name };
    match test {
        Test::Date(DateTest { rel, interval }) => {
            let kind = if facet == Facet::Own { RowKind::Updated } else { RowKind::One(Base::Time) };
            (kind, range(col(ColName::Time), *rel, Value::Instants(interval.start(), interval.end())))
        }
        Test::Number(number) => (RowKind::One(Base::Number), cuts(number, part)),
        Test::Quantity(quantity) => (RowKind::One(Base::Quantity), quantity_test(quantity, part)),
        Test::Text(text) => (RowKind::One(Base::Text), text_test(text, part)),
        Test::Token(token) => (RowKind::One(Base::Token), token_test(token, part)),
        Test::MediaType(name) => (RowKind::One(Base::Token), media_type(name, col(ColName::Code))),
        Test::CodeStarts(code) => {
            (RowKind::One(Base::Token), algebra::Test::Atom(Atom::Starts(col(ColName::Code), code.clone())))
        }
        Test::AllWords(forms) => {
            let words = |words: &Vec<String>| algebra::Test::Atom(Atom::Words(col(ColName::Text), words.clone()));
            (RowKind::One(Base::Text), any(forms.iter().map(words).collect()))
        }
        Test::Reference(ReferenceTest::Local { ty, id, version }) => {
            let target = Atom::Eq(col(ColName::Target), Value::Rid(type_code(*ty), id.clone()));
            let version = version.iter().map(|version| Atom::Eq(col(ColName::Version), Value::Text(version.clone())));
            (RowKind::One(Base::Ref), all(std::iter::once(target).chain(version)))
        }
        Test::Reference(ReferenceTest::Foreign(url)) => {
            let url = Value::Text(url.clone());
            (RowKind::One(Base::RefText), algebra::Test::Atom(Atom::Eq(col(ColName::Url), url)))
        }
        Test::Url(url) => (RowKind::One(Base::Url), url_test(url, part)),
        Test::Id(id) => (RowKind::Id, algebra::Test::Atom(Atom::Eq(Col::first(ColName::Id), Value::Text(id.clone())))),
        Test::Word(word) => {
            let word = Value::Text(word.clone());
            (RowKind::One(Base::Word), algebra::Test::Atom(Atom::Eq(col(ColName::Word), word)))
        }
        Test::Near(NearTest { centre, within }) => {
            let EarthPoint { x, y, z } = centre.point();
            let near = Atom::Near(col(ColName::Place), Point { z, x, y }, within.chord());
            (RowKind::One(Base::Point), algebra::Test::Atom(near))
        }
        // Resolution leaves alternatives and tuples on the outside only.
        Test::Tuple(_) | Test::Any(_) => (RowKind::Present, algebra::Test::FALSE),
    }
}

/// The number of a resource type in rows and `ord`s.
pub(super) fn type_code(ty: ResourceType) -> TypeCode {
    TypeCode(ty.code())
}

/// All components of one row; nothing if no row can hold such values together: a part may be a canonical where rows
/// hold references.
fn tuple(facet: Facet, parts: &[Test]) -> Option<(RowKind, algebra::Test)> {
    let tests: Vec<_> = (0u8..).zip(parts).map(|(part, test)| one(test, facet, part)).collect();
    let base = |(kind, _): &(RowKind, algebra::Test)| match kind {
        RowKind::One(base) => Some(*base),
        _ => None,
    };
    let bases: Vec<Base> = tests.iter().map(base).collect::<Option<_>>()?;
    let shape = Tuple::of(&bases)?;
    Some((RowKind::Tuple(shape), algebra::Test::All(tests.into_iter().map(|(_, test)| test).collect())))
}

fn range(col: Col, rel: Rel, value: Value) -> algebra::Test {
    let rel = match rel {
        Rel::Within => algebra::Rel::Within,
        Rel::Meets => algebra::Rel::Meets,
        Rel::Same => algebra::Rel::Same,
        Rel::Covers => algebra::Rel::Covers,
        Rel::Differs => algebra::Rel::Differs,
    };
    algebra::Test::Atom(Atom::Range(col, rel, value))
}

fn cuts(number: &NumberTest, part: u8) -> algebra::Test {
    let value = Value::Cuts(number.range.lo().key(), number.range.hi().key());
    range(Col { part, name: ColName::Cuts }, number.rel, value)
}

fn quantity_test(quantity: &QuantityTest, part: u8) -> algebra::Test {
    let eq = |name, value| algebra::Test::Atom(Atom::Eq(Col { part, name }, value));
    let text = |text: &String| Value::Text(text.clone());
    let mut tests = vec![cuts(&quantity.value, part)];
    match &quantity.unit {
        None => {}
        Some(UnitTest::Coded { system, code }) => {
            tests.push(eq(ColName::System, Value::System(Some(system.clone()))));
            tests.push(eq(ColName::Code, text(code)));
        }
        Some(UnitTest::System(system)) => tests.push(eq(ColName::System, Value::System(Some(system.clone())))),
        Some(UnitTest::Human(unit)) => {
            tests.push(algebra::Test::Any(vec![eq(ColName::Code, text(unit)), eq(ColName::Unit, text(unit))]));
        }
    }
    algebra::Test::All(tests)
}

fn text_test(test: &TextTest, part: u8) -> algebra::Test {
    let col = |name| Col { part, name };
    let rank = |ranks: &[Rank]| {
        let values = ranks.iter().map(|&rank| vec![Value::Int(rank as i64)]).collect();
        algebra::Test::Atom(Atom::In(vec![col(ColName::Rank)], Source::Values(values)))
    };
    let each = |atom: &dyn Fn(Col, &String) -> Atom| {
        any(test.forms.iter().map(|form| algebra::Test::Atom(atom(col(ColName::Text), form))).collect())
    };
    let eq = |col, form: &String| Atom::Eq(col, Value::Text(form.clone()));
    let starts = |col, form: &String| Atom::Starts(col, form.clone());
    let whole = || rank(&Rank::WHOLE);
    // A text that folds to nothing is no value but for `:exact` (decision 52).
    let is_some = || algebra::Test::Atom(Atom::Ne(col(ColName::Text), Value::Text(String::new())));
    let equals = || algebra::Test::All(vec![each(&eq), whole()]);
    // Texts are put in order by one form of each: the primary one, which stands first.
    let order = |order| {
        let by = |form: &String| algebra::Test::Atom(Atom::Order(col(ColName::Text), order, Value::Text(form.clone())));
        let first = any(test.forms.iter().take(1).map(by).collect());
        algebra::Test::All(vec![first, is_some(), rank(&Rank::SORTS)])
    };
    match test.how {
        TextMatch::Starts => each(&starts),
        TextMatch::Equals => equals(),
        TextMatch::StartsWhole => algebra::Test::All(vec![each(&starts), whole()]),
        TextMatch::Ends => each(&|col, form| Atom::Ends(col, form.clone())),
        TextMatch::Contains => each(&|col, form| Atom::Has(col, form.clone())),
        // The folded text finds the row, the exact one decides.
        TextMatch::Exact => {
            let exact = |_, form: &String| Atom::Eq(col(ColName::Exact), Value::Text(form.clone()));
            let folded = |text, form: &String| Atom::Eq(text, Value::Text(fold(form)));
            algebra::Test::All(vec![each(&folded), each(&exact), rank(&Rank::SORTS)])
        }
        TextMatch::Less => order(Order::Before),
        TextMatch::LessOrEqual => any(vec![equals(), order(Order::Before)]),
        TextMatch::Greater => order(Order::After),
        TextMatch::GreaterOrEqual => any(vec![equals(), order(Order::After)]),
        TextMatch::Differs => {
            let differs = |name| {
                let other = move |form: &String| Atom::Ne(col(name), Value::Text(form.clone()));
                test.forms.iter().map(other).map(algebra::Test::Atom)
            };
            let alone = differs(ColName::Text).chain([is_some(), rank(&[Rank::Primary])]);
            // A row of the form with blanks tells the other form too: neither may be the text.
            let both = differs(ColName::Text).chain(differs(ColName::Exact)).chain([rank(&[Rank::Dashed])]);
            algebra::Test::Any(vec![algebra::Test::All(alone.collect()), algebra::Test::All(both.collect())])
        }
    }
}

fn token_test(test: &TokenTest, part: u8) -> algebra::Test {
    let col = |name| Col { part, name };
    let compare = |name, value| if test.differs { Atom::Ne(col(name), value) } else { Atom::Eq(col(name), value) };
    let mut atoms = Vec::new();
    if let Some(code) = &test.code {
        let folded = fold_code(code);
        if test.case == CodeCase::Sensitive {
            let exact = if folded == *code { String::new() } else { code.clone() };
            atoms.push(compare(ColName::Exact, Value::Text(exact)));
        }
        atoms.insert(0, compare(ColName::Code, Value::Text(folded)));
    }
    match &test.system {
        SystemTest::Any => {}
        SystemTest::Absent => atoms.push(compare(ColName::System, Value::System(None))),
        SystemTest::Is(system) => atoms.push(compare(ColName::System, Value::System(Some(system.clone())))),
    }
    match test.differs {
        true => any(atoms.into_iter().map(algebra::Test::Atom).collect()),
        false => all(atoms),
    }
}

/// The media type itself; a type with any subtype, a subtype with any parameters.
fn media_type(name: &str, code: Col) -> algebra::Test {
    let ends: &[char] = if name.contains('/') { &[';', ' '] } else { &['/'] };
    let below = ends.iter().map(|end| Atom::Starts(code, format!("{name}{end}")));
    let itself = Atom::Eq(code, Value::Text(name.to_owned()));
    any(std::iter::once(itself).chain(below).map(algebra::Test::Atom).collect())
}

fn url_test(test: &UrlTest, part: u8) -> algebra::Test {
    let url_col = Col { part, name: ColName::Url };
    let version_col = Col { part, name: ColName::Version };
    let text = |text: &String| Value::Text(text.clone());
    match test {
        UrlTest::Is { url, version } => {
            let version = version.iter().map(|version| Atom::Eq(version_col, text(version)));
            all(std::iter::once(Atom::Eq(url_col, text(url))).chain(version))
        }
        UrlTest::Below(url) => below(url_col, url, '/'),
        UrlTest::Above(url) => {
            let values = above(url).into_iter().map(|url| vec![Value::Text(url)]).collect();
            algebra::Test::Atom(Atom::In(vec![url_col], Source::Values(values)))
        }
        UrlTest::BelowVersion { url, version } => algebra::Test::All(vec![
            algebra::Test::Atom(Atom::Eq(url_col, text(url))),
            below(version_col, version, '.'),
        ]),
        UrlTest::Differs(url) => algebra::Test::Atom(Atom::Ne(url_col, text(url))),
        UrlTest::Part(how, part) => algebra::Test::Atom(match how {
            TextMatch::Ends => Atom::Ends(url_col, part.clone()),
            TextMatch::Contains => Atom::Has(url_col, part.clone()),
            TextMatch::Less => Atom::Order(url_col, Order::Before, text(part)),
            TextMatch::LessOrEqual => Atom::Order(url_col, Order::UpTo, text(part)),
            TextMatch::Greater => Atom::Order(url_col, Order::After, text(part)),
            TextMatch::GreaterOrEqual => Atom::Order(url_col, Order::From, text(part)),
            TextMatch::Equals | TextMatch::Exact => Atom::Eq(url_col, text(part)),
            TextMatch::Differs => Atom::Ne(url_col, text(part)),
            TextMatch::Starts | TextMatch::StartsWhole => Atom::Starts(url_col, part.clone()),
        }),
    }
}

/// The value itself, or one that goes on behind a separator.
fn below(col: Col, value: &str, separator: char) -> algebra::Test {
    if value.ends_with(separator) {
        return algebra::Test::Atom(Atom::Starts(col, value.to_owned()));
    }
    algebra::Test::Any(vec![
        algebra::Test::Atom(Atom::Eq(col, Value::Text(value.to_owned()))),
        algebra::Test::Atom(Atom::Starts(col, format!("{value}{separator}"))),
    ])
}

/// The url and all above it by path segments, each with and without a slash at the end.
fn above(url: &str) -> Vec<String> {
    let path = url.find("://").map_or(0, |at| at + 3);
    let mut found = vec![url.to_owned()];
    for (at, _) in url.match_indices('/').filter(|(at, _)| *at >= path) {
        found.extend(url.get(..at).map(str::to_owned));
        found.extend(url.get(..=at).map(str::to_owned));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn all(atoms: impl IntoIterator<Item = Atom>) -> algebra::Test {
    let mut tests: Vec<_> = atoms.into_iter().map(algebra::Test::Atom).collect();
    match (tests.len(), tests.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            tests.extend(last);
            algebra::Test::All(tests)
        }
    }
}

/// One of the tests; many equalities of the same columns are one `In`.
fn any(tests: Vec<algebra::Test>) -> algebra::Test {
    let mut groups: Vec<(Option<Vec<Col>>, Vec<algebra::Test>)> = Vec::new();
    for test in tests {
        let columns = equalities(&test).map(|row| row.into_iter().map(|(col, _)| col).collect::<Vec<_>>());
        let known = columns.as_ref().and_then(|own| groups.iter_mut().find(|(cols, _)| cols.as_ref() == Some(own)));
        match known {
            Some((_, group)) => group.push(test),
            None => groups.push((columns, vec![test])),
        }
    }
    let merge = |(_, group): (_, Vec<algebra::Test>)| {
        if group.len() > 1 { as_list(&group) } else { None }.map_or(group, |list| vec![list])
    };
    let mut tests: Vec<_> = groups.into_iter().flat_map(merge).collect();
    match (tests.len(), tests.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            tests.extend(last);
            algebra::Test::Any(tests)
        }
    }
}

/// `(a = 1 and b = 2) or (a = 3 and b = 4)` as `(a, b) in ((1, 2), (3, 4))`.
fn as_list(tests: &[algebra::Test]) -> Option<algebra::Test> {
    let rows: Vec<Vec<(Col, Value)>> = tests.iter().map(equalities).collect::<Option<_>>()?;
    let columns: Vec<Col> = rows.first()?.iter().map(|(col, _)| *col).collect();
    let same = |row: &Vec<(Col, Value)>| row.iter().map(|(col, _)| col).eq(&columns);
    if columns.is_empty() || !rows.iter().all(same) {
        return None;
    }
    let mut tuples: Vec<Vec<Value>> =
        rows.into_iter().map(|row| row.into_iter().map(|(_, value)| value).collect()).collect();
    tuples.sort_unstable();
    tuples.dedup();
    Some(algebra::Test::Atom(Atom::In(columns, Source::Values(tuples))))
}

fn equalities(test: &algebra::Test) -> Option<Vec<(Col, Value)>> {
    match test {
        algebra::Test::Atom(Atom::Eq(col, value)) => Some(vec![(*col, value.clone())]),
        algebra::Test::All(tests) => {
            let parts: Option<Vec<_>> = tests.iter().map(equalities).collect();
            parts.map(|parts| parts.into_iter().flatten().collect())
        }
        _ => None,
    }
}
