//! References: by id, type and id, url, version; by identifier. FHIR R4 3.1.1.4.13.

use crate::definitions::{Modifier, ResourceType};
use crate::ir::{ReferenceTest, Test, UrlTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::value::{Written, token};
use crate::values::{self, split_canonical};
use fhirc_grammar::Diagnostic;

/// `23`, `Patient/23`, `http://example.org/fhir/Patient/23`, `urn:…`, `url|version`, `:identifier`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    match asked.modifier {
        Some(Modifier::Identifier) => {
            token::identifier(resolver, written).map(|test| (Facet::Identifier, Test::Token(test)))
        }
        _ => match asked.only {
            Some(ty) => typed(resolver, ty, written),
            None => plain(resolver, asked, written),
        }
        .map(|test| (Facet::Value, test)),
    }
}

/// Any of the forms (item 76).
pub(in crate::resolve) fn plain(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<Test> {
    let text = written.text.as_str();
    if let Some(local) = resolver.settings.env.bases.iter().find_map(|base| base.strip(text)) {
        return Some(on_own_base(resolver, asked, text, local));
    }
    if is_absolute(text) {
        return Some(one_of(elsewhere(asked, text)));
    }
    match Local::parse(text) {
        Some(Local { ty: None, id, .. }) => Some(bare(asked, id, text)),
        Some(Local { ty: Some(name), id, version }) => match resolver.registry.resource_type(name) {
            Some(ty) => Some(local(ty, id, version)),
            None => {
                // An unknown id is an empty result (item 105), and so is one of a type that nothing has.
                resolver.report(errors::reference_to_no_type(resolver.registry, written.span, text, name));
                Some(Test::Any(Vec::new()))
            }
        },
        None => {
            let message = format!("`{text}` is no reference");
            let help = "`id`, `Type/id`, `Type/id/_history/version` or a url";
            resolver.report(errors::bad_value("bad-reference", written.span, message).help(help));
            None
        }
    }
}

/// `subject:Patient=23`, and `subject:Patient=Patient/23` since the types agree (decision 78).
fn typed(resolver: &mut Resolver<'_>, ty: ResourceType, written: &Written) -> Option<Test> {
    let text = written.text.as_str();
    let stripped = resolver.settings.env.bases.iter().find_map(|base| base.strip(text)).unwrap_or(text);
    match Local::parse(stripped) {
        Some(Local { ty: None, id, .. }) => Some(local(ty, id, None)),
        Some(Local { ty: Some(name), id, version }) if name == resolver.registry.type_name(ty) => {
            Some(local(ty, id, version))
        }
        _ => {
            let message = format!("`{text}` does not refer to a `{}`", resolver.registry.type_name(ty));
            let diagnostic = Diagnostic::error("bad-reference", written.span, message);
            resolver
                .report(diagnostic.help(format!("with `:{}` only the id is needed", resolver.registry.type_name(ty))));
            None
        }
    }
}

/// A url on an own base is the local resource; as a canonical it is itself.
fn on_own_base(resolver: &Resolver<'_>, asked: &Asked<'_>, text: &str, rest: &str) -> Test {
    let mut tests = Vec::new();
    if let Some(Local { ty: Some(name), id, version }) = Local::parse(rest)
        && let Some(ty) = resolver.registry.resource_type(name)
    {
        tests.push(local(ty, id, version));
    } else {
        tests.push(Test::Reference(ReferenceTest::Foreign(text.to_owned())));
    }
    if asked.datatypes.some_urls() {
        tests.push(canonical(text));
    }
    one_of(tests)
}

/// A url that is not ours: a reference as written, or a canonical (items 82, 85).
fn elsewhere(asked: &Asked<'_>, text: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    if !asked.datatypes.only_urls() {
        tests.push(Test::Reference(ReferenceTest::Foreign(text.to_owned())));
    }
    if asked.datatypes.some_urls() {
        tests.push(canonical(text));
    }
    tests
}

/// `url|version`: without a version, every version and none (item 85).
fn canonical(text: &str) -> Test {
    let (url, version) = split_canonical(text);
    let version = (!version.is_empty()).then(|| version.to_owned());
    Test::Url(UrlTest::Is { url: url.into_owned(), version })
}

/// A bare id: any type that the parameter refers to (item 77).
fn bare(asked: &Asked<'_>, id: &str, text: &str) -> Test {
    let mut tests: Vec<Test> = asked.targets.iter().map(|ty| local(ty, id, None)).collect();
    if asked.datatypes.some_urls() {
        tests.push(canonical(text));
    }
    one_of(tests)
}

fn local(ty: ResourceType, id: &str, version: Option<&str>) -> Test {
    let (id, version) = (id.to_owned(), version.map(str::to_owned));
    Test::Reference(ReferenceTest::Local { ty, id, version })
}

fn is_absolute(text: &str) -> bool {
    values::is_absolute(text) || text.contains('|')
}

/// A relative reference.
struct Local<'t> {
    ty: Option<&'t str>,
    id: &'t str,
    version: Option<&'t str>,
}

impl<'t> Local<'t> {
    /// `id`, `Type/id`, `Type/id/_history/version`
    fn parse(text: &'t str) -> Option<Local<'t>> {
        let parts: Vec<&str> = text.split('/').collect();
        let (ty, id, version) = match *parts.as_slice() {
            [id] => (None, id, None),
            [ty, id] => (Some(ty), id, None),
            [ty, id, "_history", version] => (Some(ty), id, Some(version)),
            _ => return None,
        };
        let filled = [ty.unwrap_or("-"), id, version.unwrap_or("-")].iter().all(|part| !part.is_empty());
        filled.then_some(Local { ty, id, version })
    }
}
