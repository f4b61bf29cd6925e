//! What sets of codes come to at each place of a search, over all the types that it is about there.

use crate::resolve::registered::Within;
use crate::resolve::resolver::Resolver;
use crate::resolve::terminology::{Code, MAX_CODES};
use fhirc_grammar::{Diagnostic, Span};
use std::collections::BTreeMap;

/// The most codes that conditions list together, those of one value set once for every type that it is asked of.
const MAX_LISTED: usize = 20 * MAX_CODES;

/// The places at which a search names sets of codes.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// What is registered under a name, while that is resolved: places in it are others.
    pub(super) within: Option<Within>,
    found: BTreeMap<(Option<Within>, Span), Found>,
    /// Codes of all expansions, those of one place that are the same counted once.
    codes: usize,
    /// Codes of all conditions.
    listed: usize,
}

/// What was found at one place.
#[derive(Debug, Default)]
struct Found {
    expansions: Vec<Vec<Code>>,
    /// Whether values of some type can have the codes.
    is_carried: bool,
    /// The parameters whose values carry no system.
    systemless: Vec<Systemless>,
}

#[derive(Debug, PartialEq, Eq)]
struct Systemless {
    ty: Option<&'static str>,
    code: String,
    span: Span,
}

impl Places {
    fn at(&mut self, span: Span) -> &mut Found {
        self.found.entry((self.within.clone(), span)).or_default()
    }

    /// Values at this place may have the codes; false if they are more than a search may name.
    pub(super) fn lists(&mut self, span: Span, codes: &[Code]) -> bool {
        let place = self.at(span);
        place.is_carried = true;
        let is_new = !place.expansions.iter().any(|known| known == codes);
        if is_new {
            place.expansions.push(codes.to_vec());
            self.codes = self.codes.saturating_add(codes.len());
        }
        self.listed = self.listed.saturating_add(codes.len());
        self.codes <= MAX_CODES && self.listed <= MAX_LISTED
    }

    /// The values of `code` carry no system: none of them has a code that is asked for at this place.
    pub(super) fn lacks_systems(&mut self, span: Span, ty: Option<&'static str>, code: &str, asked: Span) {
        let lacking = Systemless { ty, code: code.to_owned(), span: asked };
        let place = self.at(span);
        if !place.systemless.contains(&lacking) {
            place.systemless.push(lacking);
        }
    }
}

/// Says where no values carry a system, of whatever type (decision 70).
pub(super) fn check(resolver: &mut Resolver<'_>) {
    let places = std::mem::take(&mut resolver.places).found;
    for ((within, _), place) in places.iter().filter(|(_, place)| !place.is_carried) {
        let Some(first) = place.systemless.first() else { continue };
        let of: Vec<String> = place.systemless.iter().map(Systemless::name).collect();
        let message =
            format!("the values of {} carry no system: no value set and no hierarchy has them", of.join(", "));
        let told = Diagnostic::error("no-code-system", first.span, message);
        resolver.report(match within {
            Some(within) => within.of(told),
            None => told,
        });
    }
}

impl Systemless {
    fn name(&self) -> String {
        match self.ty {
            Some(ty) => format!("`{ty}.{}`", self.code),
            None => format!("`{}`", self.code),
        }
    }
}
