//! Positions: points, and what is none.

use serde_json::{Value, json};

use super::{extract, rows};
use crate::keys::Facet;

fn at(position: &Value) -> Value {
    json!({"resourceType": "Location", "id": "l", "position": position})
}

#[test]
fn a_position_is_a_point_of_the_ellipsoid_in_centimetres() {
    let table = [
        (json!({"latitude": 0, "longitude": 0}), "637813700 0 0"),
        (json!({"latitude": 0.0, "longitude": -90, "altitude": 8848}), "0 -637813700 0"),
        (json!({"latitude": -90, "longitude": 12}), "0 0 -635675231"),
    ];
    for (position, point) in table {
        assert_eq!(rows(&at(&position), "near", Facet::Value), [point]);
        assert_eq!(rows(&at(&position), "near", Facet::Present), [""]);
    }
    let (east, west) =
        (at(&json!({"latitude": 5, "longitude": 180})), at(&json!({"latitude": 5.0, "longitude": -180})));
    assert_eq!(rows(&east, "near", Facet::Value), rows(&west, "near", Facet::Value));
}

#[test]
fn half_a_position_is_present_and_no_point() {
    let table = [
        (json!({"latitude": 1}), "`Location.position`: a position needs a latitude and a longitude"),
        (json!({"longitude": 1}), "`Location.position`: a position needs a latitude and a longitude"),
        (json!({"latitude": 91, "longitude": 1}), "`Location.position`: a latitude lies between -90 and 90"),
        (json!({"latitude": 9, "longitude": -181}), "`Location.position`: a longitude lies between -180 and 180"),
        (
            json!({"latitude": "9", "longitude": 1}),
            "`Location.position.latitude`: a text stands where a number belongs",
        ),
    ];
    for (position, warning) in table {
        let extraction = extract(&at(&position));
        let warnings: Vec<_> = extraction.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, [warning]);
        assert!(super::readable(&extraction.rows, "near", Facet::Value).is_empty(), "{position}");
        assert_eq!(super::readable(&extraction.rows, "near", Facet::Present), [""], "{position}");
    }
}

#[test]
fn extensions_alone_are_no_position() {
    let position = at(&json!({"extension": [{"url": "http://example.org/reason", "valueString": "secret"}]}));
    assert!(rows(&position, "near", Facet::Value).is_empty());
    assert!(rows(&position, "near", Facet::Present).is_empty());
}
