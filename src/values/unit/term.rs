//! UCUM's grammar: `/` and `.` from left to right, powers, prefixes, annotations. The Unified Code, sections 4 to 12.

use super::measure::Measure;
use super::table::{Meaning, TABLE};
use crate::values::cursor::Cursor;
use crate::values::decimal::Decimal;

/// Largest power of a unit, in both directions.
const MAX_POWER: i32 = 10_000;

/// The measure of a UCUM code, whose length bounds the recursion; `None` if it is none, if it holds a special unit, or beyond the limits of decimals.
pub(super) fn measure(code: &str) -> Option<Measure> {
    let mut cursor = Cursor::new(code);
    let measure = if cursor.eat('/') {
        let first = component(&mut cursor)?.inverse();
        rest_of_term(first, &mut cursor)?
    } else {
        term(&mut cursor)?
    };
    cursor.is_at_end().then_some(measure)
}

/// `term = component *( ("." / "/") component )`
fn term(cursor: &mut Cursor<'_>) -> Option<Measure> {
    let first = component(cursor)?;
    rest_of_term(first, cursor)
}

fn rest_of_term(first: Measure, cursor: &mut Cursor<'_>) -> Option<Measure> {
    let mut product = first;
    loop {
        if cursor.eat('.') {
            product = product.times(&component(cursor)?)?;
        } else if cursor.eat('/') {
            product = product.times(&component(cursor)?.inverse())?;
        } else {
            return Some(product);
        }
    }
}

/// `component = "(" term ")" / annotation / ( number / unit [ power ] ) [ annotation ]`
fn component(cursor: &mut Cursor<'_>) -> Option<Measure> {
    match cursor.peek()? {
        '(' => {
            cursor.eat('(');
            let inner = term(cursor)?;
            cursor.eat(')').then_some(inner)
        }
        '{' => {
            annotation(cursor)?;
            Some(Measure::number(&Decimal::from(1)))
        }
        _ => {
            let unit = simple_unit(cursor)?;
            if cursor.peek() == Some('{') {
                annotation(cursor)?;
            }
            Some(unit)
        }
    }
}

/// `annotation = "{" 1*visible "}"`
fn annotation(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat('{');
    let text = cursor.take_while(|c| c.is_ascii_graphic() && !matches!(c, '{' | '}'));
    (!text.is_empty() && cursor.eat('}')).then_some(())
}

/// A number other than zero, or a symbol and its power: `10`, `mm2`, `s-1`, `10*-3`.
fn simple_unit(cursor: &mut Cursor<'_>) -> Option<Measure> {
    let run = symbol_run(cursor)?;
    if run.bytes().all(|b| b.is_ascii_digit()) {
        let number: Decimal = run.parse().ok()?;
        return (!number.is_zero()).then(|| Measure::number(&number));
    }
    // Digits at the end are a power; those of `[H2O]` are not at the end.
    let symbol = run.trim_end_matches(|c: char| c.is_ascii_digit());
    let unsigned = run.strip_prefix(symbol)?;
    let power = if unsigned.is_empty() { signed_power(cursor)? } else { power_of(unsigned)? };
    atom(symbol)?.power(power)
}

/// `+3`, `-1`, or nothing, which is 1.
fn signed_power(cursor: &mut Cursor<'_>) -> Option<i32> {
    let negative = cursor.eat('-');
    if !negative && !cursor.eat('+') {
        return Some(1);
    }
    let power = power_of(cursor.digits())?;
    Some(if negative { -power } else { power })
}

fn power_of(digits: &str) -> Option<i32> {
    digits.parse().ok().filter(|power| *power <= MAX_POWER)
}

/// The longest run of symbol characters and bracket groups.
fn symbol_run<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let start = cursor.clone();
    loop {
        cursor.take_while(is_symbol);
        if !cursor.eat('[') {
            break;
        }
        cursor.take_while(|c| c.is_ascii_graphic() && !matches!(c, '[' | ']'));
        if !cursor.eat(']') {
            return None;
        }
    }
    start.until(cursor).filter(|run| !run.is_empty())
}

fn is_symbol(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | '(' | ')' | '+' | '-' | '.' | '/' | '=' | '[' | ']' | '{' | '}')
}

fn atom(symbol: &str) -> Option<Measure> {
    let (prefix, atom) = TABLE.find(symbol)?;
    let unit = match &atom.meaning {
        Meaning::Base => Measure::base(atom.code),
        Meaning::Multiple { value, definition } => Measure::number(value).times(&measure(definition)?)?,
        Meaning::Special => return None,
    };
    match prefix {
        Some(prefix) => unit.times(&Measure::number(prefix)),
        None => Some(unit),
    }
}
