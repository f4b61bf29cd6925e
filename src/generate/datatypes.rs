//! FHIR's datatypes as they are generated. FHIR R4 2.24.

use super::id::Id;
use super::json::Object;
use std::fmt::{self, Display};

pub(super) const LOINC: &str = "http://loinc.org";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
pub(super) const UCUM: &str = "http://unitsofmeasure.org";

/// A code of a code system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) system: &'static str,
    pub(super) code: &'static str,
    pub(super) display: &'static str,
}

impl Code {
    pub(super) const fn new(system: &'static str, code: &'static str, display: &'static str) -> Code {
        Code { system, code, display }
    }

    pub(super) const fn loinc(code: &'static str, display: &'static str) -> Code {
        Code::new(LOINC, code, display)
    }

    pub(super) const fn snomed(code: &'static str, display: &'static str) -> Code {
        Code::new(SNOMED, code, display)
    }

    /// The display without the kind of concept that SNOMED CT puts after it: `Anemia` for `Anemia (disorder)`.
    pub(super) fn name(&self) -> &'static str {
        match self.display.rsplit_once(" (") {
            Some((name, _)) if self.system == SNOMED => name,
            _ => self.display,
        }
    }
}

/// The members of a Coding.
pub(super) fn coding(o: &mut Object<'_>, code: &Code) {
    o.text("system", code.system);
    o.text("code", code.code);
    o.text("display", code.display);
}

/// A CodeableConcept of these codes.
pub(super) fn concept<'c>(o: &mut Object<'_>, name: &str, codes: impl IntoIterator<Item = &'c Code>) {
    o.object(name, |o| o.objects("coding", codes, coding));
}

/// A CodeableConcept of these codes, and what a person would call it.
pub(super) fn named_concept<'c>(
    o: &mut Object<'_>,
    name: &str,
    codes: impl IntoIterator<Item = &'c Code>,
    text: impl Display,
) {
    o.object(name, |o| {
        o.objects("coding", codes, coding);
        o.text("text", text);
    });
}

/// A list with one CodeableConcept of one code, as for a category.
pub(super) fn category(o: &mut Object<'_>, name: &str, code: &Code) {
    o.objects(name, [code], |o, code| o.objects("coding", [code], coding));
}

/// A Reference.
pub(super) fn reference(o: &mut Object<'_>, name: &str, id: Id) {
    o.object(name, |o| o.text("reference", id.reference()));
}

/// A list of References.
pub(super) fn references(o: &mut Object<'_>, name: &str, ids: impl IntoIterator<Item = Id>) {
    o.objects(name, ids, |o, id| o.text("reference", id.reference()));
}

/// A Period; without an end it still lasts.
pub(super) fn period(o: &mut Object<'_>, name: &str, start: &str, end: Option<&str>) {
    o.object(name, |o| {
        o.text("start", start);
        if let Some(end) = end {
            o.text("end", end);
        }
    });
}

/// The members of a Quantity in a unit of UCUM.
pub(super) fn quantity(o: &mut Object<'_>, value: Decimal, unit: &str, code: &str) {
    o.bare("value", value);
    o.text("unit", unit);
    o.text("system", UCUM);
    o.text("code", code);
}

/// A decimal that is not negative, with exactly `places` digits after its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// The number in units of its last digit.
    pub(super) units: u64,
    pub(super) places: u32,
}

impl Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u64.pow(self.places);
        write!(f, "{}", self.units / one)?;
        match self.places {
            0 => Ok(()),
            places => write!(f, ".{:0width$}", self.units % one, width = places as usize),
        }
    }
}

/// A generated Narrative of one paragraph. FHIR R4 2.24.1.
pub(super) fn narrative(o: &mut Object<'_>, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    o.object("text", |o| {
        o.text("status", "generated");
        o.text("div", format_args!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{text}</p></div>"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_zeros() {
        let texts = [(720, 1), (5, 2), (0, 1), (98, 0)].map(|(units, places)| Decimal { units, places }.to_string());
        assert_eq!(texts, ["72.0", "0.05", "0.0", "98"]);
    }
}
