//! Texts of search values: from an element that is there, now and then changed.

use super::pools::{CODES, DATES, DECIMALS, DISTANCES, IDS, MOMENTS, PLACES, SYSTEMS, TEXTS, UCUM, URLS, VERSIONS};
use super::random::Random;
use crate::definitions::ParamType;
use crate::reference::Found;
use serde_json::Value as Json;

/// A value without escapes, in its pieces between `|`.
pub(super) type Pieces = Vec<String>;

/// The pieces as ordinary parameters write them.
pub(super) fn escaped(pieces: &[String]) -> String {
    let escape = |piece: &String| {
        piece.chars().fold(String::new(), |mut out, letter| {
            if matches!(letter, ',' | '|' | '$' | '\\') {
                out.push('\\');
            }
            out.push(letter);
            out
        })
    };
    pieces.iter().map(escape).collect::<Vec<_>>().join("|")
}

/// A value for a parameter of type `ty`, mostly that of `found`.
pub(super) fn value(random: &mut Random, ty: ParamType, found: Option<&Found>) -> Pieces {
    let found = found.filter(|_| random.chance(90));
    match ty {
        ParamType::String => vec![string(random, found)],
        ParamType::Token => token(random, found),
        ParamType::Date => vec![date(random, found)],
        ParamType::Number => vec![decimal(random, found.map(|found| &found.json))],
        ParamType::Quantity => quantity(random, found),
        ParamType::Reference => reference(random, found),
        ParamType::Uri => uri(random, found),
        ParamType::Special => near(random, found),
        ParamType::Composite => vec![random.pick(&CODES).to_owned()],
    }
}

/// One of the texts inside an element.
fn text_in(random: &mut Random, json: &Json) -> Option<String> {
    let mut texts = Vec::new();
    collect(json, &mut texts);
    random.one(&texts).cloned()
}

fn collect(json: &Json, texts: &mut Vec<String>) {
    match json {
        Json::String(text) => texts.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Json::Object(members) => members.values().for_each(|member| collect(member, texts)),
        _ => {}
    }
}

/// A text, its beginning, its end, or in another case.
pub(super) fn string(random: &mut Random, found: Option<&Found>) -> String {
    let text = found.and_then(|found| text_in(random, &found.json));
    let text = text.unwrap_or_else(|| random.pick(&TEXTS).to_owned());
    let letters = text.chars().count();
    match random.below(10) {
        0..4 => text,
        4..6 => text.chars().take(1 + random.below(letters)).collect(),
        6 => text.chars().skip(random.below(letters)).collect(),
        7 => text.to_uppercase(),
        8 => text.to_lowercase().replace('-', " "),
        _ => random.pick(&["a", "s", "%", "_", "*", "é", "ss"]).to_owned(),
    }
}

/// Some words of a text, in any order, now and then with a dash between two of them or a part of one.
pub(super) fn words(random: &mut Random, found: Option<&Found>) -> String {
    let text = found.and_then(|found| text_in(random, &found.json)).filter(|_| random.chance(80));
    let text = text.unwrap_or_else(|| random.pick(&TEXTS).to_owned());
    let mut words: Vec<&str> = text.split([' ', '-']).collect();
    let first = random.below(words.len());
    words.rotate_left(first);
    words.truncate(1 + random.below(words.len()));
    let joined = words.join(random.pick(&[" ", " ", "-"]));
    if random.chance(15) { string(random, found) } else { joined }
}

/// What some code begins with.
pub(super) fn code_text(random: &mut Random, found: Option<&Found>) -> String {
    let code = token(random, found).pop().filter(|code| !code.is_empty());
    let code = code.unwrap_or_else(|| random.pick(&CODES).to_owned());
    let letters = code.chars().count();
    let code: String = code.chars().take(1 + random.below(letters)).collect();
    if random.chance(20) { code.to_uppercase() } else { code }
}

fn member(json: &Json, name: &str) -> Option<String> {
    json.get(name)?.as_str().map(str::to_owned)
}

/// A coding that is there: whole or in part, in another case, or with another system.
fn token(random: &mut Random, found: Option<&Found>) -> Pieces {
    let coding = found.map(|found| match found.datatype {
        "CodeableConcept" => {
            let codings = found.json.get("coding").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            random.one(codings).cloned().unwrap_or_default()
        }
        _ => found.json.clone(),
    });
    let plain = coding.as_ref().and_then(|json| match json {
        Json::String(text) => Some(text.clone()),
        Json::Bool(truth) => Some(truth.to_string()),
        _ => None,
    });
    let datatype = found.map_or("Coding", |found| found.datatype);
    if let Some(code) = plain {
        return if datatype == "code" && random.chance(15) { vec![String::new(), code] } else { vec![code] };
    }
    let of = |name: &str| coding.as_ref().and_then(|json| member(json, name));
    let code = of("code").or_else(|| of("value")).unwrap_or_else(|| random.pick(&CODES).to_owned());
    if datatype == "ContactPoint" {
        return vec![code];
    }
    let system = of("system").unwrap_or_else(|| random.pick(&["", "http://loinc.org"]).to_owned());
    match random.below(12) {
        0..4 => vec![code],
        4..7 => vec![system, code],
        7 if !system.is_empty() => vec![system, String::new()],
        8 => vec![String::new(), code],
        9 => vec![random.pick(&SYSTEMS).to_owned(), code],
        10 => vec![code.to_uppercase()],
        _ => vec![system, code.to_lowercase()],
    }
}

/// A date inside an element, at its own or a coarser precision.
pub(super) fn date(random: &mut Random, found: Option<&Found>) -> String {
    let text = found.and_then(|found| text_in(random, &found.json));
    let text = text.filter(|text| text.starts_with(|first: char| first.is_ascii_digit()));
    let text = text.unwrap_or_else(|| {
        let pool: &[&str] = if random.chance(50) { &DATES } else { &MOMENTS };
        random.pick(pool).to_owned()
    });
    match random.below(8) {
        0 => text.chars().take(4).collect(),
        1 => text.chars().take(10).collect(),
        _ => text,
    }
}

/// A number that is there, or near to it in value or precision.
pub(super) fn decimal(random: &mut Random, json: Option<&Json>) -> String {
    match json {
        Some(Json::Number(number)) if random.chance(80) => number.to_string(),
        _ => random.pick(&DECIMALS).to_owned(),
    }
}

fn quantity(random: &mut Random, found: Option<&Found>) -> Pieces {
    let json = found.map(|found| &found.json);
    let json = json.and_then(|json| json.get("low").or_else(|| json.get("origin")).or(Some(json)));
    let value = decimal(random, json.and_then(|json| json.get("value")));
    let of = |name: &str| json.and_then(|json| member(json, name)).unwrap_or_default();
    let (system, code, unit) = (of("system"), of("code").clone() + &of("currency"), of("unit"));
    match random.below(8) {
        0..3 => vec![value],
        3..5 => vec![value, system, code],
        5 => vec![value, String::new(), if unit.is_empty() { code } else { unit }],
        6 if !system.is_empty() => vec![value, system, String::new()],
        _ => vec![value, UCUM.to_owned(), random.pick(&["g", "mg", "kg", "Cel", "/min", "/s"]).to_owned()],
    }
}

/// A place that is there, or another, and mostly how far from it.
fn near(random: &mut Random, found: Option<&Found>) -> Pieces {
    let coordinate = |name: &str| match found?.json.get(name)? {
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let there = coordinate("latitude").zip(coordinate("longitude")).filter(|_| random.chance(60));
    let (latitude, longitude) = there.unwrap_or_else(|| {
        let (latitude, longitude) = random.pick(&PLACES);
        (latitude.to_owned(), longitude.to_owned())
    });
    let (distance, unit) = random.pick(&DISTANCES);
    let mut pieces = vec![latitude, longitude];
    if random.chance(92) {
        pieces.push(distance.to_owned());
        // Kilometres need not be written.
        let unit = if unit.is_empty() && random.chance(50) { None } else { Some(unit.to_owned()) };
        pieces.extend(unit);
    }
    pieces
}

fn reference(random: &mut Random, found: Option<&Found>) -> Pieces {
    let text = found.and_then(|found| match &found.json {
        Json::String(url) => Some(url.clone()),
        json => member(json, "reference"),
    });
    let Some(text) = text.filter(|text| !text.is_empty() && !text.starts_with('#')) else {
        return vec![random.pick(&IDS).to_owned()];
    };
    let unversioned = text.split("/_history/").next().unwrap_or_default();
    let last = unversioned.rsplit('/').next().unwrap_or_default();
    let of_two: Vec<&str> = unversioned.rsplitn(3, '/').take(2).collect();
    let relative = of_two.iter().rev().copied().collect::<Vec<_>>().join("/");
    let text = match random.below(8) {
        0..3 => text,
        3 => unversioned.to_owned(),
        4 => last.to_owned(),
        5 => relative,
        6 => format!("{}/{relative}", super::pools::BASE),
        _ => format!("{relative}/_history/1"),
    };
    text.split('|').map(str::to_owned).collect()
}

fn uri(random: &mut Random, found: Option<&Found>) -> Pieces {
    let url = found.and_then(|found| found.json.as_str()).unwrap_or_else(|| random.pick(&URLS)).to_owned();
    let (bare, _) = url.split_once('|').unwrap_or((&url, ""));
    match random.below(8) {
        0 => vec![bare.to_owned(), random.pick(&VERSIONS).to_owned()],
        1 => vec![bare.rsplit_once('/').map_or(bare, |(above, _)| above).to_owned()],
        2 => vec![bare.to_owned()],
        _ => url.split('|').map(str::to_owned).collect(),
    }
}
