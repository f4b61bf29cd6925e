//! `_list`: the resources that a List has as entries. FHIR R4 3.1.1.4.22; item 112.

use crate::definitions::ParamId;
use crate::ir::{Link, Pred, PredKind, Test, Way};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::one_of;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, FilterOp, FilterValue, Name, Span, Spanned, Value};

/// `_list=42`, `_list=42,List/43`: an entry of one of them. What no List of the store is has no entries.
pub(super) fn members(resolver: &mut Resolver<'_>, name: &Name, value: &Value, span: Span) -> Option<Pred> {
    if let Some(modifier) = &name.modifier {
        resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, "`_list` takes no modifier"));
        return None;
    }
    let items = resolver.items(value)?;
    if items.is_empty() {
        resolver.report(errors::empty_value(name));
        return None;
    }
    let ids: Vec<Option<String>> = items.iter().map(|item| id(resolver, &item.text(), item.span)).collect();
    listed(resolver, ids.into_iter().collect::<Option<_>>()?, span)
}

/// `_list eq 42` in a filter.
pub(super) fn compare(
    resolver: &mut Resolver<'_>,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    if op.node != FilterOp::Eq {
        let message = format!("operator `{}` does not apply to `_list`", op.node.word());
        resolver.report(Diagnostic::error("unsupported-operator", op.span, message).help("only `eq` applies"));
        return None;
    }
    entry(resolver, value, span)
}

/// `subject in List/42` in a filter: the reference leads to a resource that is an entry of the List (item 160), as
/// `subject._list=42` asks.
pub(super) fn refers_to_entry(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    let entry = entry(resolver, value, span)?;
    let ends = resolver.registry.targets(param).iter().map(|ty| (ty, entry.clone())).collect();
    Some(Pred::new(PredKind::Linked { link: Link { param }, way: Way::Forward, ends }, span))
}

/// An entry of the List that a value of a filter names.
fn entry(resolver: &mut Resolver<'_>, value: &FilterValue, span: Span) -> Option<Pred> {
    let id = id(resolver, value.text(), value.span)?;
    listed(resolver, vec![id], span)
}

fn listed(resolver: &Resolver<'_>, ids: Vec<String>, span: Span) -> Option<Pred> {
    let test = one_of(ids.into_iter().map(Test::Id).collect());
    let ty = resolver.registry.resource_type("List")?;
    let (own, item) = (resolver.registry.param(ty, "_id")?, resolver.registry.param(ty, "item")?);
    let list = Pred::new(PredKind::Param { param: own, facet: Facet::Own, test }, span);
    Some(Pred::new(PredKind::Listed { item, list: Box::new(list) }, span))
}

/// The logical id of a List. What a current list holds, no List says: each server has rules of its own for that.
fn id(resolver: &mut Resolver<'_>, text: &str, span: Span) -> Option<String> {
    if text.starts_with("$current-") {
        let message = format!("`{text}` is put together by rules of a server, and none are known here");
        resolver.report(Diagnostic::error("not-supported", span, message).help("name a List by its id"));
        return None;
    }
    let local = resolver.settings.env.bases.iter().find_map(|base| base.strip(text)).unwrap_or(text);
    let id = local.strip_prefix("List/").unwrap_or(local);
    if id.is_empty() || id.contains('/') {
        let message = format!("`{text}` is no List");
        resolver.report(errors::bad_value("bad-list", span, message).help("`id` or `List/id`"));
        return None;
    }
    Some(id.to_owned())
}
