//! What is observed: questions with their code, and the kind of their answer.

use super::super::datatypes::Code;
use super::super::list::List;
use super::laboratory as lab;
use super::vital_signs as vital;

/// Something that is observed.
#[derive(Debug)]
pub(in super::super) struct Question {
    pub(in super::super) category: Category,
    /// What people call it.
    pub(in super::super) name: &'static str,
    /// A code of LOINC.
    pub(in super::super) code: Code,
    /// The same in other code systems.
    pub(in super::super) also: &'static [Code],
    pub(in super::super) answer: Answer,
}

/// `observation-category`. FHIR R4 10.1.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Category {
    VitalSigns,
    Laboratory,
    Survey,
    Imaging,
    SocialHistory,
}

/// What the value of an observation is.
#[derive(Debug)]
pub(in super::super) enum Answer {
    /// A quantity in the first of these units, sometimes in another.
    Measured(List<Measure>),
    /// A code.
    Coded(List<(u32, Code)>),
    /// A text.
    Worded(List<(u32, &'static str)>),
    /// A number without a unit.
    Counted {
        /// From 0 to this.
        most: u64,
    },
    /// Several quantities together, with no value of the whole.
    Panel(&'static [(Code, Measure)]),
}

/// A unit, and what is plausible in it. Numbers count its last digit.
#[derive(Debug)]
pub(in super::super) struct Measure {
    /// For people.
    pub(in super::super) unit: &'static str,
    /// In UCUM.
    pub(in super::super) code: &'static str,
    /// Digits after the point.
    pub(in super::super) places: u32,
    pub(in super::super) mean: i64,
    /// The standard deviation.
    pub(in super::super) spread: i64,
    /// What is not remarkable, both ends included.
    pub(in super::super) normal: (i64, i64),
    /// What the method can tell from nothing; less is reported as "below".
    pub(in super::super) least: i64,
}

/// All of them.
pub(in super::super) const OBSERVATIONS: List<&Question> = List::of(&[
    &vital::BLOOD_PRESSURE,
    &vital::HEART_RATE,
    &vital::WEIGHT,
    &vital::TEMPERATURE,
    &vital::OXYGEN_SATURATION,
    &lab::GLUCOSE,
    &vital::RESPIRATORY_RATE,
    &lab::HAEMOGLOBIN,
    &lab::CREATININE,
    &vital::HEIGHT,
    &lab::POTASSIUM,
    &lab::SODIUM,
    &vital::BODY_MASS_INDEX,
    &lab::LEUKOCYTES,
    &lab::HBA1C,
    &lab::CHOLESTEROL,
    &vital::SMOKING,
    &lab::PLATELETS,
    &lab::C_REACTIVE_PROTEIN,
    &vital::PAIN,
    &lab::LDL,
    &lab::HDL,
    &lab::TRIGLYCERIDES,
    &lab::UREA_NITROGEN,
    &lab::ALT,
    &lab::AST,
    &lab::EGFR,
    &lab::CALCIUM,
    &lab::BILIRUBIN,
    &lab::TSH,
    &lab::URINE_PROTEIN,
    &lab::URINE_APPEARANCE,
    &lab::GLUCOSE_MOLES,
    &lab::CREATININE_MOLES,
    &lab::ALBUMIN,
    &lab::FERRITIN,
    &lab::BLOOD_GROUP,
    &lab::ALBUMIN_CREATININE,
    &lab::TROPONIN,
    &vital::EJECTION_FRACTION,
]);
