//! Reports of the laboratory: LOINC.

use super::super::datatypes::Code;
use super::super::list::List;

/// All of them.
pub(in super::super) const REPORTS: List<Code> = List::of(&[
    Code::loinc("51990-0", "Basic metabolic panel - Blood"),
    Code::loinc("57698-3", "Lipid panel with direct LDL - Serum or Plasma"),
    Code::loinc("58410-2", "CBC panel - Blood by Automated count"),
    Code::loinc("24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma"),
    Code::loinc("11502-2", "Laboratory report"),
]);
