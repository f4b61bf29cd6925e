//! Decimals as text: JSON's number grammar, with limits.

use super::Decimal;
use crate::values::cursor::Cursor;
use crate::values::natural::Natural;
use std::fmt;
use std::str::FromStr;

/// Most digits of a number as written.
pub const MAX_DIGITS: usize = 1_000;

/// Largest exponent as written, in both directions.
pub const MAX_EXPONENT: i32 = 100_000;

/// Longest run of zeros between the point and the first digit that is written out.
const MAX_ZEROS: i32 = 20;

/// Why a text is no decimal; `at` is the byte offset of the wrong piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// A leading `+`, which neither JSON nor FHIR allows.
    Plus,
    /// A zero before other digits, as in `007`.
    LeadingZero {
        /// Where the zero stands.
        at: usize,
    },
    /// Something else, or nothing, where a digit must stand.
    Digit {
        /// Where the digit is missing.
        at: usize,
    },
    /// Text after a complete number.
    Rest {
        /// Where it begins.
        at: usize,
    },
    /// More than [`MAX_DIGITS`] digits.
    TooLong,
    /// An exponent beyond [`MAX_EXPONENT`] in either direction.
    Exponent {
        /// Where the exponent begins, after the `e`.
        at: usize,
    },
}

impl DecimalError {
    /// Byte offset of the wrong piece.
    #[must_use]
    pub fn at(&self) -> usize {
        match *self {
            Self::Plus | Self::TooLong => 0,
            Self::LeadingZero { at } | Self::Digit { at } | Self::Rest { at } | Self::Exponent { at } => at,
        }
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plus => f.write_str("a number has no leading `+`"),
            Self::LeadingZero { .. } => f.write_str("a number has no leading zeros"),
            Self::Digit { .. } => f.write_str("a digit is missing"),
            Self::Rest { .. } => f.write_str("something follows the number"),
            Self::TooLong => write!(f, "a number has at most {MAX_DIGITS} digits"),
            Self::Exponent { .. } => write!(f, "an exponent lies between -{MAX_EXPONENT} and {MAX_EXPONENT}"),
        }
    }
}

impl std::error::Error for DecimalError {}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `-0`, `100.00`, `5.40e-3`, `1E+3`. Neither `+1` nor `007`, `.5` or `5.`.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        if text.starts_with('+') {
            return Err(DecimalError::Plus);
        }
        let mut cursor = Cursor::new(text);
        let negative = cursor.eat('-');
        let start = cursor.at();
        let integer = some_digits(&mut cursor)?;
        if integer.len() > 1 && integer.starts_with('0') {
            return Err(DecimalError::LeadingZero { at: start });
        }
        let fraction = if cursor.eat('.') { some_digits(&mut cursor)? } else { "" };
        if integer.len() + fraction.len() > MAX_DIGITS {
            return Err(DecimalError::TooLong);
        }
        let scientific = cursor.eat('e') || cursor.eat('E');
        let exponent = if scientific { exponent(&mut cursor)? } else { 0 };
        if !cursor.is_at_end() {
            return Err(DecimalError::Rest { at: cursor.at() });
        }
        let coefficient = Natural::from_digits(integer.bytes().chain(fraction.bytes()).map(|b| b - b'0'));
        let places = i32::try_from(fraction.len()).map_err(|_| DecimalError::TooLong)?;
        Ok(Self { scientific, ..Self::new(negative, coefficient, exponent - places) })
    }
}

fn some_digits<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, DecimalError> {
    let at = cursor.at();
    Some(cursor.digits()).filter(|digits| !digits.is_empty()).ok_or(DecimalError::Digit { at })
}

fn exponent(cursor: &mut Cursor<'_>) -> Result<i32, DecimalError> {
    let at = cursor.at();
    let negative = cursor.eat('-');
    if !negative {
        cursor.eat('+');
    }
    let digits = some_digits(cursor)?;
    match digits.parse() {
        Ok(n @ 0..=MAX_EXPONENT) => Ok(if negative { -n } else { n }),
        _ => Err(DecimalError::Exponent { at }),
    }
}

/// Writes `decimal` so that reading it again gives the same value, precision and form.
pub(super) fn write(decimal: &Decimal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if decimal.negative {
        f.write_str("-")?;
    }
    let digits = decimal.coefficient.to_string();
    let exponent = decimal.exponent;
    if decimal.scientific || exponent > 0 || decimal.magnitude() < -MAX_ZEROS {
        return write_scientific(&digits, exponent, f);
    }
    let places = exponent.unsigned_abs() as usize;
    // At least one digit before the point.
    let padded = format!("{digits:0>width$}", width = places + 1);
    match padded.split_at_checked(padded.len() - places) {
        Some((integer, fraction)) if places > 0 => write!(f, "{integer}.{fraction}"),
        _ => f.write_str(&padded),
    }
}

fn write_scientific(digits: &str, exponent: i32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (first, others) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let exponent = exponent.saturating_add(i32::try_from(others.len()).unwrap_or(i32::MAX));
    if others.is_empty() { write!(f, "{first}e{exponent}") } else { write!(f, "{first}.{others}e{exponent}") }
}
