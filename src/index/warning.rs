//! What is wrong with a stored value: reported with its place, never an end to the extraction of the others.

use std::fmt;

use serde_json::Value;

use crate::definitions::ParamId;
use crate::values::{DateError, DecimalError, PositionError};

/// A value that could not be indexed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The parameter that wanted the value; `None` where the resource itself is at fault.
    pub param: Option<ParamId>,
    /// Where it stands: `Patient.name[0].family`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.problem)
    }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Another JSON type than FHIR gives the element, or an empty text.
    WrongType {
        /// What the element should be: `a text`.
        expected: &'static str,
        /// What it is: `a number`.
        found: &'static str,
    },
    /// A text that is no date.
    Date(DateError),
    /// A number beyond the limits of decimals.
    Number(DecimalError),
    /// Digits finer than microseconds were cut; the value is indexed without them.
    FinerThanMicroseconds,
    /// A blank stands where the offset needs a `+`; the value is indexed as if it were one.
    BlankSign,
    /// A Period or Range that ends before it begins.
    Reversed,
    /// The two ends of a Range have different units.
    MixedUnits,
    /// A comparator that FHIR does not define.
    UnknownComparator(String),
    /// A text that is no form of a reference, or a `#x` without a contained resource of that id.
    NoReference(String),
    /// `Patient?identifier=...`: only a transaction replaces it by a reference. FHIR R4 `http.html#trules`.
    Conditional(String),
    /// A composite with more combinations in one element than are indexed.
    TooManyTuples(usize),
    /// Coordinates beyond a pole or more than half way round.
    Position(PositionError),
    /// A latitude without a longitude, or the other way round.
    HalfPosition,
    /// A contained resource of no known type, or without an id.
    NoContained,
    /// A contained resource with the id of one before it. FHIR R4 `references.html#contained`.
    SameContained,
}

impl Problem {
    pub(super) fn wrong_type(expected: &'static str, value: &Value) -> Self {
        let found = match value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(text) if text.is_empty() => "an empty text",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::WrongType { expected, found }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongType { expected, found } => write!(f, "{found} stands where {expected} belongs"),
            Self::Date(error) => error.fmt(f),
            Self::Number(error) => error.fmt(f),
            Self::FinerThanMicroseconds => f.write_str("digits finer than microseconds were cut"),
            Self::BlankSign => f.write_str("a blank before the offset was read as `+`"),
            Self::Reversed => f.write_str("it ends before it begins"),
            Self::MixedUnits => f.write_str("its ends have different units"),
            Self::UnknownComparator(text) => write!(f, "`{text}` is no comparator"),
            Self::NoReference(text) => write!(f, "`{text}` refers to nothing"),
            Self::Conditional(text) => write!(f, "`{text}` is a conditional reference, left over from a transaction"),
            Self::TooManyTuples(limit) => write!(f, "more than {limit} combinations of component values"),
            Self::Position(error) => error.fmt(f),
            Self::HalfPosition => f.write_str("a position needs a latitude and a longitude"),
            Self::NoContained => f.write_str("a contained resource needs a known type and an id"),
            Self::SameContained => f.write_str("the contained resource before it that has the same id stands for it"),
        }
    }
}
