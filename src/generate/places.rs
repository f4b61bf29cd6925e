//! Places where patients, practitioners and organizations are.

use super::list::List;
use super::names::{Culture, ENGLISH, FRENCH, GERMAN, SPANISH};
use super::time::Time;

/// A town. A `#` in a pattern stands for a digit.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) postal_code: &'static str,
    pub(super) country: &'static str,
    /// A telephone number that is kept free for fiction where the country keeps some.
    pub(super) phone: &'static str,
    /// Minutes ahead of UTC in winter; the clocks of all these places are put forward in summer.
    winter: i64,
    pub(super) culture: &'static Culture,
}

const SUMMER_TIME: i64 = 60;

impl Place {
    /// Minutes ahead of UTC. Summer begins and ends within a week of the day that the law names.
    pub(super) fn offset(&self, time: Time) -> i64 {
        let summer = (86..=300).contains(&time.day_of_year());
        self.winter + if summer { SUMMER_TIME } else { 0 }
    }
}

/// The most frequent first.
pub(super) const PLACES: List<Place> = List::of(&[
    place("Boston", "MA", "021##", "US", "+1 617 555 01##", -300, &ENGLISH),
    place("Berlin", "BE", "10###", "DE", "+49 30 23125 ###", 60, &GERMAN),
    place("Manchester", "ENG", "M# 4WX", "GB", "+44 161 496 0###", 0, &ENGLISH),
    place("Lyon", "ARA", "6900#", "FR", "+33 4 65 71 ## ##", 60, &FRENCH),
    place("Sevilla", "AN", "410##", "ES", "+34 954 000 ###", 60, &SPANISH),
    place("Worcester", "MA", "016##", "US", "+1 508 555 01##", -300, &ENGLISH),
    place("Köln", "NW", "50###", "DE", "+49 221 4710 ###", 60, &GERMAN),
    place("Edinburgh", "SCT", "EH# 1RE", "GB", "+44 131 496 0###", 0, &ENGLISH),
    place("Saint-Étienne", "ARA", "420##", "FR", "+33 4 65 71 ## ##", 60, &FRENCH),
    place("San Antonio", "TX", "782##", "US", "+1 210 555 01##", -360, &SPANISH),
    place("München", "BY", "80###", "DE", "+49 89 99998 ###", 60, &GERMAN),
    place("Dún Laoghaire", "D", "A96 X###", "IE", "+353 20 915 0###", 0, &ENGLISH),
    place("L'Hospitalet de Llobregat", "CT", "0890#", "ES", "+34 930 000 ###", 60, &SPANISH),
    place("Zürich", "ZH", "80##", "CH", "+41 44 000 0# ##", 60, &GERMAN),
    place("Québec", "QC", "G#R 2B#", "CA", "+1 418 555 01##", -300, &FRENCH),
    place("St. John's", "NL", "A#C 5S#", "CA", "+1 709 555 01##", -210, &ENGLISH),
]);

const fn place(
    city: &'static str,
    state: &'static str,
    postal_code: &'static str,
    country: &'static str,
    phone: &'static str,
    winter: i64,
    culture: &'static Culture,
) -> Place {
    Place { city, state, postal_code, country, phone, winter, culture }
}
