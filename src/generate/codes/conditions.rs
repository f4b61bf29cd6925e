//! Diseases: SNOMED CT, and ICD-10 where one code of it says the same.

use super::super::datatypes::Code;
use super::super::list::List;

const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10";

/// A disease.
#[derive(Debug)]
pub(in super::super) struct Disease {
    pub(in super::super) codes: List<Code>,
    /// Does it stay?
    pub(in super::super) chronic: bool,
}

/// All of them.
#[rustfmt::skip]
pub(in super::super) const CONDITIONS: List<Disease> = List::of(&[
    chronic(List::of(&[Code::snomed("38341003", "Hypertensive disorder, systemic arterial (disorder)"), icd("I10", "Essential (primary) hypertension")])),
    acute(List::of(&[Code::snomed("444814009", "Viral sinusitis (disorder)"), icd("J01.9", "Acute sinusitis, unspecified")])),
    acute(List::of(&[Code::snomed("195662009", "Acute viral pharyngitis (disorder)"), icd("J02.9", "Acute pharyngitis, unspecified")])),
    chronic(List::of(&[Code::snomed("44054006", "Diabetes mellitus type 2 (disorder)"), icd("E11.9", "Type 2 diabetes mellitus without complications")])),
    acute(List::of(&[Code::snomed("10509002", "Acute bronchitis (disorder)"), icd("J20.9", "Acute bronchitis, unspecified")])),
    chronic(List::of(&[Code::snomed("55822004", "Hyperlipidemia (disorder)"), icd("E78.5", "Hyperlipidaemia, unspecified")])),
    chronic(List::of(&[Code::snomed("414916001", "Obesity (disorder)"), icd("E66.9", "Obesity, unspecified")])),
    chronic(List::of(&[Code::snomed("271737000", "Anemia (disorder)"), icd("D64.9", "Anaemia, unspecified")])),
    acute(List::of(&[Code::snomed("161891005", "Backache (finding)"), icd("M54.9", "Dorsalgia, unspecified")])),
    chronic(List::of(&[Code::snomed("195967001", "Asthma (disorder)"), icd("J45.9", "Asthma, unspecified")])),
    acute(List::of(&[Code::snomed("38822007", "Cystitis (disorder)"), icd("N30.9", "Cystitis, unspecified")])),
    chronic(List::of(&[Code::snomed("35489007", "Depressive disorder (disorder)"), icd("F32.9", "Depressive episode, unspecified")])),
    acute(List::of(&[Code::snomed("65363002", "Otitis media (disorder)"), icd("H66.9", "Otitis media, unspecified")])),
    chronic(List::of(&[Code::snomed("235595009", "Gastroesophageal reflux disease (disorder)"), icd("K21.9", "Gastro-oesophageal reflux disease without oesophagitis")])),
    acute(List::of(&[Code::snomed("44465007", "Sprain of ankle (disorder)"), icd("S93.4", "Sprain and strain of ankle")])),
    chronic(List::of(&[Code::snomed("239873007", "Osteoarthritis of knee (disorder)"), icd("M17.9", "Gonarthrosis, unspecified")])),
    chronic(List::of(&[Code::snomed("40930008", "Hypothyroidism (disorder)"), icd("E03.9", "Hypothyroidism, unspecified")])),
    chronic(List::of(&[Code::snomed("49436004", "Atrial fibrillation (disorder)"), icd("I48.9", "Atrial fibrillation and atrial flutter, unspecified")])),
    acute(List::of(&[Code::snomed("233604007", "Pneumonia (disorder)"), icd("J18.9", "Pneumonia, unspecified")])),
    chronic(List::of(&[Code::snomed("37796009", "Migraine (disorder)"), icd("G43.9", "Migraine, unspecified")])),
    chronic(List::of(&[Code::snomed("15777000", "Prediabetes (finding)")])),
    chronic(List::of(&[Code::snomed("13645005", "Chronic obstructive lung disease (disorder)"), icd("J44.9", "Chronic obstructive pulmonary disease, unspecified")])),
    acute(List::of(&[Code::snomed("840539006", "Disease caused by severe acute respiratory syndrome coronavirus 2 (disorder)"), icd("U07.1", "COVID-19, virus identified")])),
    chronic(List::of(&[Code::snomed("709044004", "Chronic kidney disease (disorder)"), icd("N18.9", "Chronic kidney disease, unspecified")])),
    chronic(List::of(&[Code::snomed("53741008", "Coronary arteriosclerosis (disorder)"), icd("I25.1", "Atherosclerotic heart disease")])),
    chronic(List::of(&[Code::snomed("88805009", "Chronic congestive heart failure (disorder)"), icd("I50.0", "Congestive heart failure")])),
    acute(List::of(&[Code::snomed("43878008", "Streptococcal sore throat (disorder)"), icd("J02.0", "Streptococcal pharyngitis")])),
    chronic(List::of(&[Code::snomed("64859006", "Osteoporosis (disorder)"), icd("M81.9", "Osteoporosis, unspecified")])),
    chronic(List::of(&[Code::snomed("40055000", "Chronic sinusitis (disorder)"), icd("J32.9", "Chronic sinusitis, unspecified")])),
    acute(List::of(&[Code::snomed("230690007", "Cerebrovascular accident (disorder)"), icd("I64", "Stroke, not specified as haemorrhage or infarction")])),
    acute(List::of(&[Code::snomed("74400008", "Appendicitis (disorder)"), icd("K37", "Unspecified appendicitis")])),
    chronic(List::of(&[Code::snomed("84757009", "Epilepsy (disorder)"), icd("G40.9", "Epilepsy, unspecified")])),
    chronic(List::of(&[Code::snomed("9014002", "Psoriasis (disorder)"), icd("L40.9", "Psoriasis, unspecified")])),
    acute(List::of(&[Code::snomed("62106007", "Concussion with no loss of consciousness (disorder)")])),
    chronic(List::of(&[Code::snomed("26929004", "Alzheimer's disease (disorder)"), icd("G30.9", "Alzheimer disease, unspecified")])),
    acute(List::of(&[Code::snomed("283385000", "Laceration of thigh (disorder)")])),
]);

const fn icd(code: &'static str, display: &'static str) -> Code {
    Code::new(ICD_10, code, display)
}

const fn chronic(codes: List<Code>) -> Disease {
    Disease { codes, chronic: true }
}

const fn acute(codes: List<Code>) -> Disease {
    Disease { codes, chronic: false }
}
