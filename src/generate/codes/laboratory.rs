//! Results of the laboratory. Some have a code of the house beside that of LOINC.

use super::super::datatypes::Code;
use super::super::list::List;
use super::observations::{Answer, Category, Measure, Question};

const HOUSE: &str = "https://laboratory.example.org/catalogue";

pub(super) const GLUCOSE: Question = result(
    "Glucose",
    Code::loinc("2345-7", "Glucose [Mass/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "GLU", "Glucose")],
    List::of(&[measure("mg/dL", "mg/dL", 0, 104, 24).normal(70, 99).from(20)]),
);

pub(super) const GLUCOSE_MOLES: Question = result(
    "Glucose",
    Code::loinc("14749-6", "Glucose [Moles/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "GLU", "Glucose")],
    List::of(&[measure("mmol/L", "mmol/L", 1, 58, 13).normal(39, 55).from(11)]),
);

pub(super) const HAEMOGLOBIN: Question = result(
    "Haemoglobin",
    Code::loinc("718-7", "Hemoglobin [Mass/volume] in Blood"),
    &[Code::new(HOUSE, "HB", "Haemoglobin")],
    List::of(&[
        measure("g/dL", "g/dL", 1, 138, 15).normal(120, 175).from(20),
        measure("g/L", "g/L", 0, 138, 15).normal(120, 175).from(20),
    ]),
);

pub(super) const CREATININE: Question = result(
    "Creatinine",
    Code::loinc("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "CREA", "Creatinine")],
    List::of(&[measure("mg/dL", "mg/dL", 2, 98, 27).normal(60, 130).from(10)]),
);

pub(super) const CREATININE_MOLES: Question = result(
    "Creatinine",
    Code::loinc("14682-9", "Creatinine [Moles/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "CREA", "Creatinine")],
    List::of(&[measure("µmol/L", "umol/L", 0, 87, 24).normal(53, 115).from(9)]),
);

pub(super) const POTASSIUM: Question = result(
    "Potassium",
    Code::loinc("2823-3", "Potassium [Moles/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "K", "Potassium")],
    List::of(&[
        measure("mmol/L", "mmol/L", 1, 42, 4).normal(35, 51).from(10),
        measure("mEq/L", "meq/L", 1, 42, 4).normal(35, 51).from(10),
    ]),
);

pub(super) const SODIUM: Question = result(
    "Sodium",
    Code::loinc("2951-2", "Sodium [Moles/volume] in Serum or Plasma"),
    &[Code::new(HOUSE, "NA", "Sodium")],
    List::of(&[measure("mmol/L", "mmol/L", 0, 140, 3).normal(136, 145).from(80)]),
);

pub(super) const LEUKOCYTES: Question = result(
    "Leukocytes",
    Code::loinc("6690-2", "Leukocytes [#/volume] in Blood by Automated count"),
    &[],
    List::of(&[measure("10*3/uL", "10*3/uL", 1, 74, 21).normal(40, 110).from(1)]),
);

pub(super) const HBA1C: Question = result(
    "HbA1c",
    Code::loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"),
    &[],
    List::of(&[measure("%", "%", 1, 59, 9).normal(40, 56).from(30)]),
);

pub(super) const CHOLESTEROL: Question = result(
    "Total cholesterol",
    Code::loinc("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 0, 188, 34).normal(100, 199).from(50)]),
);

pub(super) const LDL: Question = result(
    "LDL cholesterol",
    Code::loinc("18262-6", "Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 0, 112, 30).normal(40, 129).from(10)]),
);

pub(super) const HDL: Question = result(
    "HDL cholesterol",
    Code::loinc("2085-9", "Cholesterol in HDL [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 0, 54, 12).normal(40, 90).from(5)]),
);

pub(super) const TRIGLYCERIDES: Question = result(
    "Triglycerides",
    Code::loinc("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 0, 132, 42).normal(30, 149).from(10)]),
);

pub(super) const PLATELETS: Question = result(
    "Platelets",
    Code::loinc("777-3", "Platelets [#/volume] in Blood by Automated count"),
    &[],
    List::of(&[measure("10*3/uL", "10*3/uL", 0, 252, 58).normal(150, 400).from(5)]),
);

pub(super) const C_REACTIVE_PROTEIN: Question = result(
    "C-reactive protein",
    Code::loinc("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/L", "mg/L", 1, 52, 38).normal(0, 50).from(10)]),
);

pub(super) const UREA_NITROGEN: Question = result(
    "Urea nitrogen",
    Code::loinc("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 0, 15, 4).normal(7, 20).from(2)]),
);

pub(super) const ALT: Question = result(
    "Alanine aminotransferase",
    Code::loinc("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("U/L", "U/L", 0, 29, 12).normal(7, 56).from(4)]),
);

pub(super) const AST: Question = result(
    "Aspartate aminotransferase",
    Code::loinc("1920-8", "Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("U/L", "U/L", 0, 26, 9).normal(10, 40).from(4)]),
);

pub(super) const EGFR: Question = result(
    "Estimated GFR",
    Code::loinc("33914-3", "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] by MDRD"),
    &[],
    List::of(&[measure("mL/min/1.73 m2", "mL/min/{1.73_m2}", 0, 82, 18).normal(60, 140).from(5)]),
);

pub(super) const CALCIUM: Question = result(
    "Calcium",
    Code::loinc("17861-6", "Calcium [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 1, 94, 4).normal(85, 105).from(40)]),
);

pub(super) const BILIRUBIN: Question = result(
    "Bilirubin",
    Code::loinc("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mg/dL", "mg/dL", 1, 7, 3).normal(1, 12).from(2)]),
);

pub(super) const TSH: Question = result(
    "Thyrotropin",
    Code::loinc("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("mIU/L", "m[IU]/L", 2, 214, 95).normal(40, 400).from(5)]),
);

pub(super) const ALBUMIN: Question = result(
    "Albumin",
    Code::loinc("1751-7", "Albumin [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("g/dL", "g/dL", 1, 43, 4).normal(35, 52).from(10)]),
);

pub(super) const FERRITIN: Question = result(
    "Ferritin",
    Code::loinc("2276-4", "Ferritin [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("ng/mL", "ng/mL", 0, 118, 62).normal(15, 200).from(3)]),
);

pub(super) const ALBUMIN_CREATININE: Question = result(
    "Albumin to creatinine ratio",
    Code::loinc("14959-1", "Microalbumin/Creatinine [Mass Ratio] in Urine"),
    &[],
    List::of(&[measure("mg/g", "mg/g", 0, 21, 14).normal(0, 29).from(5)]),
);

pub(super) const TROPONIN: Question = result(
    "Troponin T",
    Code::loinc("6598-7", "Troponin T.cardiac [Mass/volume] in Serum or Plasma"),
    &[],
    List::of(&[measure("ng/mL", "ng/mL", 3, 12, 9).normal(0, 14).from(10)]),
);

pub(super) const URINE_PROTEIN: Question = Question {
    category: Category::Laboratory,
    name: "Protein in urine",
    code: Code::loinc("5804-0", "Protein [Mass/volume] in Urine by Test strip"),
    also: &[],
    answer: Answer::Coded(List::of(&[
        (78, Code::snomed("260385009", "Negative (qualifier value)")),
        (14, Code::snomed("260407003", "Weak (qualifier value)")),
        (8, Code::snomed("10828004", "Positive (qualifier value)")),
    ])),
};

pub(super) const BLOOD_GROUP: Question = Question {
    category: Category::Laboratory,
    name: "Blood group",
    code: Code::loinc("883-9", "ABO group [Type] in Blood"),
    also: &[],
    answer: Answer::Coded(List::of(&[
        (43, Code::snomed("112144000", "Blood group A (finding)")),
        (41, Code::snomed("58460004", "Blood group O (finding)")),
        (11, Code::snomed("112149005", "Blood group B (finding)")),
        (5, Code::snomed("165743006", "Blood group AB (finding)")),
    ])),
};

pub(super) const URINE_APPEARANCE: Question = Question {
    category: Category::Laboratory,
    name: "Appearance of urine",
    code: Code::loinc("5767-9", "Appearance of Urine"),
    also: &[],
    answer: Answer::Worded(List::of(&[(70, "Clear"), (18, "Slightly cloudy"), (9, "Cloudy"), (3, "Turbid, reddish")])),
};

const fn result(name: &'static str, code: Code, also: &'static [Code], measures: List<Measure>) -> Question {
    Question { category: Category::Laboratory, name, code, also, answer: Answer::Measured(measures) }
}

/// A unit for people, in UCUM, the digits after the point, mean and standard deviation in units of the last digit.
const fn measure(unit: &'static str, code: &'static str, places: u32, mean: i64, spread: i64) -> Measure {
    Measure { unit, code, places, mean, spread, normal: (mean - 2 * spread, mean + 2 * spread), least: 0 }
}

impl Measure {
    const fn normal(self, low: i64, high: i64) -> Measure {
        Measure { normal: (low, high), ..self }
    }

    const fn from(self, least: i64) -> Measure {
        Measure { least, ..self }
    }
}
