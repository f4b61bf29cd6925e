//! Tests of decimals: reading, writing, order and arithmetic.

use super::*;
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn written_precision_survives() {
    for text in ["0", "100", "100.00", "0.0054", "5.40e-3", "1e2", "-1.5e-30", "0.000", "0e5", "-0.10", "1e100000"] {
        assert_eq!(decimal(text).to_string(), text);
    }
    for (text, written) in [("-0", "0"), ("-0.0", "0.0"), ("1E+3", "1e3"), ("12e2", "1.2e3")] {
        assert_eq!(decimal(text).to_string(), written);
    }
}

#[test]
fn equal_values_are_equal_numbers() {
    for (a, b) in [("1.0", "1.00"), ("1", "1e0"), ("-0", "0"), ("100", "1e2"), ("0.5", "5e-1"), ("0e7", "0.00")] {
        assert_eq!(decimal(a), decimal(b));
    }
}

#[test]
fn scaled_numbers_are_rounded_half_away_from_zero() {
    let table = [
        ("1.5", 0, Some(2)),
        ("-2.5", 0, Some(-3)),
        ("2.49", 0, Some(2)),
        ("0.05", 1, Some(1)),
        ("0.049", 1, Some(0)),
        ("-0.0001", 2, Some(0)),
        ("12.34", 6, Some(12_340_000)),
        ("5e3", 2, Some(500_000)),
        ("1e-100000", 6, Some(0)),
        ("1e37", 0, Some(10_i128.pow(37))),
        ("9e38", 0, None),
        ("1e100000", 6, None),
        ("0e100000", 6, Some(0)),
    ];
    for (text, places, whole) in table {
        assert_eq!(decimal(text).scaled(places), whole, "{text} {places}");
    }
}

#[test]
fn what_is_no_number() {
    use DecimalError::{Digit, Exponent, LeadingZero, Plus, Rest, TooLong};
    for (text, error) in [
        ("", Digit { at: 0 }),
        ("-", Digit { at: 1 }),
        ("+1", Plus),
        ("007", LeadingZero { at: 0 }),
        ("-01", LeadingZero { at: 1 }),
        (".5", Digit { at: 0 }),
        ("5.", Digit { at: 2 }),
        ("5.e1", Digit { at: 2 }),
        ("1e", Digit { at: 2 }),
        ("1e+", Digit { at: 3 }),
        ("1e+-2", Digit { at: 3 }),
        ("1,5", Rest { at: 1 }),
        ("1.5.2", Rest { at: 3 }),
        ("1 ", Rest { at: 1 }),
        ("١", Digit { at: 0 }),
        ("NaN", Digit { at: 0 }),
        ("1e100001", Exponent { at: 2 }),
        ("1e-99999999999999999999", Exponent { at: 2 }),
        (&"1".repeat(MAX_DIGITS + 1), TooLong),
    ] {
        let found = text.parse::<Decimal>().unwrap_err();
        assert_eq!(found, error, "{text:?}");
        assert!(found.at() <= text.len());
    }
    assert!("1".repeat(MAX_DIGITS).parse::<Decimal>().is_ok());
}

#[test]
fn integers_have_no_fraction() {
    for text in ["0", "0.00", "1.00", "100", "1e2", "1200e-2", "-7.0"] {
        assert!(decimal(text).is_integer(), "{text}");
    }
    for text in ["0.1", "1.05", "1205e-2", "-7.001", "1e-100000"] {
        assert!(!decimal(text).is_integer(), "{text}");
    }
}

#[test]
fn quotients_have_forty_digits() {
    for (a, b, quotient) in [
        ("1", "8", "0.125"),
        ("1", "-1000", "-0.001"),
        ("9", "6", "1.5"),
        ("0", "3", "0"),
        ("1e100000", "2", "5e99999"),
        ("80", "60", "1.333333333333333333333333333333333333333"),
        ("2", "3", "0.6666666666666666666666666666666666666667"),
        ("-2", "3e5", "-6.666666666666666666666666666666666666667e-6"),
        ("3.00000000000000000000000000000000000000000000000003", "7", "0.4285714285714285714285714285714285714286"),
        ("1.00000000000000000000000000000000000000050", "1", "1.000000000000000000000000000000000000001"),
        ("1.00000000000000000000000000000000000000049", "1", "1"),
        ("9.99999999999999999999999999999999999999999", "1", "10"),
    ] {
        assert_eq!(decimal(a).checked_div(&decimal(b)), Some(decimal(quotient)), "{a} / {b}");
    }
    assert_eq!(decimal("1").checked_div(&decimal("0.00")), None);
}

#[test]
fn results_beyond_the_limits_are_refused() {
    let (huge, tiny) = (decimal("1e100000"), decimal("1e-100000"));
    assert_eq!(huge.checked_add(&tiny), None);
    assert_eq!(huge.checked_sub(&tiny), None);
    assert_eq!(huge.checked_mul(&tiny), Some(decimal("1")));
    assert_eq!(huge.checked_add(&Decimal::from(0)), Some(huge.clone()));
    let power = (0..9).try_fold(huge.clone(), |power, _| power.checked_mul(&huge));
    assert!(power.as_ref().is_some_and(|power| power.checked_mul(&huge).is_none()));
    let long = decimal(&"9".repeat(MAX_DIGITS));
    let square = long.checked_mul(&long).unwrap();
    assert_eq!(square.checked_mul(&long), None);
}

proptest! {
    #[test]
    fn arithmetic_is_that_of_integers(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
        let (x, y) = (Decimal::from(a), Decimal::from(b));
        prop_assert_eq!(x.checked_add(&y), Some(Decimal::from(a + b)));
        prop_assert_eq!(x.checked_sub(&y), Some(Decimal::from(a - b)));
        prop_assert_eq!(x.checked_mul(&y), Some(Decimal::from(a * b)));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
    }

    #[test]
    fn what_is_written_is_read_again(text in NUMBER) {
        let number = decimal(&text);
        let again = decimal(&number.to_string());
        prop_assert_eq!(&again, &number);
        prop_assert_eq!(again.exponent, number.exponent);
        prop_assert_eq!(again.scientific, number.scientific);
    }

    #[test]
    fn order_is_that_of_the_difference(a in NUMBER, b in NUMBER) {
        let (x, y) = (decimal(&a), decimal(&b));
        let difference = x.checked_sub(&y).unwrap();
        prop_assert_eq!(x.cmp(&y), difference.cmp(&Decimal::from(0)));
        prop_assert_eq!(difference.checked_add(&y), Some(x));
    }

    #[test]
    fn a_product_divided_is_the_number_again(a in NUMBER, b in NUMBER) {
        let (x, y) = (decimal(&a), decimal(&b));
        let expected = (!y.is_zero()).then(|| x.rounded());
        prop_assert_eq!(x.checked_mul(&y).unwrap().checked_div(&y), expected);
    }

    #[test]
    fn reading_never_panics(text in "\\PC*|[-+0-9.eE]{0,12}") {
        let _ = text.parse::<Decimal>();
    }
}

const NUMBER: &str = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?";
