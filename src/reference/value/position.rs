//! Positions and the distances between them. FHIR R4 Location, `near`; item 115.

use serde_json::Value;

use crate::ir::NearTest;
use crate::reference::path::Element;
use crate::values::Decimal;

/// Half of the longest axis of WGS84, in metres.
const EQUATORIAL: f64 = 6_378_137.0;
/// How much shorter the axis through the poles is.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// The radius of the sphere on which ways are measured: the mean one, in metres.
const MEAN: f64 = 6_371_008.8;
/// Positions are known to the centimetre: what is this much farther, in metres, may be as near.
const ROUNDING: f64 = 0.02;

/// A place on the surface, in radians.
#[derive(Clone, Copy, Debug)]
pub(in crate::reference) struct Place {
    north: f64,
    east: f64,
}

/// The place that an element names, if it has both coordinates and they are some.
pub(super) fn stored(element: &Element<'_>) -> Option<Place> {
    let degrees = |name: &str| element.get(name).and_then(Value::as_f64);
    let (latitude, longitude) = (degrees("latitude")?, degrees("longitude")?);
    let exists = element.datatype == "Location.position" && latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    exists.then(|| Place::at(latitude, longitude))
}

/// Is the place near enough?
pub(super) fn passes(test: &NearTest, place: Place) -> bool {
    let centre = Place::at(float(test.centre.latitude()), float(test.centre.longitude()));
    centre.way(place) <= float(test.within.metres()) + ROUNDING
}

impl Place {
    fn at(latitude: f64, longitude: f64) -> Place {
        Place { north: latitude.to_radians(), east: longitude.to_radians() }
    }

    /// The arc of the mean sphere over the straight line between two points of the ellipsoid, in metres.
    fn way(self, other: Place) -> f64 {
        let ((x, y, z), (u, v, w)) = (self.point(), other.point());
        let line = (x - u).hypot(y - v).hypot(z - w);
        2.0 * MEAN * (line / (2.0 * MEAN)).min(1.0).asin()
    }

    /// The point of the ellipsoid, by its reduced latitude.
    fn point(self) -> (f64, f64, f64) {
        let polar = EQUATORIAL * (1.0 - FLATTENING);
        let reduced = ((1.0 - FLATTENING) * self.north.sin()).atan2(self.north.cos());
        let out = EQUATORIAL * reduced.cos();
        (out * self.east.cos(), out * self.east.sin(), polar * reduced.sin())
    }
}

/// The nearest float: a decimal is always written as a number, if perhaps as an endless one.
fn float(number: &Decimal) -> f64 {
    number.to_string().parse().unwrap_or(f64::INFINITY)
}
