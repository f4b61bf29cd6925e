//! Cuts: places between numbers, with a key whose byte order is their order, and the ranges they bound.

use super::decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A place on the number line just before or just after a number, so that every range of numbers is half-open.
///
/// Cuts are ordered along the line, and so are their keys by bytes.
#[derive(Clone, Debug)]
pub enum Cut {
    /// Before every number: the lower end of a range that is open below.
    Min,
    /// Just before a number.
    Before(Decimal),
    /// Just after a number, before any greater one.
    After(Decimal),
    /// After every number: the upper end of a range that is open above.
    Max,
}

impl Cut {
    /// The ASCII text whose byte order is the order of cuts, and which equal cuts share, whatever the precision of
    /// their numbers. It holds for SQLite `BINARY`, PostgreSQL `COLLATE "C"` and Elasticsearch keywords.
    ///
    /// A number is sign (`n`, `o` for zero, `p`), magnitude, significant digits and an end mark; the cut adds `0`
    /// before the number and `1` after it. For negative numbers magnitude and digits are complemented. The end mark
    /// sorts before any digit (`.`), or after any complemented one (`~`): 1 stands before 1.5, -1 after -1.5.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Min => "-".to_owned(),
            Self::Before(number) => number_key(number) + "0",
            Self::After(number) => number_key(number) + "1",
            Self::Max => "~".to_owned(),
        }
    }

    /// The cut with its number replaced by `f` of it.
    pub(super) fn try_map(&self, f: impl FnOnce(&Decimal) -> Option<Decimal>) -> Option<Self> {
        match self {
            Self::Before(number) => f(number).map(Self::Before),
            Self::After(number) => f(number).map(Self::After),
            Self::Min | Self::Max => Some(self.clone()),
        }
    }

    fn rank(&self) -> (u8, Option<(&Decimal, bool)>) {
        match self {
            Self::Min => (0, None),
            Self::Before(number) => (1, Some((number, false))),
            Self::After(number) => (1, Some((number, true))),
            Self::Max => (2, None),
        }
    }
}

impl fmt::Display for Cut {
    /// The number with the side it is cut on: `<5.4` just before it, `5.4>` just after it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Min => f.write_str("-∞"),
            Self::Before(number) => write!(f, "<{number}"),
            Self::After(number) => write!(f, "{number}>"),
            Self::Max => f.write_str("∞"),
        }
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Cut {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Cut {}

impl Hash for Cut {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
    }
}

fn number_key(number: &Decimal) -> String {
    if number.is_zero() {
        return "o".to_owned();
    }
    let negative = number.is_negative();
    let mut key = String::from(if negative { "n" } else { "p" });
    let magnitude = number.magnitude();
    push_magnitude(if negative { -magnitude } else { magnitude }, &mut key);
    let coefficient = number.coefficient();
    let significant = coefficient.len() - coefficient.trailing_zeros();
    key.extend(coefficient.digits().take(significant).map(|d| char::from(b'0' + if negative { 9 - d } else { d })));
    key.push(if negative { '~' } else { '.' });
    key
}

/// One letter for the magnitudes that occur, `M` for 0; seven digits behind `A` or `Z` for those beyond.
fn push_magnitude(magnitude: i32, key: &mut String) {
    let letter = u8::try_from(magnitude.saturating_add(i32::from(b'M'))).unwrap_or_default();
    match magnitude {
        -11..=12 => key.push(char::from(letter)),
        ..-11 => key.push_str(&format!("A{:07}", 9_999_999 + magnitude)),
        13.. => key.push_str(&format!("Z{magnitude:07}")),
    }
}

/// A half-open, non-empty range of numbers between two cuts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DecimalRange {
    lo: Cut,
    hi: Cut,
}

impl DecimalRange {
    /// The range from `lo` to `hi`; `None` if no number lies between them.
    #[must_use]
    pub fn new(lo: Cut, hi: Cut) -> Option<Self> {
        (lo < hi).then_some(Self { lo, hi })
    }

    /// The one number `number`: how a stored number is indexed.
    #[must_use]
    pub fn point(number: &Decimal) -> Self {
        Self { lo: Cut::Before(number.clone()), hi: Cut::After(number.clone()) }
    }

    /// From `low` to `high`, both included; a missing end is open. `None` if the ends are reversed or both missing,
    /// which is no value.
    #[must_use]
    pub fn closed(low: Option<&Decimal>, high: Option<&Decimal>) -> Option<Self> {
        if low.is_none() && high.is_none() {
            return None;
        }
        let lo = low.map_or(Cut::Min, |number| Cut::Before(number.clone()));
        let hi = high.map_or(Cut::Max, |number| Cut::After(number.clone()));
        Self::new(lo, hi)
    }

    /// The caller knows that `lo` is below `hi`.
    pub(super) fn spanning(lo: Cut, hi: Cut) -> Self {
        debug_assert!(lo < hi);
        Self { lo, hi }
    }

    /// Where the range begins.
    #[must_use]
    pub fn lo(&self) -> &Cut {
        &self.lo
    }

    /// Where the range ends.
    #[must_use]
    pub fn hi(&self) -> &Cut {
        &self.hi
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
    fn keys_of_ascending_numbers_ascend() {
        let ascending = [
            "-1e100000",
            "-1.1e13",
            "-1e13",
            "-9e12",
            "-100",
            "-99.9",
            "-10.5",
            "-10",
            "-9",
            "-1.55",
            "-1.5",
            "-1.49",
            "-1",
            "-0.99",
            "-0.5",
            "-0.05",
            "-1e-11",
            "-1e-12",
            "-1e-13",
            "-1e-100000",
            "0",
            "1e-100000",
            "1e-13",
            "1e-12",
            "1e-11",
            "0.05",
            "0.5",
            "0.99",
            "1",
            "1.05",
            "1.1",
            "1.5",
            "1.55",
            "2",
            "9",
            "10",
            "10.5",
            "11",
            "99.9",
            "100",
            "1e11",
            "1e12",
            "1e13",
            "1.1e13",
            "1e100000",
        ];
        let mut keys = vec![Cut::Min.key()];
        for number in ascending.map(decimal) {
            keys.extend([Cut::Before(number.clone()).key(), Cut::After(number).key()]);
        }
        keys.push(Cut::Max.key());
        assert!(keys.is_sorted_by(|a, b| a < b), "{keys:#?}");
    }

    #[test]
    fn keys_are_short_and_readable() {
        for (number, key) in [
            ("98.6", "pO986.0"),
            ("0", "o0"),
            ("-0.00", "o0"),
            ("-1.5", "nL84~0"),
            ("1e20", "pZ00000211.0"),
            ("1e-20", "pA99999801.0"),
        ] {
            assert_eq!(Cut::Before(decimal(number)).key(), key);
        }
    }

    #[test]
    fn equal_numbers_share_a_key() {
        for (a, b) in
            [("1.0", "1.00"), ("1", "1e0"), ("100", "1e2"), ("-0", "0"), ("0.00", "0"), ("-5.40e-3", "-0.0054")]
        {
            assert_eq!(Cut::After(decimal(a)), Cut::After(decimal(b)));
            assert_eq!(Cut::After(decimal(a)).key(), Cut::After(decimal(b)).key());
        }
    }

    #[test]
    fn ranges_are_never_empty() {
        let (one, two) = (decimal("1"), decimal("2"));
        assert_eq!(DecimalRange::closed(Some(&two), Some(&one)), None);
        assert_eq!(DecimalRange::closed(None, None), None);
        assert_eq!(DecimalRange::closed(Some(&one), Some(&one)), Some(DecimalRange::point(&one)));
        assert_eq!(DecimalRange::new(Cut::Before(one.clone()), Cut::Before(decimal("1.0"))), None);
        assert_eq!(DecimalRange::closed(None, Some(&one)), DecimalRange::new(Cut::Min, Cut::After(one)));
    }

    proptest! {
        #[test]
        fn byte_order_is_number_order(a in number(), b in number()) {
            let (x, y) = (decimal(&a), decimal(&b));
            let cuts = [Cut::Before(x.clone()), Cut::After(x), Cut::Before(y.clone()), Cut::After(y), Cut::Min, Cut::Max];
            for a in &cuts {
                prop_assert!(a.key().bytes().all(|b| b.is_ascii_graphic()));
                for b in &cuts {
                    prop_assert_eq!(a.key().cmp(&b.key()), a.cmp(b), "{:?} {:?}", a, b);
                }
            }
        }

        #[test]
        fn a_number_is_below_its_extensions(a in "[1-9]{1,5}", more in "[0-9]{0,5}[1-9]", sign in "-?") {
            let (short, long) = (decimal(&format!("{sign}{a}.0")), decimal(&format!("{sign}{a}.{more}")));
            let (low, high) = if sign.is_empty() { (short, long) } else { (long, short) };
            prop_assert!(Cut::After(low).key() < Cut::Before(high).key());
        }
    }

    /// Small alphabets, so that equal and nearly equal numbers are common.
    fn number() -> impl Strategy<Value = String> {
        prop_oneof![
            "-?(0|[159][019]{0,3})(\\.[019]{1,4})?(e-?[0-3])?",
            "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,5})?",
        ]
    }
}
