//! Dates: instants, days, periods, timings, all as intervals. FHIR R4 `search.html#date`.

use fhirc_codegen::rows::{Base, Value as Cell};
use serde_json::Value;

use super::{Line, Values, items, present};
use crate::index::warning::Problem;
use crate::keys::Facet;
use crate::values::{DateValue, Interval, parse_date};

/// | data type | interval | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("date", date), // as precise as written                 | 1, 17
    ("dateTime", date),
    ("instant", instant), // a point                               | 13
    ("Period", period),   // from start to end, open if missing    | 11, 12
    ("Timing", timing),   // each event; the bounds of the repeat  | 14
];

fn date(element: &Value, values: &mut Values<'_>) {
    if let Some(date) = read(element, None, values) {
        push(date.interval, values);
    }
}

fn instant(element: &Value, values: &mut Values<'_>) {
    if let Some(date) = read(element, None, values) {
        push(date.instant(), values);
    }
}

fn period(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    // An end that cannot be read is not an open one: the period is no value then.
    let Ok(start) = bound(element, "start", values) else { return };
    let Ok(end) = bound(element, "end", values) else { return };
    match Interval::period(start, end) {
        Some(interval) => push(interval, values),
        None if start.is_some() => values.complain(Problem::Reversed),
        None => {}
    }
}

struct Unreadable;

fn bound(period: &Value, name: &'static str, values: &mut Values<'_>) -> Result<Option<Interval>, Unreadable> {
    let Some(bound) = present(period, name) else { return Ok(None) };
    read(bound, Some(name), values).map(|date| Some(date.interval)).ok_or(Unreadable)
}

fn timing(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    for event in items(element, "event") {
        if let Some(date) = read(event, Some("event"), values) {
            push(date.interval, values);
        }
    }
    if let Some(bounds) = present(element, "repeat").and_then(|repeat| present(repeat, "boundsPeriod")) {
        period(bounds, values);
    }
}

fn read(element: &Value, member: Option<&'static str>, values: &mut Values<'_>) -> Option<DateValue> {
    let (date, problem) = match element.as_str().map(|text| parse_date(text, &values.settings.zone)) {
        None => (None, Some(Problem::wrong_type("a date", element))),
        Some(Err(error)) => (None, Some(Problem::Date(error))),
        Some(Ok(date)) if date.blank_sign => (Some(date), Some(Problem::BlankSign)),
        Some(Ok(date)) if date.cut => (Some(date), Some(Problem::FinerThanMicroseconds)),
        Some(Ok(date)) => (Some(date), None),
    };
    if let Some(problem) = problem {
        values.problems.push(super::Misfit { member, problem });
    }
    date
}

fn push(interval: Interval, values: &mut Values<'_>) {
    values.push(Facet::Value, Base::Time, vec![Cell::Instants(interval.start(), interval.end())]);
}
