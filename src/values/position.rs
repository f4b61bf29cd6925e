//! Positions on the earth as points in space, and distances as chords between them. WGS84; FHIR R4 Location, `near`.

use super::decimal::Decimal;
use super::unit::canonical;
use angle::{ONE, PI, degrees, sine};
use std::fmt;

mod angle;

/// Half of the longest axis of WGS84, in centimetres.
const EQUATORIAL_RADIUS: i128 = 637_813_700;

/// The square of the eccentricity of WGS84, `f (2 - f)` with `f = 1/298.257223563`, in units of [`ONE`].
const ECCENTRICITY_SQUARED: i128 = 6_694_379_990_141_317;

/// The mean radius of WGS84, `(2a + b) / 3`, in centimetres: what turns the length of a way into that of a chord.
const MEAN_RADIUS: i128 = 637_100_880;

/// Micrometres in a centimetre.
const MICROMETRES: i128 = 10_000;

/// How far rounding to centimetres may move two points apart: half the diagonal of a cube each, 1.74 in all.
const ROUNDING: i128 = 2;

/// A place on the surface of the earth, by its geographic coordinates in WGS84. Its height is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    latitude: Decimal,
    longitude: Decimal,
}

/// Why two numbers are no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionError {
    /// The latitude is beyond a pole.
    Latitude,
    /// The longitude is more than half a turn.
    Longitude,
}

impl fmt::Display for PositionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PositionError::Latitude => "a latitude lies between -90 and 90",
            PositionError::Longitude => "a longitude lies between -180 and 180",
        })
    }
}

impl Position {
    /// The position with these coordinates, in degrees.
    ///
    /// # Errors
    /// A latitude beyond 90, a longitude beyond 180, in either direction.
    pub fn new(latitude: Decimal, longitude: Decimal) -> Result<Position, PositionError> {
        let within = |number: &Decimal, limit: i64| (Decimal::from(-limit)..=Decimal::from(limit)).contains(number);
        if !within(&latitude, 90) {
            return Err(PositionError::Latitude);
        }
        if !within(&longitude, 180) {
            return Err(PositionError::Longitude);
        }
        Ok(Position { latitude, longitude })
    }

    /// Degrees north of the equator.
    #[must_use]
    pub fn latitude(&self) -> &Decimal {
        &self.latitude
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(&self) -> &Decimal {
        &self.longitude
    }

    /// The point of the ellipsoid, to the nearest centimetre. Nothing but whole numbers is computed with, so it is the
    /// same on every machine. A pole is one point whatever its longitude, and the meridians of 180 and -180 are one.
    #[must_use]
    pub fn point(&self) -> EarthPoint {
        let (latitude, longitude) = (degrees(&self.latitude), degrees(&self.longitude));
        let (north, out) = (sine(latitude), sine(PI / 2 - latitude.abs()));
        let under_root = ONE - ECCENTRICITY_SQUARED * (north * north / ONE) / ONE;
        let root = (under_root * ONE).isqrt();
        // The normal of the ellipsoid down to its axis is the equatorial radius divided by the root.
        let along = |share: i128| nearest(EQUATORIAL_RADIUS * share, root);
        EarthPoint {
            x: along(out * sine(PI / 2 - longitude.abs()) / ONE),
            y: along(out * sine(longitude) / ONE),
            z: along((ONE - ECCENTRICITY_SQUARED) * north / ONE),
        }
    }
}

/// A point of the earth: centimetres from its centre, at most 637,813,700 in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarthPoint {
    /// Towards the crossing of the equator and the meridian of Greenwich.
    pub x: i64,
    /// Towards the crossing of the equator and the meridian of 90 degrees east.
    pub y: i64,
    /// Towards the north pole.
    pub z: i64,
}

/// The length of the shortest way between two places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distance {
    metres: Decimal,
}

/// Why a number and a unit are no distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistanceError {
    /// It is less than zero.
    Negative,
    /// The unit is no UCUM unit of length.
    Unit,
}

impl Distance {
    /// `value` of a UCUM unit of length. Zero is a distance.
    ///
    /// # Errors
    /// A negative value, or a unit that is no multiple of the metre.
    pub fn new(value: &Decimal, unit: &str) -> Result<Distance, DistanceError> {
        let (_, metres) = canonical(unit, value).filter(|(unit, _)| unit == "m").ok_or(DistanceError::Unit)?;
        if value.is_negative() { Err(DistanceError::Negative) } else { Ok(Distance { metres }) }
    }

    /// Its length in metres.
    #[must_use]
    pub fn metres(&self) -> &Decimal {
        &self.metres
    }

    /// The length in centimetres of the straight line that takes the place of the way: two points are so far apart or
    /// nearer if their places are. It is that of the mean sphere, which fits the ellipsoid to a few centimetres in a
    /// hundred kilometres. Two to three centimetres are added, so that nothing within the distance is lost to rounding.
    #[must_use]
    pub fn chord(&self) -> i64 {
        let half_way_round = PI * MEAN_RADIUS * MICROMETRES / ONE;
        let way = self.metres.scaled(6).filter(|way| *way < half_way_round);
        let chord = match way {
            // From half way round on, everything is as near: the farthest points of the ellipsoid are.
            None => 2 * EQUATORIAL_RADIUS,
            Some(way) => {
                let half_angle = way * ONE / (2 * MEAN_RADIUS * MICROMETRES);
                (2 * MEAN_RADIUS * sine(half_angle) + ONE - 1) / ONE
            }
        };
        whole(chord + ROUNDING)
    }
}

/// The whole number nearest to a quotient.
fn nearest(dividend: i128, divisor: i128) -> i64 {
    whole(dividend.signum() * ((2 * dividend.abs() + divisor) / (2 * divisor)))
}

/// All lengths here are below twice the equatorial radius.
fn whole(length: i128) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
