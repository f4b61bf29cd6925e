//! Dates as ranges: every date, dateTime, instant and search value is the interval its precision gives.

use super::calendar::{day_number, days_in_month};
use super::cursor::Cursor;
use super::instant::{Instant, MICROS_PER_SECOND, SECONDS_PER_DAY};
use super::interval::Interval;
use super::zone::{Zone, unsigned_offset};
use std::fmt;
use std::ops::{Range, RangeInclusive};

const MICROS_PER_DAY: i64 = SECONDS_PER_DAY * MICROS_PER_SECOND;

/// How precisely a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatePrecision {
    /// `2013`
    Year,
    /// `2013-01`
    Month,
    /// `2013-01-14`
    Day,
    /// `2013-01-14T10:00`
    Minute,
    /// `2013-01-14T10:00:00`
    Second,
    /// `2013-01-14T10:00:00.25`: the number of digits that count, 1 to 6.
    Fraction(u8),
}

/// What a date text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateValue {
    /// From the first microsecond the text can mean to before the first it cannot: `.25` is ten milliseconds.
    pub interval: Interval,
    /// How precisely it was written.
    pub precision: DatePrecision,
    /// Whether the text has a zone; without one it was read in the zone given.
    pub zoned: bool,
    /// Whether digits other than zero, finer than a microsecond, were cut.
    pub cut: bool,
    /// Whether a blank was read as the `+` of the offset: a `+` that was not percent-encoded.
    pub blank_sign: bool,
}

impl DateValue {
    /// The value of an element of type instant: a point, however many digits of its fraction were written.
    #[must_use]
    pub fn instant(&self) -> Interval {
        Instant(self.interval.start()).interval()
    }
}

/// Why a text is no date, and which bytes of it are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateError {
    /// What is wrong.
    pub kind: DateErrorKind,
    /// The bytes that are wrong; empty at the end of the text if something is missing there.
    pub span: Range<usize>,
}

/// What can be wrong in a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateErrorKind {
    /// No year of four digits from 0001.
    Year,
    /// No month of two digits from 01 to 12.
    Month,
    /// No day of two digits, or one that its month does not have.
    Day,
    /// No hour of two digits from 00 to 23; `24:00` is none.
    Hour,
    /// No minutes of two digits from 00 to 59 after an hour.
    Minute,
    /// No seconds of two digits from 00 to 59; leap seconds are none.
    Second,
    /// No digit after the point of the seconds.
    Fraction,
    /// No `Z` and no offset up to 14:00 where a zone must stand.
    Offset,
    /// A time after a date without a day.
    TimeWithoutDay,
    /// A zone after a date without a time.
    ZoneWithoutTime,
    /// Text after a complete date.
    Rest,
}

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            DateErrorKind::Year => "a year has four digits, `0001` to `9999`",
            DateErrorKind::Month => "a month has two digits, `01` to `12`",
            DateErrorKind::Day => "a day has two digits and must exist in its month",
            DateErrorKind::Hour => "an hour has two digits, `00` to `23`",
            DateErrorKind::Minute => "an hour is followed by minutes, `:00` to `:59`",
            DateErrorKind::Second => "seconds have two digits, `00` to `59`",
            DateErrorKind::Fraction => "a digit is missing after the point",
            DateErrorKind::Offset => "a zone is `Z` or an offset like `+02:00`, up to `14:00`",
            DateErrorKind::TimeWithoutDay => "a time needs a date with a day",
            DateErrorKind::ZoneWithoutTime => "a zone needs a time",
            DateErrorKind::Rest => "something follows the date",
        })
    }
}

impl std::error::Error for DateError {}

/// Reads a FHIR date, dateTime or instant, or a search value for one (FHIR search, `#date`); `zone` is that of texts
/// without a zone.
///
/// A day, month or year lasts from midnight to midnight of that zone. How a local time is read that the clocks skip
/// or repeat is stated at [`Zone`].
///
/// # Errors
/// On any text that is not of FHIR's form, and on days and times that do not exist.
pub fn parse_date(text: &str, zone: &Zone) -> Result<DateValue, DateError> {
    let mut reader = Reader { cursor: Cursor::new(text), end: text.len() };
    let date = reader.date()?;
    if reader.cursor.eat('T') {
        return reader.time(&date, zone);
    }
    reader.end_of_date()?;
    let start = zone.instant(date.first_day * MICROS_PER_DAY);
    let end = zone.instant(date.next_day * MICROS_PER_DAY);
    // A day that a zone skipped altogether (Samoa, 2011-12-30) still is one day long.
    let shortest = (date.next_day - date.first_day) * MICROS_PER_DAY;
    let interval = Interval::new(start, end).unwrap_or_else(|| Interval::spanning(start, start + shortest));
    Ok(DateValue { interval, precision: date.precision, zoned: false, cut: false, blank_sign: false })
}

/// A year, month or day: its days, the first included, the last excluded.
struct Days {
    precision: DatePrecision,
    first_day: i64,
    next_day: i64,
}

/// A time of day in microseconds.
struct Time {
    precision: DatePrecision,
    start: i64,
    width: i64,
    cut: bool,
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    end: usize,
}

impl Reader<'_> {
    fn date(&mut self) -> Result<Days, DateError> {
        let year = self.number(4, 1..=9999, DateErrorKind::Year)?;
        if !self.cursor.eat('-') {
            let [first_day, next_day] = [year, year + 1].map(|year| day_number(year, 1, 1));
            return Ok(Days { precision: DatePrecision::Year, first_day, next_day });
        }
        let month = self.number(2, 1..=12, DateErrorKind::Month)?;
        let days = days_in_month(year, month);
        if !self.cursor.eat('-') {
            let first_day = day_number(year, month, 1);
            return Ok(Days { precision: DatePrecision::Month, first_day, next_day: first_day + days });
        }
        let day = self.number(2, 1..=days, DateErrorKind::Day)?;
        let first_day = day_number(year, month, day);
        Ok(Days { precision: DatePrecision::Day, first_day, next_day: first_day + 1 })
    }

    /// After the `T`.
    fn time(&mut self, date: &Days, zone: &Zone) -> Result<DateValue, DateError> {
        if date.precision != DatePrecision::Day {
            return Err(self.error(DateErrorKind::TimeWithoutDay, self.cursor.at() - 1));
        }
        let time = self.time_of_day()?;
        let blank_sign = self.cursor.peek() == Some(' ');
        let offset = self.offset()?;
        if !self.cursor.is_at_end() {
            return Err(self.error(DateErrorKind::Rest, self.cursor.at()));
        }
        let local = date.first_day * MICROS_PER_DAY + time.start;
        let start = offset.as_ref().unwrap_or(zone).instant(local);
        Ok(DateValue {
            interval: Interval::spanning(start, start + time.width),
            precision: time.precision,
            zoned: offset.is_some(),
            cut: time.cut,
            blank_sign,
        })
    }

    fn time_of_day(&mut self) -> Result<Time, DateError> {
        let hour = self.number(2, 0..=23, DateErrorKind::Hour)?;
        if !self.cursor.eat(':') {
            return Err(self.error(DateErrorKind::Minute, self.cursor.at()));
        }
        let minute = self.number(2, 0..=59, DateErrorKind::Minute)?;
        let start = (hour * 60 + minute) * 60 * MICROS_PER_SECOND;
        if !self.cursor.eat(':') {
            return Ok(Time { precision: DatePrecision::Minute, start, width: 60 * MICROS_PER_SECOND, cut: false });
        }
        let start = start + self.number(2, 0..=59, DateErrorKind::Second)? * MICROS_PER_SECOND;
        if !self.cursor.eat('.') {
            return Ok(Time { precision: DatePrecision::Second, start, width: MICROS_PER_SECOND, cut: false });
        }
        self.fraction(start)
    }

    /// The digits after the point; those after the sixth are cut.
    fn fraction(&mut self, second: i64) -> Result<Time, DateError> {
        let digits = self.cursor.digits();
        if digits.is_empty() {
            return Err(self.error(DateErrorKind::Fraction, self.cursor.at()));
        }
        let (mut start, mut width, mut precision) = (second, MICROS_PER_SECOND, 0);
        for digit in digits.bytes().take(6) {
            width /= 10;
            start += i64::from(digit - b'0') * width;
            precision += 1;
        }
        let cut = digits.bytes().skip(6).any(|digit| digit != b'0');
        Ok(Time { precision: DatePrecision::Fraction(precision), start, width, cut })
    }

    /// `Z`, an offset, or nothing.
    fn offset(&mut self) -> Result<Option<Zone>, DateError> {
        let at = self.cursor.at();
        if self.cursor.eat('Z') {
            return Ok(Some(Zone::UTC));
        }
        let east = if self.cursor.eat('+') || self.cursor.eat(' ') {
            1
        } else if self.cursor.eat('-') {
            -1
        } else {
            return Ok(None);
        };
        let seconds = unsigned_offset(&mut self.cursor).ok_or_else(|| self.error(DateErrorKind::Offset, at))?;
        Ok(Some(Zone::fixed(east * seconds)))
    }

    /// No time follows: nothing else may, either.
    fn end_of_date(&mut self) -> Result<(), DateError> {
        match self.cursor.peek() {
            None => Ok(()),
            Some('Z' | '+' | '-' | ' ') => Err(self.error(DateErrorKind::ZoneWithoutTime, self.cursor.at())),
            Some(_) => Err(self.error(DateErrorKind::Rest, self.cursor.at())),
        }
    }

    /// Exactly `width` digits with a value in `range`.
    fn number(&mut self, width: usize, range: RangeInclusive<i64>, kind: DateErrorKind) -> Result<i64, DateError> {
        let at = self.cursor.at();
        let digits = self.cursor.digits();
        match digits.parse() {
            Ok(number) if digits.len() == width && range.contains(&number) => Ok(number),
            _ if digits.is_empty() => Err(self.error(kind, at)),
            _ => Err(DateError { kind, span: at..self.cursor.at() }),
        }
    }

    /// An error from `at` to the end of the text.
    fn error(&self, kind: DateErrorKind, at: usize) -> DateError {
        DateError { kind, span: at..self.end }
    }
}

#[cfg(test)]
mod tests;
