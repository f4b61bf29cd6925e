//! `_summary` and `_elements`: which parts of the resources come back. FHIR R4 3.1.1.5.8 and 3.1.1.5.9.

use crate::definitions::ResourceType;
use crate::ir::{Elements, Shape};
use crate::resolve::errors;
use crate::resolve::resolver::{Handling, Resolver, Wanted};
use fhirc_grammar::{Diagnostic, Item, Param, Spanned};

/// `_summary=true`, `text`, `data`, `count` or `false`.
pub(super) fn summary(resolver: &mut Resolver<'_>, param: &Param, text: &str, wanted: &mut Wanted) {
    let shape = match text {
        "false" => return wanted.summary = None,
        "count" => return wanted.summary_count = Some(param.span),
        "true" => Shape::Summary,
        "text" => Shape::Text,
        "data" => Shape::Data,
        _ => {
            let message = format!("`{text}` is no kind of summary");
            let help = "`true`, `text`, `data`, `count` or `false`";
            return resolver.report(errors::bad_value("bad-summary", param.value.span, message).help(help));
        }
    };
    wanted.summary = Some((shape, param.span));
}

/// `_elements=identifier,Patient.name`: a name without a type speaks of every type searched.
pub(super) fn elements(resolver: &mut Resolver<'_>, param: &Param, wanted: &mut Wanted) {
    let only_containers = wanted.returns_containers() && wanted.contained.is_some_and(|contained| !contained.both);
    for item in resolver.items(&param.value).unwrap_or_default() {
        if only_containers && !item.text().contains('.') {
            resolver.report(untyped(&item));
            continue;
        }
        for (ty, name) in named(resolver, &item, &wanted.types) {
            match wanted.elements.iter_mut().find(|elements| elements.ty == ty) {
                Some(elements) => elements.names.push(name),
                None => wanted.elements.push(Elements { ty, names: vec![name] }),
            }
        }
    }
}

/// An element of no type in particular, where resources of any type come back.
fn untyped(item: &Item) -> Diagnostic {
    let message = format!("`{}` has no type, and containers of any type come back", item.text());
    let help = format!("name it, as in `MedicationRequest.{}`", item.text());
    Diagnostic::error("untyped-element", item.span, message).help(help)
}

/// The elements that one item names. One that no type has is left out, with a word.
fn named(resolver: &mut Resolver<'_>, item: &Item, searched: &[ResourceType]) -> Vec<(ResourceType, String)> {
    let text = item.text();
    let (types, name) = match text.split_once('.') {
        None => (searched.to_vec(), text.as_str()),
        Some((prefix, name)) => match resolver.registry.resource_type(prefix) {
            Some(ty) => (vec![ty], name),
            None => {
                let prefix = Spanned::new(prefix.to_owned(), item.span);
                resolver.report(errors::unknown_type(resolver.registry, &prefix));
                return Vec::new();
            }
        },
    };
    let has = |ty: &ResourceType| resolver.registry.element(resolver.registry.type_name(*ty), name).is_some();
    let found: Vec<_> = types.into_iter().filter(has).map(|ty| (ty, name.to_owned())).collect();
    if found.is_empty() {
        let message = format!("`{text}` is no element at the root of a resource that is searched");
        resolver.report(match resolver.settings.handling {
            Handling::Strict => Diagnostic::error("unknown-element", item.span, message),
            Handling::Lenient => {
                Diagnostic::warning("ignored-element", item.span, format!("{message}: it is left out"))
            }
        });
    }
    found
}

/// The shape that all of these parameters ask for together.
pub(super) fn decide(resolver: &mut Resolver<'_>, wanted: &Wanted) -> Shape {
    let elements = &wanted.elements;
    let Some((shape, span)) = &wanted.summary else {
        return if elements.is_empty() { Shape::Whole } else { Shape::Elements(elements.clone()) };
    };
    if *shape == Shape::Text && !wanted.includes.is_empty() {
        let message = "`_summary=text` does not go with includes";
        resolver.report(Diagnostic::error("summary-with-includes", *span, message));
    }
    if !elements.is_empty() {
        let message = "`_summary` and `_elements` contradict each other";
        resolver.report(Diagnostic::error("two-shapes", *span, message).help("leave one of them out"));
    }
    shape.clone()
}
