//! Ids that say what they stand for: `patient-12`, `observation-12-7` is the seventh observation of patient 12.

use std::fmt::{self, Display};

/// The types that are generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Organization,
    Practitioner,
    Patient,
    Encounter,
    Condition,
    Observation,
    DiagnosticReport,
    MedicationRequest,
    Procedure,
}

impl Type {
    pub(super) const ALL: [Type; 9] = [
        Type::Organization,
        Type::Practitioner,
        Type::Patient,
        Type::Encounter,
        Type::Condition,
        Type::Observation,
        Type::DiagnosticReport,
        Type::MedicationRequest,
        Type::Procedure,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Organization => "Organization",
            Type::Practitioner => "Practitioner",
            Type::Patient => "Patient",
            Type::Encounter => "Encounter",
            Type::Condition => "Condition",
            Type::Observation => "Observation",
            Type::DiagnosticReport => "DiagnosticReport",
            Type::MedicationRequest => "MedicationRequest",
            Type::Procedure => "Procedure",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Type::Organization => "organization",
            Type::Practitioner => "practitioner",
            Type::Patient => "patient",
            Type::Encounter => "encounter",
            Type::Condition => "condition",
            Type::Observation => "observation",
            Type::DiagnosticReport => "report",
            Type::MedicationRequest => "prescription",
            Type::Procedure => "procedure",
        }
    }
}

/// The type and the id of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id {
    pub(super) ty: Type,
    /// Counted from 0; of a patient's resource, the number of the patient.
    number: u64,
    /// Which of the patient's resources of this type, counted from 0.
    nth: Option<u64>,
}

impl Id {
    pub(super) fn organization(number: u64) -> Id {
        Id { ty: Type::Organization, number, nth: None }
    }

    pub(super) fn practitioner(number: u64) -> Id {
        Id { ty: Type::Practitioner, number, nth: None }
    }

    pub(super) fn patient(number: u64) -> Id {
        Id { ty: Type::Patient, number, nth: None }
    }

    pub(super) fn of_patient(patient: u64, ty: Type, nth: u64) -> Id {
        Id { ty, number: patient, nth: Some(nth) }
    }

    /// `Observation/observation-12-7`
    pub(super) fn reference(self) -> String {
        format!("{}/{self}", self.ty.name())
    }
}

/// The id alone. People count from 1.
impl Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ty.prefix(), self.number + 1)?;
        self.nth.map_or(Ok(()), |nth| write!(f, "-{}", nth + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_from_one() {
        assert_eq!(Id::of_patient(11, Type::Observation, 6).reference().to_string(), "Observation/observation-12-7");
        assert_eq!(Id::practitioner(0).to_string(), "practitioner-1");
    }
}
