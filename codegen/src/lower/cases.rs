//! A test of one row as alternatives, each a list of comparisons that one row has to pass together.

use super::check;
use crate::algebra::{Atom, Source, Test};
use crate::capability::{Compare, Question};
use crate::rows::{Col, RowKind, Value};
use crate::target::{Comparison, Tuples};

/// The most alternatives: SQLite allows 500 arms of a `UNION`. Lists of values are one `In`, not alternatives.
const MAX_CASES: usize = 400;

type Case<'a> = Vec<Comparison<'a>>;

/// The alternatives of a test. An index is chosen per alternative, and a store with one keyword per row needs all
/// comparisons of a row at once.
pub(crate) fn cases(kind: RowKind, test: &Test) -> Result<Vec<Case<'_>>, Question> {
    match test {
        Test::Atom(Atom::In(_, Source::Values(tuples))) if tuples.is_empty() => Ok(Vec::new()),
        Test::Atom(Atom::NotIn(_, Source::Values(tuples))) if tuples.is_empty() => Ok(vec![Vec::new()]),
        Test::Atom(atom) => Ok(vec![vec![comparison(kind, atom)?]]),
        Test::All(tests) => tests.iter().try_fold(vec![Vec::new()], |all, test| both(all, cases(kind, test)?)),
        Test::Any(tests) => tests.iter().try_fold(Vec::new(), |mut all: Vec<Case<'_>>, test| {
            all.extend(cases(kind, test)?);
            bounded(all)
        }),
    }
}

/// Every case of the one together with every case of the other.
fn both<'a>(left: Vec<Case<'a>>, right: Vec<Case<'a>>) -> Result<Vec<Case<'a>>, Question> {
    if left.len().saturating_mul(right.len()) > MAX_CASES {
        return Err(Question::Alternatives);
    }
    Ok(left.iter().flat_map(|l| right.iter().map(move |r| l.iter().chain(r).cloned().collect())).collect())
}

fn bounded(cases: Vec<Case<'_>>) -> Result<Vec<Case<'_>>, Question> {
    if cases.len() > MAX_CASES { Err(Question::Alternatives) } else { Ok(cases) }
}

/// The atom with its columns known and its values of their types.
fn comparison(kind: RowKind, atom: &Atom) -> Result<Comparison<'_>, Question> {
    check::columns(kind, atom)?;
    let ill_typed = || Question::Typing(kind);
    let scalar = |col: &Col, value| check::scalar(col.name.ty(), value).ok_or_else(ill_typed);
    let text = |col: &Col, value| check::text(col.name.ty(), value).ok_or_else(ill_typed);
    Ok(match atom {
        Atom::Eq(col, value) => Comparison::Eq(*col, scalar(col, value)?),
        Atom::Ne(col, value) => Comparison::Ne(*col, scalar(col, value)?),
        Atom::In(cols, Source::Values(values)) => Comparison::In(cols, tuples(kind, cols, values)?),
        Atom::NotIn(cols, Source::Values(values)) => Comparison::NotIn(cols, tuples(kind, cols, values)?),
        Atom::In(cols, Source::Slot(slot)) => Comparison::InSlot(cols, *slot),
        Atom::NotIn(cols, Source::Slot(slot)) => Comparison::NotInSlot(one(kind, cols)?, *slot),
        Atom::In(cols, Source::Expansion(_)) | Atom::NotIn(cols, Source::Expansion(_)) => {
            return Err(Question::Row(kind, one(kind, cols)?.name, Compare::Expansion));
        }
        Atom::Range(col, rel, value) => {
            Comparison::Range(*col, *rel, check::bounds(col.name.ty(), value).ok_or_else(ill_typed)?)
        }
        Atom::Order(col, order, value) => Comparison::Order(*col, *order, text(col, value)?),
        Atom::Starts(col, text) => Comparison::Starts(*col, text),
        Atom::Ends(col, text) => Comparison::Ends(*col, text),
        Atom::Has(col, text) => Comparison::Has(*col, text),
        Atom::Near(col, centre, radius) => {
            let (centre, radius) = check::sphere(*centre, *radius).ok_or_else(ill_typed)?;
            Comparison::Near(*col, centre, radius)
        }
        Atom::Words(col, words) => Comparison::Words(*col, words),
    })
}

fn one(kind: RowKind, cols: &[Col]) -> Result<Col, Question> {
    cols.first().copied().ok_or(Question::Typing(kind))
}

fn tuples<'a>(kind: RowKind, cols: &[Col], values: &'a [Vec<Value>]) -> Result<Tuples<'a>, Question> {
    let tuple = |values: &'a Vec<Value>| {
        let scalars = cols.iter().zip(values).map(|(col, value)| check::scalar(col.name.ty(), value));
        if values.len() == cols.len() { scalars.collect::<Option<Vec<_>>>() } else { None }
    };
    values.iter().map(tuple).collect::<Option<_>>().ok_or(Question::Typing(kind))
}

/// What the comparisons of a test ask, one by one.
pub(super) fn questions(kind: RowKind, test: &Test) -> Vec<Question> {
    match test {
        Test::Atom(atom) => atom.questions(kind),
        Test::All(tests) | Test::Any(tests) => tests.iter().flat_map(|test| questions(kind, test)).collect(),
    }
}
