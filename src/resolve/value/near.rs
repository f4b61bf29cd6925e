//! `near`: a place and how far from it. FHIR R4 Location, `near`; item 115.

use crate::ir::{NearTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::resolver::Resolver;
use crate::values::{Decimal, Distance, DistanceError, Position, PositionError};
use fhirc_grammar::{Diagnostic, Item, Span, Text};
use std::fmt::Display;

/// The distance where none is given, which is the server's choice, in kilometres.
const USUAL: i64 = 50;

/// The unit where none is given.
const KILOMETRE: &str = "km";

/// What people write for units that UCUM calls otherwise.
const MEANT: [(&str, &str); 8] = [
    ("KM", "km"),
    ("kms", "km"),
    ("mi", "[mi_i]"),
    ("mile", "[mi_i]"),
    ("miles", "[mi_i]"),
    ("nmi", "[nmi_i]"),
    ("ft", "[ft_i]"),
    ("yd", "[yd_i]"),
];

/// `latitude|longitude`, `latitude|longitude|distance`, `latitude|longitude|distance|unit`
pub(super) fn test(resolver: &mut Resolver<'_>, item: &Item) -> Option<(Facet, Test)> {
    let pieces = match item.parts.as_slice() {
        [whole] => whole.pieces.as_slice(),
        _ => &[],
    };
    let [latitude, longitude, rest @ ..] = pieces else {
        resolver.report(no_place(item));
        return None;
    };
    let within = match rest {
        [] => usual(resolver, item.span),
        [distance] | [distance, _] if distance.text.is_empty() => usual(resolver, item.span),
        [distance] => within(resolver, distance, None),
        [distance, unit] => within(resolver, distance, Some(unit).filter(|unit| !unit.text.is_empty())),
        _ => {
            resolver.report(no_place(item));
            return None;
        }
    };
    let centre = centre(resolver, latitude, longitude);
    Some((Facet::Value, Test::Near(NearTest { centre: centre?, within: within? })))
}

fn no_place(item: &Item) -> Diagnostic {
    let message = format!("`{}` is no place and distance", item.text());
    let help = "they are written `latitude|longitude|distance|unit`, as in `-33.87|151.21|5|km`";
    errors::bad_value("bad-near", item.span, message).help(help)
}

fn centre(resolver: &mut Resolver<'_>, latitude: &Text, longitude: &Text) -> Option<Position> {
    // Both are looked at, so that all their problems are reported.
    let north = number(resolver, latitude, "latitude", "bad-latitude");
    let east = number(resolver, longitude, "longitude", "bad-longitude");
    let (north, east) = (north?, east?);
    let error = match Position::new(north.clone(), east.clone()) {
        Ok(position) => return Some(position),
        Err(error) => error,
    };
    resolver.report(match error {
        PositionError::Latitude => {
            let diagnostic = no_number(latitude, "latitude", "bad-latitude", error);
            let swapped = Position::new(east, north).is_ok();
            if swapped { diagnostic.help("the latitude stands first, then the longitude") } else { diagnostic }
        }
        PositionError::Longitude => no_number(longitude, "longitude", "bad-longitude", error),
    });
    None
}

fn number(resolver: &mut Resolver<'_>, written: &Text, what: &str, code: &'static str) -> Option<Decimal> {
    let diagnostic = match written.text.parse::<Decimal>() {
        Ok(number) => return Some(number),
        Err(_) if written.text.is_empty() => errors::bad_value(code, written.span, format!("the {what} is missing")),
        Err(error) => no_number(written, what, code, error),
    };
    resolver.report(diagnostic);
    None
}

fn no_number(written: &Text, what: &str, code: &'static str, why: impl Display) -> Diagnostic {
    errors::bad_value(code, written.span, format!("`{}` is no {what}: {why}", written.text))
}

/// Without a distance the unit is irrelevant.
fn usual(resolver: &mut Resolver<'_>, span: Span) -> Option<Distance> {
    let message = format!("no distance is given: this finds what is within {USUAL} {KILOMETRE}");
    resolver
        .report(Diagnostic::warning("usual-distance", span, message).help("it stands third, as in `-33.87|151.21|5`"));
    Distance::new(&Decimal::from(USUAL), KILOMETRE).ok()
}

fn within(resolver: &mut Resolver<'_>, distance: &Text, unit: Option<&Text>) -> Option<Distance> {
    let value = number(resolver, distance, "distance", "bad-distance")?;
    let code = unit.map_or(KILOMETRE, |unit| &unit.text);
    let error = match Distance::new(&value, code) {
        Ok(distance) => return Some(distance),
        Err(error) => error,
    };
    resolver.report(match error {
        DistanceError::Negative => no_number(distance, "distance", "bad-distance", "it is negative"),
        DistanceError::Unit => no_length(code, unit.map_or(distance.span, |unit| unit.span)),
    });
    None
}

fn no_length(code: &str, span: Span) -> Diagnostic {
    let message = format!("`{code}` is no unit of length in UCUM");
    let diagnostic = errors::bad_value("bad-unit", span, message);
    match MEANT.iter().find(|(written, _)| *written == code) {
        Some((_, meant)) => diagnostic.label(span, format!("did you mean `{meant}`?")),
        None => diagnostic.help("these are some: `km`, `m`, `[mi_i]`, `[nmi_i]`, `[ft_i]`"),
    }
}
