//! Numbers: a stored number is the point it says, whatever its precision. FHIR R4 `search.html#number`.

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::{Line, Values, present};
use crate::definitions::FhirVersion;
use crate::index::warning::Problem;
use crate::keys::Facet;
use crate::values::{Decimal, DecimalRange, Exponent};

/// | data type | range | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("decimal", decimal), // the point, and the range that its digits imply | 29, 31, 157
    ("integer", number),  // the point
    ("positiveInt", number),
    ("unsignedInt", number),
    ("Range", range),     // low to high, closed | 35
];

fn decimal(element: &Value, values: &mut Values<'_>) {
    if let Some(number) = read(element, None, values) {
        let exponent = match values.scope.registry.version() {
            FhirVersion::R4 | FhirVersion::R4B => Exponent::R4,
            FhirVersion::R5 | FhirVersion::R6 => Exponent::R5,
        };
        push(Facet::Value, &DecimalRange::point(&number), values);
        push(Facet::Implied, &number.equal_range(exponent), values);
    }
}

fn number(element: &Value, values: &mut Values<'_>) {
    if let Some(number) = read(element, None, values) {
        both(&DecimalRange::point(&number), values);
    }
}

fn range(element: &Value, values: &mut Values<'_>) {
    if let Some(range) = range_of(element, values) {
        both(&range, values);
    }
}

/// A value that implies no more than it says.
fn both(range: &DecimalRange, values: &mut Values<'_>) {
    push(Facet::Value, range, values);
    push(Facet::Implied, range, values);
}

fn push(facet: Facet, range: &DecimalRange, values: &mut Values<'_>) {
    values.push(facet, Base::Number, vec![cuts(range)]);
}

pub(super) fn cuts(range: &DecimalRange) -> Cell {
    Cell::Cuts(range.lo().key(), range.hi().key())
}

/// The number as written in JSON, digit for digit.
pub(super) fn read(element: &Value, member: Option<&'static str>, values: &mut Values<'_>) -> Option<Decimal> {
    let problem = match element {
        Value::Number(number) => match number.as_str().parse() {
            Ok(number) => return Some(number),
            Err(error) => Problem::Number(error),
        },
        other => Problem::wrong_type("a number", other),
    };
    values.problems.push(super::Misfit { member, problem });
    None
}

/// The numbers of a Range, both ends included; a missing end is open. Units are the caller's.
pub(super) fn range_of(element: &Value, values: &mut Values<'_>) -> Option<DecimalRange> {
    values.object(element)?;
    // An end that cannot be read is not an open one: the range is no value then.
    let low = end(element, "low", values).ok()?;
    let high = end(element, "high", values).ok()?;
    let range = DecimalRange::closed(low.as_ref(), high.as_ref());
    if range.is_none() && low.is_some() {
        values.complain(Problem::Reversed);
    }
    range
}

fn end(range: &Value, name: &'static str, values: &mut Values<'_>) -> Result<Option<Decimal>, Unreadable> {
    optional(present(range, name).and_then(|end| present(end, "value")), name, values)
}

/// A number is there and cannot be read.
pub(super) struct Unreadable;

/// The number that belongs to the member `name`, if there is one.
pub(super) fn optional(
    number: Option<&Value>,
    name: &'static str,
    values: &mut Values<'_>,
) -> Result<Option<Decimal>, Unreadable> {
    let Some(number) = number else { return Ok(None) };
    read(number, Some(name), values).map(Some).ok_or(Unreadable)
}
