//! The query language as types. What a query says is data in them, never a piece of text that is parsed again.

use crate::algebra::{Names, SlotId};
use crate::rows::KeyId;
use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};

/// The body of a search request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SearchBody {
    /// Which documents.
    pub query: Clause,
    /// At most so many hits of one request; 0 for a count.
    pub size: u32,
    /// At most so many hits of all requests: see [`super::Requests`]. `None`: as many as there are.
    #[serde(skip)]
    pub limit: Option<u32>,
    /// How far hits are counted.
    pub track_total_hits: Track,
    /// The order; empty for a count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Field<Sort>>,
    /// The sort values of the last hit of the page before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub search_after: Vec<Key>,
    /// The fields that a hit tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docvalue_fields: Vec<String>,
    /// Whether a hit tells its record, body included. Of a query it does not; a driver may ask for it.
    pub _source: bool,
    /// `_none_`, where a hit tells fields alone: nothing that was stored as a whole is unpacked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored_fields: Option<&'static str>,
    /// The values of a field in all hits together, in place of hits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggs: Option<Aggs>,
    /// The point in time at which all requests of a query look; a driver knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pit: Option<PointInTime>,
}

/// A point in time that the server holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PointInTime {
    /// As the server calls it.
    pub id: String,
    /// How long it holds it from now on.
    pub keep_alive: &'static str,
}

/// What is told of all hits together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Aggs {
    members: Values,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Values {
    terms: ValuesOf,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ValuesOf {
    field: &'static str,
    size: u32,
    shard_size: u32,
    order: Field<Direction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    include: Option<String>,
}

impl Aggs {
    /// At most so many values of a field, each once, of those that a pattern includes. The pattern is ours.
    pub(super) fn values(field: &'static str, include: Option<String>, size: u32) -> Aggs {
        let order = Field("_key".to_owned(), Direction::Asc);
        Aggs { members: Values { terms: ValuesOf { field, size, shard_size: size, order, include } } }
    }
}

impl SearchBody {
    /// The same hits with their records.
    pub fn with_records(&mut self) {
        self._source = true;
        self.stored_fields = None;
    }
}

/// How far hits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Track {
    /// To the end, or not at all.
    All(bool),
    /// To this number.
    UpTo(u32),
}

/// One entry `{ name: value }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<T>(pub String, pub T);

impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.0, &self.1)?;
        map.end()
    }
}

/// A condition on a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// Every document.
    MatchAll(Empty),
    /// No document.
    MatchNone(Empty),
    /// The field has the value.
    Term(Field<Term>),
    /// The field has one of the values.
    Terms(Field<Terms>),
    /// The field has a value that begins so.
    Prefix(Field<String>),
    /// The field has a value between bounds, or an interval that lies so to another.
    Range(Field<Range>),
    /// The field has a value of this form.
    Wildcard(Field<Pattern>),
    /// One nested object fulfils the query.
    Nested(Nested),
    /// Combination.
    Bool(Bool),
    /// What is called by names that become values when the query runs.
    Named(Named),
}

/// Names that an earlier step has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// What resources are called.
    pub names: Names,
    /// Where the names are.
    pub slot: SlotId,
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("a slot is not filled in"))
    }
}

/// `{}`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Empty {}

/// A value, or what becomes one when the query runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// An integer.
    Int(i64),
    /// A keyword.
    Text(String),
    /// The number of the tenant.
    Tenant,
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Term::Int(int) => serializer.serialize_i64(*int),
            Term::Text(text) => serializer.serialize_str(text),
            Term::Tenant => Err(S::Error::custom("the tenant is not filled in")),
        }
    }
}

/// Values, or what becomes values when the query runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    /// Of the query.
    Values(Vec<Term>),
    /// Found by an earlier step: as they are, or as keywords of a key.
    Slot(SlotId, Option<KeyId>),
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Terms::Values(values) => values.serialize(serializer),
            Terms::Slot(..) => Err(S::Error::custom("a slot is not filled in")),
        }
    }
}

/// Bounds; with a relation for fields that hold intervals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Range {
    /// At or after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gte: Option<Term>,
    /// After.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gt: Option<Term>,
    /// At or before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lte: Option<Term>,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lt: Option<Term>,
    /// How the stored interval lies to the bounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Relation>,
}

/// How a stored interval lies to the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// They share a point.
    Intersects,
    /// It contains them.
    Contains,
    /// It lies within them.
    Within,
}

/// A form of keywords, from pieces: texts of a query are escaped when it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(pub Vec<Piece>);

/// A piece of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Exactly this.
    Text(String),
    /// Anything, also nothing.
    Any,
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Any => out.push('*'),
                Piece::Text(text) => text.chars().for_each(|c| {
                    if matches!(c, '*' | '?' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }),
            }
        }
        serializer.serialize_str(&out)
    }
}

/// A query on nested objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nested {
    /// Their field.
    pub path: String,
    /// What one of them fulfils.
    pub query: Box<Clause>,
}

/// A combination of clauses, without scores.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bool {
    /// All hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Clause>,
    /// One holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub should: Vec<Clause>,
    /// How many of `should` hold at least: one, wherever there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_should_match: Option<u8>,
    /// None holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub must_not: Vec<Clause>,
}

/// A sort order of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    /// The direction.
    pub order: Direction,
    /// Where documents without a value stand: `_last`, unless all have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<&'static str>,
    /// The type of the field where no document has it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmapped_type: Option<&'static str>,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Ascending.
    Asc,
    /// Descending.
    Desc,
}

/// A sort value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Key {
    /// An integer.
    Int(i64),
    /// A keyword.
    Text(String),
    /// No keyword.
    Missing(Option<()>),
}

impl Clause {
    /// Every document.
    pub(super) fn always() -> Clause {
        Clause::MatchAll(Empty {})
    }

    /// No document.
    pub(super) fn never() -> Clause {
        Clause::MatchNone(Empty {})
    }

    pub(super) fn term(field: impl Into<String>, term: Term) -> Clause {
        Clause::Term(Field(field.into(), term))
    }

    pub(super) fn terms(field: impl Into<String>, terms: Vec<Term>) -> Clause {
        Clause::Terms(Field(field.into(), Terms::Values(terms)))
    }

    pub(super) fn range(field: impl Into<String>, range: Range) -> Clause {
        Clause::Range(Field(field.into(), range))
    }

    /// All hold.
    pub(super) fn all(mut clauses: Vec<Clause>) -> Clause {
        clauses.retain(|clause| *clause != Clause::always());
        match (clauses.pop(), clauses.is_empty()) {
            (None, _) => Clause::always(),
            (Some(only), true) => only,
            (Some(last), false) => {
                clauses.push(last);
                Clause::Bool(Bool { filter: clauses, ..Bool::default() })
            }
        }
    }

    /// One holds.
    pub(super) fn any(mut clauses: Vec<Clause>) -> Clause {
        match (clauses.pop(), clauses.is_empty()) {
            (None, _) => Clause::never(),
            (Some(only), true) => only,
            (Some(last), false) => {
                clauses.push(last);
                Clause::Bool(Bool { should: clauses, minimum_should_match: Some(1), ..Bool::default() })
            }
        }
    }

    /// The first holds, the second does not.
    pub(super) fn but_not(from: Clause, less: Clause) -> Clause {
        Clause::Bool(Bool { filter: vec![from], must_not: vec![less], ..Bool::default() })
    }
}
