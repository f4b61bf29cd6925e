//! Natural numbers as decimal digits: what exact decimal arithmetic needs, and no more.

use std::cmp::Ordering;
use std::fmt;
use std::iter;

/// A natural number; digits from the least significant on, without leading zeros, so that zero has none.
///
/// Digits instead of binary limbs: numbers have a handful of digits here, and most steps (precision, keys, powers of
/// ten) are about digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Natural(Vec<u8>);

impl Natural {
    /// From digits 0 to 9, most significant first.
    pub(super) fn from_digits(digits: impl DoubleEndedIterator<Item = u8>) -> Self {
        Self::trimmed(digits.rev().collect())
    }

    /// The digits, most significant first.
    pub(super) fn digits(&self) -> impl DoubleEndedIterator<Item = u8> {
        self.0.iter().rev().copied()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of digits; 0 for zero.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn trailing_zeros(&self) -> usize {
        self.0.iter().take_while(|d| **d == 0).count()
    }

    /// This number times 10 to the power of `n`.
    pub(super) fn shifted(&self, n: usize) -> Self {
        if self.is_zero() {
            return Self::default();
        }
        Self(iter::repeat_n(0, n).chain(self.0.iter().copied()).collect())
    }

    /// This number without its last `n` digits.
    pub(super) fn without_last(&self, n: usize) -> Self {
        Self(self.0.iter().skip(n).copied().collect())
    }

    /// The digit of 10 to the power of `n`.
    pub(super) fn digit(&self, n: usize) -> u8 {
        self.0.get(n).copied().unwrap_or(0)
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let (long, short) = if self.len() < other.len() { (other, self) } else { (self, other) };
        let mut carry = 0;
        let mut sum: Vec<u8> = iter::zip(&long.0, short.0.iter().chain(iter::repeat(&0)))
            .map(|(a, b)| {
                let digit = a + b + carry;
                carry = digit / 10;
                digit % 10
            })
            .collect();
        sum.push(carry);
        Self::trimmed(sum)
    }

    /// The difference to `other`, whichever is greater.
    pub(super) fn abs_diff(&self, other: &Self) -> Self {
        let (large, small) = if self < other { (other, self) } else { (self, other) };
        let mut difference = large.clone();
        difference.subtract(small);
        difference
    }

    /// Subtracts a number that is not greater.
    fn subtract(&mut self, small: &Self) {
        let mut borrow = 0;
        for (a, b) in iter::zip(&mut self.0, small.0.iter().chain(iter::repeat(&0))) {
            let digit = 10 + *a - b - borrow;
            borrow = u8::from(digit < 10);
            *a = digit % 10;
        }
        self.trim();
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        // A column holds at most 81 for each digit: no overflow below 50 million digits.
        let mut columns = vec![0_u32; self.len() + other.len()];
        for (i, a) in self.0.iter().enumerate() {
            for (column, b) in iter::zip(columns.iter_mut().skip(i), &other.0) {
                *column += u32::from(*a) * u32::from(*b);
            }
        }
        let mut carry = 0;
        let product = columns
            .into_iter()
            .map(|column| {
                let sum = column + carry;
                carry = sum / 10;
                (sum % 10) as u8
            })
            .collect();
        Self::trimmed(product)
    }

    /// Quotient and remainder; `None` for a `divisor` of zero.
    pub(super) fn div_rem(&self, divisor: &Self) -> Option<(Self, Self)> {
        if divisor.is_zero() {
            return None;
        }
        let mut rest = Self::default();
        let mut quotient = Vec::with_capacity(self.len());
        for next in self.digits() {
            rest.0.insert(0, next);
            rest.trim();
            let mut times = 0;
            while rest >= *divisor {
                rest.subtract(divisor);
                times += 1;
            }
            quotient.push(times);
        }
        Some((Self::from_digits(quotient.into_iter()), rest))
    }

    fn trimmed(digits: Vec<u8>) -> Self {
        let mut number = Self(digits);
        number.trim();
        number
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}

impl From<u64> for Natural {
    fn from(mut n: u64) -> Self {
        let mut digits = Vec::new();
        while n > 0 {
            digits.push((n % 10) as u8);
            n /= 10;
        }
        Self(digits)
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        self.len().cmp(&other.len()).then_with(|| self.digits().cmp(other.digits()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Natural {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0");
        }
        self.digits().try_for_each(|d| write!(f, "{d}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn natural(n: u128) -> Natural {
        Natural::from_digits(n.to_string().bytes().map(|b| b - b'0'))
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_integers(a in 0..u128::from(u64::MAX), b in 0..u128::from(u64::MAX), small in 1_u128..999) {
            let (x, y, z) = (natural(a), natural(b), natural(small));
            prop_assert_eq!(x.add(&y), natural(a + b));
            prop_assert_eq!(x.abs_diff(&y), natural(a.abs_diff(b)));
            prop_assert_eq!(x.mul(&y), natural(a * b));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!(x.div_rem(&z), Some((natural(a / small), natural(a % small))));
            prop_assert_eq!(x.mul(&y).add(&z).to_string(), (a * b + small).to_string());
        }

        #[test]
        fn powers_of_ten_move_digits(a in 1..u64::MAX, n in 0_usize..50) {
            let x = Natural::from(a);
            prop_assert_eq!(x.shifted(n).without_last(n), x.clone());
            prop_assert_eq!(x.shifted(n).trailing_zeros(), n + x.trailing_zeros());
            prop_assert_eq!(x.shifted(n).digit(n), x.digit(0));
        }
    }

    #[test]
    fn zero_has_no_digits() {
        let (zero, one) = (Natural::from(0), Natural::from(1));
        assert_eq!(zero, natural(0));
        assert_eq!(zero.shifted(3), zero);
        assert_eq!(one.mul(&zero), zero);
        assert_eq!(one.abs_diff(&one), zero);
        assert_eq!(one.div_rem(&zero), None);
        assert_eq!(zero.to_string(), "0");
    }
}
