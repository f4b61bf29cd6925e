//! Tokens: system and code. FHIR R4 3.1.1.4.9.

use crate::definitions::{Datatypes, Modifier};
use crate::ir::{CodeCase, SystemTest, Test, TextMatch, TokenTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::terminology::Direction;
use crate::resolve::value::{Written, coded, quantity::UCUM, string};
use crate::values::{SPECIAL_VALUES, fold_code};

/// `code`, `system|code`, `|code`, `system|`, `:text`, `:text-advanced`, `:code-text`, `:of-type`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    if asked.code == "_id" {
        return Some((Facet::Own, Test::Id(written.text.clone())));
    }
    match asked.modifier {
        Some(Modifier::Text) => Some((Facet::Text, string::folded(resolver, TextMatch::Starts, written))),
        Some(Modifier::TextAdvanced) => Some((Facet::Text, string::words(resolver, written)?)),
        // As text, so no `|` parts a system from it; folded as codes are, in which punctuation counts (item 73).
        Some(Modifier::CodeText) => Some((Facet::Value, Test::CodeStarts(fold_code(&written.text)))),
        Some(Modifier::OfType) => of_type(resolver, written).map(|test| (Facet::OfType, test)),
        Some(Modifier::Above) => coded::related(resolver, asked, Direction::Above, written, None),
        Some(Modifier::Below) => coded::related(resolver, asked, Direction::Below, written, None),
        Some(Modifier::In | Modifier::NotIn) => coded::members(resolver, asked, written, None),
        _ => plain(resolver, asked.datatypes, written).map(|test| (Facet::Value, Test::Token(test))),
    }
}

/// Datatypes that have no place for a system.
pub(super) const SYSTEMLESS: [&str; 3] = ["code", "boolean", "ContactPoint"];

/// The code system of `true` and `false`, as HL7 publishes it since R4.
const TRUTH_VALUES: &str = "http://terminology.hl7.org/CodeSystem/special-values";

/// An identifier of a reference: token syntax (item 80).
pub(in crate::resolve) fn identifier(resolver: &mut Resolver<'_>, written: &Written) -> Option<TokenTest> {
    plain(resolver, &Datatypes::one("Identifier"), written)
}

/// The four forms (item 56).
pub(in crate::resolve) fn plain(
    resolver: &mut Resolver<'_>,
    datatypes: &Datatypes,
    written: &Written,
) -> Option<TokenTest> {
    let (system, code) = match written.pieces.as_slice() {
        [code] => (SystemTest::Any, code),
        [system, code] if system.is_empty() && code.is_empty() => return bad_token(resolver, written),
        // The element has no place for a system, so it carries none (decision 57).
        [system, code] if system.is_empty() && datatypes.only(&SYSTEMLESS) => (SystemTest::Any, code),
        [system, code] if system.is_empty() => (SystemTest::Absent, code),
        [system, code] if system == TRUTH_VALUES && datatypes.only(&["boolean"]) => {
            (SystemTest::Is(SPECIAL_VALUES.to_owned()), code)
        }
        [system, code] => (SystemTest::Is(system.clone()), code),
        _ => return bad_token(resolver, written),
    };
    if datatypes.only(&["boolean"]) && !matches!(code.as_str(), "true" | "false") {
        let message = format!("`{code}` is neither `true` nor `false`");
        resolver.report(errors::bad_value("bad-boolean", written.span, message));
        return None;
    }
    let some_are_booleans = datatypes.some(&["boolean"]) && !datatypes.only(&["boolean"]);
    let case = match &system {
        // A Boolean is exactly `true` or `false`, whatever else the element may be (decision 75).
        _ if some_are_booleans && ["true", "false"].iter().any(|truth| code.eq_ignore_ascii_case(truth)) => {
            CodeCase::Sensitive
        }
        SystemTest::Is(url) if is_case_sensitive(resolver, url) => CodeCase::Sensitive,
        SystemTest::Any if datatypes.system().is_some_and(|url| is_case_sensitive(resolver, url)) => {
            CodeCase::Sensitive
        }
        _ => CodeCase::Insensitive,
    };
    let code = (!code.is_empty()).then(|| code.clone());
    Some(TokenTest { system, code, case, differs: false })
}

fn bad_token(resolver: &mut Resolver<'_>, written: &Written) -> Option<TokenTest> {
    let message = format!("`{}` is no code", written.text);
    let help = "`code`, `system|code`, `|code` or `system|`; a `|` inside is written `\\|`";
    resolver.report(errors::bad_value("bad-token", written.span, message).help(help));
    None
}

/// Systems known to be case-sensitive (decision 58). A bare code names no system, and in doubt case does not count.
pub(super) fn is_case_sensitive(resolver: &Resolver<'_>, system: &str) -> bool {
    let stored = resolver.settings.terminology.is_case_sensitive(system);
    let published = || resolver.registry.case_sensitive(system);
    let usual = || system == UCUM || is_of_hl7(system);
    stored.or_else(published).unwrap_or_else(usual)
}

/// Systems that HL7 publishes.
pub(super) fn is_of_hl7(system: &str) -> bool {
    const PREFIXES: [&str; 2] = ["http://hl7.org/fhir/", "http://terminology.hl7.org/CodeSystem/"];
    PREFIXES.iter().any(|prefix| system.starts_with(prefix))
}

/// `:of-type=system|code|value` (items 71, 72): the type and the value of one Identifier.
fn of_type(resolver: &mut Resolver<'_>, written: &Written) -> Option<Test> {
    let [system, code, value] = written.pieces.as_slice() else { return bad_of_type(resolver, written) };
    if [system, code, value].into_iter().any(String::is_empty) {
        return bad_of_type(resolver, written);
    }
    let case = if is_case_sensitive(resolver, system) { CodeCase::Sensitive } else { CodeCase::Insensitive };
    let system = SystemTest::Is(system.clone());
    let coding = TokenTest { system, code: Some(code.clone()), case, differs: false };
    let case = CodeCase::Insensitive;
    let identifier = TokenTest { system: SystemTest::Any, code: Some(value.clone()), case, differs: false };
    Some(Test::Tuple(vec![Test::Token(coding), Test::Token(identifier)]))
}

fn bad_of_type(resolver: &mut Resolver<'_>, written: &Written) -> Option<Test> {
    let message = format!("`{}` does not name an identifier by its type", written.text);
    resolver.report(errors::bad_value("bad-of-type", written.span, message).help("`system|code|value`, all three"));
    None
}
