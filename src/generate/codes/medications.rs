//! Drugs: RxNorm, and ATC for their substance.

use super::super::datatypes::Code;
use super::super::list::List;

const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const ATC: &str = "http://www.whocc.no/atc";

/// A drug and how it is taken.
#[derive(Debug)]
pub(in super::super) struct Drug {
    /// RxNorm first.
    pub(in super::super) codes: List<Code>,
    /// How many at a time, of what.
    pub(in super::super) dose: (u64, &'static str),
    /// How often a day; 0 is as needed.
    pub(in super::super) daily: u64,
}

/// All of them.
#[rustfmt::skip]
pub(in super::super) const MEDICATIONS: List<Drug> = List::of(&[
    drug(List::of(&[rx("314076", "lisinopril 10 MG Oral Tablet"), atc("C09AA03", "lisinopril")]), (1, "tablet"), 1),
    drug(List::of(&[rx("313782", "Acetaminophen 325 MG Oral Tablet"), atc("N02BE01", "paracetamol")]), (1, "tablet"), 0),
    drug(List::of(&[rx("860975", "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"), atc("A10BA02", "metformin")]), (1, "tablet"), 2),
    drug(List::of(&[rx("316672", "Simvastatin 10 MG"), atc("C10AA01", "simvastatin")]), (1, "tablet"), 1),
    drug(List::of(&[rx("310965", "Ibuprofen 200 MG Oral Tablet"), atc("M01AE01", "ibuprofen")]), (2, "tablet"), 0),
    drug(List::of(&[rx("308136", "amLODIPine 2.5 MG Oral Tablet"), atc("C08CA01", "amlodipine")]), (1, "tablet"), 1),
    drug(List::of(&[rx("562251", "Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet"), atc("J01CR02", "amoxicillin and beta-lactamase inhibitor")]), (1, "tablet"), 3),
    drug(List::of(&[rx("310798", "Hydrochlorothiazide 25 MG Oral Tablet"), atc("C03AA03", "hydrochlorothiazide")]), (1, "tablet"), 1),
    drug(List::of(&[rx("745679", "200 ACTUAT Albuterol 0.09 MG/ACTUAT Metered Dose Inhaler"), atc("R03AC02", "salbutamol")]), (2, "puff"), 0),
    drug(List::of(&[rx("849574", "Naproxen sodium 220 MG Oral Tablet"), atc("M01AE02", "naproxen")]), (1, "tablet"), 2),
    drug(List::of(&[rx("309362", "Clopidogrel 75 MG Oral Tablet"), atc("B01AC04", "clopidogrel")]), (1, "tablet"), 1),
    drug(List::of(&[rx("308182", "Amoxicillin 250 MG Oral Capsule"), atc("J01CA04", "amoxicillin")]), (1, "capsule"), 3),
    drug(List::of(&[rx("866414", "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]"), atc("C07AB02", "metoprolol")]), (1, "tablet"), 1),
    drug(List::of(&[rx("855332", "Warfarin Sodium 5 MG Oral Tablet"), atc("B01AA03", "warfarin")]), (1, "tablet"), 1),
    drug(List::of(&[rx("310325", "ferrous sulfate 325 MG Oral Tablet"), atc("B03AA07", "ferrous sulfate")]), (1, "tablet"), 1),
    drug(List::of(&[rx("834061", "Penicillin V Potassium 250 MG Oral Tablet"), atc("J01CE02", "phenoxymethylpenicillin")]), (1, "tablet"), 4),
    drug(List::of(&[rx("895994", "120 ACTUAT Fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler"), atc("R03BA05", "fluticasone")]), (2, "puff"), 2),
    drug(List::of(&[rx("705129", "Nitroglycerin 0.4 MG/ACTUAT Mucosal Spray"), atc("C01DA02", "glyceryl trinitrate")]), (1, "puff"), 0),
    drug(List::of(&[rx("197604", "Digoxin 0.125 MG Oral Tablet"), atc("C01AA05", "digoxin")]), (1, "tablet"), 1),
    drug(List::of(&[rx("904419", "Alendronic acid 10 MG Oral Tablet"), atc("M05BA04", "alendronic acid")]), (1, "tablet"), 1),
    drug(List::of(&[rx("897718", "Verapamil Hydrochloride 40 MG"), atc("C08DA01", "verapamil")]), (1, "tablet"), 3),
    drug(List::of(&[rx("1049630", "diphenhydrAMINE Hydrochloride 25 MG Oral Tablet")]), (1, "tablet"), 0),
    drug(List::of(&[rx("861467", "Meperidine Hydrochloride 50 MG Oral Tablet")]), (1, "tablet"), 0),
]);

const fn rx(code: &'static str, display: &'static str) -> Code {
    Code::new(RXNORM, code, display)
}

const fn atc(code: &'static str, display: &'static str) -> Code {
    Code::new(ATC, code, display)
}

const fn drug(codes: List<Code>, dose: (u64, &'static str), daily: u64) -> Drug {
    Drug { codes, dose, daily }
}
