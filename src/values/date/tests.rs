//! Tests of dates: precision, zones, what is refused.

use super::*;
use proptest::prelude::*;

fn utc(text: &str) -> DateValue {
    parse_date(text, &Zone::UTC).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn bounds(text: &str, zone: &str) -> (String, String) {
    let interval = parse_date(text, &zone.parse().unwrap()).unwrap().interval;
    (Instant(interval.start()).to_string(), Instant(interval.end()).to_string())
}

#[test]
fn precision_gives_the_interval() {
    for (text, start, end) in [
        ("2013", "2013-01-01T00:00:00Z", "2014-01-01T00:00:00Z"),
        ("2013-02", "2013-02-01T00:00:00Z", "2013-03-01T00:00:00Z"),
        ("2012-12", "2012-12-01T00:00:00Z", "2013-01-01T00:00:00Z"),
        ("2012-02-29", "2012-02-29T00:00:00Z", "2012-03-01T00:00:00Z"),
        ("2013-01-14T10:00", "2013-01-14T10:00:00Z", "2013-01-14T10:01:00Z"),
        ("2013-01-14T10:00Z", "2013-01-14T10:00:00Z", "2013-01-14T10:01:00Z"),
        ("2013-01-14T10:00:00", "2013-01-14T10:00:00Z", "2013-01-14T10:00:01Z"),
        ("2013-01-14T10:00:00.1", "2013-01-14T10:00:00.100Z", "2013-01-14T10:00:00.200Z"),
        ("2013-01-14T10:00:00.100Z", "2013-01-14T10:00:00.100Z", "2013-01-14T10:00:00.101Z"),
        ("2013-01-14T10:00:00.123456789Z", "2013-01-14T10:00:00.123456Z", "2013-01-14T10:00:00.123457Z"),
        ("2013-01-14T10:00:00+02:00", "2013-01-14T08:00:00Z", "2013-01-14T08:00:01Z"),
        ("2013-01-14T23:59:59-14:00", "2013-01-15T13:59:59Z", "2013-01-15T14:00:00Z"),
        ("2013-01-14T10:00:00-00:00", "2013-01-14T10:00:00Z", "2013-01-14T10:00:01Z"),
        ("0001", "0001-01-01T00:00:00Z", "0002-01-01T00:00:00Z"),
        ("9999-12-31", "9999-12-31T00:00:00Z", "10000-01-01T00:00:00Z"),
    ] {
        assert_eq!(bounds(text, "UTC"), (start.into(), end.into()), "{text}");
    }
}

#[test]
fn an_instant_is_a_point_however_it_is_written() {
    let point = utc("2013-01-14T10:00:00.1Z").instant();
    assert_eq!(point.end() - point.start(), 1);
    assert_eq!(utc("2013-01-14T10:00:00.100Z").instant(), point);
    assert_eq!(utc("2013-01-14T12:00:00.100000+02:00").instant(), point);
}

#[test]
fn finer_digits_are_cut_and_said_to_be() {
    assert!(utc("2013-01-14T10:00:00.1234567Z").cut);
    assert!(!utc("2013-01-14T10:00:00.1234560Z").cut);
    assert_eq!(utc("2013-01-14T10:00:00.123456789Z").precision, DatePrecision::Fraction(6));
    assert_eq!(utc("2013-01-14T10:00:00.12Z").precision, DatePrecision::Fraction(2));
}

#[test]
fn a_blank_is_read_as_the_plus_of_an_offset() {
    let repaired = utc("2013-01-14T10:00:00 02:00");
    assert!(repaired.blank_sign && repaired.zoned);
    assert_eq!(repaired.interval, utc("2013-01-14T10:00:00+02:00").interval);
    assert!(!utc("2013-01-14T10:00:00+02:00").blank_sign);
}

#[test]
fn a_date_without_a_zone_is_read_in_the_zone_given() {
    for (text, zone, start, end) in [
        ("2013-07-14", "Europe/Berlin", "2013-07-13T22:00:00Z", "2013-07-14T22:00:00Z"),
        ("2013", "+02:00", "2012-12-31T22:00:00Z", "2013-12-31T22:00:00Z"),
        ("2013-07-14T10:00", "Europe/Berlin", "2013-07-14T08:00:00Z", "2013-07-14T08:01:00Z"),
        ("2013-01-14T10:00Z", "Europe/Berlin", "2013-01-14T10:00:00Z", "2013-01-14T10:01:00Z"),
        // The days on which the clocks change have 23 and 25 hours.
        ("2024-03-31", "Europe/Berlin", "2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z"),
        ("2024-10-27", "Europe/Berlin", "2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z"),
        // Skipped, read with the offset before; repeated, the first occurrence.
        ("2024-03-31T02:59", "Europe/Berlin", "2024-03-31T01:59:00Z", "2024-03-31T02:00:00Z"),
        ("2024-10-27T02:30", "Europe/Berlin", "2024-10-27T00:30:00Z", "2024-10-27T00:31:00Z"),
        // Midnight is skipped: the day begins at 01:00.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        // A day that never was.
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("9999", "America/New_York", "9999-01-01T05:00:00Z", "10000-01-01T05:00:00Z"),
        ("0001", "Asia/Tokyo", "0000-12-31T14:41:01Z", "0001-12-31T14:41:01Z"),
    ] {
        assert_eq!(bounds(text, zone), (start.into(), end.into()), "{text} {zone}");
    }
    assert!(!utc("2013-07-14T10:00").zoned);
    assert!(utc("2013-07-14T10:00Z").zoned);
}

#[test]
fn what_is_refused_and_where() {
    use DateErrorKind::{
        Day, Fraction, Hour, Minute, Month, Offset, Rest, Second, TimeWithoutDay, Year, ZoneWithoutTime,
    };
    for (text, kind, span) in [
        ("", Year, 0..0),
        ("0000", Year, 0..4),
        ("213", Year, 0..3),
        ("20130", Year, 0..5),
        ("-2013", Year, 0..5),
        ("abc", Year, 0..3),
        ("２０１３", Year, 0..12),
        ("2013-1", Month, 5..6),
        ("2013-13", Month, 5..7),
        ("2013-", Month, 5..5),
        ("2013-02-30", Day, 8..10),
        ("2023-02-29", Day, 8..10),
        ("2013-01-00", Day, 8..10),
        ("2013-01-1", Day, 8..9),
        ("2024-03-15T10", Minute, 13..13),
        ("2024-03-15T10Z", Minute, 13..14),
        ("2024-03-15T", Hour, 11..11),
        ("2024-03-15T24:00", Hour, 11..13),
        ("2024-03-15T1:00", Hour, 11..12),
        ("2024-03-15T10:60", Minute, 14..16),
        ("2024-03-15T10:00:60", Second, 17..19),
        ("2024-03-15T10:00:00.", Fraction, 20..20),
        ("2024-03-15T10:00:00.Z", Fraction, 20..21),
        ("2024-03-15T10:00:00,5", Rest, 19..21),
        ("2024-03-15T10:00:00z", Rest, 19..20),
        ("2024-03-15T10:00:00+2:00", Offset, 19..24),
        ("2024-03-15T10:00:00+14:01", Offset, 19..25),
        ("2024-03-15T10:00:00+02", Offset, 19..22),
        ("2024-03-15T10:00:00++02:00", Offset, 19..26),
        ("2024-03-15T10:00:00  02:00", Offset, 19..26),
        ("2024-03-15T10:00:00Z+02:00", Rest, 20..26),
        ("2024-03-15T10:00:00+02:00x", Rest, 25..26),
        ("2024-03-15Z", ZoneWithoutTime, 10..11),
        ("2024-03-15+02:00", ZoneWithoutTime, 10..16),
        ("2024Z", ZoneWithoutTime, 4..5),
        ("2024-03T10:00", TimeWithoutDay, 7..13),
        ("2024-03-15t10:00", Rest, 10..16),
        ("2024/03", Rest, 4..7),
    ] {
        assert_eq!(parse_date(text, &Zone::UTC), Err(DateError { kind, span }), "{text:?}");
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC*|[0-9TZ:.+ -]{0,30}", zone in ZONES) {
        let _ = parse_date(&text, &zone.parse().unwrap());
    }

    #[test]
    fn intervals_are_never_empty_and_nest(
        year in 1..=9999, month in 1..=12, day in 1..=28, hour in 0..24, minute in 0..60, second in 0..60,
        fraction in "[0-9]{1,9}", zone in ZONES,
    ) {
        let zone: Zone = zone.parse().unwrap();
        let full = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction}");
        let parts = [4, 7, 10].map(|len| parse_date(full.get(..len).unwrap(), &zone).unwrap().interval);
        let times = [16, 19, full.len()].map(|len| parse_date(full.get(..len).unwrap(), &zone).unwrap().interval);
        for [outer, inner] in [[parts[0], parts[1]], [parts[1], parts[2]], [times[0], times[1]], [times[1], times[2]]] {
            prop_assert!(inner.start() < inner.end());
            prop_assert!(outer.start() <= inner.start() && inner.end() <= outer.end(), "{}", full);
        }
    }
}

const ZONES: &str = "UTC|[+-]0[0-9]:30|Europe/Berlin|America/New_York|Pacific/Apia|Asia/Kathmandu";
