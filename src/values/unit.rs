//! Units of measure: UCUM codes, and quantities in canonical units by exact arithmetic. FHIR R4 3.1.1.4.11 (`#quantity`).

use super::cut::{Cut, DecimalRange};
use super::decimal::Decimal;
use measure::Measure;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

mod measure;
mod table;
mod term;

/// Units kept in memory. There are no more in use; hostile ones beyond are read anew each time.
const MAX_KEPT: usize = 1_000;

static KEPT: LazyLock<RwLock<HashMap<String, Option<Arc<Unit>>>>> = LazyLock::new(RwLock::default);

/// A unit that is a multiple of base units: how its quantities become canonical ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    canonical: String,
    /// The factor to the canonical unit, as a fraction: 1/60 has no decimal form.
    numerator: Decimal,
    denominator: Decimal,
}

impl Unit {
    /// The unit of a UCUM code, in UCUM's case-sensitive form.
    ///
    /// `None` if that is no UCUM code, or a special unit (`Cel`, `[pH]`, `dB`), whose scale is no multiple of another.
    /// Annotations (`{rbc}`) mean nothing, as UCUM has it. An arbitrary unit (`[iU]`) is its own base unit.
    #[must_use]
    pub fn of(code: &str) -> Option<Arc<Self>> {
        if let Ok(kept) = KEPT.read()
            && let Some(unit) = kept.get(code)
        {
            return unit.clone();
        }
        let unit = term::measure(code).map(|measure| Arc::new(Self::new(&measure)));
        if let Ok(mut kept) = KEPT.write()
            && kept.len() < MAX_KEPT
        {
            kept.insert(code.to_owned(), unit.clone());
        }
        unit
    }

    fn new(measure: &Measure) -> Self {
        let canonical = measure.base_units();
        let one = Decimal::from(1);
        let exact = measure
            .numerator
            .checked_div(&measure.denominator)
            .filter(|q| q.checked_mul(&measure.denominator).as_ref() == Some(&measure.numerator));
        match exact {
            Some(numerator) => Self { canonical, numerator, denominator: one },
            None => {
                Self { canonical, numerator: measure.numerator.clone(), denominator: measure.denominator.clone() }
            }
        }
    }

    /// The UCUM code of the canonical unit: base units in the order of their codes, `g.m-3`, or `1`.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// `value` of this unit in canonical units: exact if that terminates, else rounded to 40 significant digits.
    /// `None` beyond the limits of decimals.
    #[must_use]
    pub fn convert(&self, value: &Decimal) -> Option<Decimal> {
        let product = value.checked_mul(&self.numerator)?;
        if self.denominator == Decimal::from(1) { Some(product) } else { product.checked_div(&self.denominator) }
    }

    /// `range` in canonical units: both bounds are converted, as points would be.
    #[must_use]
    pub fn convert_range(&self, range: &DecimalRange) -> Option<DecimalRange> {
        let lo = range.lo().try_map(|number| self.convert(number))?;
        let hi = range.hi().try_map(|number| self.convert(number))?;
        // Bounds that differ only beyond the fortieth digit fall together; the range keeps that one number.
        match (&lo, &hi) {
            (Cut::Before(a) | Cut::After(a), Cut::Before(b) | Cut::After(b)) if a == b => Some(DecimalRange::point(a)),
            _ => DecimalRange::new(lo, hi),
        }
    }
}

/// The canonical unit of a UCUM code, and `value` in it; `None` where [`Unit::of`] or [`Unit::convert`] is.
#[must_use]
pub fn canonical(code: &str, value: &Decimal) -> Option<(String, Decimal)> {
    let unit = Unit::of(code)?;
    Some((unit.canonical().to_owned(), unit.convert(value)?))
}

/// The canonical unit of a UCUM code, and `range` in it; `None` where [`Unit::of`] or [`Unit::convert_range`] is.
#[must_use]
pub fn canonical_range(code: &str, range: &DecimalRange) -> Option<(String, DecimalRange)> {
    let unit = Unit::of(code)?;
    Some((unit.canonical().to_owned(), unit.convert_range(range)?))
}

#[cfg(test)]
mod tests;
