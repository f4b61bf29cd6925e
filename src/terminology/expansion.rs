//! A stored expansion, where it is complete. FHIR R4 4.9.8, 4.9.18.

use super::StoredTerminology;
use super::value_set::{Contains, Expansion};
use crate::resolve::Code;
use std::collections::BTreeSet;

/// Parameters that do not change which codes there are.
const HARMLESS: [&str; 11] = [
    "version",
    "system-version",
    "check-system-version",
    "force-system-version",
    "used-codesystem",
    "used-valueset",
    "displayLanguage",
    "includeDesignations",
    "includeDefinition",
    "excludeNested",
    "abstract",
];

/// Extensions of an expansion that is not the whole value set.
const PARTIAL: [&str; 2] = [
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
];

/// All codes of the expansion, or why it is not the whole value set.
pub(super) fn codes(terminology: &StoredTerminology, expansion: &Expansion) -> Result<BTreeSet<Code>, String> {
    if let Some(why) = limited(expansion) {
        return Err(why);
    }
    let mut codes = BTreeSet::new();
    let mut entries = 0;
    let mut rest: Vec<&Contains> = expansion.contains.iter().collect();
    while let Some(entry) = rest.pop() {
        entries += 1;
        rest.extend(&entry.contains);
        match (&entry.system, &entry.code) {
            (Some(system), Some(code)) => {
                codes.insert(terminology.spelled(system, code));
            }
            (None, Some(code)) => return Err(format!("its expansion does not say of which system `{code}` is")),
            // A heading.
            (_, None) => {}
        }
    }
    match expansion.total {
        Some(total) if total > entries => Err(format!("its expansion lists {entries} of {total} codes")),
        _ => Ok(codes),
    }
}

/// What limits the expansion.
fn limited(expansion: &Expansion) -> Option<String> {
    let is_partial = |url: &str, says: Option<bool>| PARTIAL.contains(&url) && says != Some(false);
    if expansion.extension.iter().any(|extension| is_partial(&extension.url, extension.value_boolean)) {
        return Some("its expansion says so".to_owned());
    }
    if expansion.offset.is_some_and(|offset| offset > 0) {
        return Some("its expansion is a later page".to_owned());
    }
    let limits = |name: &str| !HARMLESS.contains(&name) && !name.starts_with("warning-");
    let mut parameters = expansion.parameter.iter().filter(|parameter| parameter.value_boolean != Some(false));
    let limit = parameters.find(|parameter| limits(&parameter.name))?;
    Some(format!("its expansion was made with the parameter `{}`", limit.name))
}
