//! Sets of codes: members of value sets, codes above and below a code. FHIR R4 3.1.1.4.10.

use crate::definitions::Datatypes;
use crate::ir::{CodeCase, SystemTest, Test, TokenTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::terminology::{Code, Direction, MAX_CODES, TerminologyError};
use crate::resolve::value::{Written, media_type, token};
use fhirc_grammar::{Diagnostic, Span};

/// `:in`, `:not-in`, `in`, `ni`: the codes of a value set, which is named by its url, `url|version`, `ValueSet/id` or
/// that behind an own base, which then comes first (item 69). Without `case` each system decides whether case counts.
pub(in crate::resolve) fn members(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    written: &Written,
    case: Option<CodeCase>,
) -> Option<(Facet, Test)> {
    if !carries_system(asked.datatypes) {
        return refuse_systemless(resolver, asked);
    }
    let name = written.text.as_str();
    let terminology = &resolver.settings.terminology;
    let local = resolver.settings.env.bases.iter().find_map(|base| base.strip(name));
    let expanded = match local.filter(|local| local.starts_with("ValueSet/")).map(|local| terminology.expand(local)) {
        None | Some(Err(TerminologyError::UnknownValueSet(_))) => terminology.expand(name),
        Some(found) => found,
    };
    match expanded {
        Ok(codes) => any_of(resolver, codes, case, written.span),
        Err(error) => {
            resolver.report(errors::terminology(&error, written.span));
            None
        }
    }
}

/// `:above`, `:below`, `ss`, `sb`: a code and what subsumes it or is subsumed by it. Media types have a rule of their
/// own.
pub(in crate::resolve) fn related(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    direction: Direction,
    written: &Written,
    case: Option<CodeCase>,
) -> Option<(Facet, Test)> {
    if asked.datatypes.system() == Some(media_type::SYSTEM) {
        return media_type::related(resolver, asked, direction, written);
    }
    if !carries_system(asked.datatypes) {
        return refuse_systemless(resolver, asked);
    }
    let (system, code) = match written.pieces.as_slice() {
        [code] => (asked.datatypes.system(), code),
        [system, code] if !system.is_empty() && !code.is_empty() => (Some(system.as_str()), code),
        _ => {
            let message = format!("`{}` names no code of a hierarchy", written.text);
            let help = "`system|code`, or `code` in every system that has it";
            resolver.report(errors::bad_value("bad-token", written.span, message).help(help));
            return None;
        }
    };
    let case_there = case.or(system.map(|system| case_of(resolver, system))).unwrap_or(CodeCase::Insensitive);
    match resolver.settings.terminology.related(direction, system, code, case_there) {
        Ok(codes) => any_of(resolver, codes, case, written.span),
        Err(error) => match alone(resolver, &error, system, code) {
            Some(codes) => {
                resolver.report(errors::alone(&error, written.span));
                any_of(resolver, codes, case, written.span)
            }
            None => {
                resolver.report(errors::terminology(&error, written.span));
                None
            }
        },
    }
}

/// A code that nobody knows has nothing above or below it but itself: an unknown code or system is no error (item 64).
/// The hierarchy of a system that is published exists, even if it is not stored.
fn alone(resolver: &Resolver<'_>, error: &TerminologyError, system: Option<&str>, code: &str) -> Option<Vec<Code>> {
    let itself = |system: &str| Code { system: system.to_owned(), code: code.to_owned() };
    match (error, system) {
        (TerminologyError::UnknownCode { .. }, system) => Some(system.map(itself).into_iter().collect()),
        (TerminologyError::UnknownSystem(_), Some(system)) if !is_published(resolver, system) => {
            Some(vec![itself(system)])
        }
        _ => None,
    }
}

/// Code systems that exist whether they are stored or not: HL7's, and those of the standards that FHIR builds on.
fn is_published(resolver: &Resolver<'_>, system: &str) -> bool {
    const STANDARDS: [&str; 6] = [
        "http://loinc.org",
        "http://snomed.info/",
        "http://unitsofmeasure.org",
        "http://www.nlm.nih.gov/",
        "http://hl7.org/",
        "urn:",
    ];
    resolver.registry.case_sensitive(system).is_some()
        || token::is_of_hl7(system)
        || STANDARDS.iter().any(|standard| system.starts_with(standard))
}

/// One of the codes. All the codes of a search together are bounded.
fn any_of(resolver: &mut Resolver<'_>, codes: Vec<Code>, case: Option<CodeCase>, span: Span) -> Option<(Facet, Test)> {
    resolver.codes = resolver.codes.saturating_add(codes.len());
    if resolver.codes > MAX_CODES {
        resolver.report(errors::terminology(&TerminologyError::TooMany, span));
        return None;
    }
    let test = |Code { system, code }| {
        let case = case.unwrap_or_else(|| case_of(resolver, &system));
        Test::Token(TokenTest { system: SystemTest::Is(system), code: Some(code), case, differs: false })
    };
    let tests = codes.into_iter().map(test).collect();
    Some((Facet::Value, one_of(tests)))
}

fn case_of(resolver: &Resolver<'_>, system: &str) -> CodeCase {
    if token::is_case_sensitive(resolver, system) { CodeCase::Sensitive } else { CodeCase::Insensitive }
}

/// Whether values carry a system, or have one by their definition (decision 57).
fn carries_system(datatypes: &Datatypes) -> bool {
    const PLAIN: [&str; 7] = ["string", "id", "uri", "url", "canonical", "oid", "uuid"];
    let has_place = |ty: &&str| !token::SYSTEMLESS.contains(ty) && !PLAIN.contains(ty);
    datatypes.system().is_some() || datatypes.names().iter().any(has_place)
}

/// A code without a system belongs to no value set and no hierarchy.
fn refuse_systemless(resolver: &mut Resolver<'_>, asked: &Asked<'_>) -> Option<(Facet, Test)> {
    let message = format!("the values of `{}` carry no system: no value set and no hierarchy has them", asked.code);
    resolver.report(Diagnostic::error("no-code-system", asked.span, message));
    None
}
