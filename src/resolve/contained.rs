//! `_contained` and `_containedType`: whether resources inside others are looked for, and what comes back for them.
//! FHIR R4 3.1.1.5.6; items 143, 144.

use crate::ir::{Contained, Returned};
use crate::resolve::control::{self, Control};
use crate::resolve::errors;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Param, Search as Tree, Span};

/// What both parameters ask for together. As of other result parameters, of several the last one counts.
pub(super) fn decide(resolver: &mut Resolver<'_>, tree: &Tree) -> Option<Contained> {
    let mut both: Option<(bool, Span)> = None;
    let mut returned: Option<(Returned, Span)> = None;
    let mut failed = false;
    for param in tree.params.iter().filter(|param| speaks(param)) {
        let read = if param.key.code() == "_contained" {
            wanted(resolver, param).map(|wanted| both = wanted.map(|wanted| (wanted, param.span)))
        } else {
            kind(resolver, param).map(|kind| returned = Some((kind, param.span)))
        };
        failed |= read.is_none();
    }
    if let (None, Some((_, span)), false) = (both, returned, failed) {
        let message = "`_containedType` says nothing without `_contained`: no contained resource is looked for";
        let help = "`_contained=true` looks for contained resources, `_contained=both` for them too";
        resolver.report(Diagnostic::warning("idle-contained-type", span, message).help(help));
    }
    let returned = returned.map(|(returned, _)| returned).unwrap_or_default();
    both.map(|(both, span)| Contained { both, returned, span })
}

/// Whether it is one of the two and has a value. What is wrong with it otherwise is said where all controls are read.
fn speaks(param: &Param) -> bool {
    let is_ours = control::of(param) == Some(Control::Contained);
    is_ours && param.key.end.modifier.is_none() && !param.value.raw.text().is_empty()
}

/// Whether contained resources are looked for, and others too.
fn wanted(resolver: &mut Resolver<'_>, param: &Param) -> Option<Option<bool>> {
    match param.value.raw.text() {
        "false" => Some(None),
        "true" => Some(Some(false)),
        "both" => Some(Some(true)),
        other => {
            let message = format!("`{other}` does not say whether contained resources are looked for");
            let error = errors::bad_value("bad-contained", param.value.span, message);
            resolver.report(error.help("`true` for them alone, `both` for them too, or `false`"));
            None
        }
    }
}

fn kind(resolver: &mut Resolver<'_>, param: &Param) -> Option<Returned> {
    match param.value.raw.text() {
        "container" => Some(Returned::Container),
        "contained" => Some(Returned::Contained),
        other => {
            let message = format!("`{other}` is nothing that comes back for a contained resource");
            let error = errors::bad_value("bad-contained-type", param.value.span, message);
            resolver.report(error.help("`container` or `contained`"));
            None
        }
    }
}

/// Says so where a condition asks contained resources alone for what none of them has (`dom-4`: no time of change; their
/// ids are names inside their containers).
pub(super) fn check_conditions(resolver: &mut Resolver<'_>, contained: Option<Contained>, conditions: &[&Param]) {
    if contained.is_none_or(|contained| contained.both) {
        return;
    }
    for param in conditions.iter().filter(|param| !param.key.is_chained() && param.key.end.modifier.is_none()) {
        let why = match param.key.code() {
            "_id" => "a contained resource has no identity of its own",
            "_lastUpdated" => "a contained resource has no time of change of its own",
            _ => continue,
        };
        resolver.report(errors::never_matches(param.span, why));
    }
}
