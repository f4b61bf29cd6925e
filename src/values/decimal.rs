//! Decimal numbers as written: exact value and written precision. FHIR data types, `#decimal`.

use super::natural::Natural;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

mod text;

pub use text::{DecimalError, MAX_DIGITS, MAX_EXPONENT};

/// Significant digits that rounding keeps.
const PRECISION: usize = 40;

/// Most digits of a result: enough for the product of two numbers as written.
const MAX_RESULT_DIGITS: usize = 2 * MAX_DIGITS;

/// Largest exponent of a result, in both directions.
const MAX_RESULT_EXPONENT: u32 = 10 * MAX_EXPONENT.unsigned_abs();

/// A decimal number, exact, with the precision it was written in.
///
/// Two decimals are equal if their values are: `1.0`, `1.00` and `1e0` are one number, and so are `0` and `-0`. What
/// depends on the written precision is [`Decimal::implicit_range`]. Exponents are never expanded into digits, so that
/// `1e100000` costs no more than `1`.
#[derive(Clone, Debug)]
pub struct Decimal {
    negative: bool,
    /// The written digits without the point; trailing zeros count as precision.
    coefficient: Natural,
    /// Power of ten of the last digit.
    exponent: i32,
    /// Written with `e`, which R4 reads in its own way.
    scientific: bool,
}

impl Decimal {
    pub(super) fn new(negative: bool, coefficient: Natural, exponent: i32) -> Self {
        Self { negative: negative && !coefficient.is_zero(), coefficient, exponent, scientific: false }
    }

    /// Whether the value is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.coefficient.is_zero()
    }

    /// Whether the value is below zero; `-0` is not.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether the value has no fraction: `1.00` is an integer, `1.05` is not.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        let zeros = self.coefficient.trailing_zeros();
        self.is_zero() || self.exponent >= 0 || zeros >= self.exponent.unsigned_abs() as usize
    }

    /// The number with the opposite sign and the same precision.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self.clone() }
    }

    /// The exact sum; `None` beyond 2,000 digits or an exponent of 1,000,000.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        if self.is_zero() {
            return Some(other.clone());
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let top = self.magnitude().max(other.magnitude());
        let last = self.exponent.min(other.exponent);
        if usize::try_from(top.saturating_sub(last)).ok()? >= MAX_RESULT_DIGITS {
            return None;
        }
        self.aligned_sum(other).within_limits()
    }

    /// The exact difference; `None` beyond the limits of [`Decimal::checked_add`].
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.checked_add(&other.negated())
    }

    /// The exact product; `None` beyond the limits of [`Decimal::checked_add`].
    #[must_use]
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        if self.coefficient.len() + other.coefficient.len() > MAX_RESULT_DIGITS + 1 {
            return None;
        }
        let exponent = self.exponent.saturating_add(other.exponent);
        Self::new(self.negative != other.negative, self.coefficient.mul(&other.coefficient), exponent).within_limits()
    }

    /// The quotient, rounded to 40 significant digits, half away from zero. `None` for a divisor of zero and beyond the
    /// limits of [`Decimal::checked_add`].
    #[must_use]
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        // One digit more than is kept, so that it says how to round; what follows it cannot change that.
        let zeros = (PRECISION + 1 + divisor.coefficient.len()).saturating_sub(self.coefficient.len());
        let (quotient, _) = self.coefficient.shifted(zeros).div_rem(&divisor.coefficient)?;
        let exponent = self.exponent.saturating_sub(divisor.exponent).saturating_sub(i32::try_from(zeros).ok()?);
        Self::new(self.negative != divisor.negative, quotient, exponent).rounded().within_limits()
    }

    pub(super) fn coefficient(&self) -> &Natural {
        &self.coefficient
    }

    /// Power of ten of the last written digit.
    pub(super) fn exponent(&self) -> i32 {
        self.exponent
    }

    pub(super) fn is_scientific(&self) -> bool {
        self.scientific
    }

    /// The power of ten just above the first digit: 3 for `250`, 0 for `0.25`. Meaningless for zero.
    pub(super) fn magnitude(&self) -> i32 {
        self.exponent.saturating_add(i32::try_from(self.coefficient.len()).unwrap_or(i32::MAX))
    }

    /// The sum over a common exponent; the caller knows that the exponents are close.
    pub(super) fn aligned_sum(&self, other: &Self) -> Self {
        let exponent = self.exponent.min(other.exponent);
        let aligned = |d: &Self| d.coefficient.shifted(d.exponent.abs_diff(exponent) as usize);
        let (a, b) = (aligned(self), aligned(other));
        if self.negative == other.negative {
            return Self::new(self.negative, a.add(&b), exponent);
        }
        let negative = if a < b { other.negative } else { self.negative };
        Self::new(negative, a.abs_diff(&b), exponent)
    }

    /// Without trailing zeros: equal values have equal parts.
    pub(super) fn stripped(&self) -> Self {
        if self.is_zero() {
            return Self::new(false, Natural::default(), 0);
        }
        let zeros = self.coefficient.trailing_zeros();
        let exponent = self.exponent.saturating_add(i32::try_from(zeros).unwrap_or(i32::MAX));
        Self::new(self.negative, self.coefficient.without_last(zeros), exponent)
    }

    /// Rounded to 40 significant digits, half away from zero, and stripped of trailing zeros.
    pub(super) fn rounded(&self) -> Self {
        let extra = self.coefficient.len().saturating_sub(PRECISION);
        if extra == 0 {
            return self.stripped();
        }
        let exponent = self.exponent.saturating_add(i32::try_from(extra).unwrap_or(i32::MAX));
        Self::new(self.negative, self.rounded_coefficient(extra), exponent).stripped()
    }

    /// The number times 10 to the power of `places`, rounded to a whole number, half away from zero. `None` beyond 38
    /// digits.
    pub(super) fn scaled(&self, places: i32) -> Option<i128> {
        const DIGITS: i32 = 38;
        let top = self.magnitude().saturating_add(places);
        if self.is_zero() || top < 0 {
            return Some(0);
        }
        if top > DIGITS {
            return None;
        }
        let shift = self.exponent.saturating_add(places);
        let steps = usize::try_from(shift.unsigned_abs()).ok()?;
        let whole = if shift < 0 { self.rounded_coefficient(steps) } else { self.coefficient.shifted(steps) };
        let value = whole.digits().try_fold(0_i128, |value, digit| value.checked_mul(10)?.checked_add(digit.into()))?;
        Some(if self.negative { -value } else { value })
    }

    /// The digits without the last `n`, rounded half up.
    fn rounded_coefficient(&self, n: usize) -> Natural {
        let up = n.checked_sub(1).is_some_and(|first_dropped| self.coefficient.digit(first_dropped) >= 5);
        self.coefficient.without_last(n).add(&Natural::from(u64::from(up)))
    }

    fn within_limits(self) -> Option<Self> {
        let small = self.coefficient.len() <= MAX_RESULT_DIGITS && self.exponent.unsigned_abs() <= MAX_RESULT_EXPONENT;
        small.then_some(self)
    }
}

impl From<i64> for Decimal {
    fn from(n: i64) -> Self {
        Self::new(n < 0, Natural::from(n.unsigned_abs()), 0)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_zero() || other.is_zero(), self.negative, other.negative) {
            (_, true, false) => Ordering::Less,
            (_, false, true) => Ordering::Greater,
            (true, ..) => other.is_zero().cmp(&self.is_zero()),
            (_, false, false) => self.cmp_magnitude(other),
            (_, true, true) => other.cmp_magnitude(self),
        }
    }
}

impl Decimal {
    /// Compares two numbers other than zero, without their signs.
    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        let digits = |d: &Self| d.coefficient.without_last(d.coefficient.trailing_zeros());
        self.magnitude().cmp(&other.magnitude()).then_with(|| digits(self).digits().cmp(digits(other).digits()))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { negative, coefficient, exponent, .. } = self.stripped();
        (negative, coefficient, exponent).hash(state);
    }
}

impl fmt::Display for Decimal {
    /// Writes value and precision; an exponent only where one was written or plain digits would be long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

#[cfg(test)]
mod tests;
