//! Time zones: how a local time without an offset is read. FHIR search, `#date`.

use super::cursor::Cursor;
use super::instant::MICROS_PER_SECOND;
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// Seconds of the largest offset FHIR allows, `14:00`.
const MAX_OFFSET: i64 = 14 * 3_600;

/// A fixed offset from UTC or a zone of the IANA database, which is compiled in: two machines read alike.
///
/// Written and read as `UTC`, `+02:00` or `Europe/Berlin`. A local time that a change of the clocks skips or repeats is
/// read with the offset before the change: a repeated one is its first occurrence, a skipped one lies as long after the
/// change as it claims to.
#[derive(Clone, Debug)]
pub struct Zone(Rules);

#[derive(Clone, Debug)]
enum Rules {
    /// Seconds east of UTC.
    Fixed(i64),
    Named {
        name: String,
        zone: TimeZone,
    },
}

impl Zone {
    /// Coordinated universal time, the default zone.
    pub const UTC: Self = Self(Rules::Fixed(0));

    pub(super) fn fixed(offset_seconds: i64) -> Self {
        Self(Rules::Fixed(offset_seconds))
    }

    /// The instant of a local time, both in microseconds since 1970-01-01T00:00:00.
    pub(super) fn instant(&self, local: i64) -> i64 {
        let offset = match &self.0 {
            Rules::Fixed(seconds) => *seconds,
            Rules::Named { zone, .. } => named_offset(zone, local.div_euclid(MICROS_PER_SECOND)),
        };
        local - offset * MICROS_PER_SECOND
    }

    fn name(&self) -> impl Eq + Hash {
        match &self.0 {
            Rules::Fixed(seconds) => (*seconds, ""),
            Rules::Named { name, .. } => (0, name.as_str()),
        }
    }
}

fn named_offset(zone: &TimeZone, local_seconds: i64) -> i64 {
    // Beyond the last days of 9999, where jiff ends, the rules do not change any more.
    let seconds = local_seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let local = Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH));
    let offset = match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    i64::from(offset.seconds())
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rules::Fixed(0) => f.write_str("UTC"),
            Rules::Fixed(seconds) => {
                let minutes = seconds.abs() / 60;
                let sign = if *seconds < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
            Rules::Named { name, .. } => f.write_str(name),
        }
    }
}

/// A text that names no time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(String);

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no time zone: `UTC`, an offset like `+02:00` or a name like `Europe/Berlin`", self.0)
    }
}

impl std::error::Error for UnknownZone {}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        if text == "UTC" || text == "Z" {
            return Ok(Self::UTC);
        }
        let mut cursor = Cursor::new(text);
        if let Some(offset) = signed_offset(&mut cursor).filter(|_| cursor.is_at_end()) {
            return Ok(Self::fixed(offset));
        }
        let zone = TimeZoneDatabase::bundled().get(text).map_err(|_| UnknownZone(text.to_owned()))?;
        let name = zone.iana_name().unwrap_or(text).to_owned();
        Ok(Self(Rules::Named { name, zone }))
    }
}

/// Seconds of `+02:00`.
fn signed_offset(cursor: &mut Cursor<'_>) -> Option<i64> {
    let negative = cursor.eat('-');
    let signed = negative || cursor.eat('+');
    let seconds = signed.then(|| unsigned_offset(cursor))??;
    Some(if negative { -seconds } else { seconds })
}

/// Seconds of `02:00`, up to `14:00`.
pub(super) fn unsigned_offset(cursor: &mut Cursor<'_>) -> Option<i64> {
    let hours = two_digits(cursor)?;
    let minutes = cursor.eat(':').then(|| two_digits(cursor))??;
    let seconds = hours * 3_600 + minutes * 60;
    (minutes < 60 && seconds <= MAX_OFFSET).then_some(seconds)
}

fn two_digits(cursor: &mut Cursor<'_>) -> Option<i64> {
    Some(cursor.digits()).filter(|digits| digits.len() == 2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_written_as_it_is_read() {
        for text in ["UTC", "+02:00", "-05:30", "+14:00", "Europe/Berlin", "America/St_Johns"] {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), text);
        }
        assert_eq!("+00:00".parse(), Ok(Zone::UTC));
        assert_eq!("europe/berlin".parse::<Zone>().unwrap().to_string(), "Europe/Berlin");
    }

    #[test]
    fn what_is_no_zone() {
        for text in ["", "+2:00", "+14:01", "+02:60", "02:00", "+0200", "Berlin", "+02:00x", "../etc/passwd"] {
            assert_eq!(text.parse::<Zone>(), Err(UnknownZone(text.to_owned())));
        }
    }

    #[test]
    fn zones_differ_by_name() {
        let [berlin, paris, fixed] = ["Europe/Berlin", "Europe/Paris", "+01:00"].map(|z| z.parse::<Zone>().unwrap());
        assert_eq!(berlin, berlin.clone());
        assert_ne!(berlin, paris);
        assert_ne!(berlin, fixed);
        assert_ne!(fixed, Zone::UTC);
    }
}
