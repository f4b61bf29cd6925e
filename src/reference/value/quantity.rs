//! Quantities: a range and a unit. FHIR R4 3.1.1.4.11; items 36 to 43.

use serde_json::Value;

use super::number;
use crate::ir::{QuantityTest, UnitTest};
use crate::reference::path::Element;
use crate::values::{Cut, Decimal, DecimalRange, canonical_range};

/// The code system of units that convert.
const UCUM: &str = "http://unitsofmeasure.org";

/// The code system of currencies.
const CURRENCIES: &str = "urn:iso:std:iso:4217";

/// A value with its unit.
#[derive(Clone, Debug)]
pub(in crate::reference) struct Quantity {
    pub(in crate::reference) range: DecimalRange,
    unit: Unit,
}

/// A unit: for machines, and as written for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Unit {
    system: Option<String>,
    code: Option<String>,
    name: Option<String>,
}

impl Unit {
    fn of(quantity: &Value) -> Unit {
        let text = |name: &str| quantity.get(name).and_then(Value::as_str).map(str::to_owned);
        Unit { system: text("system"), code: text("code"), name: text("unit") }
    }
}

impl Quantity {
    /// The same in canonical units, where its unit is UCUM and linear; else as it stands (items 38, 43).
    pub(in crate::reference) fn canonical(self) -> Quantity {
        let converted = match (self.unit.system.as_deref(), &self.unit.code) {
            (Some(UCUM), Some(code)) => canonical_range(code, &self.range),
            _ => None,
        };
        match converted {
            Some((code, range)) => Quantity { range, unit: Unit { code: Some(code), name: None, ..self.unit } },
            None => self,
        }
    }
}

/// The quantity of an element; without a value there is nothing to compare (decision 42).
pub(super) fn stored(element: &Element<'_>) -> Option<Quantity> {
    match element.datatype {
        "Quantity" | "Age" | "Count" | "Distance" | "Duration" => quantity(element.json?),
        // The currency acts as the code (item 41).
        "Money" => {
            let range = DecimalRange::point(&number::decimal(element.get("value")?)?);
            let code = element.get("currency").and_then(Value::as_str).map(str::to_owned);
            let system = code.is_some().then(|| CURRENCIES.to_owned());
            Some(Quantity { range, unit: Unit { system, code, name: None } })
        }
        "Range" => Some(Quantity { range: number::range(element)?, unit: shared_unit(element)? }),
        "SampledData" => quantity(element.get("origin")?),
        _ => None,
    }
}

/// The unit of both ends of a Range; an end without one has that of the other. Ends of different units, which the
/// definition of Range forbids, are no value.
fn shared_unit(range: &Element<'_>) -> Option<Unit> {
    let ends = ["low", "high"].iter().filter_map(|name| range.get(name)).map(Unit::of);
    let mut units = ends.filter(|unit| *unit != Unit::default());
    let unit = units.next().unwrap_or_default();
    units.all(|other| other == unit).then_some(unit)
}

fn quantity(json: &Value) -> Option<Quantity> {
    let value = number::decimal(json.get("value")?)?;
    let range = compared(&value, json.get("comparator").and_then(Value::as_str))?;
    Some(Quantity { range, unit: Unit::of(json) })
}

/// `<5` is everything below 5 (decision 40).
fn compared(value: &Decimal, comparator: Option<&str>) -> Option<DecimalRange> {
    let (before, after) = (Cut::Before(value.clone()), Cut::After(value.clone()));
    match comparator {
        Some("<") => DecimalRange::new(Cut::Min, before),
        Some("<=") => DecimalRange::new(Cut::Min, after),
        Some(">") => DecimalRange::new(after, Cut::Max),
        Some(">=") => DecimalRange::new(before, Cut::Max),
        None => Some(DecimalRange::point(value)),
        // What cannot be read says nothing of the value.
        Some(_) => None,
    }
}

/// Does a stored quantity pass?
pub(super) fn passes(test: &QuantityTest, stored: &Quantity) -> bool {
    let is = |stored: &Option<String>, wanted: &String| stored.as_ref() == Some(wanted);
    let unit = match &test.unit {
        None => true,
        Some(UnitTest::Coded { system, code }) => is(&stored.unit.system, system) && is(&stored.unit.code, code),
        Some(UnitTest::System(system)) => is(&stored.unit.system, system),
        Some(UnitTest::Human(unit)) => is(&stored.unit.code, unit) || is(&stored.unit.name, unit),
    };
    unit && number::passes(&test.value, &stored.range)
}
