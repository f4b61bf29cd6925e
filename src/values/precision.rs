//! What a number means as a search value: the ranges of `eq`, `ne` and `ap`. FHIR search, `#number`.

use super::cut::{Cut, DecimalRange};
use super::decimal::Decimal;
use super::natural::Natural;

/// Which version of FHIR reads the precision of a number written with an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exponent {
    /// One written digit counts as two: `1e2` is [95, 105), as if `1.0e2`. `5.40e-3` is [0.005395, 0.005405).
    ///
    /// R4's only examples are these two, and this is the smallest rule that gives both.
    R4,
    /// The written digits count: `1e2` is [50, 150).
    R5,
}

impl Decimal {
    /// Half a unit of the last written digit: 0.5 for `100`, 0.005 for `100.00`.
    #[must_use]
    pub fn half_step(&self, exponent: Exponent) -> Self {
        let one_digit = self.coefficient().len() <= 1;
        let finer = i32::from(self.is_scientific() && one_digit && exponent == Exponent::R4);
        Self::new(false, Natural::from(5), self.exponent().saturating_sub(1 + finer))
    }

    /// The range that the written precision implies, first bound included, second excluded: `100` is [99.5, 100.5).
    #[must_use]
    pub fn implicit_range(&self, exponent: Exponent) -> (Self, Self) {
        let half = self.half_step(exponent);
        (self.aligned_sum(&half.negated()), self.aligned_sum(&half))
    }

    /// The range that `eq` searches, as cuts.
    #[must_use]
    pub fn equal_range(&self, exponent: Exponent) -> DecimalRange {
        let (lo, hi) = self.implicit_range(exponent);
        DecimalRange::spanning(Cut::Before(lo), Cut::Before(hi))
    }

    /// The range that `ap` searches: the value ± 10 % of its magnitude, at least ± half a step, both ends included.
    #[must_use]
    pub fn approximate_range(&self, exponent: Exponent) -> DecimalRange {
        let tenth = Self::new(false, self.coefficient().clone(), self.exponent().saturating_sub(1));
        let margin = tenth.max(self.half_step(exponent));
        DecimalRange::spanning(Cut::Before(self.aligned_sum(&margin.negated())), Cut::After(self.aligned_sum(&margin)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn implicit_precision_table() {
        use Exponent::{R4, R5};
        for (text, version, lo, hi) in [
            ("100", R4, "99.5", "100.5"),
            ("100.00", R4, "99.995", "100.005"),
            ("5.4", R5, "5.35", "5.45"),
            ("5.40e-3", R4, "0.005395", "0.005405"),
            ("5.40e-3", R5, "0.005395", "0.005405"),
            ("1e2", R4, "95", "105"),
            ("1e2", R5, "50", "150"),
            ("1E+2", R5, "50", "150"),
            ("12e2", R4, "1150", "1250"),
            ("0", R4, "-0.5", "0.5"),
            ("-0", R5, "-0.5", "0.5"),
            ("0.0", R4, "-0.05", "0.05"),
            ("-2.5", R4, "-2.55", "-2.45"),
            ("-0.1", R4, "-0.15", "-0.05"),
            ("1e100000", R5, "5e99999", "1.5e100000"),
        ] {
            assert_eq!(decimal(text).implicit_range(version), (decimal(lo), decimal(hi)), "{text} {version:?}");
        }
    }

    #[test]
    fn approximately_is_ten_per_cent_or_half_a_step() {
        for (text, lo, hi) in [
            ("100", "90", "110"),
            ("-100", "-110", "-90"),
            ("2", "1.5", "2.5"),
            ("5", "4.5", "5.5"),
            ("0", "-0.5", "0.5"),
            ("5.4", "4.86", "5.94"),
        ] {
            let expected = DecimalRange::new(Cut::Before(decimal(lo)), Cut::After(decimal(hi)));
            assert_eq!(Some(decimal(text).approximate_range(Exponent::R5)), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_lies_within_its_ranges(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?") {
            let number = decimal(&text);
            for version in [Exponent::R4, Exponent::R5] {
                let (lo, hi) = number.implicit_range(version);
                prop_assert!(lo < number && number < hi);
                let approximate = number.approximate_range(version);
                prop_assert!(approximate.lo() <= &Cut::Before(lo) && &Cut::Before(hi) < approximate.hi());
            }
        }
    }
}
