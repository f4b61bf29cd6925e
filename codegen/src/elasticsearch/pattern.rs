//! Comparisons of one row as a condition on its keyword.

use super::arrangement::{MAX_WORDS, arrangements};
use super::clause::{Clause, Field, Nested, Pattern, Piece, Range, Term, Terms};
use super::keyword::{DASHED, END, Layout, PAST_END, apart_columns, column, escape, head, is_rank, layouts, plain};
use crate::algebra::Order;
use crate::capability::Answer;
use crate::rows::{Col, KeyId, RowKind};
use crate::target::{Comparison, Scalar};
use std::collections::BTreeMap;

/// The most alternatives that one test becomes; a narrower test answers too much rather than more clauses.
const MAX_ALTERNATIVES: usize = 1_000;

/// What a column has to be. Texts are as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Want {
    Eq(String),
    Starts(String),
    Ends(String),
    Has(String),
    /// Of this form.
    Like(Vec<Piece>),
    /// Between the first and the second, which are starts of keywords: see [`below`] and [`above`].
    Between(Option<String>, Option<String>),
}

type Wants = Vec<(Col, Want)>;

/// How well a layout answers: the least is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Term,
    Sorted,
    /// Every keyword of the key is looked at.
    Wildcard,
    /// A comparison is left out.
    Over,
}

/// The resources that have a row with these columns, and whether no others.
pub(super) fn keywords(key: KeyId, kind: RowKind, atoms: &[Comparison<'_>]) -> (Clause, Answer) {
    if let [Comparison::InSlot(cols, slot)] = atoms {
        return match whole_field(kind, cols) {
            Some(field) => (Clause::Terms(Field(field, Terms::Slot(*slot, Some(key)))), Answer::Exact),
            None => (Clause::never(), Answer::No),
        };
    }
    let mut exact = true;
    let mut alternatives: Vec<Wants> = vec![Vec::new()];
    for atom in atoms {
        let more = wants(atom).filter(|more| alternatives.len() * more.len() <= MAX_ALTERNATIVES);
        match more {
            Some(more) => alternatives = product(&alternatives, &more),
            None => exact = false,
        }
    }
    let mut clauses = Vec::new();
    for wants in alternatives {
        let (wants, unique) = one_per_column(wants);
        let (clause, fit) = best(key, kind, &wants);
        exact &= unique && fit != Fit::Over;
        clauses.push(clause);
    }
    (any(clauses), if exact { Answer::Exact } else { Answer::Over })
}

/// The field whose keywords are exactly these columns.
pub(super) fn whole_field(kind: RowKind, cols: &[Col]) -> Option<String> {
    layouts(kind).into_iter().find(|layout| layout.columns == cols).map(|layout| layout.field)
}

/// The alternatives of a comparison, if keywords can tell.
fn wants(atom: &Comparison<'_>) -> Option<Vec<Wants>> {
    let eq = |col: &Col, value: &Scalar<'_>| (*col, Want::Eq(escape(&plain(*value))));
    let one = |col: &Col, want| Some(vec![vec![(*col, want)]]);
    match atom {
        Comparison::Eq(col, value) => Some(vec![vec![eq(col, value)]]),
        Comparison::Ne(col, value) => Some(gaps(*col, vec![escape(&plain(*value))])),
        Comparison::In(cols, tuples) => {
            let tuple = |tuple: &Vec<Scalar<'_>>| cols.iter().zip(tuple).map(|(col, value)| eq(col, value)).collect();
            Some(tuples.iter().map(tuple).collect())
        }
        Comparison::NotIn([col], tuples) => {
            Some(gaps(*col, tuples.iter().flatten().map(|value| escape(&plain(*value))).collect()))
        }
        Comparison::Order(col, order, value) => {
            let value = escape(value);
            one(
                col,
                match order {
                    Order::Before => Want::Between(None, Some(below(&value))),
                    Order::UpTo => Want::Between(None, Some(above(&value))),
                    Order::After => Want::Between(Some(above(&value)), None),
                    Order::From => Want::Between(Some(below(&value)), None),
                },
            )
        }
        Comparison::Starts(col, text) => one(col, Want::Starts(escape(text))),
        Comparison::Ends(col, text) => one(col, Want::Ends(escape(text))),
        Comparison::Has(col, text) => one(col, Want::Has(escape(text))),
        Comparison::Words(_, words) if words.len() > MAX_WORDS => None,
        Comparison::Words(col, words) => {
            let words: Vec<String> = words.iter().map(|word| escape(word)).collect();
            Some(arrangements(&words).into_iter().map(|pieces| vec![(*col, like(pieces))]).collect())
        }
        Comparison::NotIn(..)
        | Comparison::InSlot(..)
        | Comparison::NotInSlot(..)
        | Comparison::Range(..)
        | Comparison::Near(..) => None,
    }
}

fn like(pieces: Vec<Piece>) -> Want {
    match pieces.as_slice() {
        [Piece::Text(text)] => Want::Eq(text.clone()),
        [Piece::Text(text), Piece::Any] => Want::Starts(text.clone()),
        _ => Want::Like(pieces),
    }
}

/// Where the column, with its end, is at or after the value.
fn below(value: &str) -> String {
    format!("{value}{END}")
}

/// Where everything is after the value with its end.
fn above(value: &str) -> String {
    format!("{value}{PAST_END}")
}

/// What lies before, between and after the values.
fn gaps(col: Col, mut values: Vec<String>) -> Vec<Wants> {
    values.sort();
    values.dedup();
    let starts = std::iter::once(None).chain(values.iter().map(|value| Some(above(value))));
    let ends = values.iter().map(|value| Some(below(value))).chain([None]);
    starts.zip(ends).map(|(start, end)| vec![(col, Want::Between(start, end))]).collect()
}

fn product(left: &[Wants], right: &[Wants]) -> Vec<Wants> {
    left.iter().flat_map(|l| right.iter().map(move |r| l.iter().chain(r).cloned().collect())).collect()
}

/// One condition per column, an equality if there is one, and whether nothing was left out.
fn one_per_column(mut wants: Wants) -> (Wants, bool) {
    wants.sort_by_key(|(col, want)| (*col, !matches!(want, Want::Eq(_))));
    wants.dedup();
    // Ranges of one column are one range.
    wants.dedup_by(|(col, want), (before, kept)| match (want, kept) {
        (Want::Between(from, to), Want::Between(first, last)) if col == before => {
            *first = first.take().max(from.take());
            *last = match (last.take(), to.take()) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            true
        }
        _ => false,
    });
    let before = wants.len();
    wants.dedup_by_key(|(col, _)| *col);
    let unique = wants.len() == before;
    (wants, unique)
}

fn best(key: KeyId, kind: RowKind, wants: &[(Col, Want)]) -> (Clause, Fit) {
    let fits = layouts(kind).into_iter().filter_map(|layout| fit(key, &layout, wants));
    let best = fits.min_by_key(|(_, fit)| *fit).unwrap_or((Clause::never(), Fit::Over));
    if best.1 == Fit::Over { apart(key, kind, wants).unwrap_or(best) } else { best }
}

/// The condition on the rows whose columns are stored apart, if it is about those alone: see [`apart_columns`].
fn apart(key: KeyId, kind: RowKind, wants: &[(Col, Want)]) -> Option<(Clause, Fit)> {
    let (path, columns) = apart_columns(kind)?;
    let is_dashed = |(col, want): &(Col, Want)| is_rank(*col) && *want == Want::Eq(DASHED.to_string());
    if !wants.iter().any(is_dashed) {
        return None;
    }
    let of_key = Clause::term(format!("{path}.key"), Term::Int(i64::from(key.0)));
    let mut all = vec![of_key];
    for (col, want) in wants.iter().filter(|(col, _)| !is_rank(*col)) {
        let (_, name) = columns.iter().find(|(known, _)| known == col)?;
        let field = format!("{path}.{name}");
        all.push(match want {
            Want::Eq(text) => Clause::term(field, Term::Text(format!("{text}{END}"))),
            Want::Starts(text) => Clause::Prefix(Field(field, text.clone())),
            Want::Between(from, to) => {
                let at = |place: &Option<String>| place.clone().map(Term::Text);
                Clause::range(field, Range { gte: at(from), lt: at(to), ..Range::default() })
            }
            Want::Ends(_) | Want::Has(_) | Want::Like(_) => return None,
        });
    }
    Some((Clause::Nested(Nested { path: path.to_owned(), query: Box::new(Clause::all(all)) }), Fit::Sorted))
}

/// The condition on a keyword of this layout, if it has all columns.
fn fit(key: KeyId, layout: &Layout, wants: &[(Col, Want)]) -> Option<(Clause, Fit)> {
    let want = |col: &Col| wants.iter().find(|(wanted, _)| wanted == col).map(|(_, want)| want);
    if !wants.iter().all(|(col, _)| layout.columns.contains(col)) {
        return None;
    }
    let mut start = head(key);
    let mut columns = layout.columns.iter();
    let mut equal = 0;
    let next = loop {
        match columns.next().map(want) {
            Some(Some(Want::Eq(text))) => {
                start.push_str(text);
                start.push(END);
                equal += 1;
            }
            next => break next,
        }
    };
    let field = layout.field.clone();
    let last = wants.len() == equal + 1;
    Some(match next {
        None => (Clause::term(field, Term::Text(start)), Fit::Term),
        Some(None) if wants.len() == equal => (Clause::Prefix(Field(field, start)), Fit::Sorted),
        Some(Some(Want::Starts(text))) if last => (Clause::Prefix(Field(field, start + text)), Fit::Sorted),
        Some(Some(Want::Between(from, to))) if last => (between(field, &start, from, to), Fit::Sorted),
        _ => wildcard(key, layout, wants),
    })
}

fn between(field: String, start: &str, from: &Option<String>, to: &Option<String>) -> Clause {
    let at = |place: &Option<String>| place.as_ref().map(|place| Term::Text(format!("{start}{place}")));
    // A keyword that begins with `start` ends with a separator or a digit of the key: what follows all of them begins
    // with the next character.
    let end = crate::text::successor(start).map(Term::Text);
    let gte = at(from).or_else(|| Some(Term::Text(start.to_owned())));
    Clause::range(field, Range { gte, lt: at(to).or(end), ..Range::default() })
}

/// All separators are written, so that no wildcard reaches over one.
fn wildcard(key: KeyId, layout: &Layout, wants: &[(Col, Want)]) -> (Clause, Fit) {
    let mut fit = Fit::Wildcard;
    let mut pieces = vec![Piece::Text(head(key))];
    for col in &layout.columns {
        let want = wants.iter().find(|(wanted, _)| wanted == col).map(|(_, want)| want);
        match want {
            Some(Want::Eq(text)) => pieces.push(Piece::Text(text.clone())),
            Some(Want::Starts(text)) => pieces.extend([Piece::Text(text.clone()), Piece::Any]),
            Some(Want::Ends(text)) => pieces.extend([Piece::Any, Piece::Text(text.clone())]),
            Some(Want::Has(text)) => pieces.extend([Piece::Any, Piece::Text(text.clone()), Piece::Any]),
            Some(Want::Like(of)) => pieces.extend(of.iter().cloned()),
            Some(Want::Between(..)) => {
                fit = Fit::Over;
                pieces.push(Piece::Any);
            }
            None => pieces.push(Piece::Any),
        }
        pieces.push(Piece::Text(END.to_string()));
    }
    (Clause::Wildcard(Field(layout.field.clone(), Pattern(pieces))), fit)
}

/// One of the clauses; terms of one field become one list.
fn any(clauses: Vec<Clause>) -> Clause {
    let mut terms: BTreeMap<String, Vec<Term>> = BTreeMap::new();
    let mut others = Vec::new();
    for clause in clauses {
        match clause {
            Clause::Term(Field(field, term)) => terms.entry(field).or_default().push(term),
            other => others.push(other),
        }
    }
    let lists = terms.into_iter().map(|(field, mut list)| match (list.pop(), list.is_empty()) {
        (Some(only), true) => Clause::term(field, only),
        (last, _) => {
            list.extend(last);
            Clause::terms(field, list)
        }
    });
    Clause::any(lists.chain(others).collect())
}

/// A whole row of another text: what lies before it and after it.
pub(super) fn otherwise(key: KeyId, field: &str, text: &str) -> Clause {
    let (start, text) = (head(key), escape(text));
    let gap = |from, to| between(field.to_owned(), &start, &from, &to);
    Clause::any(vec![gap(None, Some(below(&text))), gap(Some(above(&text)), None)])
}

/// A whole row of one text.
pub(super) fn exactly(key: KeyId, field: &str, text: &str) -> Clause {
    Clause::term(field, Term::Text(head(key) + &column(text)))
}
