//! What is done to patients: SNOMED CT.

use super::super::datatypes::Code;
use super::super::list::List;

/// All of them.
pub(in super::super) const PROCEDURES: List<Code> = List::of(&[
    Code::snomed("428191000124101", "Documentation of current medications (procedure)"),
    Code::snomed("76601001", "Intramuscular injection (procedure)"),
    Code::snomed("73761001", "Colonoscopy (procedure)"),
    Code::snomed("117010004", "Urine culture (procedure)"),
    Code::snomed("127783003", "Spirometry (procedure)"),
    Code::snomed("171207006", "Depression screening (procedure)"),
    Code::snomed("288086009", "Suture open wound (procedure)"),
    Code::snomed("117015009", "Throat culture (procedure)"),
    Code::snomed("180256009", "Subcutaneous immunotherapy (procedure)"),
    Code::snomed("23426006", "Measurement of respiratory function (procedure)"),
    Code::snomed("65546002", "Extraction of wisdom tooth (procedure)"),
    Code::snomed("180325003", "Electrical cardioversion (procedure)"),
    Code::snomed("80146002", "Appendectomy (procedure)"),
    Code::snomed("15081005", "Pulmonary rehabilitation (regime/therapy)"),
    Code::snomed("18286008", "Catheter ablation of tissue of heart (procedure)"),
]);
