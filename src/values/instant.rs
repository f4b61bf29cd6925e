//! Instants: microseconds on the UTC time line.

use super::calendar::date_of;
use super::interval::Interval;
use std::fmt;

pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;
pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Finer fractions are cut. Written as RFC 3339 in UTC with the shortest fraction of 0, 3 or 6 digits:
/// `2013-01-14T10:00:00.250Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// The instant as a range: its effective width of zero is one microsecond here, the resolution of all stores.
    #[must_use]
    pub fn interval(self) -> Interval {
        // The last microsecond of an i64 cannot be the start of a non-empty interval.
        Interval::spanning(self.0.min(i64::MAX - 1), self.0.saturating_add(1))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.0.div_euclid(MICROS_PER_SECOND), self.0.rem_euclid(MICROS_PER_SECOND));
        let (days, second) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
        let (year, month, day) = date_of(days);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match micros {
            0 => f.write_str("Z"),
            _ if micros % 1_000 == 0 => write!(f, ".{:03}Z", micros / 1_000),
            _ => write!(f, ".{micros:06}Z"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Zone, parse_date};
    use proptest::prelude::*;

    #[test]
    fn the_fraction_is_as_short_as_can_be() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_358_157_600_250_000, "2013-01-14T10:00:00.250Z"),
            (-62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(Instant(micros).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
            let value = parse_date(&Instant(micros).to_string(), &Zone::UTC).unwrap();
            prop_assert_eq!(value.instant(), Instant(micros).interval());
        }

        #[test]
        fn any_instant_can_be_written_and_is_an_interval(micros: i64) {
            let interval = Instant(micros).interval();
            prop_assert!(interval.start() < interval.end());
            prop_assert!(Instant(micros).to_string().ends_with('Z'));
        }
    }
}
