//! Quantities: a range of numbers with a unit, as written and in canonical units. FHIR R4 `search.html#quantity`.

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::number::{cuts, range_of, read};
use super::{Line, Values, present};
use crate::index::warning::Problem;
use crate::keys::Facet;
use crate::values::{Cut, Decimal, DecimalRange, canonical_range};

const UCUM: &str = "http://unitsofmeasure.org";

/// The code system of currencies.
const CURRENCIES: &str = "urn:iso:std:iso:4217";

/// | data type | range | unit | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("Quantity", quantity), // point or open by its comparator | its own      | 36, 40, 42
    ("Age", quantity),
    ("Count", quantity),
    ("Distance", quantity),
    ("Duration", quantity),
    ("Range", range),              // low to high, closed             | of both ends | 35
    ("SampledData", sampled_data), // its origin                      | its own      | 41
    ("Money", money),              // the point                       | the currency | 41
];

/// The unit of a quantity as three columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
struct Unit<'v> {
    system: Option<&'v str>,
    code: &'v str,
    name: &'v str,
}

fn quantity(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    let Some(value) = present(element, "value") else { return };
    let Some(number) = read(value, Some("value"), values) else { return };
    let range = match values.member_text(element, "comparator") {
        None => Some(DecimalRange::point(&number)),
        Some(comparator) => compared(comparator, number, values),
    };
    let unit = unit(element, values);
    if let Some(range) = range {
        push(&range, unit, values);
    }
}

/// What a stored `<5` can be (item 40).
fn compared(comparator: &str, number: Decimal, values: &mut Values<'_>) -> Option<DecimalRange> {
    match comparator {
        "<" => DecimalRange::new(Cut::Min, Cut::Before(number)),
        "<=" => DecimalRange::new(Cut::Min, Cut::After(number)),
        ">=" => DecimalRange::new(Cut::Before(number), Cut::Max),
        ">" => DecimalRange::new(Cut::After(number), Cut::Max),
        other => {
            values.complain_of("comparator", Problem::UnknownComparator(other.to_owned()));
            None
        }
    }
}

fn sampled_data(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    if let Some(origin) = present(element, "origin") {
        quantity(origin, values);
    }
}

fn money(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    let Some(value) = present(element, "value") else { return };
    let Some(number) = read(value, Some("value"), values) else { return };
    let unit = match values.member_text(element, "currency") {
        Some(currency) => Unit { system: Some(CURRENCIES), code: currency, name: "" },
        None => Unit::default(),
    };
    push(&DecimalRange::point(&number), unit, values);
}

fn range(element: &Value, values: &mut Values<'_>) {
    let Some(range) = range_of(element, values) else { return };
    // An end without a unit has that of the other.
    let ends = ["low", "high"].into_iter().filter_map(|name| present(element, name));
    let mut units = ends.map(|end| unit(end, values)).filter(|unit| *unit != Unit::default());
    let unit = units.next().unwrap_or_default();
    let agreed = units.all(|other| other == unit);
    if agreed {
        push(&range, unit, values);
    } else {
        values.complain(Problem::MixedUnits);
    }
}

fn unit<'v>(quantity: &'v Value, values: &mut Values<'_>) -> Unit<'v> {
    Unit {
        system: values.member_text(quantity, "system"),
        code: values.member_text(quantity, "code").unwrap_or_default(),
        name: values.member_text(quantity, "unit").unwrap_or_default(),
    }
}

fn push(range: &DecimalRange, unit: Unit<'_>, values: &mut Values<'_>) {
    values.push(Facet::Value, Base::Quantity, cells(range, unit));
    let canonical = if unit.system == Some(UCUM) { canonical_range(unit.code, range) } else { None };
    let canonical = match &canonical {
        Some((code, range)) => cells(range, Unit { system: Some(UCUM), code, name: "" }),
        None => cells(range, unit),
    };
    values.push(Facet::Canonical, Base::Quantity, canonical);
}

fn cells(range: &DecimalRange, unit: Unit<'_>) -> Vec<Cell> {
    vec![
        cuts(range),
        Cell::System(unit.system.map(str::to_owned)),
        Cell::Text(unit.code.to_owned()),
        Cell::Text(unit.name.to_owned()),
    ]
}
