//! Quantities: a number with prefix, and a unit. FHIR R4 3.1.1.4.11.

use crate::definitions::Prefix;
use crate::ir::{NumberTest, QuantityTest, Rel, Test, UnitTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::one_of;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{Written, number};
use crate::values::{Decimal, DecimalRange, canonical_range};

/// The code system of units.
pub(in crate::resolve) const UCUM: &str = "http://unitsofmeasure.org";

/// `5.4|http://unitsofmeasure.org|mg`, `5.4||mg`, `5.4`
pub(super) fn test(resolver: &mut Resolver<'_>, written: &Written) -> Option<(Facet, Test)> {
    let (text, unit) = match written.pieces.as_slice() {
        [value] => (value, None),
        [value, system, code] => (value, unit(system, code)),
        pieces => {
            let message = format!("`{}` is no quantity", written.text);
            let help = "a quantity is written `5.4`, `5.4||mg` or `5.4|http://unitsofmeasure.org|mg`";
            let diagnostic = errors::bad_value("bad-quantity", written.span, message).help(help);
            resolver.report(match pieces {
                [value, unit] if !unit.is_empty() => {
                    diagnostic.label(written.span, format!("did you mean `{value}||{unit}`?"))
                }
                _ => diagnostic,
            });
            return None;
        }
    };
    let (prefix, value) = number::prefixed(resolver, text, written)?;
    Some(relation(resolver, prefix, &value, unit))
}

/// The unit that is asked for (items 36, 37).
pub(in crate::resolve) fn unit(system: &str, code: &str) -> Option<UnitTest> {
    let (system, code) = (system.to_owned(), code.to_owned());
    match (system.is_empty(), code.is_empty()) {
        (true, true) => None,
        (true, false) => Some(UnitTest::Human(code)),
        (false, true) => Some(UnitTest::System(system)),
        (false, false) => Some(UnitTest::Coded { system, code }),
    }
}

/// The test that a prefix, a number and a unit stand for: over canonical units where the unit converts (item 38).
pub(in crate::resolve) fn relation(
    resolver: &Resolver<'_>,
    prefix: Prefix,
    value: &Decimal,
    unit: Option<UnitTest>,
) -> (Facet, Test) {
    let (facet, range, unit) = canonical(number::searched(resolver, prefix, value, false), unit);
    (facet, tests(number::ranges(prefix, &range), unit.as_ref()))
}

/// The test that the value is this one, or another (`_filter eq` and `ne`).
pub(in crate::resolve) fn point(rel: Rel, value: &Decimal, unit: Option<UnitTest>) -> (Facet, Test) {
    let (facet, range, unit) = canonical(DecimalRange::point(value), unit);
    (facet, tests(vec![NumberTest { rel, range }], unit.as_ref()))
}

/// A range in canonical units where its unit converts, and the view that it is looked for in.
fn canonical(range: DecimalRange, unit: Option<UnitTest>) -> (Facet, DecimalRange, Option<UnitTest>) {
    if let Some(UnitTest::Coded { system, code }) = &unit
        && system == UCUM
        && let Some((code, range)) = canonical_range(code, &range)
    {
        let unit = UnitTest::Coded { system: system.clone(), code };
        return (Facet::Canonical, range, Some(unit));
    }
    (Facet::Value, range, unit)
}

fn tests(values: Vec<NumberTest>, unit: Option<&UnitTest>) -> Test {
    one_of(values.into_iter().map(|value| Test::Quantity(QuantityTest { value, unit: unit.cloned() })).collect())
}
