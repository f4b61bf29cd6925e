//! Dates: intervals of time. FHIR R4 3.1.1.4.7; items 1 to 24.

use serde_json::Value;

use super::range::lies;
use crate::ir::DateTest;
use crate::reference::path::{Element, listed};
use crate::values::{Interval, Zone, parse_date};

/// The intervals of an element.
pub(super) fn stored(element: &Element<'_>, zone: &Zone) -> Vec<Interval> {
    let date = |json: &Value| Some(parse_date(json.as_str()?, zone).ok()?.interval);
    match element.datatype {
        "date" | "dateTime" => element.json.and_then(date).into_iter().collect(),
        // Width zero, whatever its digits (item 13).
        "instant" => element.text().and_then(|text| Some(parse_date(text, zone).ok()?.instant())).into_iter().collect(),
        "Period" => element.json.and_then(|json| period(json, zone)).into_iter().collect(),
        // The outer limits of a schedule count, not the schedule (item 14).
        "Timing" => {
            let events = listed(element.get("event"));
            let bounds = element.get("repeat").and_then(|repeat| period(repeat.get("boundsPeriod")?, zone));
            events.iter().filter_map(date).chain(bounds).collect()
        }
        _ => Vec::new(),
    }
}

/// A missing start is earlier than anything, a missing end later (item 11); without both it is no value (decision 12).
fn period(json: &Value, zone: &Zone) -> Option<Interval> {
    let bound = |name: &str| match json.get(name).filter(|bound| !bound.is_null()) {
        None => Some(None),
        // A bound that is no date is not an open one.
        Some(bound) => parse_date(bound.as_str()?, zone).ok().map(|date| Some(date.interval)),
    };
    Interval::period(bound("start")?, bound("end")?)
}

/// Does a stored interval pass?
pub(super) fn passes(test: &DateTest, stored: Interval) -> bool {
    let ends = |interval: Interval| (interval.start(), interval.end());
    lies(test.rel, ends(stored), ends(test.interval))
}
