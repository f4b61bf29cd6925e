//! A unit in base units: an exact fraction times powers of base units.

use crate::values::decimal::Decimal;
use std::collections::BTreeMap;

/// A multiple of base units. A fraction, since UCUM divides (`deg/60`), and a quotient may have no decimal form.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) numerator: Decimal,
    pub(super) denominator: Decimal,
    /// Exponents other than zero.
    powers: BTreeMap<&'static str, i32>,
}

impl Measure {
    /// A bare number.
    pub(super) fn number(number: &Decimal) -> Self {
        // Stripped, so that powers of ten are exponents and not digits.
        Self { numerator: number.stripped(), denominator: Decimal::from(1), powers: BTreeMap::new() }
    }

    pub(super) fn base(code: &'static str) -> Self {
        Self { powers: BTreeMap::from([(code, 1)]), ..Self::number(&Decimal::from(1)) }
    }

    /// `None` beyond the limits of decimals, here and below.
    pub(super) fn times(&self, other: &Self) -> Option<Self> {
        let mut powers = self.powers.clone();
        for (unit, power) in &other.powers {
            let sum = powers.get(unit).unwrap_or(&0).checked_add(*power)?;
            powers.insert(unit, sum);
        }
        powers.retain(|_, power| *power != 0);
        let numerator = self.numerator.checked_mul(&other.numerator)?.stripped();
        let denominator = self.denominator.checked_mul(&other.denominator)?.stripped();
        Some(Self { numerator, denominator, powers })
    }

    pub(super) fn inverse(self) -> Self {
        let powers = self.powers.into_iter().map(|(unit, power)| (unit, -power)).collect();
        Self { numerator: self.denominator, denominator: self.numerator, powers }
    }

    pub(super) fn power(self, exponent: i32) -> Option<Self> {
        let mut square = if exponent < 0 { self.inverse() } else { self };
        let mut product = Self::number(&Decimal::from(1));
        let mut rest = exponent.unsigned_abs();
        while rest > 0 {
            if rest % 2 == 1 {
                product = product.times(&square)?;
            }
            rest /= 2;
            if rest > 0 {
                square = square.times(&square)?;
            }
        }
        Some(product)
    }

    /// The base units as a UCUM code, in the order of their codes.
    pub(super) fn base_units(&self) -> String {
        let units: Vec<_> = self
            .powers
            .iter()
            .map(|(unit, power)| if *power == 1 { (*unit).to_owned() } else { format!("{unit}{power}") })
            .collect();
        if units.is_empty() { "1".to_owned() } else { units.join(".") }
    }
}
