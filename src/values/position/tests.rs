//! Points and chords against what floats and published geodesics say.

use super::*;
use proptest::prelude::*;

fn position(latitude: &str, longitude: &str) -> Position {
    Position::new(latitude.parse().unwrap(), longitude.parse().unwrap()).unwrap()
}

fn point(latitude: &str, longitude: &str) -> [i64; 3] {
    let EarthPoint { x, y, z } = position(latitude, longitude).point();
    [x, y, z]
}

fn metres(text: &str) -> Distance {
    Distance::new(&text.parse().unwrap(), "m").unwrap()
}

fn apart(a: [i64; 3], b: [i64; 3]) -> f64 {
    let square = |n: usize| ((a[n] - b[n]) as f64).powi(2);
    (square(0) + square(1) + square(2)).sqrt()
}

#[test]
fn axes_of_the_ellipsoid() {
    assert_eq!(point("0", "0"), [637_813_700, 0, 0]);
    assert_eq!(point("0", "90"), [0, 637_813_700, 0]);
    assert_eq!(point("90", "0"), [0, 0, 635_675_231]);
    assert_eq!(point("-90", "123.4"), [0, 0, -635_675_231]);
}

#[test]
fn one_place_is_one_point() {
    assert_eq!(point("12.5", "180"), point("12.50", "-180.000"));
    assert_eq!(point("90", "17"), point("90.0", "-161"));
    assert_eq!(point("0", "-0"), point("-0", "0e5"));
    assert_eq!(point("1e1", "2e1"), point("10", "20"));
    assert_eq!(point("1e-99999", "0"), point("0", "0"));
}

/// The lengths of geodesics on WGS84, published or computed by Vincenty's formula.
#[test]
fn chords_are_those_of_geodesics() {
    let known = [
        // Flinders Peak to Buninyong, in the Geocentric Datum of Australia, which is WGS84 to the digits given.
        (("-37.95103341666667", "144.42486788888889"), ("-37.65282113888889", "143.92649552777778"), "54972.271"),
        // A degree along the equator, and a degree of the meridian at the equator and at the pole.
        (("0", "179.5"), ("0", "-179.5"), "111319.491"),
        (("-0.5", "7"), ("0.5", "7"), "110574.304"),
        (("89", "7"), ("90", "99"), "111693.865"),
    ];
    for (a, b, way) in known {
        let apart = apart(point(a.0, a.1), point(b.0, b.1));
        let chord = metres(way).chord() as f64;
        assert!((chord - apart).abs() < 10.0, "{way}: {chord} and {apart} cm");
    }
}

#[test]
fn distances_by_unit() {
    let known = [("1", "km", "1000"), ("1", "[mi_i]", "1609.344"), ("2", "[nmi_i]", "3704"), ("3", "[ft_i]", "0.9144")];
    for (value, unit, in_metres) in known {
        assert_eq!(Distance::new(&value.parse().unwrap(), unit), Ok(metres(in_metres)), "{unit}");
    }
    for unit in ["g", "s", "mi", "KM", "m2", "1", "", "Cel"] {
        assert_eq!(Distance::new(&Decimal::from(1), unit), Err(DistanceError::Unit), "{unit}");
    }
    assert_eq!(Distance::new(&Decimal::from(-1), "km"), Err(DistanceError::Negative));
    assert!(Distance::new(&"-0".parse().unwrap(), "km").is_ok());
}

#[test]
fn the_shortest_and_the_longest_chord() {
    assert_eq!(metres("0").chord(), 2);
    assert_eq!(metres("1").chord(), 102);
    assert_eq!(metres("1e-99999").chord(), 2);
    let whole_axis = 2 * 637_813_700 + 2;
    for way in ["20015115", "1e9", "1e99999"] {
        assert_eq!(metres(way).chord(), whole_axis, "{way}");
    }
    assert!(metres("20015114").chord() < whole_axis);
}

#[test]
fn bounds() {
    let of = |latitude: &str, longitude: &str| Position::new(latitude.parse().unwrap(), longitude.parse().unwrap());
    assert!(of("90", "180").is_ok() && of("-90.00", "-180").is_ok());
    assert_eq!(of("90.0000001", "0"), Err(PositionError::Latitude));
    assert_eq!(of("-91", "500"), Err(PositionError::Latitude));
    assert_eq!(of("0", "-180.5"), Err(PositionError::Longitude));
}

proptest! {
    /// The same in floats: reduced latitudes instead of normals, the library's sines.
    #[test]
    fn points_are_those_of_floats(latitude in -90_000_000i64..=90_000_000, longitude in -180_000_000i64..=180_000_000) {
        let text = |micro: i64| format!("{micro}e-6");
        let [x, y, z] = point(&text(latitude), &text(longitude)).map(|coordinate| coordinate as f64);
        let (latitude, longitude) = ((latitude as f64 / 1e6).to_radians(), (longitude as f64 / 1e6).to_radians());
        let flattening = 1.0 / 298.257_223_563;
        let reduced = ((1.0 - flattening) * latitude.sin()).atan2(latitude.cos());
        let (a, b) = (637_813_700.0, 637_813_700.0 * (1.0 - flattening));
        prop_assert!((x - a * reduced.cos() * longitude.cos()).abs() < 0.501);
        prop_assert!((y - a * reduced.cos() * longitude.sin()).abs() < 0.501);
        prop_assert!((z - b * reduced.sin()).abs() < 0.501);
    }

    #[test]
    fn chords_grow_with_distances(way in 0u64..20_015_114_000, more in 0u64..1_000_000) {
        let chord = |millimetres: u64| metres(&format!("{millimetres}e-3")).chord();
        prop_assert!(chord(way) <= chord(way + more));
        let chord_of = |way: f64| 2.0 * 637_100_880.0 * (way / 2.0 / 637_100_880.0).sin();
        let exact = chord_of(way as f64 / 10.0);
        prop_assert!((chord(way) as f64 - exact - 2.0) > -0.01 && (chord(way) as f64 - exact - 2.0) < 1.01);
    }
}
