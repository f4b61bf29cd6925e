//! Numbers: a prefix and a range given by the written precision. FHIR R4 3.1.1.4.6.

use crate::definitions::{FhirVersion, Prefix};
use crate::ir::{NumberTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::prefix;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{Written, date};
use crate::values::{Cut, Decimal, DecimalRange, Exponent};
use fhirc_grammar::Span;

/// `gt100`, `5.40e-3`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    let (prefix, number) = prefixed(resolver, &written.text, written)?;
    let exact = asked.datatypes.only(&["integer", "positiveInt", "unsignedInt"]);
    let tests = relations(resolver, prefix, &number, exact).into_iter().map(Test::Number).collect();
    Some((Facet::Value, one_of(tests)))
}

/// The prefix and the number of a value.
pub(super) fn prefixed(resolver: &mut Resolver<'_>, text: &str, written: &Written) -> Option<(Prefix, Decimal)> {
    let Some((prefix, rest)) = prefix::split(text) else {
        resolver.report(date::unknown_prefix(written));
        return None;
    };
    Some((prefix, decimal(resolver, rest, written.span)?))
}

/// A number as written.
pub(in crate::resolve) fn decimal(resolver: &mut Resolver<'_>, text: &str, span: Span) -> Option<Decimal> {
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) if text.is_empty() => {
            resolver.report(errors::bad_value("bad-number", span, "the number is missing"));
            None
        }
        Err(error) => {
            resolver.report(errors::bad_value("bad-number", span, format!("`{text}` is no number: {error}")));
            None
        }
    }
}

/// The tests that a prefix and a number stand for, one of which must hold. `exact`: the elements are whole numbers, so
/// the written precision does not count (item 32).
pub(in crate::resolve) fn relations(
    resolver: &Resolver<'_>,
    prefix: Prefix,
    number: &Decimal,
    exact: bool,
) -> Vec<NumberTest> {
    ranges(prefix, &searched(resolver, prefix, number, exact))
}

/// The same over a range that is already known.
pub(in crate::resolve) fn ranges(prefix: Prefix, range: &DecimalRange) -> Vec<NumberTest> {
    let relations = prefix::relations_to_point(prefix, range.lo().clone(), range.hi().clone(), Cut::Min, Cut::Max);
    // An empty range is one that nothing lies in.
    relations
        .into_iter()
        .filter_map(|(rel, lo, hi)| Some(NumberTest { rel, range: DecimalRange::new(lo, hi)? }))
        .collect()
}

/// The range that a number denotes behind a prefix (items 29 to 31, decision 10).
pub(in crate::resolve) fn searched(
    resolver: &Resolver<'_>,
    prefix: Prefix,
    number: &Decimal,
    exact: bool,
) -> DecimalRange {
    let exponent = match resolver.settings.env.fhir {
        FhirVersion::R4 | FhirVersion::R4B => Exponent::R4,
        FhirVersion::R5 | FhirVersion::R6 => Exponent::R5,
    };
    match prefix {
        Prefix::Ap => number.approximate_range(exponent),
        _ if prefix::uses_precision(prefix) && !exact => number.equal_range(exponent),
        _ => DecimalRange::point(number),
    }
}
