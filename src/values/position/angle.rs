//! Angles and sines in whole numbers: no float and no library decides a digit, so all machines agree.

use crate::values::decimal::Decimal;

/// One: 18 digits stand behind the point.
pub(super) const ONE: i128 = 1_000_000_000_000_000_000;

/// Half a turn, in radians.
pub(super) const PI: i128 = 3_141_592_653_589_793_238;

/// Digits of a degree that count: a tenth of a nanometre on the surface is the fifteenth.
const DIGITS: i32 = 15;

/// An angle of at most half a turn, in radians.
pub(super) fn degrees(angle: &Decimal) -> i128 {
    angle.scaled(DIGITS).unwrap_or_default() * PI / (180 * 10_i128.pow(DIGITS.unsigned_abs()))
}

/// The sine of an angle in radians, of at most half a turn. The cosine is the sine of a quarter turn less the angle.
pub(super) fn sine(angle: i128) -> i128 {
    let acute = angle.abs().min(PI - angle.abs());
    let sine = if acute <= PI / 4 { series(acute, acute, 2) } else { series(ONE, PI / 2 - acute, 1) };
    if angle < 0 { -sine } else { sine }
}

/// `first - first x²/(n (n + 1)) + …`: the series of the sine from `x` and 2, that of the cosine from one and 1. For
/// angles up to an eighth of a turn nine terms reach the last digit.
fn series(first: i128, x: i128, n: i128) -> i128 {
    let square = x * x / ONE;
    let (mut sum, mut term, mut n) = (first, first, n);
    while term != 0 {
        term = -(term * square / ONE) / (n * (n + 1));
        sum += term;
        n += 2;
    }
    sum
}
