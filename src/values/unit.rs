//! Units of measure: UCUM codes, and quantities in canonical units by exact arithmetic. FHIR search, `#quantity`.

use super::cut::{Cut, DecimalRange};
use super::decimal::Decimal;
use measure::Measure;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

mod measure;
mod table;
mod term;

pub use table::UCUM_VERSION;

/// Longest code that is read, in bytes; it bounds the depth of parentheses too.
const MAX_LENGTH: usize = 200;

/// Units kept in memory: more than are in use. Those beyond are read anew each time.
const MAX_KEPT: usize = 1_000;

static KEPT: LazyLock<RwLock<HashMap<String, Arc<Unit>>>> = LazyLock::new(RwLock::default);

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
        if code.len() > MAX_LENGTH {
            return None;
        }
        if let Ok(kept) = KEPT.read()
            && let Some(unit) = kept.get(code)
        {
            return Some(Arc::clone(unit));
        }
        let unit = Arc::new(Self::new(&term::measure(code)?));
        if let Ok(mut kept) = KEPT.write()
            && kept.len() < MAX_KEPT
        {
            kept.insert(code.to_owned(), Arc::clone(&unit));
        }
        Some(unit)
    }

    fn new(measure: &Measure) -> Self {
        let Measure { numerator, denominator, .. } = measure;
        let canonical = measure.base_units();
        let decimal = numerator
            .checked_div(denominator)
            .filter(|quotient| quotient.checked_mul(denominator).as_ref() == Some(numerator))
            .map(|quotient| (quotient, Decimal::from(1)));
        let (numerator, denominator) = decimal.unwrap_or_else(|| (numerator.clone(), denominator.clone()));
        Self { canonical, numerator, denominator }
    }

    /// The UCUM code of the canonical unit: base units in the order of their codes, `g.m-3`, or `1`.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// `value` of this unit in canonical units, rounded to 40 significant digits. `None` beyond the limits of decimals.
    ///
    /// The factor is exact and rounding comes last, once: equal quantities become the same number, whatever their
    /// units, and order is kept.
    #[must_use]
    pub fn convert(&self, value: &Decimal) -> Option<Decimal> {
        let product = value.checked_mul(&self.numerator)?;
        if self.denominator == Decimal::from(1) {
            Some(product.rounded())
        } else {
            product.checked_div(&self.denominator)
        }
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
