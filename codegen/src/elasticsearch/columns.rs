//! Comparisons of columns that are fields of their own: in nested objects, and the record of the resource.

use super::arrangement::arrangements;
use super::clause::{Clause, Field, Pattern, Piece, Range, Term, Terms};
use super::keyword::plain;
use crate::algebra::{Order, Rel};
use crate::names::stored;
use crate::rows::{Col, Point, RowKind};
use crate::target::{Bounds, Comparison, Scalar};

/// A row whose columns are fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    pub(super) kind: RowKind,
    /// What stands before the names of the columns.
    pub(super) prefix: &'a str,
}

impl Fields<'_> {
    /// The row passes.
    pub(super) fn compare(self, atom: &Comparison<'_>) -> Clause {
        match atom {
            Comparison::Eq(col, value) => self.eq(*col, *value),
            Comparison::Ne(col, value) => not(self.eq(*col, *value)),
            Comparison::In(cols, tuples) => self.among(cols, tuples),
            Comparison::NotIn(cols, tuples) => not(self.among(cols, tuples)),
            Comparison::InSlot(cols, slot) => match cols {
                [col] => Clause::Terms(Field(self.first(*col), Terms::Slot(*slot, None))),
                // Never asked: the capabilities say so.
                _ => Clause::never(),
            },
            Comparison::NotInSlot(col, slot) => not(Clause::Terms(Field(self.first(*col), Terms::Slot(*slot, None)))),
            Comparison::Range(col, rel, bounds) => self.range(*col, *rel, *bounds),
            Comparison::Order(col, order, value) => {
                let value = Some(Term::Text((*value).to_owned()));
                Clause::range(
                    self.first(*col),
                    match order {
                        Order::Before => Range { lt: value, ..Range::default() },
                        Order::UpTo => Range { lte: value, ..Range::default() },
                        Order::After => Range { gt: value, ..Range::default() },
                        Order::From => Range { gte: value, ..Range::default() },
                    },
                )
            }
            Comparison::Starts(col, text) => Clause::Prefix(Field(self.first(*col), (*text).to_owned())),
            Comparison::Ends(col, text) => self.like(*col, vec![Piece::Any, Piece::Text((*text).to_owned())]),
            Comparison::Has(col, text) => {
                self.like(*col, vec![Piece::Any, Piece::Text((*text).to_owned()), Piece::Any])
            }
            Comparison::Near(col, centre, radius) => self.around(*col, *centre, *radius),
            Comparison::Words(col, words) => {
                let one = |word: &String| arrangements(std::slice::from_ref(word));
                let word = |word| Clause::any(one(word).into_iter().map(|pieces| self.like(*col, pieces)).collect());
                Clause::all(words.iter().map(word).collect())
            }
        }
    }

    fn eq(self, col: Col, value: Scalar<'_>) -> Clause {
        Clause::term(self.first(col), Term::Text(plain(value)))
    }

    fn among(self, cols: &[Col], tuples: &[Vec<Scalar<'_>>]) -> Clause {
        if let [col] = cols {
            let values = tuples.iter().flatten().map(|value| Term::Text(plain(*value)));
            return Clause::terms(self.first(*col), values.collect());
        }
        let tuple = |tuple: &Vec<Scalar<'_>>| {
            Clause::all(cols.iter().zip(tuple).map(|(col, value)| self.eq(*col, *value)).collect())
        };
        Clause::any(tuples.iter().map(tuple).collect())
    }

    fn like(self, col: Col, pieces: Vec<Piece>) -> Clause {
        Clause::Wildcard(Field(self.first(col), Pattern(pieces)))
    }

    /// The box around the sphere, which holds all that is so near and more.
    fn around(self, col: Col, centre: Point, radius: i64) -> Clause {
        let sides = stored(self.kind, col).into_iter().zip(centre.coordinates()).map(|(name, coordinate)| {
            let (from, to) = (Term::Int(coordinate - radius), Term::Int(coordinate + radius));
            let field = self.named(Some(&name));
            Clause::range(field, Range { gte: Some(from), lte: Some(to), ..Range::default() })
        });
        Clause::all(sides.collect())
    }

    /// Stored `[a, b)` against `[s, e)`.
    fn range(self, col: Col, rel: Rel, bounds: Bounds<'_>) -> Clause {
        let (s, e) = match bounds {
            Bounds::Instants(s, e) => (Term::Int(s), Term::Int(e)),
            Bounds::Cuts(s, e) => (Term::Text(s.to_owned()), Term::Text(e.to_owned())),
        };
        let a = |range| Clause::range(self.first(col), range);
        let b = |range| Clause::range(self.last(col), range);
        let any = Range::default;
        match rel {
            Rel::Within => Clause::all(vec![a(Range { gte: Some(s), ..any() }), b(Range { lte: Some(e), ..any() })]),
            Rel::Meets => Clause::all(vec![a(Range { lt: Some(e), ..any() }), b(Range { gt: Some(s), ..any() })]),
            Rel::Same => Clause::all(vec![Clause::term(self.first(col), s), Clause::term(self.last(col), e)]),
            Rel::Covers => Clause::all(vec![a(Range { lte: Some(s), ..any() }), b(Range { gte: Some(e), ..any() })]),
            Rel::Differs => Clause::any(vec![
                a(Range { lt: Some(s.clone()), ..any() }),
                a(Range { gt: Some(s), ..any() }),
                b(Range { lt: Some(e.clone()), ..any() }),
                b(Range { gt: Some(e), ..any() }),
            ]),
        }
    }

    fn first(self, col: Col) -> String {
        self.named(stored(self.kind, col).first())
    }

    fn last(self, col: Col) -> String {
        self.named(stored(self.kind, col).last())
    }

    fn named(self, name: Option<&String>) -> String {
        format!("{}{}", self.prefix, name.map(String::as_str).unwrap_or_default())
    }
}

/// A stored instant, that is `[updated, updated + 1)`, against `[s, e)`.
pub(super) fn point(field: &str, rel: Rel, bounds: Bounds<'_>) -> Clause {
    let Bounds::Instants(s, e) = bounds else { return Clause::never() };
    let (start, end) = (Some(Term::Int(s)), Some(Term::Int(e)));
    match rel {
        Rel::Within | Rel::Meets => Clause::range(field, Range { gte: start, lt: end, ..Range::default() }),
        Rel::Same if s.checked_add(1) == Some(e) => Clause::term(field, Term::Int(s)),
        Rel::Same => Clause::never(),
        Rel::Differs if s.checked_add(1) == Some(e) => Clause::any(vec![
            Clause::range(field, Range { lt: start.clone(), ..Range::default() }),
            Clause::range(field, Range { gt: start, ..Range::default() }),
        ]),
        Rel::Differs => Clause::always(),
        Rel::Covers => {
            let last = Some(Term::Int(e.saturating_sub(1)));
            Clause::range(field, Range { gte: last, lte: start, ..Range::default() })
        }
    }
}

/// The complement, of a field with one value.
fn not(clause: Clause) -> Clause {
    Clause::but_not(Clause::always(), clause)
}
