//! People: names as they are composed where they come from, telephones, addresses.

use super::json::Object;
use super::names::{Custom, ELSEWHERE, Names};
use super::places::Place;
use super::random::Random;
use super::tables;

/// Somebody with a name.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) gender: &'static str,
    pub(super) given: Vec<&'static str>,
    pub(super) family: String,
    /// Where the name comes from.
    names: &'static Names,
}

impl Person {
    pub(super) fn new(random: &mut Random, place: &Place) -> Person {
        let names =
            if random.percent(tables::FROM_ELSEWHERE) { random.weighted(&ELSEWHERE) } else { &place.culture.names };
        let gender = random.weighted(&tables::GENDERS);
        let female = match *gender {
            "female" => true,
            "male" => false,
            _ => random.percent(50),
        };
        let list = if female { &names.female } else { &names.male };
        let first = *random.ranked(list);
        let second = random.percent(tables::SECOND_GIVEN_NAME).then(|| *random.ranked(list));
        let given = [Some(first), second.filter(|second| *second != first)].into_iter().flatten().collect();
        Person { gender, given, family: family(random, names), names }
    }

    /// The family name that somebody like this had before.
    pub(super) fn maiden_name(&self, random: &mut Random) -> String {
        family(random, self.names)
    }

    /// The name as it is said.
    pub(super) fn full_name(&self) -> String {
        format!("{} {}", self.given.join(" "), self.family)
    }

    /// The members of the name that is on the papers.
    pub(super) fn official_name(&self, o: &mut Object<'_>, prefix: Option<&str>) {
        o.text("use", "official");
        o.text("text", self.full_name());
        o.text("family", &self.family);
        o.texts("given", &self.given);
        o.texts("prefix", prefix);
    }
}

fn family(random: &mut Random, names: &Names) -> String {
    let (first, second) = (*random.ranked(&names.family), *random.ranked(&names.family));
    match names.custom {
        Custom::Both => format!("{first} {second}"),
        Custom::One if first != second && random.percent(tables::JOINED_FAMILY_NAMES) => format!("{first}-{second}"),
        Custom::One => first.to_owned(),
    }
}

/// The members of a telephone number as a ContactPoint.
pub(super) fn phone(o: &mut Object<'_>, place: &Place, used: &str, random: &mut Random) {
    o.text("system", "phone");
    o.text("value", random.digits(place.phone));
    o.text("use", used);
}

/// The members of an Address.
pub(super) fn address(o: &mut Object<'_>, place: &Place, used: &str, random: &mut Random) {
    let number = if random.percent(60) { random.between(1, 40) } else { random.between(41, 300) };
    o.text("use", used);
    o.texts("line", [random.ranked(&place.culture.streets).replace('#', &number.to_string())]);
    o.text("city", place.city);
    o.text("state", place.state);
    o.text("postalCode", random.digits(place.postal_code));
    o.text("country", place.country);
}
