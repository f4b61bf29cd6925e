//! A stored expansion, where it is complete. FHIR R4 4.9.8, 4.9.18.

use super::StoredTerminology;
use super::expand::Codes;
use super::value_set::{Contains, Expansion};
use crate::resolve::Code;

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

/// Parameters of an expansion that comes page by page, and names of it: harmless where all pages are read.
const OF_PAGES: [&str; 6] = ["count", "offset", "url", "valueSetVersion", "defaultToLatestVersion", "cache-id"];

/// What an expansion lists: all of the value set, or a page of it.
pub(super) struct Page {
    /// Its entries, headings included, as `total` counts them.
    pub(super) entries: usize,
    /// Its codes. Those that are inactive or abstract are members: that a code cannot be selected does not keep it from
    /// being searched for (FHIR R4 `ValueSet.expansion.contains.abstract`).
    pub(super) codes: Codes,
}

/// All codes of a stored expansion, or why it is not the whole value set.
pub(super) fn codes(terminology: &StoredTerminology, expansion: &Expansion) -> Result<Codes, String> {
    if expansion.offset.is_some_and(|offset| offset > 0) {
        return Err("its expansion is a later page".to_owned());
    }
    let Page { entries, codes } = listed(expansion, &HARMLESS)?;
    match expansion.total {
        Some(total) if total > entries => Err(format!("its expansion lists {entries} of {total} codes")),
        _ => Ok(codes.iter().map(|Code { system, code }| terminology.spelled(system, code)).collect()),
    }
}

/// A page of an expansion, from the place `offset` on, or why it is no page of the whole value set.
pub(super) fn page(expansion: &Expansion, offset: usize) -> Result<Page, String> {
    if expansion.offset.is_some_and(|stated| stated != offset) {
        return Err("its expansion is another page than was asked for".to_owned());
    }
    listed(expansion, &[&HARMLESS[..], &OF_PAGES[..]].concat())
}

fn listed(expansion: &Expansion, harmless: &[&str]) -> Result<Page, String> {
    if let Some(why) = limited(expansion, harmless) {
        return Err(why);
    }
    let mut page = Page { entries: 0, codes: Codes::new() };
    let mut rest: Vec<&Contains> = expansion.contains.iter().collect();
    while let Some(entry) = rest.pop() {
        page.entries += 1;
        rest.extend(&entry.contains);
        match (&entry.system, &entry.code) {
            (Some(system), Some(code)) => {
                page.codes.insert(Code { system: system.clone(), code: code.clone() });
            }
            (None, Some(code)) => return Err(format!("its expansion does not say of which system `{code}` is")),
            // A heading.
            (_, None) => {}
        }
    }
    Ok(page)
}

/// What limits the expansion.
fn limited(expansion: &Expansion, harmless: &[&str]) -> Option<String> {
    let is_partial = |url: &str, says: Option<bool>| PARTIAL.contains(&url) && says != Some(false);
    if expansion.extension.iter().any(|extension| is_partial(&extension.url, extension.value_boolean)) {
        return Some("its expansion says so".to_owned());
    }
    let limits = |name: &str| !harmless.contains(&name) && !name.starts_with("warning-");
    let mut parameters = expansion.parameter.iter().filter(|parameter| parameter.value_boolean != Some(false));
    let limit = parameters.find(|parameter| limits(&parameter.name))?;
    Some(format!("its expansion was made with the parameter `{}`", limit.name))
}
