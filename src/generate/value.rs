//! Values of observations: quantities as a method measures them, codes, texts. FHIR R4 10.1.

use super::codes::{Answer, Measure, Question};
use super::datatypes::{Code, Decimal, category, concept, named_concept, quantity};
use super::json::Object;
use super::random::Random;

static ABSENT: Code =
    Code::new("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed", "Not Performed");

const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
static NORMAL: Code = Code::new(INTERPRETATION, "N", "Normal");
static HIGH: Code = Code::new(INTERPRETATION, "H", "High");
static LOW: Code = Code::new(INTERPRETATION, "L", "Low");
static CRITICAL_HIGH: Code = Code::new(INTERPRETATION, "HH", "Critical high");
static CRITICAL_LOW: Code = Code::new(INTERPRETATION, "LL", "Critical low");

/// What was found out, in the shape of the question's answer.
#[derive(Debug)]
pub(super) enum Value {
    Measured(&'static Measure, i64),
    Coded(&'static Code),
    Worded(&'static str),
    Counted(u64),
    Panel(Vec<(&'static Code, &'static Measure, i64)>),
    Absent,
}

impl Value {
    /// The value for a patient with this constitution.
    pub(super) fn new(question: &'static Question, constitution: &mut Random, random: &mut Random) -> Value {
        if random.percent(2) {
            return Value::Absent;
        }
        match &question.answer {
            Answer::Measured(measures) => {
                let other = random.percent(10);
                let measure = if other { random.any(measures) } else { measures.at(0) };
                Value::Measured(measure, measured(measure, constitution, random))
            }
            Answer::Coded(codes) => Value::Coded(constitution.weighted(codes)),
            Answer::Worded(texts) => {
                let text = random.weighted(texts);
                Value::Worded(text)
            }
            Answer::Counted { most } => Value::Counted(random.skewed(most + 1)),
            Answer::Panel(parts) => Value::Panel(
                parts.iter().map(|(code, measure)| (code, measure, measured(measure, constitution, random))).collect(),
            ),
        }
    }

    /// `value[x]` or what stands for it, with its interpretation and the reference range.
    pub(super) fn write(&self, o: &mut Object<'_>, interpreted: bool) {
        match self {
            Value::Measured(measure, units) => {
                write_measured(o, measure, *units);
                if interpreted {
                    write_interpretation(o, measure, *units);
                    write_range(o, measure);
                }
            }
            Value::Coded(code) => named_concept(o, "valueCodeableConcept", [*code], code.name()),
            Value::Worded(text) => o.text("valueString", text),
            Value::Counted(n) => o.bare("valueInteger", n),
            Value::Panel(parts) => o.objects("component", parts, |o, (code, measure, units)| {
                concept(o, "code", [*code]);
                write_measured(o, measure, *units);
                if interpreted {
                    write_interpretation(o, measure, *units);
                }
            }),
            Value::Absent => concept(o, "dataAbsentReason", [&ABSENT]),
        }
    }
}

/// What is measured: people differ more from each other than from themselves.
fn measured(measure: &Measure, constitution: &mut Random, random: &mut Random) -> i64 {
    let own = constitution.bell(measure.mean, measure.spread * 4 / 5);
    random.bell(own, (measure.spread * 3 / 5).max(1))
}

fn decimal(measure: &Measure, units: i64) -> Decimal {
    // Nothing that is measured is negative: every measure has a least value of 0 or more.
    Decimal { units: units.unsigned_abs(), places: measure.places }
}

fn write_measured(o: &mut Object<'_>, measure: &Measure, units: i64) {
    o.object("valueQuantity", |o| {
        let shown = units.max(measure.least);
        if measure.least > 0 && units < measure.least {
            o.text("comparator", "<");
        }
        quantity(o, decimal(measure, shown), measure.unit, measure.code);
    });
}

fn write_interpretation(o: &mut Object<'_>, measure: &Measure, units: i64) {
    let (low, high) = measure.normal;
    let far = 2 * measure.spread;
    let code = match units {
        _ if units < low - far => &CRITICAL_LOW,
        _ if units < low => &LOW,
        _ if units > high + far => &CRITICAL_HIGH,
        _ if units > high => &HIGH,
        _ => &NORMAL,
    };
    category(o, "interpretation", code);
}

fn write_range(o: &mut Object<'_>, measure: &Measure) {
    let (low, high) = measure.normal;
    o.objects("referenceRange", [(low, high)], |o, (low, high)| {
        o.object("low", |o| quantity(o, decimal(measure, low), measure.unit, measure.code));
        o.object("high", |o| quantity(o, decimal(measure, high), measure.unit, measure.code));
    });
}
