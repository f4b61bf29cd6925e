//! A test of one row, by the form in which its kind is stored.

use super::clause::{Clause, Field, Nested, Range, Relation, Term};
use super::columns::{Fields, point};
use super::keyword::{Form, field, form, head};
use super::pattern::{exactly, keywords, otherwise};
use crate::algebra::{Rel, Universe};
use crate::capability::Answer;
use crate::rows::{KeyId, RowKind};
use crate::target::{Bounds, Comparison, Rows};

/// The resources that have a row which passes, and whether no others.
pub(super) fn rows(rows: &Rows<'_>) -> (Clause, Answer) {
    let Rows { key, kind, universe, atoms } = *rows;
    match form(kind) {
        Form::Keywords => keywords(key, kind, atoms),
        Form::Ranges => ranges(key, atoms),
        Form::Nested => (nested(key, kind, atoms), nested_answer(atoms)),
        Form::Own => (own(kind, universe, atoms), Answer::Exact),
    }
}

/// Live documents of top-level resources of these types: others do not have the field.
pub(super) fn universe(universe: &Universe) -> Clause {
    let types = universe.0.iter().map(|ty| Term::Int(i64::from(ty.0)));
    Clause::terms("type", types.collect())
}

/// The name of the field of a key's intervals.
pub(super) fn interval_field(key: KeyId) -> String {
    format!("time_{}", key.0)
}

/// An interval as one text.
pub(super) fn interval_text(lo: i64, hi: i64) -> String {
    format!("{lo} {hi}")
}

/// A document has several intervals, so one comparison is about one of them, and several may be about different ones.
fn ranges(key: KeyId, atoms: &[Comparison<'_>]) -> (Clause, Answer) {
    let clauses: Vec<Clause> = atoms.iter().map(|atom| interval(key, atom)).collect();
    match clauses.len() {
        0 => (Clause::Prefix(Field("time".to_owned(), head(key))), Answer::Exact),
        1 => (Clause::all(clauses), Answer::Exact),
        _ => (Clause::all(clauses), Answer::Over),
    }
}

fn interval(key: KeyId, atom: &Comparison<'_>) -> Clause {
    let Comparison::Range(_, rel, Bounds::Instants(s, e)) = atom else { return Clause::always() };
    let relation = match rel {
        Rel::Within => Relation::Within,
        Rel::Meets => Relation::Intersects,
        Rel::Covers => Relation::Contains,
        Rel::Same => return exactly(key, "time", &interval_text(*s, *e)),
        Rel::Differs => return otherwise(key, "time", &interval_text(*s, *e)),
    };
    let bounds = Range { gte: Some(Term::Int(*s)), lt: Some(Term::Int(*e)), ..Range::default() };
    Clause::range(interval_field(key), Range { relation: Some(relation), ..bounds })
}

fn nested(key: KeyId, kind: RowKind, atoms: &[Comparison<'_>]) -> Clause {
    let path = field(kind);
    let prefix = format!("{path}.");
    let fields = Fields { kind, prefix: &prefix };
    let of_key = Clause::term(format!("{path}.key"), Term::Int(i64::from(key.0)));
    let query = [of_key].into_iter().chain(atoms.iter().map(|atom| fields.compare(atom))).collect();
    Clause::Nested(Nested { path, query: Box::new(Clause::all(query)) })
}

/// Columns of one object are tested together and exactly, but for distances: see [`Fields::compare`].
fn nested_answer(atoms: &[Comparison<'_>]) -> Answer {
    let distance = atoms.iter().any(|atom| matches!(atom, Comparison::Near(..)));
    if distance { Answer::Over } else { Answer::Exact }
}

fn own(kind: RowKind, types: &Universe, atoms: &[Comparison<'_>]) -> Clause {
    let fields = Fields { kind, prefix: "" };
    let test = |atom: &Comparison<'_>| match atom {
        Comparison::Range(_, rel, bounds) => point("updated", *rel, *bounds),
        other => fields.compare(other),
    };
    Clause::all([universe(types)].into_iter().chain(atoms.iter().map(test)).collect())
}
