//! Numbers: points and ranges on the number line. FHIR R4 3.1.1.4.6; items 29 to 35.

use serde_json::Value;

use super::range::lies;
use crate::definitions::FhirVersion;
use crate::ir::NumberTest;
use crate::reference::path::Element;
use crate::values::{Decimal, DecimalRange, Exponent};

/// The range of an element: a stored number is exact, its digits imply nothing.
pub(super) fn stored(element: &Element<'_>) -> Option<DecimalRange> {
    match element.datatype {
        "integer" | "positiveInt" | "unsignedInt" | "decimal" => Some(DecimalRange::point(&decimal(element.json?)?)),
        "Range" => range(element),
        _ => None,
    }
}

/// The range that an element stands for by its digits: a decimal is known to half its last digit only (item 157).
pub(in crate::reference) fn implied(element: &Element<'_>, version: FhirVersion) -> Option<DecimalRange> {
    let exponent = match version {
        FhirVersion::R4 | FhirVersion::R4B => Exponent::R4,
        FhirVersion::R5 | FhirVersion::R6 => Exponent::R5,
    };
    match element.datatype {
        "decimal" => Some(decimal(element.json?)?.equal_range(exponent)),
        _ => stored(element),
    }
}

/// `[low, high]`, both included; a missing end is open (decision 35).
pub(super) fn range(element: &Element<'_>) -> Option<DecimalRange> {
    let end = |name: &str| match element.get(name).and_then(|end| end.get("value")) {
        None | Some(Value::Null) => Some(None),
        Some(value) => decimal(value).map(Some),
    };
    DecimalRange::closed(end("low")?.as_ref(), end("high")?.as_ref())
}

/// A JSON number by its digits, never through a binary float (item 29).
pub(in crate::reference) fn decimal(json: &Value) -> Option<Decimal> {
    json.as_number()?.to_string().parse().ok()
}

/// Does a stored range pass?
pub(super) fn passes(test: &NumberTest, stored: &DecimalRange) -> bool {
    lies(test.rel, (stored.lo(), stored.hi()), (test.range.lo(), test.range.hi()))
}
