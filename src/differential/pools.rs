//! Values that resources are filled with: few, so that they meet, and close to the edges of the rules.

/// Dates of every precision; several days of them touch.
pub(super) const DATES: [&str; 11] = [
    "2012",
    "2012-06",
    "2012-06-30",
    "2012-12-31",
    "2013",
    "2013-01",
    "2013-01-14",
    "2013-03-14",
    "1980-02-29",
    "2024-07",
    "1949-01-01",
];

/// Moments, some of them the same in two zones.
pub(super) const MOMENTS: [&str; 8] = [
    "2013-01-14T10:00:00Z",
    "2013-01-14T10:00:00.123Z",
    "2013-01-14T12:00:00+02:00",
    "2013-01-14T23:30:00-05:00",
    "2013-01-15T00:00:00Z",
    "2012-06-30T23:59:59.999999Z",
    "2012-12-31T23:30:00-01:00",
    "2024-07-01T00:00:00.000Z",
];

/// Numbers: precision, exponents, trailing zeros, signs, more digits than a binary float has.
pub(super) const DECIMALS: [&str; 15] = [
    "100",
    "100.0",
    "1e2",
    "1.00E2",
    "5.40e-3",
    "0.0054",
    "-0",
    "0",
    "99.5",
    "100.49",
    "-3.20",
    "120",
    "0.1",
    "1e-7",
    "12345678901234567890.123456789",
];

/// Whole numbers.
pub(super) const INTEGERS: [&str; 5] = ["0", "1", "2", "17", "100"];

/// Code systems: of HL7 (case counts), UCUM, open ones.
pub(super) const SYSTEMS: [&str; 5] = [
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://example.org/codes",
    "http://hl7.org/fhir/observation-status",
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
];

/// Codes: case, separators, wildcards and quotes.
pub(super) const CODES: [&str; 12] =
    ["8480-6", "final", "Final", "active", "male", "a,b", "a|b", "100%", "x_y", "it's", "AMB", "c$d"];

/// Names and other texts: accents, dashes, apostrophes, wildcards, quotes, what folds to nothing.
pub(super) const TEXTS: [&str; 20] = [
    "Smith",
    "SMITH",
    "Smith-Jones",
    "smith jones",
    "O'Brien",
    "Quinones Carreno",
    "Van der Berg",
    "Müller",
    "Mueller",
    "Strauß",
    "André",
    "Andre\u{301}",
    "Łukasz",
    "Σίσυφος",
    "Anna",
    "100%",
    "a_b",
    "*",
    "---",
    "say \"x\" \\ (y) & +z#",
];

/// Urls: of canonical resources, on our own base, above and below each other, urns, with a fragment.
pub(super) const URLS: [&str; 9] = [
    "http://acme.org/fhir",
    "http://acme.org/fhir/",
    "http://acme.org/fhirx",
    "http://acme.org/fhir/ValueSet/1",
    "http://example.org/fhir/ValueSet/1",
    "http://example.org/fhir/Questionnaire/2",
    "http://acme.org/fhir/q#part",
    "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7",
    "HTTP://acme.org/fhir",
];

/// Business versions.
pub(super) const VERSIONS: [&str; 5] = ["1.0", "1.2", "1.2.3", "1.20", "2"];

/// Units: text for people, system, code.
pub(super) const UNITS: [(&str, &str, &str); 8] = [
    ("mg", UCUM, "mg"),
    ("g", UCUM, "g"),
    ("mmHg", UCUM, "mm[Hg]"),
    ("degrees", UCUM, "Cel"),
    ("beats/min", UCUM, "/min"),
    ("tablets", "", ""),
    ("mg", "http://example.org/units", "mg"),
    ("", "", "g"),
];

/// The code system of units.
pub(super) const UCUM: &str = "http://unitsofmeasure.org";

/// Latitudes and longitudes in three crowds, so that neighbours are found: around the antimeridian, at a pole, and where
/// some metres count. And the other pole.
pub(super) const PLACES: [(&str, &str); 11] = [
    ("0.0", "180"),
    ("0", "-180.00"),
    ("0", "179.95"),
    ("0.05", "-179.95"),
    ("90", "0"),
    ("90.0", "123.4"),
    ("89.99", "-60"),
    ("-90", "-7"),
    ("-33.8688", "151.2093"),
    ("-3.38688e1", "151.20935"),
    ("-33.86", "151.2093"),
];

/// Distances with their units, from none to more than half way round. No two of [`PLACES`] lie so far apart that rounding
/// decides.
pub(super) const DISTANCES: [(&str, &str); 10] = [
    ("0", "km"),
    ("0.001", ""),
    ("10", "m"),
    ("500", "m"),
    ("1.5", "km"),
    ("9", ""),
    ("20", "[mi_i]"),
    ("5000", "[nmi_i]"),
    ("11000", "km"),
    ("20100", ""),
];

/// Logical ids, the same for every type, so that an id alone says nothing.
pub(super) const IDS: [&str; 6] = ["1", "2", "3", "4", "a-B.c", "A-b.C"];

/// The server's own base.
pub(super) const BASE: &str = "http://example.org/fhir";

#[cfg(test)]
mod tests {
    use super::{DISTANCES, PLACES};
    use crate::values::{Distance, Position};

    /// Store and reference round in different ways, so no generated place may lie at the edge of what is near.
    #[test]
    fn no_place_lies_within_a_metre_of_an_edge() {
        let place = |(latitude, longitude): (&str, &str)| {
            Position::new(latitude.parse().unwrap(), longitude.parse().unwrap()).unwrap().point()
        };
        // 50 km is what is near without a distance; half way round the earth everything is.
        let some = DISTANCES.into_iter().filter(|distance| *distance != ("20100", ""));
        for (value, unit) in some.chain([("50", "km")]) {
            let unit = if unit.is_empty() { "km" } else { unit };
            let chord = Distance::new(&value.parse().unwrap(), unit).unwrap().chord();
            for (a, b) in PLACES.iter().flat_map(|a| PLACES.iter().map(move |b| (*a, *b))) {
                let (from, to) = (place(a), place(b));
                let squares = [from.x - to.x, from.y - to.y, from.z - to.z].map(|side| side * side);
                let apart = squares.iter().sum::<i64>().isqrt();
                assert!(
                    apart == 0 || (apart - chord).abs() > 100,
                    "{a:?} and {b:?} are {apart} cm apart: {value}{unit}"
                );
            }
        }
    }
}
