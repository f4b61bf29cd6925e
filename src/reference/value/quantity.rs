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
    system: Option<String>,
    code: Option<String>,
    /// The unit as written for people.
    unit: Option<String>,
}

impl Quantity {
    /// The same in canonical units, where its unit is UCUM and linear; else as it stands (items 38, 43).
    pub(in crate::reference) fn canonical(self) -> Quantity {
        let converted = match (&self.system, &self.code) {
            (Some(system), Some(code)) if system == UCUM => canonical_range(code, &self.range),
            _ => None,
        };
        match converted {
            Some((code, range)) => Quantity { range, code: Some(code), unit: None, ..self },
            None => self,
        }
    }

    fn new(range: DecimalRange, unit: &Value) -> Quantity {
        let text = |name: &str| unit.get(name).and_then(Value::as_str).map(str::to_owned);
        Quantity { range, system: text("system"), code: text("code"), unit: text("unit") }
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
            Some(Quantity { range, system, code, unit: None })
        }
        // Both ends have the same unit by the definition of Range.
        "Range" => Some(Quantity::new(number::range(element)?, element.get("low").or(element.get("high"))?)),
        "SampledData" => quantity(element.get("origin")?),
        _ => None,
    }
}

fn quantity(json: &Value) -> Option<Quantity> {
    let value = number::decimal(json.get("value")?)?;
    let range = compared(&value, json.get("comparator").and_then(Value::as_str))?;
    Some(Quantity::new(range, json))
}

/// `<5` is everything below 5 (decision 40).
fn compared(value: &Decimal, comparator: Option<&str>) -> Option<DecimalRange> {
    let (before, after) = (Cut::Before(value.clone()), Cut::After(value.clone()));
    match comparator {
        Some("<") => DecimalRange::new(Cut::Min, before),
        Some("<=") => DecimalRange::new(Cut::Min, after),
        Some(">") => DecimalRange::new(after, Cut::Max),
        Some(">=") => DecimalRange::new(before, Cut::Max),
        _ => Some(DecimalRange::point(value)),
    }
}

/// Does a stored quantity pass?
pub(super) fn passes(test: &QuantityTest, stored: &Quantity) -> bool {
    let is = |stored: &Option<String>, wanted: &String| stored.as_ref() == Some(wanted);
    let unit = match &test.unit {
        None => true,
        Some(UnitTest::Coded { system, code }) => is(&stored.system, system) && is(&stored.code, code),
        Some(UnitTest::System(system)) => is(&stored.system, system),
        Some(UnitTest::Human(unit)) => is(&stored.code, unit) || is(&stored.unit, unit),
    };
    unit && number::passes(&test.value, &stored.range)
}
