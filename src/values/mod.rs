//! Values, understood once for index and query: folded text, words, decimals, instants, intervals, units, positions.

mod calendar;
mod cursor;
mod cut;
mod date;
mod decimal;
mod fold;
mod instant;
mod interval;
mod markup;
mod natural;
mod position;
mod precision;
mod unit;
mod url;
mod words;
mod zone;

pub use cut::{Cut, DecimalRange};
pub use date::{DateError, DateErrorKind, DatePrecision, DateValue, parse_date};
pub use decimal::{Decimal, DecimalError, MAX_DIGITS, MAX_EXPONENT};
pub use fold::{FOLD_VERSION, Forms, fold, fold_code, fold_forms, later_words};
pub use instant::Instant;
pub use interval::Interval;
pub use markup::plain_text;
pub use position::{Distance, DistanceError, EarthPoint, Position, PositionError};
pub use precision::Exponent;
pub use unit::{UCUM_VERSION, Unit, canonical, canonical_range};
pub use url::{SPECIAL_VALUES, is_absolute, split_canonical};
pub use words::words;
pub use zone::{UnknownZone, Zone};
