//! Vital signs and what else is seen or asked without a laboratory.

use super::super::datatypes::Code;
use super::super::list::List;
use super::observations::{Answer, Category, Measure, Question};

const PRESSURE: Measure =
    Measure { unit: "mmHg", code: "mm[Hg]", places: 0, mean: 126, spread: 16, normal: (90, 139), least: 40 };

pub(super) const BLOOD_PRESSURE: Question = Question {
    category: Category::VitalSigns,
    name: "Blood pressure",
    code: Code::loinc("85354-9", "Blood pressure panel with all children optional"),
    also: &[Code::snomed("75367002", "Blood pressure (observable entity)")],
    answer: Answer::Panel(&[
        (Code::loinc("8480-6", "Systolic blood pressure"), PRESSURE),
        (
            Code::loinc("8462-4", "Diastolic blood pressure"),
            Measure { mean: 78, spread: 10, normal: (60, 89), least: 20, ..PRESSURE },
        ),
    ]),
};

pub(super) const HEART_RATE: Question = vital(
    "Heart rate",
    Code::loinc("8867-4", "Heart rate"),
    &[Code::snomed("364075005", "Heart rate (observable entity)")],
    List::of(&[Measure { unit: "/min", code: "/min", places: 0, mean: 76, spread: 13, normal: (50, 100), least: 20 }]),
);

pub(super) const WEIGHT: Question = vital(
    "Weight",
    Code::loinc("29463-7", "Body weight"),
    &[Code::snomed("27113001", "Body weight (observable entity)")],
    List::of(&[
        Measure { unit: "kg", code: "kg", places: 1, mean: 741, spread: 155, normal: (450, 1_100), least: 20 },
        Measure { unit: "lbs", code: "[lb_av]", places: 0, mean: 163, spread: 34, normal: (99, 243), least: 5 },
        Measure {
            unit: "g",
            code: "g",
            places: 0,
            mean: 74_100,
            spread: 15_500,
            normal: (45_000, 110_000),
            least: 2_000,
        },
    ]),
);

pub(super) const TEMPERATURE: Question = vital(
    "Temperature",
    Code::loinc("8310-5", "Body temperature"),
    &[Code::snomed("386725007", "Body temperature (observable entity)")],
    List::of(&[Measure { unit: "°C", code: "Cel", places: 1, mean: 369, spread: 5, normal: (358, 378), least: 250 }]),
);

pub(super) const OXYGEN_SATURATION: Question = vital(
    "Oxygen saturation",
    Code::loinc("2708-6", "Oxygen saturation in Arterial blood"),
    &[Code::loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry")],
    List::of(&[Measure { unit: "%", code: "%", places: 0, mean: 96, spread: 1, normal: (94, 100), least: 50 }]),
);

pub(super) const RESPIRATORY_RATE: Question = vital(
    "Respiratory rate",
    Code::loinc("9279-1", "Respiratory rate"),
    &[],
    List::of(&[Measure {
        unit: "breaths/minute",
        code: "/min",
        places: 0,
        mean: 16,
        spread: 3,
        normal: (12, 20),
        least: 4,
    }]),
);

pub(super) const HEIGHT: Question = vital(
    "Height",
    Code::loinc("8302-2", "Body height"),
    &[Code::snomed("50373000", "Body height measure (observable entity)")],
    List::of(&[
        Measure { unit: "cm", code: "cm", places: 1, mean: 1_695, spread: 98, normal: (1_450, 2_000), least: 400 },
        Measure { unit: "m", code: "m", places: 2, mean: 170, spread: 10, normal: (145, 200), least: 40 },
    ]),
);

pub(super) const BODY_MASS_INDEX: Question = vital(
    "Body mass index",
    Code::loinc("39156-5", "Body mass index (BMI) [Ratio]"),
    &[],
    List::of(&[Measure {
        unit: "kg/m2",
        code: "kg/m2",
        places: 1,
        mean: 263,
        spread: 41,
        normal: (185, 249),
        least: 80,
    }]),
);

pub(super) const SMOKING: Question = Question {
    category: Category::SocialHistory,
    name: "Smoking",
    code: Code::loinc("72166-2", "Tobacco smoking status"),
    also: &[],
    answer: Answer::Coded(List::of(&[
        (58, Code::snomed("266919005", "Never smoked tobacco (finding)")),
        (26, Code::snomed("8517006", "Ex-smoker (finding)")),
        (16, Code::snomed("449868002", "Smokes tobacco daily (finding)")),
    ])),
};

pub(super) const PAIN: Question = Question {
    category: Category::Survey,
    name: "Pain",
    code: Code::loinc("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported"),
    also: &[],
    answer: Answer::Counted { most: 10 },
};

pub(super) const EJECTION_FRACTION: Question = Question {
    category: Category::Imaging,
    name: "Ejection fraction",
    code: Code::loinc("10230-1", "Left ventricular Ejection fraction"),
    also: &[],
    answer: Answer::Measured(List::of(&[Measure {
        unit: "%",
        code: "%",
        places: 0,
        mean: 55,
        spread: 9,
        normal: (50, 75),
        least: 5,
    }])),
};

const fn vital(name: &'static str, code: Code, also: &'static [Code], measures: List<Measure>) -> Question {
    Question { category: Category::VitalSigns, name, code, also, answer: Answer::Measured(measures) }
}
