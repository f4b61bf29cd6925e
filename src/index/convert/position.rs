//! Positions: the point on the earth that two coordinates name. FHIR R4 Location, `near`.

use fhirc_codegen::rows::{Base, Point, Value as Cell};
use serde_json::Value;

use super::number::optional;
use super::{Line, Values, present};
use crate::index::warning::Problem;
use crate::keys::Facet;
use crate::values::{EarthPoint, Position};

/// | data type | point | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("Location.position", position), // of its latitude and longitude; height does not count | 115
];

fn position(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    let latitude = optional(present(element, "latitude"), "latitude", values);
    let longitude = optional(present(element, "longitude"), "longitude", values);
    match (latitude, longitude) {
        (Ok(Some(latitude)), Ok(Some(longitude))) => match Position::new(latitude, longitude) {
            Ok(position) => {
                let EarthPoint { x, y, z } = position.point();
                values.push(Facet::Value, Base::Point, vec![Cell::Point(Point { z, x, y })]);
            }
            Err(error) => values.complain(Problem::Position(error)),
        },
        (Ok(Some(_)), Ok(None)) | (Ok(None), Ok(Some(_))) => values.complain(Problem::HalfPosition),
        // Nothing is there but extensions, or what is there was complained of.
        _ => {}
    }
}
