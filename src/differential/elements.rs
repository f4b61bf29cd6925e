//! Elements of resources, by datatype.

use super::pools::{
    BASE, CODES, DATES, DECIMALS, IDS, INTEGERS, MOMENTS, PLACES, SYSTEMS, TEXTS, UNITS, URLS, VERSIONS,
};
use super::random::Random;
use serde_json::{Map, Number, Value as Json, json};

/// Names of what a resource contains, of what it does not, and of itself.
const INSIDE: [&str; 4] = ["#c1", "#c2", "#gone", "#"];

/// An object of those members that have a value.
pub(super) fn object<const N: usize>(members: [(&str, Json); N]) -> Json {
    let members = members.into_iter().filter(|(_, value)| !value.is_null());
    let members: Map<String, Json> = members.map(|(name, value)| (name.to_owned(), value)).collect();
    if members.is_empty() { Json::Null } else { Json::Object(members) }
}

/// An element that holds nothing but an extension.
pub(super) fn extension_only() -> Json {
    json!({ "extension": [{ "url": "http://example.org/reason", "valueString": "unknown" }] })
}

/// A number as it is written.
fn number(text: &str) -> Json {
    text.parse().map(|number: Number| Json::Number(number)).unwrap_or_default()
}

fn text(random: &mut Random) -> Json {
    json!(random.pick(&TEXTS))
}

/// A moment or a date of any precision.
pub(super) fn date_time(random: &mut Random) -> Json {
    if random.chance(50) { json!(random.pick(&DATES)) } else { json!(random.pick(&MOMENTS)) }
}

/// A primitive of a type that searches look at; `codes` are those that matter where it stands.
pub(super) fn primitive(random: &mut Random, ty: &str, codes: &[String]) -> Json {
    match ty {
        "boolean" => json!(random.chance(50)),
        "decimal" => number(random.pick(&DECIMALS)),
        "integer" | "positiveInt" | "unsignedInt" => number(random.pick(&INTEGERS)),
        "date" => json!(random.pick(&DATES)),
        "dateTime" => date_time(random),
        "instant" => json!(random.pick(&MOMENTS)),
        "code" => match random.one(codes) {
            Some(code) if random.chance(60) => json!(code),
            _ => json!(random.pick(&CODES)),
        },
        "string" | "markdown" => text(random),
        "id" => json!(random.pick(&IDS)),
        "uri" | "url" => json!(random.pick(&URLS)),
        "canonical" => canonical(random),
        "oid" => json!("urn:oid:1.2.3"),
        "uuid" => json!("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"),
        _ => Json::Null,
    }
}

/// A url, with a version or without, or something inside the same resource.
fn canonical(random: &mut Random) -> Json {
    if random.chance(20) {
        return json!(random.pick(&INSIDE));
    }
    let url = random.pick(&URLS);
    if random.chance(40) { json!(format!("{url}|{}", random.pick(&VERSIONS))) } else { json!(url) }
}

/// A data type that searches know the inside of; nothing for others.
pub(super) fn complex(random: &mut Random, ty: &str) -> Option<Json> {
    Some(match ty {
        "HumanName" => human_name(random),
        "Address" => address(random),
        "ContactPoint" => contact_point(random),
        "Identifier" => identifier(random),
        "Coding" => coding(random),
        "CodeableConcept" => concept(random),
        "Quantity" | "SimpleQuantity" | "Age" | "Duration" | "Count" | "Distance" | "MoneyQuantity" => quantity(random),
        "Money" => object([
            ("value", random.maybe(90, |random| number(random.pick(&DECIMALS)))),
            ("currency", random.maybe(90, |random| json!(random.pick(&["EUR", "USD"])))),
        ]),
        "Range" => object([("low", random.maybe(75, simple_quantity)), ("high", random.maybe(75, simple_quantity))]),
        "SampledData" => json!({ "origin": quantity(random), "period": 10, "dimensions": 1 }),
        "Period" => period(random),
        "Timing" => timing(random),
        "Location.position" => position(random),
        _ => return None,
    })
}

fn period(random: &mut Random) -> Json {
    if random.chance(4) {
        return extension_only();
    }
    object([("start", random.maybe(75, date_time)), ("end", random.maybe(65, date_time))])
}

fn timing(random: &mut Random) -> Json {
    let bounds = random.maybe(40, |random| json!({ "boundsPeriod": period(random) }));
    object([("event", random.list(2, date_time)), ("repeat", bounds)])
}

/// Now and then only half of a position, or none.
fn position(random: &mut Random) -> Json {
    if random.chance(4) {
        return extension_only();
    }
    let (latitude, longitude) = random.pick(&PLACES);
    object([
        ("latitude", random.maybe(95, |_| number(latitude))),
        ("longitude", random.maybe(95, |_| number(longitude))),
        ("altitude", random.maybe(20, |random| number(random.pick(&DECIMALS)))),
    ])
}

fn coding(random: &mut Random) -> Json {
    object([
        ("system", random.maybe(80, |random| json!(random.pick(&SYSTEMS)))),
        ("code", random.maybe(92, |random| json!(random.pick(&CODES)))),
        ("display", random.maybe(30, text)),
    ])
}

fn concept(random: &mut Random) -> Json {
    object([("coding", random.list(3, coding)), ("text", random.maybe(30, text))])
}

fn identifier(random: &mut Random) -> Json {
    object([
        ("type", random.maybe(40, concept)),
        ("system", random.maybe(70, |random| json!(random.pick(&SYSTEMS)))),
        ("value", random.maybe(92, |random| json!(random.pick(&CODES)))),
    ])
}

fn contact_point(random: &mut Random) -> Json {
    object([
        ("system", random.maybe(90, |random| json!(random.pick(&["phone", "email", "fax"])))),
        ("value", random.maybe(92, |random| json!(random.pick(&["555-1234", "a@b.org", "A@B.org", "it's"])))),
        ("use", random.maybe(50, |random| json!(random.pick(&["home", "work"])))),
    ])
}

fn human_name(random: &mut Random) -> Json {
    object([
        ("family", random.maybe(75, text)),
        ("given", random.list(2, text)),
        ("prefix", random.list(1, text)),
        ("text", random.maybe(20, text)),
    ])
}

fn address(random: &mut Random) -> Json {
    object([
        ("use", random.maybe(40, |random| json!(random.pick(&["home", "work"])))),
        ("line", random.list(2, text)),
        ("city", random.maybe(60, text)),
        ("country", random.maybe(40, text)),
        ("postalCode", random.maybe(40, |random| json!(random.pick(&["12345", "12 345", "AB-1"])))),
        ("text", random.maybe(15, text)),
    ])
}

fn simple_quantity(random: &mut Random) -> Json {
    let (unit, system, code) = random.pick(&UNITS);
    let named = |name: &str| if name.is_empty() { Json::Null } else { json!(name) };
    object([
        ("value", random.maybe(93, |random| number(random.pick(&DECIMALS)))),
        ("unit", named(unit)),
        ("system", named(system)),
        ("code", named(code)),
    ])
}

fn quantity(random: &mut Random) -> Json {
    let mut quantity = simple_quantity(random);
    if let (true, Some(members)) = (random.chance(15), quantity.as_object_mut()) {
        members.insert("comparator".to_owned(), json!(random.pick(&["<", "<=", ">", ">="])));
    }
    quantity
}

/// A plain reference to one of these types, by type and id.
pub(super) fn local(random: &mut Random, types: &[&str]) -> Json {
    json!({ "reference": format!("{}/{}", random.pick(types), random.pick(&IDS)) })
}

/// Versions that references name: some are there, some were deletions, some no store gives.
const NAMED: [&str; 9] = ["1", "1", "1", "2", "2", "2", "3", "4", "01"];

/// A reference to one of these types.
pub(super) fn reference(random: &mut Random, types: &[&str]) -> Json {
    let (ty, id) = (random.pick(types), random.pick(&IDS));
    let literal = match random.below(100) {
        0..53 => format!("{ty}/{id}"),
        53..67 => format!("{ty}/{id}/_history/{}", random.pick(&NAMED)),
        67..77 => format!("{BASE}/{ty}/{id}"),
        77..80 => format!("{BASE}/{ty}/{id}/_history/{}", random.pick(&NAMED)),
        80..85 => format!("http://other.org/fhir/{ty}/{id}"),
        85..88 => "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7".to_owned(),
        88..95 => random.pick(&INSIDE).to_owned(),
        95 => return extension_only(),
        _ => String::new(),
    };
    let identified = literal.is_empty() || random.chance(15);
    object([
        ("reference", if literal.is_empty() { Json::Null } else { json!(literal) }),
        ("type", random.maybe(20, |_| json!(ty))),
        ("identifier", if identified { identifier(random) } else { Json::Null }),
        ("display", random.maybe(20, text)),
    ])
}
