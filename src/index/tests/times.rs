//! Dates as intervals. FHIR R4 `search.html#date`, semantics 1, 11 to 14, 22, 24.

use serde_json::json;

use super::rows;
use crate::index::{ExtractSettings, Extractor};
use crate::keys::Facet::Value;

#[test]
fn a_date_is_as_long_as_its_precision() {
    let table = [
        ("1970", "1970-01-01T00:00:00Z..1971-01-01T00:00:00Z"),
        ("1970-06", "1970-06-01T00:00:00Z..1970-07-01T00:00:00Z"),
        ("1970-06-30", "1970-06-30T00:00:00Z..1970-07-01T00:00:00Z"),
    ];
    for (date, expected) in table {
        assert_eq!(rows(&json!({"resourceType": "Patient", "birthDate": date}), "birthdate", Value), [expected]);
    }
}

#[test]
fn an_instant_is_a_point() {
    let appointment = json!({"resourceType": "Appointment", "start": "2013-12-10T10:00:00+01:00"});
    assert_eq!(rows(&appointment, "date", Value), ["2013-12-10T09:00:00Z..2013-12-10T09:00:00.000001Z"]);
}

#[test]
fn a_period_is_open_where_a_bound_is_missing() {
    let table = [
        (json!({"start": "2012-06", "end": "2013-06-30"}), "2012-06-01T00:00:00Z..2013-07-01T00:00:00Z"),
        (json!({"start": "2012-06"}), "2012-06-01T00:00:00Z.."),
        (json!({"end": "2012-06"}), "..2012-07-01T00:00:00Z"),
    ];
    for (period, expected) in table {
        assert_eq!(rows(&json!({"resourceType": "CarePlan", "period": period}), "date", Value), [expected]);
    }
    assert_eq!(rows(&json!({"resourceType": "CarePlan", "period": {"id": "p"}}), "date", Value), [""; 0]);
}

#[test]
fn a_timing_is_its_events_and_its_bounds() {
    let observation = json!({"resourceType": "Observation", "effectiveTiming": {
        "event": ["2017-06-01", "2018"],
        "repeat": {"boundsPeriod": {"start": "2019"}, "frequency": 2},
    }});
    let expected = [
        "2017-06-01T00:00:00Z..2017-06-02T00:00:00Z",
        "2018-01-01T00:00:00Z..2019-01-01T00:00:00Z",
        "2019-01-01T00:00:00Z..",
    ];
    assert_eq!(rows(&observation, "date", Value), expected);
}

#[test]
fn only_choices_that_are_dates_are_read() {
    let table = [
        (json!({"resourceType": "Immunization", "occurrenceString": "2013-01-10"}), "date"),
        (json!({"resourceType": "Condition", "onsetAge": {"value": 52}}), "onset-date"),
        (json!({"resourceType": "Patient", "deceasedBoolean": true}), "death-date"),
    ];
    for (resource, code) in table {
        assert_eq!(rows(&resource, code, Value), [""; 0], "{resource}");
    }
    let patient = json!({"resourceType": "Patient", "deceasedDateTime": "2015-02-14T13:42:00+10:00"});
    assert_eq!(rows(&patient, "death-date", Value), ["2015-02-14T03:42:00Z..2015-02-14T03:42:01Z"]);
}

#[test]
fn dates_without_a_zone_are_read_in_the_configured_one() {
    let settings = ExtractSettings::new("Europe/Berlin".parse().unwrap(), []);
    let extractor = Extractor::new(crate::definitions::Registry::r4(), settings);
    let patient = json!({"resourceType": "Patient", "birthDate": "1970-06-30"});
    let extraction = extractor.extract(super::type_of(&patient), &patient);
    let expected = ["1970-06-29T23:00:00Z..1970-06-30T23:00:00Z"];
    assert_eq!(super::readable(&extraction.rows, "birthdate", Value), expected);
}
