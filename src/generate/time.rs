//! Times of the generated world: whole seconds, written as FHIR dates, dateTimes and instants. FHIR R4 2.24.0.1.

use crate::values::Instant;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// A year of the Gregorian calendar in the mean.
pub(super) const YEAR: i64 = 31_556_952;

/// The present of the generated world: nothing in it is later than 2025-07-01T00:00:00Z.
pub(super) const NOW: Time = Time(1_751_328_000);

/// A point in time: seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(pub(super) i64);

/// How far a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Year,
    Month,
    Day,
}

impl Time {
    pub(super) fn plus(self, seconds: i64) -> Time {
        Time(self.0 + seconds)
    }

    /// The same day at another time of day, on a clock that is `offset` minutes ahead of UTC.
    pub(super) fn on_clock(self, seconds: i64, offset: i64) -> Time {
        let local = self.0 + offset * MINUTE;
        Time(local - local.rem_euclid(DAY) + seconds - offset * MINUTE)
    }

    /// A dateTime on a clock that is `offset` minutes ahead of UTC.
    pub(super) fn date_time(self, offset: i64) -> String {
        let local = self.plus(offset * MINUTE).text();
        let local = local.trim_end_matches('Z');
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
        match offset {
            0 => format!("{local}Z"),
            _ => format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }

    /// An instant with a fraction of three digits.
    pub(super) fn instant(self, millis: u64) -> String {
        format!("{}.{millis:03}Z", self.text().trim_end_matches('Z'))
    }

    /// A date in UTC.
    pub(super) fn date(self, known: Known) -> String {
        let text = self.text();
        let date = text.split_once('T').map_or(text.as_str(), |(date, _)| date);
        let parts = match known {
            Known::Year => 1,
            Known::Month => 2,
            Known::Day => 3,
        };
        date.splitn(3, '-').take(parts).collect::<Vec<_>>().join("-")
    }

    /// The days of the year that have passed, give or take one.
    pub(super) fn day_of_year(self) -> i64 {
        self.0.rem_euclid(YEAR) / DAY
    }

    fn text(self) -> String {
        Instant(self.0 * 1_000_000).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_their_offset() {
        assert_eq!(NOW.date_time(0), "2025-07-01T00:00:00Z");
        assert_eq!(NOW.date_time(120), "2025-07-01T02:00:00+02:00");
        assert_eq!(NOW.date_time(-570), "2025-06-30T14:30:00-09:30");
        assert_eq!(NOW.plus(-1).instant(7), "2025-06-30T23:59:59.007Z");
    }

    #[test]
    fn the_clock_is_the_local_one() {
        assert_eq!(NOW.on_clock(8 * HOUR, 120).date_time(120), "2025-07-01T08:00:00+02:00");
        assert_eq!(NOW.on_clock(8 * HOUR, -300).date_time(-300), "2025-06-30T08:00:00-05:00");
    }

    #[test]
    fn dates_are_written_as_far_as_they_are_known() {
        let date = Time(-DAY);
        assert_eq!(
            [Known::Year, Known::Month, Known::Day].map(|known| date.date(known)),
            ["1969", "1969-12", "1969-12-31"]
        );
    }

    #[test]
    fn the_middle_of_the_year_is_near_its_182nd_day() {
        assert!((179..=182).contains(&NOW.day_of_year()), "{}", NOW.day_of_year());
    }
}
