//! Tests of units: exact conversion, what converts to what, what does not.

use super::*;
use crate::values::Exponent;
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn converted(code: &str, value: &str) -> (String, Decimal) {
    canonical(code, &decimal(value)).unwrap_or_else(|| panic!("{code} does not convert"))
}

#[test]
fn canonical_values_are_exact() {
    for (value, code, canonical_value, canonical_unit) in [
        ("1", "g", "1", "g"),
        ("100", "mg", "0.1", "g"),
        ("70.5", "kg", "70500", "g"),
        ("90", "mg/dL", "900", "g.m-3"),
        ("0.9", "g/l", "900", "g.m-3"),
        ("120", "mm[Hg]", "15998640", "g.m-1.s-2"),
        ("45", "%", "0.45", "1"),
        ("7.2", "10*3/uL", "7.2e12", "m-3"),
        ("7.2", "10*9/L", "7.2e12", "m-3"),
        ("5", "{rbc}/uL", "5e9", "m-3"),
        ("5", "10*6.{cells}", "5e6", "1"),
        ("5", "mmol/L", "3.01107038e24", "m-3"),
        ("36", "km/h", "10", "m.s-1"),
        ("90", "/min", "1.5", "s-1"),
        ("90", "{beats}/min", "1.5", "s-1"),
        ("80", "/min", "1.333333333333333333333333333333333333333", "s-1"),
        ("10", "[in_i]", "0.254", "m"),
        ("1", "[lb_av]", "453.59237", "g"),
        ("25", "kg/m2", "25000", "g.m-2"),
        ("1", "a", "31557600", "s"),
        ("1", "Ohm", "1000", "C-2.g.m2.s-1"),
        ("3", "[IU]/mL", "3e6", "[iU].m-3"),
        ("3", "k[iU]/L", "3e6", "[iU].m-3"),
        ("9", "[degR]", "5", "K"),
        ("3937", "[ft_us]", "1200", "m"),
        ("2", "1", "2", "1"),
        ("2", "10*-6", "0.000002", "1"),
        ("1", "m/(s.s)", "1", "m.s-2"),
        ("1", "m/s/s", "1", "m.s-2"),
        ("1", "/m.s", "1", "m-1.s"),
        ("1", "m+2", "1", "m2"),
        ("2", "1{tablet}", "2", "1"),
    ] {
        assert_eq!(converted(code, value), (canonical_unit.to_owned(), decimal(canonical_value)), "{value} {code}");
    }
}

#[test]
fn equal_quantities_are_equal_whatever_their_units() {
    for [(a, unit_a), (b, unit_b)] in [
        [("0.1", "g"), ("100", "mg")],
        [("80", "/min"), ("4800", "/h")],
        [("1", "[psi]"), ("1", "[lbf_av]/[in_i]2")],
        [("1", "[ft_us]"), ("12", "[in_us]")],
        [("180", "deg"), ("1", "[pi].rad")],
        [("1", "mol/L"), ("1", "kmol/m3")],
        // Beyond forty digits nothing differs.
        [
            ("60.00000000000000000000000000000000000000000000000001", "/min"),
            ("1.000000000000000000000000000000000000000000000000001", "Hz"),
        ],
    ] {
        assert_eq!(converted(unit_a, a), converted(unit_b, b), "{a} {unit_a}, {b} {unit_b}");
    }
}

#[test]
fn what_does_not_convert() {
    let long = "m.".repeat(200) + "m";
    let deep = "(".repeat(99) + "m" + &")".repeat(99);
    assert!(Unit::of(&deep).is_some());
    for code in [
        // Special units.
        "Cel",
        "mCel",
        "[degF]",
        "[pH]",
        "dB",
        "B[SPL]",
        "[p'diop]",
        "Cel/min",
        // No UCUM.
        "",
        "foo",
        "KG",
        "µg",
        "m g",
        " m",
        "m/",
        "/",
        "m..s",
        "(m",
        "m)",
        "0",
        "0.m",
        "kmin",
        "m2-1",
        "m{a}{b}",
        "{}",
        "{a",
        "[in_i",
        "m-",
        "1.73e3",
        "(/m)",
        "\u{0}",
        "[H2O",
        // Beyond the limits.
        &long,
        "m10001",
        "10*9999999999",
        "[pi]9999",
        "(10*9999).(10*9999)3.10*9999999",
    ] {
        assert_eq!(Unit::of(code), None, "{code:?}");
        assert_eq!(canonical(code, &Decimal::from(1)), None);
    }
}

#[test]
fn both_bounds_of_a_range_are_converted() {
    let range = decimal("5.4").equal_range(Exponent::R5);
    let expected = DecimalRange::new(Cut::Before(decimal("0.00535")), Cut::Before(decimal("0.00545")));
    assert_eq!(canonical_range("mg", &range), expected.map(|range| ("g".to_owned(), range)));
    let below = DecimalRange::new(Cut::Min, Cut::After(decimal("3"))).unwrap();
    let expected = DecimalRange::new(Cut::Min, Cut::After(decimal("0.05")));
    assert_eq!(canonical_range("/min", &below), expected.map(|range| ("s-1".to_owned(), range)));
}

#[test]
fn a_range_finer_than_the_rounding_stays_a_number() {
    let [lo, hi] = [2, 3].map(|last| decimal(&format!("1.{}{last}", "0".repeat(60))));
    let range = DecimalRange::new(Cut::Before(lo), Cut::Before(hi.clone())).unwrap();
    let (_, converted) = canonical_range("/min", &range).unwrap();
    assert_eq!(converted, DecimalRange::point(&canonical("/min", &hi).unwrap().1));
}

proptest! {
    #[test]
    fn conversion_keeps_order(a in "-?[1-9][0-9]{0,9}(\\.[0-9]{1,9})?", b in "-?[1-9][0-9]{0,9}(\\.[0-9]{1,9})?",
        code in "mg/dL|/min|\\[ft_us\\]|mmol/L|deg|\\[psi\\]|a") {
        let (x, y) = (decimal(&a), decimal(&b));
        let unit = Unit::of(&code).unwrap();
        prop_assert_eq!(unit.convert(&x).unwrap().cmp(&unit.convert(&y).unwrap()), x.cmp(&y));
    }

    #[test]
    fn reading_never_panics(code in "\\PC{0,40}|[mgskL1-9/.(){}\\[\\]*^+-]{0,40}") {
        if let Some(unit) = Unit::of(&code) {
            let _ = unit.convert(&Decimal::from(7));
        }
    }

    #[test]
    fn a_canonical_unit_is_its_own(code in "[mgskL1-9/.]{1,12}|(m|k)?(g|L|mol|Pa|Hz|N)/(d)?(L|s|min|a)") {
        if let Some(unit) = Unit::of(&code) {
            let again = Unit::of(unit.canonical()).unwrap();
            prop_assert_eq!(again.canonical(), unit.canonical());
            prop_assert_eq!(again.convert(&Decimal::from(3)), Some(Decimal::from(3)));
        }
    }
}
